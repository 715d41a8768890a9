//! The risk management plan: bespoke to one offender, it sets how often they are visited.
//!
//! Source: MAPPA guidance chapter 12 (four pillars and contingency); the visit frequency follows
//! the individual plan and never a grid by risk level (HMICFRS, Dorset 2021).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant};
use super::plan_action::{ActionEntry, as_they_stand};
use super::reference::Ref;
use super::words::Words;
use super::working_time::{DayOfWeek, TimeOfDay};

/// The days after the last qualifying visit within which the next one falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitInterval {
    /// The ideal number of days.
    pub interval_days: u32,
    /// Not before this many days.
    pub earliest_after_days: u32,
    /// Not after this many days.
    pub latest_after_days: u32,
}

/// A time of the week in which a visit may be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TimeWindow {
    /// On these days.
    pub weekdays: Vec<DayOfWeek>,
    /// From this time.
    pub from: TimeOfDay,
    /// Until this time, by which the visit has ended.
    pub until: TimeOfDay,
}

/// An interval that holds until a date and replaces the requirement's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitStep {
    /// The last day on which it holds.
    pub until: CivilDate,
    /// The day counts that hold till then.
    #[serde(flatten)]
    pub interval: VisitInterval,
}

impl VisitInterval {
    /// The counts in force on a day: the step with the earliest `until` not yet past replaces the
    /// plan's own; of two with one `until`, the first listed. With the step's last day.
    #[must_use]
    pub fn in_force(own: Self, steps: &[VisitStep], day: CivilDate) -> (Self, Option<CivilDate>) {
        steps
            .iter()
            .filter(|step| step.until >= day)
            .min_by_key(|step| step.until)
            .map_or((own, None), |step| (step.interval, Some(step.until)))
    }
}

/// What a plan says of visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRequirement {
    /// The plan's own day counts.
    #[serde(flatten)]
    pub interval: VisitInterval,
    /// How long a visit takes, 10 to 480 minutes.
    pub duration_minutes: u32,
    /// How many officers go, 1 to 4.
    pub crew: u32,
    /// Whether the offender is not told beforehand.
    pub unannounced: bool,
    /// When in the week; any time where empty.
    pub time_windows: Vec<TimeWindow>,
    /// What somebody in the crew must be able to do.
    pub required_skills: Vec<String>,
    /// The agency that goes along, where there is one.
    pub joint_agency: Option<String>,
    /// The supervisor who approved that one officer goes alone.
    pub single_crew_approved_by: Option<Ref>,
    /// Day counts that hold for a while.
    pub steps: Vec<VisitStep>,
}

impl VisitRequirement {
    /// The day counts in force on a day, as [`VisitInterval::in_force`].
    #[must_use]
    pub fn interval_on(&self, day: CivilDate) -> (VisitInterval, Option<CivilDate>) {
        VisitInterval::in_force(self.interval, &self.steps, day)
    }
}

/// The four pillars of a plan (MAPPA guidance chapter 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pillar {
    /// Supervision.
    Supervision,
    /// Monitoring and control.
    MonitoringAndControl,
    /// Interventions and treatment.
    InterventionsAndTreatment,
    /// Victim safety.
    VictimSafety,
}

/// Something the plan says is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAction {
    /// Its reference within the plan.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// The pillar it belongs to.
    pub pillar: Pillar,
    /// What is to be done.
    pub description: String,
    /// By when.
    pub due_on: CivilDate,
    /// By whom.
    pub owner_ref: Option<Ref>,
    /// When it was done; empty where it was not.
    pub completed_on: Option<CivilDate>,
}

impl PlanAction {
    /// Overdue and not completed by a day.
    #[must_use]
    pub fn is_overdue(&self, day: CivilDate) -> bool {
        day > self.due_on && self.completed_on.is_none_or(|completed| completed > day)
    }
}

/// What the four pillars of a plan say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pillars {
    /// Supervision.
    pub supervision: Words,
    /// Monitoring and control.
    pub monitoring_and_control: Words,
    /// Interventions and treatment.
    pub interventions_and_treatment: Words,
    /// Victim safety.
    pub victim_safety: Words,
}

