//! Drafting a version of a plan, and editing the draft. A draft is no plan yet: no rule and no schedule looks at it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use uuid::Uuid;

use crate::casework::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use crate::casework::record_act::{in_case, on_record};
use crate::domain::calendar::CivilDate;
use crate::domain::plan_rules::{is_sound, lengthening, says_why_it_lengthens, says_why_one_goes_alone};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::risk_management_plan::{
    Drafting, Lengthening, Pillar, Pillars, PlanAction, RiskManagementPlan, VisitRequirement,
};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// An action as it is drafted.
#[derive(Debug, Clone)]
pub struct DraftedAction {
    /// Its reference within the plan; given by the service where empty.
    pub reference: Option<Ref>,
    /// The pillar it belongs to.
    pub pillar: Pillar,
    /// What is to be done.
    pub description: Words,
    /// By when.
    pub due_on: CivilDate,
    /// By whom.
    pub owner_ref: Ref,
}

/// What a draft says; what is empty stays as it is, which a new one cannot.
#[derive(Debug, Clone, Default)]
pub struct PlanText {
    /// From when it holds, once approved.
    pub effective_from: Option<CivilDate>,
    /// When it is reviewed.
    pub review_on: Option<CivilDate>,
    /// The four pillars.
    pub pillars: Option<Pillars>,
    /// What happens when it fails.
    pub contingency: Option<Words>,
    /// Every licence condition.
    pub licence_conditions: Option<Vec<Words>>,
    /// What it says of visits; `Some(None)`: nothing.
    pub visit_requirement: Option<Option<VisitRequirement>>,
    /// What is to be done.
    pub actions: Option<Vec<DraftedAction>>,
    /// The ARMS assessment it answers.
    pub assessment_ref: Option<Ref>,
    /// The assessment by another tool it answers.
    pub other_assessment_ref: Option<Ref>,
    /// Why it asks for visits less often than the current plan.
    pub interval_reason: Option<Words>,
    /// What makes it safe that one officer goes alone.
    pub single_crew_risk_assessment: Option<Words>,
}

/// Drafts a version of an offender's plan.
///
/// # Errors
/// See [`ActError`].
pub fn draft(store: &Store, acting: &Acting<'_>, offender: &Ref, text: PlanText) -> Result<Written, ActError> {
    on_case(store, acting, "risk_management_plan.draft", offender, |in_hand| {
        let (author, _) = in_hand.acting_officer()?;
        let needed =
            |member: &str| Refusal::new(RefusalCode::NotAcceptable, "a new plan needs it").at(format!("/{member}"));
        let empty = RiskManagementPlan {
            offender_ref: offender.clone(),
            effective_from: text.effective_from.ok_or_else(|| needed("effective_from"))?,
            review_on: text.review_on.ok_or_else(|| needed("review_on"))?,
            visit_requirement: None,
            actions: Vec::new(),
            assessment_ref: None,
            approved_by: None,
            approved_on: None,
            contingency: None,
            pillars: Some(Box::new(text.pillars.clone().ok_or_else(|| needed("pillars"))?)),
            licence_conditions: Vec::new(),
            drafting: Some(Box::new(Drafting {
                author_ref: author.clone(),
                last_editor_ref: author.clone(),
                editors: BTreeSet::new(),
                edited_at: in_hand.at.now(),
                other_assessment_ref: None,
                lengthens: None,
                interval_reason: None,
                single_crew_risk_assessment: None,
                returned: None,
            })),
            action_progress: Vec::new(),
        };
        if text.contingency.is_none() {
            return Err(needed("contingency"));
        }
        let plan = written(in_hand, empty, text)?;
        if in_hand.at.is_overdue(plan.effective_from) {
            let detail = "a plan takes effect today or later, never looking back";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/effective_from"));
        }
        Ok(vec![Draft::new(Uuid::now_v7().into(), plan)])
    })
}

