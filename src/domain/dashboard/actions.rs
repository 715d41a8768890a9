//! The actions of the plans: overdue, by whose they are; or never written down.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{FlagFigure, Known, count};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::flag::FlagCode;
use crate::domain::reference::Ref;

/// The actions of the current plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlanActionFigures)]
pub struct PlanActions {
    /// Plans with an overdue action: the flag `plan_action_overdue`.
    pub overdue: FlagFigure,
    /// Overdue actions.
    pub overdue_actions: u32,
    /// By whose they are, the most first.
    pub by_owner: Vec<OwnerFigure>,
    /// Plans without any action: the flag `no_plan_actions`.
    pub no_actions: FlagFigure,
}

/// Overdue actions of one owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnerFigure {
    /// Whose they are; empty where they are nobody's.
    #[schema(value_type = Option<String>)]
    pub owner_ref: Option<Ref>,
    /// Actions.
    pub actions: u32,
    /// Offenders in whose plans they are.
    pub offenders: u32,
    /// Days overdue of the one longest overdue.
    pub longest_days: i64,
}

impl PlanActions {
    pub(super) fn of(known: Known<'_>) -> Self {
        let mut owned: BTreeMap<Option<&Ref>, Vec<(&Ref, CivilDate)>> = BTreeMap::new();
        for case in known.cases {
            for action in &case.standing.overdue_actions {
                owned.entry(action.owner_ref.as_ref()).or_default().push((&case.offender_ref, action.due_on));
            }
        }
        let mut by_owner: Vec<OwnerFigure> = owned
            .into_iter()
            .map(|(owner, actions)| OwnerFigure {
                owner_ref: owner.cloned(),
                actions: count(actions.iter()),
                offenders: count(actions.iter().map(|(offender, _)| offender).collect::<BTreeSet<_>>().iter()),
                longest_days: actions
                    .iter()
                    .map(|(_, due_on)| days_between(*due_on, known.at.today()))
                    .max()
                    .unwrap_or_default(),
            })
            .collect();
        by_owner.sort_by_key(|owner| Reverse(owner.actions));
        Self {
            overdue: known.flagged(FlagCode::PlanActionOverdue),
            overdue_actions: by_owner.iter().map(|owner| owner.actions).sum(),
            by_owner,
            no_actions: known.flagged(FlagCode::NoPlanActions),
        }
    }
}
