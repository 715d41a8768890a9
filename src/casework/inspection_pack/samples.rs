//! A pack's dip samples: those of the span's months, with their grades and how far the graders agree. What graders wrote
//! is left out, for it may name people.

use std::collections::BTreeMap;

use serde::Serialize;

use super::table::Table;
use crate::domain::calendar::{CivilDate, first_of_month};
use crate::domain::case_file::ForceFile;
use crate::domain::dip_sample::{DipSample, DipSampleGrade, Grade, Question, SampleStanding, standing};
use crate::domain::inspection_span::InspectionSpan;
use crate::domain::policy::DipSamplePolicy;
use crate::domain::reference::Ref;

/// One month's sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackedSample {
    /// Its reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// The sample.
    #[serde(flatten)]
    pub sample: DipSample,
    /// The grades given by the last day of the span.
    pub grades: Vec<PackedGrade>,
    /// How it stood then.
    pub standing: SampleStanding,
    /// Every case was graded, by as many as it asks for.
    pub complete: bool,
    /// The share of the cases graded twice on which the graders agree, in percent; empty where none was.
    pub agreement_percent: Option<usize>,
}

/// One grader's judgement of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackedGrade {
    /// Whose case.
    pub offender_ref: Ref,
    /// Who graded.
    pub grader_ref: Ref,
    /// When.
    pub graded_on: CivilDate,
    /// The grade of the whole.
    pub overall: Grade,
    /// The grade of each question.
    pub answers: BTreeMap<Question, Grade>,
}

impl From<&DipSampleGrade> for PackedGrade {
    fn from(grade: &DipSampleGrade) -> Self {
        Self {
            offender_ref: grade.offender_ref.clone(),
            grader_ref: grade.grader_ref.clone(),
            graded_on: grade.graded_on,
            overall: grade.overall,
            answers: grade.answers.clone(),
        }
    }
}

/// A team's samples of the span's months, the oldest first. A case that may not be seen is in none of them.
pub fn packed(
    force: &ForceFile,
    team: &Ref,
    span: &InspectionSpan,
    policy: &DipSamplePolicy,
    is_seen: impl Fn(&Ref) -> bool,
) -> Vec<PackedSample> {
    let months = first_of_month(span.from())..=span.until();
    let of_team = force
        .dip_samples
        .iter()
        .filter(|held| held.record.team_ref == *team && months.contains(&held.record.month))
        .filter(|held| held.record.drawn_on <= span.until());
    let mut samples: Vec<PackedSample> = of_team
        .map(|held| {
            let mut sample = held.record.clone();
            sample.cases.retain(|case| is_seen(&case.offender_ref));
            let of_sample = |grade: &&DipSampleGrade| {
                grade.sample_ref == held.subject
                    && grade.graded_on <= span.until()
                    && sample.cases.iter().any(|case| case.offender_ref == grade.offender_ref)
            };
            let all = force.dip_sample_grades.iter().map(|held| &held.record);
            let mut grades: Vec<&DipSampleGrade> = all.filter(of_sample).collect();
            grades.sort_by_key(|grade| (&grade.offender_ref, grade.graded_on, &grade.grader_ref));
            let standing = standing(&sample, &grades, &force.officers, policy);
            PackedSample {
                reference: held.subject.clone(),
                grades: grades.into_iter().map(PackedGrade::from).collect(),
                complete: standing.is_complete(),
                agreement_percent: standing.agreement_percent(),
                sample,
                standing,
            }
        })
        .collect();
    samples.sort_by(|a, b| (a.sample.month, &a.reference).cmp(&(b.sample.month, &b.reference)));
    samples
}

/// A row a grade; of a case without one, a row with the grade left empty.
///
/// # Errors
/// When a name cannot be written.
pub fn samples_table(samples: &[PackedSample]) -> Result<Table, serde_json::Error> {
    let questions = Question::ALL.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    let fixed =
        ["month", "sample_ref", "offender_ref", "stratum", "second_grader", "grader_ref", "graded_on", "overall"];
    let mut table = Table::with_columns(fixed.into_iter().chain(questions.iter().map(String::as_str)));
    for PackedSample { reference, sample, grades, .. } in samples {
        for case in &sample.cases {
            let drawn = [
                sample.month.to_string(),
                reference.to_string(),
                case.offender_ref.to_string(),
                named(&case.stratum)?,
                case.second_grader.to_string(),
            ];
            let of_case: Vec<&PackedGrade> =
                grades.iter().filter(|grade| grade.offender_ref == case.offender_ref).collect();
            if of_case.is_empty() {
                table.row(drawn.iter().cloned().chain(vec![String::new(); 3 + questions.len()]));
            }
            for grade in of_case {
                let judged = [grade.grader_ref.to_string(), grade.graded_on.to_string(), named(&grade.overall)?];
                let answers = Question::ALL.iter().map(|question| grade.answers.get(question).map(named));
                let answers =
                    answers.map(|answer| Ok(answer.transpose()?.unwrap_or_default())).collect::<Result<Vec<_>, _>>()?;
                table.row(drawn.iter().cloned().chain(judged).chain(answers));
            }
        }
    }
    Ok(table)
}

/// A name as JSON has it.
fn named(value: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}
