//! Who acts. Every change and every reading names somebody.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::reading_reason::ReadingReason;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::scope::{Scope, SeenBy, TeamScope};

/// What a person, or a system, is to this service. Named as in its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages a caseload of registered sex offenders.
    OffenderManager,
    /// Supervises a team.
    Supervisor,
    /// Approves reactive management; answers for the force's teams.
    DetectiveInspector,
    /// Polices a neighbourhood.
    NeighbourhoodOfficer,
    /// The external records system.
    RecordsSystem,
    /// Reads the audit, and nothing else.
    Auditor,
    /// Runs the service, and reads no case.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::OffenderManager,
        Self::Supervisor,
        Self::DetectiveInspector,
        Self::NeighbourhoodOfficer,
        Self::RecordsSystem,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The role as tokens name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OffenderManager => "offender_manager",
            Self::Supervisor => "supervisor",
            Self::DetectiveInspector => "detective_inspector",
            Self::NeighbourhoodOfficer => "neighbourhood_officer",
            Self::RecordsSystem => "records_system",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }
}

/// Somebody with a token. What the token does not say, it does not grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The token's subject: who it is, as the force's directory names them.
    pub subject: String,
    /// What they are to this service.
    pub role: Role,
    /// The one force whose records they may touch.
    pub force: String,
    /// The teams whose cases they may see.
    pub teams: BTreeSet<Ref>,
    /// Who they are among the force's officers.
    pub officer_ref: Option<Ref>,
    /// The neighbourhoods they police.
    pub neighbourhoods: BTreeSet<Ref>,
    /// The kinds of record that a records system may send; every kind where nothing is said.
    pub sends: Option<BTreeSet<RecordKind>>,
    /// Why they do what they ask for, where they say so.
    pub reason: Option<ReadingReason>,
}

impl Person {
    /// The cases this person may see: a team's officers and supervisor those of their teams, a
    /// detective inspector those of the force, everybody else none.
    #[must_use]
    pub fn case_scope(&self) -> Scope {
        let teams = match self.role {
            Role::OffenderManager | Role::Supervisor => TeamScope::Only(self.teams.clone()),
            Role::DetectiveInspector => TeamScope::All,
            Role::NeighbourhoodOfficer | Role::RecordsSystem | Role::Auditor | Role::Administrator => {
                TeamScope::Only(BTreeSet::new())
            }
        };
        let seen_by = self.officer_ref.clone().map_or(SeenBy::NoOfficer, SeenBy::Officer);
        Scope { force: self.force.clone(), teams, seen_by }
    }
}

/// Somebody, or something, that acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Whoever runs the command line on the service's own machine.
    Operator,
    /// A job of the service's own, by its name.
    Job(&'static str),
    /// Such a job on behalf of one force.
    ForceJob {
        /// Its name.
        job: &'static str,
        /// The one force whose records it may touch.
        force: String,
    },
    /// Somebody with a token.
    Person(Person),
}

impl Actor {
    /// The one force whose records the actor may touch; none where it is not bound to one.
    #[must_use]
    pub fn force(&self) -> Option<&str> {
        match self {
            Self::Operator | Self::Job(_) => None,
            Self::ForceJob { force, .. } => Some(force),
            Self::Person(person) => Some(&person.force),
        }
    }

    /// True where the actor may send records of a kind.
    #[must_use]
    pub fn may_send(&self, kind: RecordKind) -> bool {
        match self {
            Self::Operator | Self::Job(_) | Self::ForceJob { .. } => true,
            Self::Person(person) => person.sends.as_ref().is_none_or(|kinds| kinds.contains(&kind)),
        }
    }

    /// Why the actor acts, where it says so.
    #[must_use]
    pub const fn reason(&self) -> Option<ReadingReason> {
        match self {
            Self::Operator | Self::Job(_) | Self::ForceJob { .. } => None,
            Self::Person(person) => person.reason,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("operator"),
            Self::Job(name) | Self::ForceJob { job: name, .. } => write!(f, "job:{name}"),
            Self::Person(person) => write!(f, "{}:{}", person.role.name(), person.subject),
        }
    }
}
