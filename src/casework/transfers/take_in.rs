//! Taking a case in that another force has sent: everything is checked, and all of it is taken in one transaction or nothing.
//!
//! What the other force knew is kept word for word. Beside it each record gets its versions here, under references with
//! that force's name before them, known here from now on. The case arrives in a team, with nobody to manage it yet.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::arrival::arrive;
use super::manifest::{Manifest, OpenedPackage, opened};
use super::package::{PackageFault, sha256};
use super::receipt::{FORMAT, Receipt, signed};
use super::records::{SentHistory, TakenOver, read_over};
use super::{TransferError, on_record};
use crate::casework::acting::ActError;
use crate::casework::actor::Actor;
use crate::casework::case_records::is_in_scope;
use crate::casework::import::{ImportReport, ImportState};
use crate::casework::reading::Reader;
use crate::domain::officer::{Officer, OfficerRole};
use crate::domain::qualification::supervises;
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::transfer::history::{HistoryLine, counts};
use crate::domain::transfer::{check_managed, source};
use crate::store::audit::head::HeadKey;
use crate::store::backend::AnyConnection;
use crate::store::current::{exists, is_known, one};
use crate::store::error::StoreError;
use crate::store::received_transfer::{self, ReceivedTransfer};
use crate::store::transfer_package::{self, PackageKey};
use crate::store::{Store, evaluation, import, legal_hold, record, transfer_key};

/// The act.
pub(super) const ACT: &str = "transfer.take_in";

/// Where such an import comes from.
const ORIGIN: &str = "transfer";

/// A case that is here.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenIn {
    /// The offender's reference here.
    pub offender_ref: Ref,
    /// The receipt for the force that sent it, signed.
    pub receipt: Value,
    /// True where it had been taken in before: nothing was changed.
    pub again: bool,
}

/// Takes a case in to a team. The same package again gives the same receipt, and changes nothing.
///
/// # Errors
/// With the first thing that is wrong with the package; or when the person may not, the team is none of theirs, or there is no key to sign
/// the receipt with.
pub fn take_in(store: &Store, reader: &Reader, team: &Ref, bytes: &[u8]) -> Result<TakenIn, TransferError> {
    let key = store.signing_key().ok_or(TransferError::NoKey)?;
    let done = proved(store, reader, bytes).and_then(|package| {
        store.transaction_that_writes(|connection| -> Result<Option<TakenIn>, TransferError> {
            record::take_turn(connection)?;
            Taking { connection, reader, key, team, bytes }.take(&package)
        })
    });
    on_record(store, reader, ACT, None, done)
}

/// Refuses a package before it is looked at, and puts that on record.
///
/// # Errors
/// Always: with the fault, or that the store failed.
pub fn refuse(store: &Store, reader: &Reader, fault: PackageFault) -> Result<TakenIn, TransferError> {
    on_record(store, reader, ACT, None, Err(fault.into()))
}

/// A package with what it comes to.
struct Proved {
    package: OpenedPackage,
    sent: SentHistory,
    over: TakenOver,
}

/// Proves a package: somebody whom the force trusts signed it, it is as they did, it is for this force, and all of it can be taken over.
/// What nobody trusted has signed is not looked into.
fn proved(store: &Store, reader: &Reader, bytes: &[u8]) -> Result<Proved, TransferError> {
    let package = opened(bytes)?;
    package.verify_signature()?;
    store.transaction(|connection| check_signer(connection, reader, &package))?;
    package.verify_content(bytes)?;
    if package.manifest.receiving_force != reader.person.force {
        return Err(PackageFault::WrongForce.into());
    }
    let (sent, over) = read_over(&package.manifest, package.history())?;
    Ok(Proved { package, sent, over })
}

/// Fails closed: where no key of the sending force is registered, or none that is trusted today, nothing is taken in.
fn check_signer(connection: &mut AnyConnection, reader: &Reader, package: &OpenedPackage) -> Result<(), TransferError> {
    let today = reader.clock.moment().today();
    let forces = (reader.person.force.as_str(), package.manifest.sending_force.as_str());
    if transfer_key::is_trusted(connection, forces, package.public_key(), today)? {
        return Ok(());
    }
    Err(PackageFault::UnknownSigner.into())
}

