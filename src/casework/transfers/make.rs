//! Making the package of a case for another force, and handing it out.

use serde_json::{Value, json};
use uuid::Uuid;

use super::manifest::{FORMAT, Manifest, line, listed, sealed};
use super::package::{
    AUDIT, FLAGS, Files, HISTORY, MOST_UNPACKED, PLANNED_VISITS, PackageFault, README, README_FILE, sha256,
};
use super::records::read_over;
use super::{TransferError, on_record, within_reach};
use crate::casework::acting::{ActError, Acting, CaseInHand};
use crate::casework::actor::Actor;
use crate::casework::case_export::{audit, planned_visits};
use crate::casework::force_file;
use crate::casework::offenders::may_see;
use crate::casework::reading::Reader;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::transfer::history::{HistoryLine, counts};
use crate::domain::transfer::{TransferState, check_sending};
use crate::domain::words::Words;
use crate::store::audit::chain;
use crate::store::audit::entry::chain_of;
use crate::store::audit::head::HeadKey;
use crate::store::backend::AnyConnection;
use crate::store::case_history::case_history;
use crate::store::error::StoreError;
use crate::store::flag::ever_raised;
use crate::store::planned_visit::ever_planned;
use crate::store::transfer::{self, Transfer};
use crate::store::transfer_package::{self, PackageKey};
use crate::store::{Store, record};

/// A transfer that is made.
#[derive(Debug, Clone)]
pub struct NewTransfer {
    /// The force that the case passes to.
    pub receiving_force: String,
    /// Why.
    pub reason: Words,
}

/// Makes the package of a case for another force, with everything that was ever recorded of it: also why it is on legal hold, and
/// who read it. So it is for detective inspectors, as the export of a case is. `[I]` A legal hold stands against nothing:
/// nothing is taken out.
///
/// # Errors
/// When there is no such case in scope, the force is none that it can go to, a package of it waits for its receipt already, the other force
/// could not take it in as it stands, or there is no key to sign with.
pub fn make(store: &Store, acting: &Acting<'_>, offender: &Ref, new: &NewTransfer) -> Result<Transfer, TransferError> {
    const ACT: &str = "transfer.make";
    let key = store.signing_key().ok_or(TransferError::NoKey)?;
    let (reader, at) = (acting.reader, acting.reader.clock.moment());
    let policy = acting.policies.in_force(at.today())?;
    let done = store.transaction_that_writes(|connection| -> Result<Option<Transfer>, TransferError> {
        record::take_turn(connection)?;
        if !may_see(connection, reader, offender, ACT)? {
            return Ok(None);
        }
        let own = &reader.person.force;
        let force = force_file::open_case(connection, own, offender)?;
        let Some(case) = force.cases.get(offender) else { return Ok(None) };
        let in_hand = CaseInHand { case, force: &force, at, policy, person: &reader.person };
        in_hand.acting_inspector("a case is passed to another force by a detective inspector in post")?;
        check_sending(own, &new.receiving_force, case.offender.status)?;
        if transfer::is_open(connection, own, offender)? {
            let detail = "a package of the case waits for its receipt already; take the receipt, or withdraw it first";
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        }
        let (made, bytes) = packed(connection, key, reader, offender, new)?;
        let kept = PackageKey { force: own, sending_force: own, transfer_id: made.id };
        transfer::append(connection, &made)?;
        transfer_package::keep(connection, kept, &bytes)?;
        let detail = json!({
            "transfer": made.id, "receiving_force": made.receiving_force, "package_sha256": made.package_sha256,
            "versions": made.manifest.get("versions"),
        });
        reader.note(connection, ACT, Some((RecordKind::Offender, offender)), detail)?;
        Ok(Some(made))
    });
    on_record(store, reader, ACT, Some((RecordKind::Offender, offender)), done)
}