/// On a day the offender would be visited less often than the current plan says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lengthening {
    /// The first such day.
    pub on: CivilDate,
    /// What the current plan says for it.
    pub was: VisitInterval,
    /// What the new one says; nothing where it asks for no visits.
    pub becomes: Option<VisitInterval>,
}

/// A draft sent back to whoever drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// By whom.
    pub by: Ref,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: Words,
}

/// How a plan made here came about, for whoever approves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafting {
    /// Who drafted it.
    pub author_ref: Ref,
    /// Who edited it last.
    pub last_editor_ref: Ref,
    /// Everybody else who has edited it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub editors: BTreeSet<Ref>,
    /// When it was edited last.
    pub edited_at: Instant,
    /// The assessment by another tool that it answers.
    pub other_assessment_ref: Option<Ref>,
    /// Where it asks for visits less often than the plan that was current then.
    pub lengthens: Option<Lengthening>,
    /// Why it does.
    pub interval_reason: Option<Words>,
    /// What makes it safe that one officer goes alone.
    pub single_crew_risk_assessment: Option<Words>,
    /// That it was sent back, until it is edited.
    pub returned: Option<Returned>,
}

impl Drafting {
    /// The same, edited: whoever edited it before is kept, for nobody approves what they had a hand in.
    pub fn edit(&mut self, editor: &Ref, at: Instant) {
        let before = std::mem::replace(&mut self.last_editor_ref, editor.clone());
        self.editors.insert(before);
        self.edited_at = at;
        self.returned = None;
    }

    /// Everybody who had a hand in it.
    pub fn hands(&self) -> impl Iterator<Item = &Ref> {
        [&self.author_ref, &self.last_editor_ref].into_iter().chain(&self.editors)
    }
}

/// One version of a risk management plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskManagementPlan {
    /// Of whom.
    pub offender_ref: Ref,
    /// From when it holds, once approved.
    pub effective_from: CivilDate,
    /// When it should be reviewed.
    pub review_on: CivilDate,
    /// What it says of visits.
    pub visit_requirement: Option<VisitRequirement>,
    /// What is to be done.
    pub actions: Vec<PlanAction>,
    /// The assessment it answers.
    pub assessment_ref: Option<Ref>,
    /// Who approved it.
    pub approved_by: Option<Ref>,
    /// When it was approved.
    pub approved_on: Option<CivilDate>,
    /// What happens when it fails.
    pub contingency: Option<String>,
    /// Entered here: what its pillars say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pillars: Option<Box<Pillars>>,
    /// Entered here: every licence condition (MAPPA guidance chapter 12 asks for all).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licence_conditions: Vec<Words>,
    /// Entered here: how it came about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drafting: Option<Box<Drafting>>,
    /// Entered here: what became of its actions, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub action_progress: Vec<ActionEntry>,
}

impl RiskManagementPlan {
    /// Approved and in effect on a day.
    #[must_use]
    pub fn is_in_effect(&self, day: CivilDate) -> bool {
        self.approved_on.is_some_and(|approved| approved <= day) && self.effective_from <= day
    }

    /// Its actions as they stand: as the plan lists them, with what was completed, checked and deferred since.
    #[must_use]
    pub fn actions_as_they_stand(&self) -> Vec<PlanAction> {
        as_they_stand(self).into_iter().map(|standing| standing.action).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_with_the_earliest_end_not_past_is_in_force() {
        let interval = |days| VisitInterval { interval_days: days, earliest_after_days: days, latest_after_days: days };
        let date = |text: &str| text.parse::<CivilDate>().unwrap();
        let step = |until, days| VisitStep { until: date(until), interval: interval(days) };
        let requirement = VisitRequirement {
            interval: interval(90),
            duration_minutes: 30,
            crew: 2,
            unannounced: true,
            time_windows: vec![],
            required_skills: vec![],
            joint_agency: None,
            single_crew_approved_by: None,
            steps: vec![step("2021-06-30", 30), step("2021-04-30", 7), step("2021-04-30", 14)],
        };
        for (day, days, until) in
            [("2021-04-30", 7, Some("2021-04-30")), ("2021-05-01", 30, Some("2021-06-30")), ("2021-07-01", 90, None)]
        {
            assert_eq!(requirement.interval_on(date(day)), (interval(days), until.map(date)), "{day}");
        }
    }
}
