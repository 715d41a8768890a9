//! The inspection pack: what an inspector asks of a team and a span of days, in one file that can be checked. Figures as
//! they were known, flags, dip samples, policies and proof of the audit; references, never names. Handing it out is a
//! disclosure, on record before a byte of it leaves.

mod archive;
mod audit_proof;
mod figures;
mod flags;
mod samples;
mod table;

use std::io;

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use thiserror::Error;
use zip::result::ZipError;

use self::archive::{PackFile, zipped};
use self::audit_proof::prove;
use self::figures::{DayFigures, figures_table};
use self::flags::flags_table;
use self::samples::samples_table;
use super::actor::Actor;
use super::clock::Clock;
use super::dashboards::DashboardError;
use super::dashboards::past::Past;
use super::dip_samples::read::sampling;
use super::force_file::load_as_at;
use super::reading::Reader;
use crate::domain::as_at::AsAt;
use crate::domain::calendar::{CivilDate, Instant, dates};
use crate::domain::inspection_span::{InspectionSpan, SpanError};
use crate::domain::policy::{Policies, Policy, PolicyError};
use crate::domain::reading_reason::ReadingReason;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::audit::encoding::hex;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, exists, refs_in_scope};
use crate::store::error::StoreError;
use crate::store::flag_list::held_between;
use crate::store::scope::Scope;

/// What a pack says it is: changes with its shape.
pub const FORMAT: &str = "mosovo-visits inspection pack 1";

/// The act, as the audit names it.
const ACT: &str = "inspection_pack.disclose";

/// What says what a pack's files are, and how to check them.
const README: &str = include_str!("readme.txt");

/// Why there is no pack.
#[derive(Debug, Error)]
pub enum PackError {
    /// The span is none.
    #[error(transparent)]
    Span(#[from] SpanError),
    /// A person hands it out and does not say why.
    #[error("an inspection pack is a disclosure: say why it is made")]
    ReasonNeeded,
    /// There is no such team, as far as whoever asks may see.
    #[error("there is no such team")]
    NotFound,
    /// No policy holds on a day of the span.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A file of it cannot be written as JSON.
    #[error("the pack cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The zip file cannot be written.
    #[error("the pack cannot be written: {0}")]
    Zip(#[from] ZipError),
    /// The zip file cannot be written, or the signed heads cannot be read.
    #[error("the pack cannot be made: {0}")]
    File(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for PackError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct PackRequest<'a> {
    /// The force.
    pub force: &'a str,
    /// The team.
    pub team: &'a Ref,
    /// The first day.
    pub from: CivilDate,
    /// The last day.
    pub until: CivilDate,
    /// Why it is made.
    pub reason: Option<ReadingReason>,
    /// To whom it goes, where that is said: section 62(3) asks for the recipients of a disclosure `[S]`.
    pub recipient: Option<&'a str>,
}

/// A pack, made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionPack {
    /// The zip file.
    pub bytes: Vec<u8>,
    /// The SHA-256 of its manifest, as the audit has it.
    pub manifest_sha256: String,
}

/// Who is told what, of when.
struct Asked<'a> {
    request: &'a PackRequest<'a>,
    actor: String,
    scope: &'a Scope,
    span: InspectionSpan,
    at: Instant,
}

/// Makes the pack of a team and a span, as far as whoever asks may see, and puts it on record.
///
/// # Errors
/// See [`PackError`].
pub fn inspection_pack(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    policies: &Policies,
    request: &PackRequest<'_>,
) -> Result<InspectionPack, PackError> {
    let now = clock.moment();
    if matches!(actor, Actor::Person(_)) && request.reason.is_none() {
        return Err(PackError::ReasonNeeded);
    }
    let max_days = policies.in_force(now.today())?.inspection_pack_max_days;
    let span = InspectionSpan::new(request.from, request.until, now, max_days)?;
    let scope = match actor {
        Actor::Person(person) => person.case_scope(),
        Actor::Operator | Actor::Job(_) | Actor::ForceJob { .. } => Scope::whole(request.force),
    };
    let asked = Asked { request, actor: actor.to_string(), scope: &scope, span, at: now.now() };
    let proof =
        json_file("audit.json", "Proof of the audit", &prove(store, request.force, (span.begins(), span.ends()))?)?;
    // Counted in a transaction that only reads, so that nobody waits meanwhile to write; and nothing of it leaves before the
    // entry is kept.
    let counted = store.transaction(|connection| content(connection, &asked, policies))?;
    let made = store.transaction_that_writes(|connection| -> Result<Option<InspectionPack>, PackError> {
        let Some(mut files) = counted else {
            if let Actor::Person(person) = actor {
                let reader = Reader { person: person.clone(), clock };
                reader.note_refusal(connection, ACT, RecordKind::Team, request.team)?;
            }
            return Ok(None);
        };
        files.push(proof);
        seal(connection, &asked, files).map(Some)
    })?;
    made.ok_or(PackError::NotFound)
}

/// All files that are counted from what is kept; nothing where there is no such team in scope.
fn content(
    connection: &mut AnyConnection,
    asked: &Asked<'_>,
    policies: &Policies,
) -> Result<Option<Vec<PackFile>>, PackError> {
    let Asked { request, scope, span, .. } = asked;
    let (force, team) = (request.force, request.team);
    let Some(of_team) = scope.of_team(team) else { return Ok(None) };
    let figures = day_figures(connection, asked, policies)?;
    let counts = |day: &DayFigures| {
        let figures = day.dashboard.as_ref().map(|dashboard| &dashboard.figures);
        figures.is_some_and(|figures| figures.register.size > 0 || !figures.caseload.officers.is_empty())
    };
    if !figures.iter().any(counts) && !exists(connection, force, RecordKind::Team, team)? {
        return Ok(None);
    }
    let flags = flags::packed(held_between(connection, &of_team, span.begins(), span.ends())?, span);
    let in_scope = refs_in_scope(connection, RecordKind::Offender, scope)?;
    let sampled = sampling(connection, Wanted::all(RecordKind::DipSample, &of_team), force)?;
    let policy = policies.in_force(span.until())?;
    let is_seen = |offender: &Ref| in_scope.contains(offender);
    let samples = samples::packed(&sampled, team, span, &policy.dip_sample, is_seen);
    Ok(Some(vec![
        json_file("figures.json", "The team's dashboard at the ends of days", &figures)?,
        PackFile { name: "figures.csv", says: "Its numbers", bytes: figures_table(&figures)?.into_bytes() },
        json_file("flags.json", "The flags that held in the span", &flags)?,
        PackFile { name: "flags.csv", says: "The same", bytes: flags_table(&flags).into_bytes() },
        json_file("samples.json", "The dip samples of its months", &samples)?,
        PackFile { name: "samples.csv", says: "The same", bytes: samples_table(&samples)?.into_bytes() },
        json_file("policies.json", "The policies in force in it", &in_force_within(policies, span))?,
    ]))
}

/// The dashboards as known at the ends of the span's days.
fn day_figures(
    connection: &mut AnyConnection,
    asked: &Asked<'_>,
    policies: &Policies,
) -> Result<Vec<DayFigures>, PackError> {
    let (span, force, team) = (&asked.span, asked.request.force, asked.request.team);
    let past = Past::load(connection, asked.scope, (span.end_of(span.from()), span.end_of(span.until())))?;
    let mut figures = Vec::new();
    for day in span.days() {
        let at = span.end_of(day);
        let as_at = AsAt::Known(at.now());
        let file = load_as_at(connection, force, as_at)?;
        let dashboard = match past.look(&file, policies, Some(team), (as_at, at)) {
            Ok(looked) => Some(looked.dashboard),
            Err(DashboardError::NoHistory | DashboardError::NotFound | DashboardError::NotEvaluated) => None,
            Err(DashboardError::Policy(error)) => return Err(error.into()),
            Err(DashboardError::Store(error)) => return Err(error.into()),
        };
        figures.push(DayFigures { day, known_at: at.now(), dashboard });
    }
    Ok(figures)
}

/// The policies in force on a day of the span or another, the oldest first.
fn in_force_within<'p>(policies: &'p Policies, span: &InspectionSpan) -> Vec<&'p Policy> {
    let mut found: Vec<&Policy> = Vec::new();
    for policy in dates(span.from(), span.until()).filter_map(|day| policies.in_force(day).ok()) {
        if !found.contains(&policy) {
            found.push(policy);
        }
    }
    found
}

