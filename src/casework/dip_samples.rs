//! Supervision by sample: drawing a team's dip sample, grading its cases, and how the graders agree.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::acting::{ActError, Acting, Draft, ForceInHand, Written, on_force};
use super::reading::Reader;
use crate::domain::calendar::first_of_month;
use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::domain::dip_sample::{
    DipSample, DipSampleGrade, Grade, Question, SampleStanding, draw, had_a_hand_in, of_month, standing,
};
use crate::domain::policy::{Policies, PolicyError};
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, records_in_scope};
use crate::store::error::StoreError;
use crate::store::limited_access::hidden;
use crate::store::scope::Scope;

/// Draws this month's sample of a team. The seed is made at the draw and kept with it, so that nobody chooses the cases
/// and anybody can draw them again.
///
/// # Errors
/// See [`ActError`]; `wrong_state` where the month's sample has been drawn, or the team has no case to draw.
pub fn draw_sample(store: &Store, acting: &Acting<'_>, team: &Ref) -> Result<Written, ActError> {
    team_within_reach(store, acting.reader, team, "dip_sample.draw")?;
    let seed = seed();
    on_force(store, acting, "dip_sample.draw", (RecordKind::Team, team), |in_hand| {
        let (drawn_by, _) = in_hand.acting_officer()?;
        let (at, month) = (in_hand.at, first_of_month(in_hand.at.today()));
        if of_month(in_hand.force, team, month).is_some() {
            return Err(Refusal::new(RefusalCode::WrongState, "the month's sample of the team has been drawn"));
        }
        let cases = draw(in_hand.force, team, at, seed, &in_hand.policy.dip_sample);
        if cases.is_empty() {
            return Err(Refusal::new(RefusalCode::WrongState, "the team has no case in the community to draw"));
        }
        let sample = DipSample {
            team_ref: team.clone(),
            month,
            seed,
            drawn_on: at.today(),
            drawn_by: drawn_by.clone(),
            policy_version: in_hand.policy.version.clone(),
            cases,
        };
        Ok(vec![Draft::new(Uuid::now_v7().into(), sample)])
    })
}

/// Chance, taken once and recorded: the random half of a fresh UUID.
fn seed() -> u64 {
    let [.., a, b, c, d, e, f, g, h] = Uuid::now_v7().into_bytes();
    // SQLite and JSON readers keep whole numbers exactly up to 2^53.
    u64::from_be_bytes([a, b, c, d, e, f, g, h]) & ((1 << 53) - 1)
}

/// One grader's judgement.
#[derive(Debug, Clone)]
pub struct Grading {
    /// Whose case.
    pub offender_ref: Ref,
    /// The grade of each question.
    pub answers: BTreeMap<Question, Grade>,
    /// The grade of the whole.
    pub overall: Grade,
    /// What was found.
    pub findings: Words,
}

/// Grades one case of a sample. Nobody grades a case they managed, assessed, approved or decided in, nor one twice.
///
/// # Errors
/// See [`ActError`].
pub fn grade(store: &Store, acting: &Acting<'_>, sample: &Ref, grading: Grading) -> Result<Written, ActError> {
    let reader = acting.reader;
    let is_hidden = store.transaction(|connection| -> Result<bool, StoreError> {
        let hidden = hidden(connection, &reader.person.case_scope())?.unwrap_or_default();
        Ok(hidden.iter().any(|case| case == grading.offender_ref.as_str()))
    })?;
    on_force(store, acting, "dip_sample.grade", (RecordKind::DipSample, sample), |in_hand| {
        let grade = graded(in_hand, sample, grading, is_hidden)?;
        Ok(vec![Draft::new(Uuid::now_v7().into(), grade)])
    })
}