fn packed(
    connection: &mut AnyConnection,
    key: &HeadKey,
    reader: &Reader,
    offender: &Ref,
    new: &NewTransfer,
) -> Result<(Transfer, Vec<u8>), TransferError> {
    let (force, now, id) = (&reader.person.force, reader.clock.now(), Uuid::now_v7());
    let history = case_history(connection, force, offender)?;
    let written: String =
        history.lines.iter().map(HistoryLine::written).collect::<Result<_, _>>().map_err(unwritten)?;
    let subjects = history.lines.iter().map(|line| (line.kind, &line.subject));
    let audit = audit(connection, force, subjects)?;
    let audit = line(&signed_audit(connection, key, reader, audit)?);
    let planned = line(&planned_visits(ever_planned(connection, force, offender)?).into());
    let files = Files::from([
        (README_FILE, README.as_bytes().to_vec()),
        (HISTORY, written.into_bytes()),
        (FLAGS, line(&json!(ever_raised(connection, force, offender)?)).into_bytes()),
        (PLANNED_VISITS, planned.into_bytes()),
        (AUDIT, audit.into_bytes()),
    ]);
    let by = Actor::Person(reader.person.clone()).to_string();
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        transfer_id: id,
        sending_force: force.clone(),
        receiving_force: new.receiving_force.clone(),
        offender_ref: offender.clone(),
        reason: new.reason.to_string(),
        made_at: now,
        made_by: by.clone(),
        versions: counts(&history.lines),
        moved: history.moved,
        merged: history.merged,
        files: listed(&files),
    };
    let sent = files.get(HISTORY).map(Vec::as_slice).unwrap_or_default();
    read_over(&manifest, sent).map_err(|fault| not_taken(&fault, &history.lines))?;
    let bytes = sealed(files, &manifest, key)?;
    if bytes.len() > MOST_UNPACKED {
        let detail = format!("the package would have more than the {MOST_UNPACKED} bytes that a package may have");
        return Err(Refusal::new(RefusalCode::WrongState, detail).into());
    }
    let made = Transfer {
        id,
        force: force.clone(),
        offender_ref: offender.clone(),
        receiving_force: new.receiving_force.clone(),
        reason: new.reason.to_string(),
        made_at: now,
        made_by: by,
        package_sha256: sha256(&bytes),
        manifest: json!(manifest),
        state: TransferState::Made,
        receipt: None,
        end: None,
        version: 1,
    };
    Ok((made, bytes))
}

/// That the other force could not take the case in as it stands, and over which record.
fn not_taken(fault: &PackageFault, lines: &[HistoryLine]) -> Refusal {
    let line = if let PackageFault::UnreadableHistory { line, .. } = fault { line.checked_sub(1) } else { None };
    let record = line.and_then(|line| lines.get(line)).map(|line| format!(" ({} {})", line.kind, line.subject));
    let record = record.unwrap_or_default();
    let detail = format!("the other force could not take the case in: {fault}{record}; have that put right first");
    Refusal::new(RefusalCode::WrongState, detail)
}

fn unwritten(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "history", detail: format!("{:?}", error.classify()) }
}

/// The audit on the case with the head of the force's chain, signed: with it the entries can be held to.
fn signed_audit(
    connection: &mut AnyConnection,
    key: &HeadKey,
    reader: &Reader,
    mut audit: Value,
) -> Result<Value, StoreError> {
    let name = chain_of(Some(&reader.person.force));
    let end = chain::ends(connection)?.into_iter().find(|end| end.chain == name);
    if let Some(members) = audit.as_object_mut() {
        members.insert("head".to_owned(), json!(end.map(|end| key.sign(&end, reader.clock.now()))));
    }
    Ok(audit)
}

/// Hands a package out to whoever made it, for the force that it is for: a disclosure, on record each time.
///
/// # Errors
/// When there is no such transfer in scope, somebody else made it, or it was withdrawn.
pub fn disclose(store: &Store, reader: &Reader, id: Uuid) -> Result<(Transfer, Vec<u8>), TransferError> {
    const ACT: &str = "transfer.disclose";
    let done = store.transaction_that_writes(|connection| -> Result<Option<(Transfer, Vec<u8>)>, TransferError> {
        let Some(found) = within_reach(connection, reader, ACT, id)? else { return Ok(None) };
        if found.made_by != Actor::Person(reader.person.clone()).to_string() {
            let detail = "a package is handed to whoever made it; withdraw it and make one of your own";
            return Err(Refusal::new(RefusalCode::NotQualified, detail).into());
        }
        if found.state == TransferState::Withdrawn {
            let detail = "the transfer was withdrawn; make another";
            return Err(ActError::from(Refusal::new(RefusalCode::WrongState, detail)).into());
        }
        let force = &reader.person.force;
        let kept = PackageKey { force, sending_force: force, transfer_id: id };
        let bytes = transfer_package::read(connection, kept)?;
        let detail =
            json!({ "transfer": id, "package_sha256": found.package_sha256, "recipient": found.receiving_force });
        reader.note(connection, ACT, Some((RecordKind::Offender, &found.offender_ref)), detail)?;
        Ok(Some((found, bytes)))
    });
    on_record(store, reader, ACT, None, done)
}