/// Edits a draft that was read at a version.
///
/// # Errors
/// See [`ActError`].
pub fn edit(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    (text, read): (PlanText, RecordTag),
) -> Result<Written, ActError> {
    on_record(store, acting, "risk_management_plan.edit", (RecordKind::RiskManagementPlan, subject), |in_hand| {
        let (editor, _) = in_hand.acting_officer()?;
        let before = in_case(&in_hand.case.records.plans, subject)?;
        is_draft(before)?;
        let mut after = written(in_hand, before.clone(), text)?;
        if after == *before {
            return Err(Refusal::new(RefusalCode::NotAcceptable, "nothing would change"));
        }
        if let Some(drafting) = &mut after.drafting {
            drafting.edit(editor, in_hand.at.now());
        }
        let (before, after) = (members(before), members(&after));
        let changed: Vec<(&'static str, Value)> = MEMBERS
            .into_iter()
            .filter_map(|member| {
                let value = after.get(member).cloned().unwrap_or_default();
                (before.get(member).cloned().unwrap_or_default() != value).then_some((member, value))
            })
            // What is empty is left out of a record, and read from a claim all the same.
            .map(|(member, value)| {
                let is_list = matches!(member, "licence_conditions" | "actions");
                (member, if is_list && value.is_null() { json!([]) } else { value })
            })
            .collect();
        Ok(vec![Draft::claim(RecordKind::RiskManagementPlan, subject.clone(), changed, Basis::Read(read))])
    })
}

/// What an edit can change.
const MEMBERS: [&str; 9] = [
    "effective_from",
    "review_on",
    "pillars",
    "contingency",
    "licence_conditions",
    "visit_requirement",
    "actions",
    "assessment_ref",
    "drafting",
];

fn members(plan: &RiskManagementPlan) -> Value {
    serde_json::to_value(plan).unwrap_or_default()
}

/// A draft made here, not approved yet.
///
/// # Errors
/// When it is none.
pub(super) fn is_draft(plan: &RiskManagementPlan) -> Result<&Drafting, Refusal> {
    let approved = || Refusal::new(RefusalCode::WrongState, "an approved plan is never edited; draft a new version");
    if plan.approved_on.is_some() {
        return Err(approved());
    }
    plan.drafting.as_deref().ok_or_else(|| {
        Refusal::new(RefusalCode::WrongState, "the plan is the records system's; draft a version of our own")
    })
}

/// The plan with what the text says, judged.
fn written(
    in_hand: &CaseInHand<'_>,
    mut plan: RiskManagementPlan,
    text: PlanText,
) -> Result<RiskManagementPlan, Refusal> {
    plan.effective_from = text.effective_from.unwrap_or(plan.effective_from);
    plan.review_on = text.review_on.unwrap_or(plan.review_on);
    plan.pillars = text.pillars.map(Box::new).or(plan.pillars);
    plan.contingency = text.contingency.map(String::from).or(plan.contingency);
    plan.licence_conditions = text.licence_conditions.unwrap_or(plan.licence_conditions);
    if let Some(requirement) = text.visit_requirement {
        plan.visit_requirement = requirement;
    }
    if let Some(actions) = text.actions {
        plan.actions = numbered(actions)?;
    }
    plan.assessment_ref = text.assessment_ref.or(plan.assessment_ref);
    let lengthens = lengthens(in_hand, &plan);
    if let Some(drafting) = &mut plan.drafting {
        drafting.other_assessment_ref = text.other_assessment_ref.or(drafting.other_assessment_ref.take());
        drafting.interval_reason = text.interval_reason.or(drafting.interval_reason.take());
        drafting.single_crew_risk_assessment =
            text.single_crew_risk_assessment.or(drafting.single_crew_risk_assessment.take());
        drafting.lengthens = lengthens;
    }
    is_sound(&plan)?;
    fits_the_case(in_hand, &plan)?;
    says_why_it_lengthens(&plan, lengthens.as_ref())?;
    says_why_one_goes_alone(&plan)?;
    Ok(plan)
}

/// Where a plan asks for visits less often than the one that is current now.
pub(super) fn lengthens(in_hand: &CaseInHand<'_>, plan: &RiskManagementPlan) -> Option<Lengthening> {
    let current = in_hand.case.visit_requirement(in_hand.at);
    lengthening(current, plan.visit_requirement.as_ref(), plan.effective_from.max(in_hand.at.today()))
}

/// Actions with a reference each: those given, and numbers for the rest.
fn numbered(actions: Vec<DraftedAction>) -> Result<Vec<PlanAction>, Refusal> {
    let given: Vec<Ref> = actions.iter().filter_map(|action| action.reference.clone()).collect();
    let mut numbers = (1_u32..).filter_map(|number| Ref::new(format!("action-{number}")).ok());
    actions
        .into_iter()
        .map(|action| {
            let free = || numbers.find(|number| !given.contains(number));
            let reference = action
                .reference
                .or_else(free)
                .ok_or_else(|| Refusal::new(RefusalCode::NotAcceptable, "there are too many actions").at("/actions"))?;
            Ok(PlanAction {
                reference,
                pillar: action.pillar,
                description: action.description.into(),
                due_on: action.due_on,
                owner_ref: Some(action.owner_ref),
                completed_on: None,
            })
        })
        .collect()
}

/// It answers an assessment of this offender, and has every licence condition while there is a licence (MAPPA
/// guidance chapter 12).
fn fits_the_case(in_hand: &CaseInHand<'_>, plan: &RiskManagementPlan) -> Result<(), Refusal> {
    let records = &in_hand.case.records;
    let unknown = |at: &str| {
        let detail = "names no assessment of this offender";
        Err(Refusal::new(RefusalCode::UnknownReference, detail).at(at))
    };
    let answers = plan.assessment_ref.as_ref();
    if answers.is_some_and(|named| !records.assessments.iter().any(|held| held.subject == *named)) {
        return unknown("/assessment_ref");
    }
    let other = plan.drafting.as_ref().and_then(|drafting| drafting.other_assessment_ref.as_ref());
    if other.is_some_and(|named| !records.other_assessments.iter().any(|held| held.subject == *named)) {
        return unknown("/other_assessment_ref");
    }
    let on_licence = in_hand.case.offender.licence_until.is_some_and(|until| !in_hand.at.is_overdue(until));
    if on_licence && plan.licence_conditions.is_empty() {
        let detail = "the offender is on licence; the plan has every licence condition";
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/licence_conditions"));
    }
    Ok(())
}