fn graded(
    in_hand: &ForceInHand<'_>,
    sample: &Ref,
    grading: Grading,
    is_hidden: bool,
) -> Result<DipSampleGrade, Refusal> {
    let (grader, _) = in_hand.acting_officer()?;
    let Grading { offender_ref, answers, overall, findings } = grading;
    let drawn = in_hand.force.dip_samples.iter().find(|held| held.subject == *sample);
    let is_drawn = drawn.is_some_and(|held| held.record.cases.iter().any(|case| case.offender_ref == offender_ref));
    let case = in_hand.force.cases.get(&offender_ref).filter(|_| is_drawn && !is_hidden);
    let Some(case) = case else {
        let detail = "is no case of this sample that you may see";
        return Err(Refusal::new(RefusalCode::UnknownReference, detail).at("/offender_ref"));
    };
    if had_a_hand_in(case, grader) {
        return Err(Refusal::new(RefusalCode::OwnWork, "you managed, assessed, approved or decided in this case"));
    }
    let of_case = || {
        let grades = in_hand.force.dip_sample_grades.iter().map(|held| &held.record);
        grades.filter(|grade| grade.sample_ref == *sample && grade.offender_ref == offender_ref)
    };
    if of_case().any(|grade| grade.grader_ref == *grader) {
        return Err(Refusal::new(RefusalCode::WrongState, "you have graded this case of the sample"));
    }
    if of_case().count() >= 2 {
        return Err(Refusal::new(RefusalCode::WrongState, "two graders have graded this case of the sample"));
    }
    if let Some(unanswered) = Question::ALL.iter().find(|question| !answers.contains_key(question)) {
        let detail = format!("every question is answered; {unanswered:?} is not");
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/answers"));
    }
    Ok(DipSampleGrade {
        sample_ref: sample.clone(),
        offender_ref,
        grader_ref: grader.clone(),
        graded_on: in_hand.at.today(),
        answers,
        overall,
        findings: findings.into(),
    })
}

/// A sample with its grades and how it stands.
#[derive(Debug, Clone)]
pub struct JudgedSample {
    /// The sample; of limited-access cases those that admit the reader.
    pub sample: Held<DipSample>,
    /// The grades of the cases shown.
    pub grades: Vec<Held<DipSampleGrade>>,
    /// How it stands, every case counted.
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
    /// There is no such team within reach.
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
        let force = sampling(connection, &scope)?;
        let hidden = hidden(connection, &scope)?.unwrap_or_default();
        let is_shown = |offender: &Ref| !hidden.iter().any(|case| case == offender.as_str());
        let of_team = force.dip_samples.iter().filter(|held| held.record.team_ref == *team);
        let judged: Vec<JudgedSample> = of_team
            .map(|held| {
                let grades: Vec<_> =
                    force.dip_sample_grades.iter().filter(|grade| grade.record.sample_ref == held.subject).collect();
                let all: Vec<&DipSampleGrade> = grades.iter().map(|held| &held.record).collect();
                let standing = standing(&held.record, &all, &force.officers, &policy.dip_sample);
                let mut sample = held.clone();
                sample.record.cases.retain(|case| is_shown(&case.offender_ref));
                let grades = grades.into_iter().filter(|held| is_shown(&held.record.offender_ref)).cloned().collect();
                JudgedSample { sample, grades, standing: shown(standing, is_shown) }
            })
            .collect();
        let refs: Vec<&Ref> = judged.iter().map(|judged| &judged.sample.subject).collect();
        reader.note(connection, "dip_sample.list", Some((RecordKind::Team, team)), json!({ "samples": refs }))?;
        Ok(judged)
    })?;
    judged.sort_by(|a, b| (b.sample.record.month, &b.sample.subject).cmp(&(a.sample.record.month, &a.sample.subject)));
    Ok(judged)
}

/// The samples in scope, with the force's grades and graders.
pub(super) fn sampling(connection: &mut AnyConnection, scope: &Scope) -> Result<ForceFile, StoreError> {
    let whole = Scope::whole(&scope.force);
    let mut builder = ForceFileBuilder::default();
    for (kind, scope) in
        [(RecordKind::DipSample, scope), (RecordKind::DipSampleGrade, &whole), (RecordKind::Officer, &whole)]
    {
        for held in records_in_scope(connection, Wanted::all(kind, scope))? {
            builder.add(held);
        }
    }
    Ok(builder.build())
}

fn shown(mut standing: SampleStanding, is_shown: impl Fn(&Ref) -> bool) -> SampleStanding {
    standing.ungraded.retain(&is_shown);
    standing.want_second.retain(&is_shown);
    standing
}

/// Whether a team's supervision is within the reader's reach; that it was not goes on record.
fn team_within_reach(store: &Store, reader: &Reader, team: &Ref, act: &str) -> Result<(), ActError> {
    if reader.person.case_scope().covers(team) {
        return Ok(());
    }
    store.transaction_that_writes(|connection| reader.note_refusal(connection, act, RecordKind::Team, team))?;
    Err(ActError::NotFound)
}