/// Writes the manifest, puts the pack on record with the manifest's digest, and packs it.
fn seal(
    connection: &mut AnyConnection,
    asked: &Asked<'_>,
    content: Vec<PackFile>,
) -> Result<InspectionPack, PackError> {
    let Asked { request, actor, span, at, .. } = asked;
    let readme = PackFile { name: "README.txt", says: "What each file is and how to check it", bytes: README.into() };
    let mut files: Vec<PackFile> = [readme].into_iter().chain(content).collect();
    let listed: Vec<_> = files
        .iter()
        .map(|file| json!({ "name": file.name, "says": file.says, "bytes": file.bytes.len(), "sha256": sha256(&file.bytes) }))
        .collect();
    let reason = request.reason.map(ReadingReason::as_str);
    let manifest = json!({
        "format": FORMAT, "service_version": env!("CARGO_PKG_VERSION"), "force": request.force, "team_ref": request.team,
        "from": span.from(), "until": span.until(), "made_at": at, "made_for": actor, "reason": reason,
        "recipient": request.recipient, "files": listed,
        "limited_access": "Cases that whoever asked may not see are in no figure, list or sample; README.txt says more.",
    });
    let manifest = json_file("manifest.json", "What the pack is", &manifest)?;
    let manifest_sha256 = sha256(&manifest.bytes);
    let entry = AuditEntry {
        at: *at,
        actor,
        act: ACT,
        force: Some(request.force),
        subject: Some((RecordKind::Team.name(), request.team.as_str())),
        detail: json!({
            "from": span.from(), "until": span.until(), "recipient": request.recipient, "manifest_sha256": manifest_sha256,
        }),
    };
    audit::append_with_reason(connection, entry, request.reason)?;
    files.insert(1, manifest);
    Ok(InspectionPack { bytes: zipped(&files, *at)?, manifest_sha256 })
}

fn json_file(name: &'static str, says: &'static str, content: &impl Serialize) -> Result<PackFile, PackError> {
    let mut bytes = serde_json::to_vec_pretty(content)?;
    bytes.push(b'\n');
    Ok(PackFile { name, says, bytes })
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