/// The taking in, under way.
struct Taking<'a> {
    connection: &'a mut AnyConnection,
    reader: &'a Reader,
    key: &'a HeadKey,
    team: &'a Ref,
    bytes: &'a [u8],
}

impl Taking<'_> {
    fn take(mut self, proved: &Proved) -> Result<Option<TakenIn>, TransferError> {
        let Proved { package, over, .. } = proved;
        let (officer_ref, officer) = self.acting_officer()?;
        self.check_team()?;
        // The key may have been withdrawn while the package was read.
        check_signer(self.connection, self.reader, package)?;
        let force = &self.reader.person.force;
        let forces = (force.as_str(), package.manifest.sending_force.as_str());
        if let Some(known) = received_transfer::one(self.connection, forces, package.manifest.transfer_id)? {
            return self.again(package, known);
        }
        check_managed(over.offender.status)?;
        if !over.limited.is_empty() && officer.role != OfficerRole::DetectiveInspector {
            let detail = "access to the case is limited: it is taken in by a detective inspector, who decides who may see it here";
            return Err(Refusal::new(RefusalCode::NotQualified, detail).into());
        }
        for (kind, subject) in over.records() {
            if is_known(self.connection, force, kind, subject)? {
                return Err(PackageFault::CaseKnown.into());
            }
        }
        let import_id = self.keep(proved)?;
        arrive(self.connection, self.reader, &package.manifest, over, (self.team, &officer_ref))?;
        self.answer(proved, import_id).map(Some)
    }

    /// Who takes it in, in post as somebody who supervises.
    fn acting_officer(&mut self) -> Result<(Ref, Officer), TransferError> {
        let needed = || {
            let detail = "the act is put down to an officer: the token's officer_ref must be one in post today";
            Refusal::new(RefusalCode::OfficerNeeded, detail)
        };
        let (person, today) = (&self.reader.person, self.reader.clock.moment().today());
        let named = person.officer_ref.as_ref().ok_or_else(needed)?;
        let held = one(self.connection, &person.force, RecordKind::Officer, named)?;
        let officer = held.and_then(|held| Officer::of(held.record)).filter(|officer| officer.is_in_post(today));
        let officer = officer.ok_or_else(needed)?;
        supervises(&officer, today)?;
        Ok((named.clone(), officer))
    }

    fn check_team(&mut self) -> Result<(), TransferError> {
        let scope = self.reader.person.case_scope();
        if scope.covers(self.team) && exists(self.connection, &scope.force, RecordKind::Team, self.team)? {
            return Ok(());
        }
        let detail = "names no team of the force whose cases you may see";
        Err(Refusal::new(RefusalCode::UnknownReference, detail).at("/team_ref").into())
    }

    fn again(&mut self, package: &OpenedPackage, known: ReceivedTransfer) -> Result<Option<TakenIn>, TransferError> {
        if !is_in_scope(self.connection, self.reader, &known.offender_ref)? {
            self.reader.note_refusal(self.connection, ACT, RecordKind::Offender, &known.offender_ref)?;
            return Ok(None);
        }
        if known.package_sha256 != package.sha256 {
            return Err(PackageFault::CaseKnown.into());
        }
        let detail = json!({ "act": ACT, "replayed": true, "transfer": known.transfer_id });
        self.reader.note(self.connection, "act.replay", Some((RecordKind::Offender, &known.offender_ref)), detail)?;
        Ok(Some(TakenIn { offender_ref: known.offender_ref, receipt: known.receipt, again: true }))
    }

    /// Keeps the package, its words, and the versions that they come to.
    fn keep(&mut self, Proved { package, sent, over }: &Proved) -> Result<Uuid, TransferError> {
        let Manifest { sending_force, transfer_id, .. } = &package.manifest;
        let (force, now) = (&self.reader.person.force, self.reader.clock.now());
        let (id, actor) = (Uuid::now_v7(), Actor::Person(self.reader.person.clone()).to_string());
        import::start(self.connection, id, ORIGIN, &actor, Some(force), now)?;
        record::apply(self.connection, id, now, over.versions.clone(), &over.newest)?;
        import::finish(self.connection, id, ImportState::Completed.name(), report(id, over)?, now)?;
        let from = source(sending_force, force, *transfer_id);
        received_transfer::keep_lines(self.connection, force, &from, &sent.said)?;
        let kept = PackageKey { force, sending_force, transfer_id: *transfer_id };
        transfer_package::keep(self.connection, kept, self.bytes)?;
        for (subject, hold) in &over.holds {
            legal_hold::keep(self.connection, force, subject, hold)?;
        }
        Ok(id)
    }

    /// Reads what the database now has, signs the receipt for that, and puts all of it on record.
    fn answer(&mut self, Proved { package, over, .. }: &Proved, import_id: Uuid) -> Result<TakenIn, TransferError> {
        let manifest = &package.manifest;
        let (force, now) = (&self.reader.person.force, self.reader.clock.now());
        let from = source(&manifest.sending_force, force, manifest.transfer_id);
        let kept = received_transfer::kept_lines(self.connection, &from)?;
        let (history_sha256, versions) = (digest(&kept)?, counts(&kept));
        if history_sha256 != manifest.history_sha256() || versions != manifest.versions {
            let detail = "the database has not kept the history as it was sent".to_owned();
            return Err(StoreError::Unreadable { what: "received history", detail }.into());
        }
        let by = Actor::Person(self.reader.person.clone()).to_string();
        let receipt = Receipt {
            format: FORMAT.to_owned(),
            transfer_id: manifest.transfer_id,
            sending_force: manifest.sending_force.clone(),
            receiving_force: force.clone(),
            offender_ref: manifest.offender_ref.clone(),
            package_sha256: package.sha256.clone(),
            manifest_sha256: package.manifest_sha256.clone(),
            versions,
            history_sha256,
            received_at: now,
            received_by: by.clone(),
        };
        let receipt = json!(signed(receipt, self.key));
        let received = ReceivedTransfer {
            force: force.clone(),
            sending_force: manifest.sending_force.clone(),
            transfer_id: manifest.transfer_id,
            offender_ref: over.offender_ref.clone(),
            team_ref: self.team.clone(),
            package_sha256: package.sha256.clone(),
            receipt: receipt.clone(),
            received_at: now,
            received_by: by,
        };
        received_transfer::append(self.connection, &received)?;
        let detail = json!({
            "transfer": manifest.transfer_id, "sending_force": manifest.sending_force, "team": self.team,
            "package_sha256": package.sha256, "public_key": package.public_key(), "import": import_id,
            "versions": manifest.versions, "legal_hold": !over.holds.is_empty(),
        });
        self.reader.note(self.connection, ACT, Some((RecordKind::Offender, &over.offender_ref)), detail)?;
        evaluation::request(self.connection, force, now)?;
        Ok(TakenIn { offender_ref: over.offender_ref.clone(), receipt, again: false })
    }
}

