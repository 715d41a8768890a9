//! What becomes of a plan's actions: completed with evidence, checked by a supervisor, sent back, deferred.
//!
//! Each action has an owner, a due date and evidence of its completion, and a supervisor checks that it was done in time
//! (HMICFRS, Dorset 2021: the action tab was not used). What is done here is kept beside the action as the plan lists
//! it, so that plans of the records system and plans made here work alike.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant, london_date};
use super::moment::Moment;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};
use super::risk_management_plan::{PlanAction, RiskManagementPlan};
use super::words::Words;

/// What was done about an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum ActionDeed {
    /// It was completed.
    Completed {
        /// When.
        on: CivilDate,
        /// What shows it.
        evidence: Words,
    },
    /// Its completion was checked and stands.
    Confirmed,
    /// Its completion was checked and does not stand: it is open again.
    SentBack {
        /// Why.
        reason: Words,
    },
    /// It got another due date.
    Deferred {
        /// The new due date.
        until: CivilDate,
        /// Why.
        reason: Words,
    },
}

/// One thing that was done about an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionEntry {
    /// Which action.
    pub action_ref: Ref,
    /// By whom.
    pub by: Ref,
    /// When it was entered.
    pub at: Instant,
    /// What.
    #[serde(flatten)]
    pub deed: ActionDeed,
}

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// To be done.
    Open,
    /// Done, not checked yet.
    Completed,
    /// Done and checked.
    Confirmed,
    /// Checked and to be done again.
    SentBack,
}

/// An action as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingAction {
    /// The action, with the due date and completion that hold.
    pub action: PlanAction,
    /// Where it stands.
    pub state: ActionState,
    /// Who completed it, where that was entered here.
    pub completed_by: Option<Ref>,
}

/// A plan's actions as they stand, in the plan's order.
#[must_use]
pub fn as_they_stand(plan: &RiskManagementPlan) -> Vec<StandingAction> {
    plan.actions.iter().map(|action| stands(action, &plan.action_progress)).collect()
}

/// A completion that the records system tells of counts unless one was sent back on that day or later.
fn stands(listed: &PlanAction, progress: &[ActionEntry]) -> StandingAction {
    let mut action = listed.clone();
    let mut state = if action.completed_on.is_some() { ActionState::Completed } else { ActionState::Open };
    let mut completed_by = None;
    for entry in progress.iter().filter(|entry| entry.action_ref == listed.reference) {
        match &entry.deed {
            ActionDeed::Completed { on, .. } => {
                (action.completed_on, completed_by, state) =
                    (Some(*on), Some(entry.by.clone()), ActionState::Completed);
            }
            ActionDeed::Confirmed => state = ActionState::Confirmed,
            ActionDeed::SentBack { .. } => {
                let told_since = listed.completed_on.filter(|on| *on > london_date(entry.at));
                completed_by = None;
                action.completed_on = told_since;
                state = if told_since.is_some() { ActionState::Completed } else { ActionState::SentBack };
            }
            ActionDeed::Deferred { until, .. } => action.due_on = *until,
        }
    }
    StandingAction { action, state, completed_by }
}

/// An action of an approved plan, as it stands.
///
/// # Errors
/// When the plan is not approved, or has no such action.
pub fn of_approved_plan(plan: &RiskManagementPlan, action: &Ref, at: Moment) -> Result<StandingAction, Refusal> {
    if plan.approved_on.is_none_or(|approved| !at.has_come(approved)) {
        return Err(Refusal::new(RefusalCode::WrongState, "the plan is not approved; its actions are not set yet"));
    }
    let standing = as_they_stand(plan).into_iter().find(|standing| standing.action.reference == *action);
    standing.ok_or_else(|| Refusal::new(RefusalCode::UnknownReference, "the plan has no action of that reference"))
}

impl StandingAction {
    /// It may be completed on a day by its owner or the case's manager.
    ///
    /// # Errors
    /// When it is done already, the day has not come, or the officer is neither.
    pub fn may_be_completed(&self, by: &Ref, manager: Option<&Ref>, on: CivilDate, at: Moment) -> Result<(), Refusal> {
        if self.action.owner_ref.as_ref() != Some(by) && manager != Some(by) {
            let detail = "an action is completed by its owner or by the case's manager";
            return Err(Refusal::new(RefusalCode::NotQualified, detail));
        }
        self.is_open()?;
        if !at.has_come(on) {
            return Err(Refusal::new(RefusalCode::NotAcceptable, "the day has not come").at("/completed_on"));
        }
        Ok(())
    }

    /// Its completion may be checked by somebody else than whoever completed it.
    ///
    /// # Errors
    /// When it is not completed, was checked already, or by the same officer.
    pub fn may_be_checked(&self, by: &Ref) -> Result<(), Refusal> {
        match self.state {
            ActionState::Completed => super::qualification::is_not_own_work(by, &self.completed_by),
            ActionState::Open | ActionState::SentBack => {
                Err(Refusal::new(RefusalCode::WrongState, "the action is not completed; nothing is to be checked"))
            }
            ActionState::Confirmed => {
                Err(Refusal::new(RefusalCode::WrongState, "the action's completion was checked already"))
            }
        }
    }

    /// It may get another due date, later than the one it has and not past, from somebody else than its owner.
    ///
    /// # Errors
    /// When it is done, the officer's own, or the date is otherwise.
    pub fn may_be_deferred(&self, by: &Ref, until: CivilDate, at: Moment) -> Result<(), Refusal> {
        self.is_open()?;
        super::qualification::is_not_own_work(by, &self.action.owner_ref)?;
        if until <= self.action.due_on || at.is_overdue(until) {
            let detail = format!("the new date is after {} and not past", self.action.due_on);
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/due_on"));
        }
        Ok(())
    }

