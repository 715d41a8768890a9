//! The actions of the current plans in a reader's scope, the longest overdue first, and how many each owner has overdue.

use std::collections::BTreeMap;

use serde_json::json;

use crate::casework::access::told;
use crate::casework::reading::Reader;
use crate::domain::calendar::CivilDate;
use crate::domain::case_file::ForceFileBuilder;
use crate::domain::plan_action::{ActionState, StandingAction, as_they_stand};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::of_cases::of_cases;

/// Which actions.
#[derive(Debug, Clone, Default)]
pub struct ActionFilter {
    /// Of this owner.
    pub owner: Option<Ref>,
    /// Those overdue (true), or those not (false).
    pub overdue: Option<bool>,
    /// Where they stand.
    pub state: Option<ActionState>,
}

/// A place in the list: due date, plan, action.
pub type ActionPlace = (CivilDate, Ref, Ref);

/// One action of the list.
#[derive(Debug, Clone)]
pub struct ListedAction {
    /// The plan.
    pub plan_ref: Ref,
    /// Of whom.
    pub offender_ref: Ref,
    /// The action as it stands.
    pub standing: StandingAction,
    /// Overdue and open.
    pub is_overdue: bool,
}

impl ListedAction {
    /// Its place in the list.
    #[must_use]
    pub fn place(&self) -> ActionPlace {
        let action = &self.standing.action;
        (action.due_on, self.plan_ref.clone(), action.reference.clone())
    }
}

/// A part of the list.
#[derive(Debug, Clone)]
pub struct ActionPage {
    /// The longest due first.
    pub actions: Vec<ListedAction>,
    /// How many each owner has overdue, of all that the filter asks for; nobody's under none.
    pub overdue_by_owner: BTreeMap<Option<Ref>, usize>,
    /// The place after which the list goes on, where it does.
    pub goes_on_after: Option<ActionPlace>,
}

/// The actions of the current plans of managed offenders whom the reader may see.
///
/// # Errors
/// When the store fails.
pub fn list(
    store: &Store,
    reader: &Reader,
    filter: &ActionFilter,
    (after, limit): (Option<ActionPlace>, usize),
) -> Result<ActionPage, StoreError> {
    let (scope, at) = (reader.person.case_scope(), reader.clock.moment());
    store.transaction_that_writes(|connection| {
        let found = of_cases(connection, &scope, RecordKind::RiskManagementPlan, None)?;
        let mut builder = ForceFileBuilder::default();
        found.offenders.into_iter().chain(found.records).for_each(|held| builder.add(held));
        let mut found: Vec<ListedAction> = Vec::new();
        for case in builder.build().cases.values().filter(|case| case.is_managed(at)) {
            let Some(plan) = case.current_plan_held(at) else { continue };
            found.extend(as_they_stand(&plan.record).into_iter().map(|standing| ListedAction {
                plan_ref: plan.subject.clone(),
                offender_ref: case.offender_ref.clone(),
                is_overdue: standing.action.is_overdue(at.today()),
                standing,
            }));
        }
        found.retain(|listed| {
            filter.owner.as_ref().is_none_or(|owner| listed.standing.action.owner_ref.as_ref() == Some(owner))
                && filter.overdue.is_none_or(|overdue| listed.is_overdue == overdue)
                && filter.state.is_none_or(|state| listed.standing.state == state)
        });
        let mut overdue_by_owner: BTreeMap<Option<Ref>, usize> = BTreeMap::new();
        for listed in found.iter().filter(|listed| listed.is_overdue) {
            *overdue_by_owner.entry(listed.standing.action.owner_ref.clone()).or_default() += 1;
        }
        found.sort_by_key(ListedAction::place);
        if let Some(after) = after {
            found.retain(|listed| listed.place() > after);
        }
        let goes_on = found.len() > limit;
        found.truncate(limit);
        let refs: Vec<&Ref> = found.iter().map(|listed| &listed.offender_ref).collect();
        let detail = json!({ "owner": told(filter.owner.as_ref()), "overdue": filter.overdue, "count": refs.len(), "refs": refs });
        reader.note(connection, "plan_action.list", None, detail)?;
        let goes_on_after = found.last().filter(|_| goes_on).map(ListedAction::place);
        Ok(ActionPage { actions: found, overdue_by_owner, goes_on_after })
    })
}
