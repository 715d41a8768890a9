//! Reading samples and grades: a sample is its team's, and of limited-access cases whoever reads it sees those that
//! admit them.

use serde_json::json;

use super::acts::team_within_reach;
use crate::casework::acting::ActError;
use crate::casework::reading::Reader;
use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::domain::dip_sample::{DipSample, DipSampleGrade, SampleStanding, standing};
use crate::domain::policy::{Policies, Policy, PolicyError};
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, one, records_in_scope, refs_in_scope};
use crate::store::error::StoreError;
use crate::store::own_entry::{RecordTag, current_tag};
use crate::store::scope::Scope;

/// A sample with its grades and how it stands.
#[derive(Debug, Clone)]
pub struct JudgedSample {
    /// The sample; of limited-access cases those that admit the reader.
    pub sample: Held<DipSample>,
    /// The grades of the cases shown.
    pub grades: Vec<Held<DipSampleGrade>>,
    /// How it stands, the cases shown counted: how many are hidden is not told.
    pub standing: SampleStanding,
}

/// Why samples cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum SamplesError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No policy holds today.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// There is no such team or sample within reach.
    #[error("there is none")]
    NotFound,
}

/// The samples of a team, the newest first.
///
/// # Errors
/// When the team is not within reach, there is no policy for today, or the store fails.
pub fn samples(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    team: &Ref,
) -> Result<Vec<JudgedSample>, SamplesError> {
    team_within_reach(store, reader, team, "dip_sample.list").map_err(|error| match error {
        ActError::Store(error) => SamplesError::Store(error),
        ActError::Policy(error) => SamplesError::Policy(error),
        ActError::NotFound | ActError::Changed(_) | ActError::KeyReused | ActError::Refused(_) => {
            SamplesError::NotFound
        }
    })?;
    let policy = policies.in_force(reader.clock.moment().today())?;
    let scope = reader.person.case_scope();
    let mut judged = store.transaction_that_writes(|connection| -> Result<Vec<JudgedSample>, StoreError> {
        let of_team = Wanted::all(RecordKind::DipSample, &scope).of_team(Some(team));
        let judged = judged(connection, &scope, policy, of_team)?;
        let refs: Vec<&Ref> = judged.iter().map(|judged| &judged.sample.subject).collect();
        reader.note(connection, "dip_sample.list", Some((RecordKind::Team, team)), json!({ "samples": refs }))?;
        Ok(judged)
    })?;
    judged.sort_by(|a, b| (b.sample.record.month, &b.sample.subject).cmp(&(a.sample.record.month, &a.sample.subject)));
    Ok(judged)
}

/// One sample.
///
/// # Errors
/// When there is none within reach, there is no policy for today, or the store fails.
pub fn sample(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    subject: &Ref,
) -> Result<JudgedSample, SamplesError> {
    let policy = policies.in_force(reader.clock.moment().today())?;
    let (scope, act, kind) = (reader.person.case_scope(), "dip_sample.read", RecordKind::DipSample);
    let found = store.transaction_that_writes(|connection| -> Result<Option<JudgedSample>, StoreError> {
        let found = judged(connection, &scope, policy, Wanted::one(kind, &scope, subject))?.pop();
        match found {
            Some(_) => reader.note(connection, act, Some((kind, subject)), json!({}))?,
            None => reader.note_refusal(connection, act, kind, subject)?,
        }
        Ok(found)
    })?;
    found.ok_or(SamplesError::NotFound)
}

/// One grade of a sample within reach, of a case that the reader may see, with its version; nothing where there is
/// none.
///
/// # Errors
/// When the store fails.
pub fn sample_grade(
    store: &Store,
    reader: &Reader,
    subject: &Ref,
) -> Result<Option<(Held<Record>, RecordTag)>, StoreError> {
    let (scope, act, kind) = (reader.person.case_scope(), "dip_sample_grade.read", RecordKind::DipSampleGrade);
    store.transaction_that_writes(|connection| {
        let found = match one(connection, &scope.force, kind, subject)? {
            Some(held) if is_shown(connection, &scope, &held)? => Some(held),
            Some(_) | None => None,
        };
        let found = found.zip(current_tag(connection, &scope.force, kind, subject)?);
        match found {
            Some(_) => reader.note(connection, act, Some((kind, subject)), json!({}))?,
            None => reader.note_refusal(connection, act, kind, subject)?,
        }
        Ok(found)
    })
}

fn is_shown(connection: &mut AnyConnection, scope: &Scope, held: &Held<Record>) -> Result<bool, StoreError> {
    let Record::DipSampleGrade(grade) = &held.record else { return Ok(false) };
    let sample = records_in_scope(connection, Wanted::one(RecordKind::DipSample, scope, &grade.sample_ref))?;
    let case = records_in_scope(connection, Wanted::one(RecordKind::Offender, scope, &grade.offender_ref))?;
    Ok(!sample.is_empty() && !case.is_empty())
}

/// The samples that are wanted, judged by their grades.
fn judged(
    connection: &mut AnyConnection,
    scope: &Scope,
    policy: &Policy,
    wanted: Wanted<'_>,
) -> Result<Vec<JudgedSample>, StoreError> {
    let force = sampling(connection, wanted, &scope.force)?;
    let in_scope = refs_in_scope(connection, RecordKind::Offender, scope)?;
    let is_shown = |offender: &Ref| in_scope.contains(offender);
    Ok(force.dip_samples.iter().map(|held| judge(held, &force, policy, is_shown)).collect())
}

/// The samples that are wanted, with the force's grades and graders.
pub(in crate::casework) fn sampling(
    connection: &mut AnyConnection,
    wanted: Wanted<'_>,
    force: &str,
) -> Result<ForceFile, StoreError> {
    let whole = Scope::whole(force);
    let mut builder = ForceFileBuilder::default();
    for wanted in [wanted, Wanted::all(RecordKind::DipSampleGrade, &whole), Wanted::all(RecordKind::Officer, &whole)] {
        for held in records_in_scope(connection, wanted)? {
            builder.add(held);
        }
    }
    Ok(builder.build())
}

fn judge(held: &Held<DipSample>, force: &ForceFile, policy: &Policy, is_shown: impl Fn(&Ref) -> bool) -> JudgedSample {
    let mut sample = held.clone();
    sample.record.cases.retain(|case| is_shown(&case.offender_ref));
    let of_sample = force.dip_sample_grades.iter().filter(|grade| grade.record.sample_ref == held.subject);
    let grades: Vec<_> = of_sample.filter(|grade| is_shown(&grade.record.offender_ref)).cloned().collect();
    let shown: Vec<&DipSampleGrade> = grades.iter().map(|held| &held.record).collect();
    let standing = standing(&sample.record, &shown, &force.officers, &policy.dip_sample);
    JudgedSample { sample, grades, standing }
}
