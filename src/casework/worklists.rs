//! Worklists: what is overdue, the worst first, one by one, for whoever acts on it.

use serde_json::{Value, json};

use super::access::told;
use super::dashboards::DashboardError;
use super::reading::Reader;
use crate::domain::calendar::Instant;
use crate::domain::dashboard::backlog::{Overdue, WorklistItem, worst_first};
use crate::domain::dashboard::breaches::{BreachItem, oldest_first};
use crate::domain::moment::Moment;
use crate::domain::offender::RiskLevel;
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::domain::standing::CaseStanding;
use crate::store::Store;
use crate::store::evaluation::evaluated_with_standings;
use crate::store::standing;

/// What narrows a worklist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorklistFilter {
    /// Of this team.
    pub team: Option<Ref>,
    /// Allocated to this officer.
    pub officer: Option<Ref>,
    /// Of this level of the current ARMS assessment; `Some(None)` for those without one.
    pub risk: Option<Option<RiskLevel>>,
}

impl WorklistFilter {
    fn admits(&self, case: &CaseStanding) -> bool {
        self.team.as_ref().is_none_or(|team| *team == case.team_ref)
            && self.officer.as_ref().is_none_or(|officer| case.standing.manager_ref.as_ref() == Some(officer))
            && self.risk.is_none_or(|risk| risk == case.standing.risk)
    }

    fn words(&self) -> Value {
        json!({ "team": told(self.team.as_ref()), "officer": told(self.officer.as_ref()), "risk": self.risk })
    }
}

/// A part of a worklist.
#[derive(Debug, Clone, PartialEq)]
pub struct Worklist<T> {
    /// When what it lists was evaluated.
    pub evaluated: Moment,
    /// How many there are in all.
    pub size: usize,
    /// The part.
    pub items: Vec<T>,
    /// True where it goes on.
    pub goes_on: bool,
}

/// Where a page of overdue cases ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverduePlace {
    /// The weight of the last.
    pub weight: u64,
    /// Its days overdue.
    pub days_overdue: u32,
    /// Its offender.
    pub offender_ref: Ref,
}

/// Where a page of breaches ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachPlace {
    /// When the last was discovered.
    pub discovered_at: Instant,
    /// Its reference.
    pub breach_ref: Ref,
}

/// Overdue cases that the reader may see, the worst first: at most `limit` after `after`.
///
/// # Errors
/// When nothing has been evaluated yet, or the store fails.
pub fn overdue(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    overdue: Overdue,
    filter: &WorklistFilter,
    (after, limit): (Option<&OverduePlace>, usize),
) -> Result<Worklist<WorklistItem>, DashboardError> {
    let act = match overdue {
        Overdue::Visit => "worklist.overdue_visits.read",
        Overdue::Assessment => "worklist.overdue_assessments.read",
        Overdue::PlanReview => "worklist.overdue_plan_reviews.read",
    };
    listed(store, reader, act, filter, |cases, at| {
        let listed = worst_first(cases, overdue, at, policies.in_force(at.today())?);
        let begin = after.map_or(0, |after| {
            let place = (std::cmp::Reverse(after.weight), std::cmp::Reverse(after.days_overdue), &after.offender_ref);
            listed.partition_point(|case| case.place() <= place)
        });
        let items: Vec<WorklistItem> = listed.iter().skip(begin).take(limit).map(WorklistItem::from).collect();
        let shown = items.iter().map(|item| item.offender_ref.clone()).collect();
        let goes_on = begin + items.len() < listed.len();
        Ok((Worklist { evaluated: at, size: listed.len(), items, goes_on }, shown))
    })
}

/// Breaches without a crime report that the reader may see, the oldest first.
///
/// # Errors
/// When nothing has been evaluated yet, or the store fails.
pub fn breaches_without_crime_report(
    store: &Store,
    reader: &Reader,
    filter: &WorklistFilter,
    (after, limit): (Option<&BreachPlace>, usize),
) -> Result<Worklist<BreachItem>, DashboardError> {
    listed(store, reader, "worklist.breaches_without_crime_report.read", filter, |cases, at| {
        let listed = oldest_first(cases);
        let begin = after.map_or(0, |after| {
            listed.partition_point(|breach| breach.place() <= (after.discovered_at, &after.breach_ref))
        });
        let items: Vec<BreachItem> = listed.iter().skip(begin).take(limit).map(|it| BreachItem::of(it, at)).collect();
        let shown = items.iter().map(|item| item.offender_ref.clone()).collect();
        let goes_on = begin + items.len() < listed.len();
        Ok((Worklist { evaluated: at, size: listed.len(), items, goes_on }, shown))
    })
}

/// Reads the cases in scope, makes the list of them, and puts on record how much and whom it shows.
fn listed<T>(
    store: &Store,
    reader: &Reader,
    act: &str,
    filter: &WorklistFilter,
    list: impl FnOnce(&[CaseStanding], Moment) -> Result<(Worklist<T>, Vec<Ref>), DashboardError>,
) -> Result<Worklist<T>, DashboardError> {
    let scope = reader.person.case_scope();
    store.transaction_that_writes(|connection| {
        let evaluated = evaluated_with_standings(connection, &scope.force)?.ok_or(DashboardError::NotEvaluated)?;
        let mut cases = standing::in_scope(connection, &scope)?;
        cases.retain(|case| filter.admits(case));
        let (worklist, shown) = list(&cases, Moment::at(evaluated.standings_at))?;
        let detail = json!({ "filter": filter.words(), "count": shown.len(), "refs": shown });
        reader.note(connection, act, None, detail)?;
        Ok(worklist)
    })
}