/// What came of it, as of every import.
fn report(id: Uuid, over: &TakenOver) -> Result<Value, ActError> {
    let accepted = u64::try_from(over.newest.len()).unwrap_or(u64::MAX);
    let stale = u64::try_from(over.versions.len()).unwrap_or(u64::MAX).saturating_sub(accepted);
    let report = ImportReport {
        id,
        state: ImportState::Completed,
        accepted,
        duplicates: 0,
        stale,
        refused: 0,
        dangling: 0,
        truncated: false,
        errors: Vec::new(),
        dangling_references: Vec::new(),
        faulty_merges: Vec::new(),
        extract: None,
        forces: BTreeSet::new(),
    };
    let unreadable =
        |error: serde_json::Error| StoreError::Unreadable { what: "import report", detail: error.to_string() };
    Ok(serde_json::to_value(report).map_err(unreadable)?)
}

/// The SHA-256 of a history as it is written.
fn digest(lines: &[HistoryLine]) -> Result<String, StoreError> {
    let unreadable = |error: serde_json::Error| StoreError::Unreadable {
        what: "received history",
        detail: format!("{:?}", error.classify()),
    };
    let written: String = lines.iter().map(HistoryLine::written).collect::<Result<_, _>>().map_err(unreadable)?;
    Ok(sha256(written.as_bytes()))
}
