//! Scope: the records that a question may be answered from. It goes into the query, so that what is
//! out of scope is as if it were not there.

use std::collections::BTreeSet;

use crate::domain::reference::Ref;

/// The teams whose cases are in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamScope {
    /// Every team of the force.
    All,
    /// These teams alone; none where it is empty.
    Only(BTreeSet<Ref>),
}

/// Who looks: a limited-access case is hidden from whoever it does not admit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenBy {
    /// The service itself, or its operator: nothing is hidden.
    Service,
    /// This officer.
    Officer(Ref),
    /// Somebody whose token names no officer: they may be anybody, and see no limited-access case.
    NoOfficer,
}

/// One force, teams of it, and who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The force.
    pub force: String,
    /// The teams.
    pub teams: TeamScope,
    /// Who looks.
    pub seen_by: SeenBy,
}

impl Scope {
    /// The whole of a force, as the service itself sees it.
    #[must_use]
    pub fn whole(force: impl Into<String>) -> Self {
        Self { force: force.into(), teams: TeamScope::All, seen_by: SeenBy::Service }
    }

    /// The part of the scope that is one team's; nothing where that is out of scope.
    #[must_use]
    pub fn of_team(&self, team: &Ref) -> Option<Self> {
        let teams = TeamScope::Only(BTreeSet::from([team.clone()]));
        self.covers(team).then(|| Self { teams, ..self.clone() })
    }

    /// True when a team's cases are in scope.
    #[must_use]
    pub fn covers(&self, team: &Ref) -> bool {
        match &self.teams {
            TeamScope::All => true,
            TeamScope::Only(teams) => teams.contains(team),
        }
    }
}

/// Teams as a statement takes them.
pub(super) fn texts(teams: &BTreeSet<Ref>) -> Vec<String> {
    teams.iter().map(ToString::to_string).collect()
}
