//! Drawing a team's dip sample, and grading its cases.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::casework::acting::{ActError, Acting, Draft, ForceInHand, Written, on_force};
use crate::casework::case_records::is_in_scope;
use crate::casework::reading::Reader;
use crate::domain::calendar::first_of_month;
use crate::domain::dip_sample::{DipSample, DipSampleGrade, Grade, Question, draw, had_a_hand_in, of_month};
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::refs_in_scope;
use crate::store::error::StoreError;

/// Draws this month's sample of a team. The seed is made at the draw and kept with it, so that nobody chooses the cases
/// and anybody can draw them again.
///
/// # Errors
/// See [`ActError`]; `wrong_state` where the month's sample has been drawn, or the team has no case to draw.
pub fn draw_sample(store: &Store, acting: &Acting<'_>, team: &Ref) -> Result<Written, ActError> {
    team_within_reach(store, acting.reader, team, "dip_sample.draw")?;
    let seed = seed();
    let written = on_force(store, acting, "dip_sample.draw", (RecordKind::Team, team), |in_hand| {
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
    })?;
    Ok(store.transaction(|connection| without_out_of_reach(connection, acting.reader, written))?)
}

/// A sample as whoever drew it may see it: drawn over all cases of the team, shown without those that are hidden from them.
fn without_out_of_reach(
    connection: &mut AnyConnection,
    reader: &Reader,
    mut written: Written,
) -> Result<Written, StoreError> {
    let in_scope = refs_in_scope(connection, RecordKind::Offender, &reader.person.case_scope())?;
    if let Record::DipSample(sample) = &mut written.held.record {
        sample.cases.retain(|case| in_scope.contains(&case.offender_ref));
    }
    Ok(written)
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
    let is_shown = store.transaction(|connection| is_in_scope(connection, reader, &grading.offender_ref))?;
    on_force(store, acting, "dip_sample.grade", (RecordKind::DipSample, sample), |in_hand| {
        let grade = graded(in_hand, sample, grading, is_shown)?;
        Ok(vec![Draft::new(Uuid::now_v7().into(), grade)])
    })
}

fn graded(
    in_hand: &ForceInHand<'_>,
    sample: &Ref,
    grading: Grading,
    is_shown: bool,
) -> Result<DipSampleGrade, Refusal> {
    let (grader, _) = in_hand.acting_officer()?;
    let Grading { offender_ref, answers, overall, findings } = grading;
    let drawn = in_hand.force.dip_samples.iter().find(|held| held.subject == *sample);
    let is_drawn = drawn.is_some_and(|held| held.record.cases.iter().any(|case| case.offender_ref == offender_ref));
    let case = in_hand.force.cases.get(&offender_ref).filter(|_| is_drawn && is_shown);
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

/// Whether a team's supervision is within the reader's reach; that it was not goes on record.
pub(super) fn team_within_reach(store: &Store, reader: &Reader, team: &Ref, act: &str) -> Result<(), ActError> {
    if reader.person.case_scope().covers(team) {
        return Ok(());
    }
    store.transaction_that_writes(|connection| reader.note_refusal(connection, act, RecordKind::Team, team))?;
    Err(ActError::NotFound)
}