    fn is_open(&self) -> Result<(), Refusal> {
        match self.state {
            ActionState::Open | ActionState::SentBack => Ok(()),
            ActionState::Completed | ActionState::Confirmed => {
                Err(Refusal::new(RefusalCode::WrongState, "the action is completed"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn plan(completed_on: Option<&str>, progress: Value) -> RiskManagementPlan {
        serde_json::from_value(json!({
            "offender_ref": "o", "effective_from": "2021-01-01", "review_on": "2022-01-01", "visit_requirement": null,
            "approved_on": "2021-01-01", "action_progress": progress,
            "actions": [{ "ref": "x", "pillar": "supervision", "description": "", "due_on": "2021-04-01",
                "owner_ref": "om", "completed_on": completed_on }],
        }))
        .unwrap()
    }

    fn did(day: &str, deed: Value) -> Value {
        let mut entry = json!({ "action_ref": "x", "by": "om", "at": format!("{day}T10:00:00Z") });
        entry.as_object_mut().unwrap().extend(deed.as_object().unwrap().clone());
        entry
    }

    #[test]
    fn what_was_done_stands_over_what_the_plan_lists() {
        let done = did("2021-03-10", json!({ "did": "completed", "on": "2021-03-09", "evidence": "seen" }));
        let checked = did("2021-03-11", json!({ "did": "confirmed" }));
        let back = did("2021-03-11", json!({ "did": "sent_back", "reason": "thin" }));
        let deferred = did("2021-03-01", json!({ "did": "deferred", "until": "2021-05-01", "reason": "away" }));
        let other = json!({ "action_ref": "y", "by": "om", "at": "2021-03-01T10:00:00Z", "did": "confirmed" });
        for (listed, progress, state, completed, due) in [
            (None, json!([]), ActionState::Open, None, "2021-04-01"),
            (Some("2021-03-01"), json!([]), ActionState::Completed, Some("2021-03-01"), "2021-04-01"),
            (None, json!([done]), ActionState::Completed, Some("2021-03-09"), "2021-04-01"),
            (None, json!([done, checked]), ActionState::Confirmed, Some("2021-03-09"), "2021-04-01"),
            (None, json!([done, back]), ActionState::SentBack, None, "2021-04-01"),
            (Some("2021-03-11"), json!([back]), ActionState::SentBack, None, "2021-04-01"),
            (Some("2021-03-12"), json!([back]), ActionState::Completed, Some("2021-03-12"), "2021-04-01"),
            (None, json!([done, back, deferred]), ActionState::SentBack, None, "2021-05-01"),
            (None, json!([other]), ActionState::Open, None, "2021-04-01"),
        ] {
            let plan = plan(listed, progress.clone());
            let standing = as_they_stand(&plan).pop().unwrap();
            let day = |text: &str| text.parse::<CivilDate>().unwrap();
            assert_eq!(standing.state, state, "{listed:?} {progress}");
            assert_eq!(standing.action.completed_on, completed.map(day), "{listed:?} {progress}");
            assert_eq!(standing.action.due_on, day(due), "{listed:?} {progress}");
            assert_eq!(serde_json::to_value(&plan).unwrap()["actions"][0]["due_on"], "2021-04-01");
        }
    }

    #[test]
    fn who_may_do_what_and_when() {
        let at = Moment::at("2021-04-15T08:00:00Z".parse().unwrap());
        let named = |name: &str| Ref::new(name).unwrap();
        let done = did("2021-03-10", json!({ "did": "completed", "on": "2021-03-09", "evidence": "seen" }));
        let open = as_they_stand(&plan(None, json!([]))).pop().unwrap();
        let completed = as_they_stand(&plan(None, json!([done]))).pop().unwrap();
        let code = |result: Result<(), Refusal>| result.err().map(|refusal| refusal.code);
        let today = at.today();
        assert_eq!(code(open.may_be_completed(&named("om"), None, today, at)), None);
        assert_eq!(code(open.may_be_completed(&named("mgr"), Some(&named("mgr")), today, at)), None);
        assert_eq!(
            code(open.may_be_completed(&named("z"), Some(&named("mgr")), today, at)),
            Some(RefusalCode::NotQualified)
        );
        let tomorrow = "2021-04-16".parse().unwrap();
        assert_eq!(code(open.may_be_completed(&named("om"), None, tomorrow, at)), Some(RefusalCode::NotAcceptable));
        assert_eq!(code(completed.may_be_completed(&named("om"), None, today, at)), Some(RefusalCode::WrongState));
        assert_eq!(code(open.may_be_checked(&named("sup"))), Some(RefusalCode::WrongState));
        assert_eq!(code(completed.may_be_checked(&named("sup"))), None);
        assert_eq!(code(completed.may_be_checked(&named("om"))), Some(RefusalCode::OwnWork));
        for (until, refused) in [("2021-04-14", true), ("2021-04-15", false), ("2021-05-01", false)] {
            assert_eq!(open.may_be_deferred(&named("sup"), until.parse().unwrap(), at).is_err(), refused, "{until}");
        }
        assert_eq!(code(open.may_be_deferred(&named("om"), tomorrow, at)), Some(RefusalCode::OwnWork));
        assert_eq!(code(completed.may_be_deferred(&named("sup"), tomorrow, at)), Some(RefusalCode::WrongState));
    }
}
