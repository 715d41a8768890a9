//! Moves: what puts one more crew on duty on a day.

use serde::Serialize;

use super::ForecastError;
use super::added::reference;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::working_time::TimeOfDay;
use crate::planning::constraint::crew_size::CREW_WITHOUT_APPROVAL;
use crate::planning::snapshot::{Duty, OnDuty, Snapshot};

/// Something that puts one more crew on duty on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    /// Two officers of another team, who have no visits that day, are lent.
    Lend {
        /// The day.
        date: CivilDate,
        /// By which team.
        from_team_ref: Ref,
        /// Who.
        officer_refs: Vec<Ref>,
        /// What they can do, and when they are on duty.
        #[serde(skip)]
        on_duty: Vec<OnDuty>,
    },
    /// Two officers more are on duty: overtime, or from elsewhere.
    CrewDay {
        /// The day.
        date: CivilDate,
        /// From when: the team's commonest hours on that weekday.
        from: TimeOfDay,
        /// Until when.
        until: TimeOfDay,
    },
}

impl Move {
    /// The day.
    #[must_use]
    pub const fn date(&self) -> CivilDate {
        match self {
            Self::Lend { date, .. } | Self::CrewDay { date, .. } => *date,
        }
    }

    /// True where it lends an officer that day.
    pub(super) fn lends(&self, day: CivilDate, officer: &Ref) -> bool {
        match self {
            Self::Lend { date, officer_refs, .. } => *date == day && officer_refs.contains(officer),
            Self::CrewDay { .. } => false,
        }
    }

    /// True where somebody works more.
    pub(super) const fn is_more(&self) -> bool {
        match self {
            Self::Lend { .. } => false,
            Self::CrewDay { .. } => true,
        }
    }

    /// The officers whom it puts on duty, as the move of that number.
    pub(super) fn officers(&self, snapshot: &Snapshot, number: usize) -> Result<Vec<OnDuty>, ForecastError> {
        match self {
            Self::Lend { on_duty, .. } => Ok(on_duty.clone()),
            Self::CrewDay { date, from, until } => {
                let one = |member: usize| -> Result<OnDuty, ForecastError> {
                    let officer_ref = reference(snapshot, &format!("crew-day-{number}-{member}"))
                        .map_err(|error| Refusal::new(RefusalCode::NotAcceptable, error.to_string()))?;
                    let duty = Duty { date: *date, from: *from, until: *until };
                    Ok(OnDuty { officer_ref, skills: Vec::new(), duties: vec![duty] })
                };
                (1..=CREW_WITHOUT_APPROVAL).map(one).collect()
            }
        }
    }
}
