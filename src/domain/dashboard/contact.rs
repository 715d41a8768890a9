//! Home visits against remote contact: telephone calls do not show the home (HMICFRS, Dorset 2021).

use serde::Serialize;
use utoipa::ToSchema;

use super::risk::{LEVELS, named};
use super::{FlagFigure, Known, count};
use crate::domain::calendar::{CivilDate, minus_days};
use crate::domain::flag::FlagCode;
use crate::domain::offender::RiskLevel;
use crate::domain::standing::Standing;

/// Contact with offenders in the community who are not in reactive management, over the last year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ContactFigures)]
pub struct Contact {
    /// The first day that counts.
    #[schema(value_type = String, format = Date)]
    pub since: CivilDate,
    /// All levels together.
    pub all: ContactFigure,
    /// By the level of the current ARMS assessment, the highest first; every level is there.
    pub by_risk: Vec<ContactFigure>,
    /// The home visit is overdue and contact was remote: the flag `remote_contact_only`.
    pub remote_contact_only: FlagFigure,
}

/// Contacts and cases of one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactFigure {
    /// `very_high`, `high`, `medium`, `low`, `unknown`; or `all`.
    pub risk: &'static str,
    /// Cases.
    pub cases: u32,
    /// Of those, seen at home with the home inspected.
    pub seen_at_home: u32,
    /// Of those, seen remotely and never at home with the home inspected.
    pub seen_only_remotely: u32,
    /// Of those, seen neither way.
    pub not_seen: u32,
    /// Visits at which somebody was seen at home and the home inspected.
    pub home_visits: u32,
    /// Visits at which somebody was seen at home and the home not inspected.
    pub home_visits_not_inspected: u32,
    /// Remote contacts at which somebody was seen: the sum of the next five.
    pub remote_contacts: u32,
    /// On the doorstep.
    pub doorstep: u32,
    /// At a police station.
    pub station: u32,
    /// At an office.
    pub office: u32,
    /// By telephone.
    pub phone: u32,
    /// By video.
    pub video: u32,
    /// Other contacts.
    pub other: u32,
}

impl Contact {
    pub(super) fn of(known: Known<'_>) -> Self {
        let standings: Vec<&Standing> =
            known.in_community().map(|case| &case.standing).filter(|standing| !standing.reactive).collect();
        let level = |level: Option<RiskLevel>| {
            let of_level = standings.iter().copied().filter(|standing| standing.risk == level).collect::<Vec<_>>();
            ContactFigure::of(named(level), &of_level)
        };
        Self {
            since: minus_days(known.at.today(), known.policy.remote_contact_days),
            all: ContactFigure::of("all", &standings),
            by_risk: LEVELS.into_iter().map(level).collect(),
            remote_contact_only: known.flagged(FlagCode::RemoteContactOnly),
        }
    }
}

impl ContactFigure {
    fn of(risk: &'static str, standings: &[&Standing]) -> Self {
        let contacts = || standings.iter().map(|standing| standing.contacts);
        let at_home = |standing: &Standing| standing.contacts.home_inspected > 0;
        let remotely = |standing: &Standing| standing.contacts.remote() > 0;
        Self {
            risk,
            cases: count(standings.iter()),
            seen_at_home: count(standings.iter().filter(|it| at_home(it))),
            seen_only_remotely: count(standings.iter().filter(|it| !at_home(it) && remotely(it))),
            not_seen: count(standings.iter().filter(|it| !at_home(it) && !remotely(it))),
            home_visits: contacts().map(|it| it.home_inspected).sum(),
            home_visits_not_inspected: contacts().map(|it| it.home_not_inspected).sum(),
            remote_contacts: contacts().map(|it| it.remote()).sum(),
            doorstep: contacts().map(|it| it.doorstep).sum(),
            station: contacts().map(|it| it.station).sum(),
            office: contacts().map(|it| it.office).sum(),
            phone: contacts().map(|it| it.phone).sum(),
            video: contacts().map(|it| it.video).sum(),
            other: contacts().map(|it| it.other).sum(),
        }
    }
}
