//! What a drafted plan is sent as.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::api::dates::{civil_date, civil_date_if_given};
use crate::casework::plans::draft::{DraftedAction, PlanText};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::{Pillar, Pillars, TimeWindow, VisitInterval, VisitRequirement, VisitStep};
use crate::domain::words::Words;
use crate::domain::working_time::{DayOfWeek, TimeOfDay};

/// What the four pillars say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PillarTexts)]
pub struct PillarsBody {
    /// Supervision.
    #[schema(value_type = String)]
    supervision: Words,
    /// Monitoring and control.
    #[schema(value_type = String)]
    monitoring_and_control: Words,
    /// Interventions and treatment.
    #[schema(value_type = String)]
    interventions_and_treatment: Words,
    /// Victim safety.
    #[schema(value_type = String)]
    victim_safety: Words,
}

/// A time of the week in which a visit may be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TimeWindowBody)]
pub struct WindowBody {
    /// `mon` to `sun`.
    #[schema(value_type = Vec<String>)]
    weekdays: Vec<DayOfWeek>,
    /// `HH:MM`.
    #[schema(value_type = String)]
    from: TimeOfDay,
    /// `HH:MM`.
    #[schema(value_type = String)]
    until: TimeOfDay,
}

/// Day counts that hold until a date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitStepBody)]
pub struct StepBody {
    /// The last day on which they hold.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    until: CivilDate,
    /// The ideal number of days.
    interval_days: u32,
    /// Not before this many days.
    earliest_after_days: u32,
    /// Not after this many days.
    latest_after_days: u32,
}

/// What the plan says of visits.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitRequirementBody)]
pub struct RequirementBody {
    /// The ideal number of days, 1 to 1,100.
    interval_days: u32,
    /// Not before this many days.
    earliest_after_days: u32,
    /// Not after this many days.
    latest_after_days: u32,
    /// 10 to 480 minutes.
    duration_minutes: u32,
    /// One to four officers; one alone needs `single_crew_risk_assessment`, and the approver's word.
    crew: u32,
    /// Whether the offender is not told beforehand.
    unannounced: bool,
    /// When in the week; any time where empty.
    #[serde(default)]
    time_windows: Vec<WindowBody>,
    /// What somebody in the crew must be able to do.
    #[serde(default)]
    required_skills: Vec<String>,
    /// The agency that goes along.
    joint_agency: Option<String>,
    /// Day counts that hold for a while.
    #[serde(default)]
    steps: Vec<StepBody>,
}

/// An action.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanActionBody)]
pub struct ActionBody {
    /// Its reference within the plan; given by the service where it is left out.
    #[serde(rename = "ref")]
    #[schema(value_type = Option<String>)]
    reference: Option<Ref>,
    /// `supervision`, `monitoring_and_control`, `interventions_and_treatment` or `victim_safety`.
    #[schema(value_type = String)]
    pillar: Pillar,
    /// What is to be done.
    #[schema(value_type = String)]
    description: Words,
    /// By when.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    due_on: CivilDate,
    /// By whom.
    #[schema(value_type = String)]
    owner_ref: Ref,
}

/// A version of a plan. A new draft needs `effective_from`, `review_on`, `pillars` and `contingency`; in an edit what is
/// left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DraftPlan)]
pub struct PlanBody {
    /// From when it holds, once approved; today or later.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    effective_from: Option<CivilDate>,
    /// When it is reviewed.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<CivilDate>,
    /// What the four pillars say.
    pillars: Option<PillarsBody>,
    /// What happens when it fails.
    #[schema(value_type = Option<String>)]
    contingency: Option<Words>,
    /// Every licence condition; needed while the offender is on licence.
    #[schema(value_type = Option<Vec<String>>)]
    licence_conditions: Option<Vec<Words>>,
    /// What it says of visits; null: nothing.
    #[serde(default, deserialize_with = "given_or_null")]
    #[schema(value_type = Option<RequirementBody>)]
    visit_requirement: Option<Option<RequirementBody>>,
    /// What is to be done.
    actions: Option<Vec<ActionBody>>,
    /// The ARMS assessment it answers.
    #[schema(value_type = Option<String>)]
    assessment_ref: Option<Ref>,
    /// The assessment by another tool it answers.
    #[schema(value_type = Option<String>)]
    other_assessment_ref: Option<Ref>,
    /// Why it asks for visits less often than the current plan, where it does.
    #[schema(value_type = Option<String>)]
    interval_reason: Option<Words>,
    /// What makes it safe that one officer goes alone, where it says so.
    #[schema(value_type = Option<String>)]
    single_crew_risk_assessment: Option<Words>,
}

/// Tells null from what is left out.
fn given_or_null<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<RequirementBody>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl From<PlanBody> for PlanText {
    fn from(body: PlanBody) -> Self {
        Self {
            effective_from: body.effective_from,
            review_on: body.review_on,
            pillars: body.pillars.map(Pillars::from),
            contingency: body.contingency,
            licence_conditions: body.licence_conditions,
            visit_requirement: body.visit_requirement.map(|requirement| requirement.map(VisitRequirement::from)),
            actions: body.actions.map(|actions| actions.into_iter().map(DraftedAction::from).collect()),
            assessment_ref: body.assessment_ref,
            other_assessment_ref: body.other_assessment_ref,
            interval_reason: body.interval_reason,
            single_crew_risk_assessment: body.single_crew_risk_assessment,
        }
    }
}

impl From<PillarsBody> for Pillars {
    fn from(body: PillarsBody) -> Self {
        let PillarsBody { supervision, monitoring_and_control, interventions_and_treatment, victim_safety } = body;
        Self { supervision, monitoring_and_control, interventions_and_treatment, victim_safety }
    }
}

impl From<RequirementBody> for VisitRequirement {
    fn from(body: RequirementBody) -> Self {
        let RequirementBody { interval_days, earliest_after_days, latest_after_days, .. } = body;
        Self {
            interval: VisitInterval { interval_days, earliest_after_days, latest_after_days },
            duration_minutes: body.duration_minutes,
            crew: body.crew,
            unannounced: body.unannounced,
            time_windows: body.time_windows.into_iter().map(TimeWindow::from).collect(),
            required_skills: body.required_skills,
            joint_agency: body.joint_agency,
            single_crew_approved_by: None,
            steps: body.steps.into_iter().map(VisitStep::from).collect(),
        }
    }
}

impl From<WindowBody> for TimeWindow {
    fn from(WindowBody { weekdays, from, until }: WindowBody) -> Self {
        Self { weekdays, from, until }
    }
}

impl From<StepBody> for VisitStep {
    fn from(body: StepBody) -> Self {
        let StepBody { until, interval_days, earliest_after_days, latest_after_days } = body;
        Self { until, interval: VisitInterval { interval_days, earliest_after_days, latest_after_days } }
    }
}

impl From<ActionBody> for DraftedAction {
    fn from(body: ActionBody) -> Self {
        let ActionBody { reference, pillar, description, due_on, owner_ref } = body;
        Self { reference, pillar, description, due_on, owner_ref }
    }
}
