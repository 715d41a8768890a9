//! One invented offender: the facts that all records of the case follow.
//!
//! Times are told in days before the caseload's day.

use std::io;

use super::chance::Chance;
use super::event::reference;
use super::shares;
use super::spec::share_of;
use super::staff::Manager;
use super::world::World;
use crate::domain::calendar::{CivilDate, minus_years, plus_days, plus_months};
use crate::domain::offender::{OffenderStatus, RiskLevel};
use crate::domain::reference::Ref;

/// What keeps somebody placed in reactive management from meeting its criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// No detective inspector approved it.
    NotApproved,
    /// The police have not led for three years.
    ShortLead,
    /// An order is in force.
    Order,
    /// A breach came lately.
    Breach,
    /// Intelligence came lately.
    Intelligence,
    /// The assessment's review is overdue.
    StaleAssessment,
    /// A child lives in the household, or nobody knows.
    Child,
    /// An action of the plan is overdue.
    ActionOverdue,
    /// The last assessment is not low.
    NotLow,
}

/// How a case is managed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// By home visits.
    Active,
    /// By home visits, though every criterion of reactive management is met.
    Steady,
    /// In reactive management since so many days, in spite of a flaw or without one.
    Reactive { entered: u32, flaw: Option<Flaw> },
}

/// Somewhere the offender lives or lived.
pub(super) struct Home {
    pub(super) reference: Ref,
    pub(super) since: u32,
    pub(super) until: Option<u32>,
}

/// What a record lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// The date of birth.
    DateOfBirth,
    /// The static risk.
    StaticRisk,
    /// The neighbourhood.
    Neighbourhood,
    /// The address.
    Address,
}

/// The facts of one case.
pub(super) struct Case<'a> {
    pub(super) number: u32,
    pub(super) reference: Ref,
    pub(super) status: OffenderStatus,
    pub(super) path: Path,
    pub(super) level: RiskLevel,
    pub(super) manager: &'a Manager,
    /// Since when the requirements apply.
    pub(super) registered: u32,
    /// Since when the status holds; in the community, since when the offender is there.
    pub(super) standing: u32,
    /// Since when the lead agency leads.
    pub(super) lead: u32,
    pub(super) licence_until: Option<CivilDate>,
    pub(super) ends_on: Option<CivilDate>,
    pub(super) under_18: bool,
    pub(super) no_fixed_abode: bool,
    pub(super) gap: Option<Gap>,
    /// Where the offender lives, and lived before; newest first.
    pub(super) homes: Vec<Home>,
}

impl<'a> Case<'a> {
    /// The case of that number, from 0; nothing where the force has no manager.
    pub(super) fn of(world: &'a World<'_>, number: u32) -> io::Result<Option<Self>> {
        let mut chance = world.chance("case", number);
        let chance = &mut chance;
        let (status, ended, turn) = standing_of(world, number);
        let Some(manager) = world.staff.manager_of(turn) else { return Ok(None) };
        let path = if status == OffenderStatus::Community { path(chance) } else { Path::Active };
        let registered = match path {
            Path::Active => chance.between(40, 4_300),
            Path::Steady | Path::Reactive { .. } => chance.between(1_700, 3_600),
        };
        let standing = match path {
            Path::Active if status == OffenderStatus::Community => chance.between(5, registered),
            Path::Active => chance.between(5, registered.min(2_500)),
            Path::Steady | Path::Reactive { .. } => chance.between(1_400, registered),
        };
        let in_community = status == OffenderStatus::Community;
        let active = path == Path::Active;
        let on_licence = in_community && active && standing < 1_500 && chance.happens(shares::ON_LICENCE);
        let lead = match path {
            Path::Reactive { flaw: Some(Flaw::ShortLead), .. } => chance.between(200, 900),
            Path::Active if !on_licence && chance.happens(400) => chance.between(standing / 2, standing),
            Path::Active | Path::Steady | Path::Reactive { .. } => standing,
        };
        let reference = reference(format!("rso-{:05}", number + 1))?;
        let under_18 = chance.happens(12);
        let mut case = Self {
            number,
            homes: Vec::new(),
            status,
            path,
            level: level(path, chance),
            manager,
            registered,
            standing,
            lead,
            licence_until: on_licence.then(|| plus_days(world.as_at, chance.between(10, 900))),
            ends_on: None,
            under_18,
            no_fixed_abode: in_community && active && chance.happens(shares::NO_FIXED_ABODE),
            gap: (in_community && active && chance.happens(shares::RECORD_GAP))
                .then(|| chance.weighted(&GAPS, Gap::DateOfBirth)),
            reference,
        };
        case.ends_on = case.end_of_period(world, ended, chance);
        case.homes = case.homes(chance)?;
        Ok(Some(case))
    }

    pub(super) fn in_community(&self) -> bool {
        self.status == OffenderStatus::Community
    }

    /// A flaw of the spell in reactive management.
    pub(super) fn has_flaw(&self, wanted: Flaw) -> bool {
        match self.path {
            Path::Reactive { flaw, .. } => flaw == Some(wanted),
            Path::Active | Path::Steady => false,
        }
    }

    /// The home so many days ago.
    pub(super) fn home_at(&self, days_ago: u32) -> Option<&Home> {
        self.homes.iter().find(|home| home.since >= days_ago)
    }

    /// The last day of the notification period: after 5, 7 or 10 years by the sentence, half of it
    /// for somebody under 18 then, or indefinite (SOA 2003 s.82).
    fn end_of_period(&mut self, world: &World<'_>, ended: bool, chance: &mut Chance) -> Option<CivilDate> {
        if ended {
            return Some(world.ago(chance.between(2, 60)));
        }
        if self.path == Path::Active && chance.happens(shares::PERIOD_ENDS_SOON) {
            let ends = plus_days(world.as_at, chance.between(2, 58));
            let began = world.as_at.signed_duration_since(minus_years(ends, 10)).num_days();
            self.registered = u32::try_from(began).unwrap_or(self.registered);
            self.standing = self.standing.min(self.registered);
            self.lead = self.lead.min(self.standing);
            return Some(ends);
        }
        if chance.happens(300) {
            return None;
        }
        let months_a_year = if self.under_18 { 6 } else { 12 };
        let drawn = chance.weighted(&[(5, 250), (7, 250)], 10);
        let began = world.ago(self.registered);
        [drawn, 7, 10]
            .into_iter()
            .map(|years| plus_months(began, years * months_a_year))
            .find(|ends| *ends > plus_days(world.as_at, 61))
    }

    fn homes(&self, chance: &mut Chance) -> io::Result<Vec<Home>> {
        let home = |number: u32, since, until| -> io::Result<Home> {
            Ok(Home { reference: reference(format!("{}-a{number}", self.reference))?, since, until })
        };
        if self.gap == Some(Gap::Address) {
            return Ok(Vec::new());
        }
        let moves = match self.path {
            Path::Active => shares::MOVED,
            Path::Steady => 0,
            Path::Reactive { .. } => shares::MOVED / 4,
        };
        let since = self.standing.max(1);
        if self.in_community() && since > 60 && chance.happens(moves) {
            let moved = chance.between(4, (since - 20).min(500));
            return Ok(vec![home(2, moved, None)?, home(1, since, Some(moved))?]);
        }
        Ok(vec![home(1, since, None)?])
    }
}

const GAPS: [(Gap, u32); 3] = [(Gap::StaticRisk, 450), (Gap::Neighbourhood, 300), (Gap::Address, 100)];

/// Where a case stands, whether its period has ended, and its number among its like: so many of
/// every so many are in the community, evenly spread.
fn standing_of(world: &World<'_>, number: u32) -> (OffenderStatus, bool, u32) {
    let before = |number| share_of(number, world.force.in_community, world.force.registered);
    let turn = before(number);
    if before(number + 1) > turn {
        return (OffenderStatus::Community, false, turn);
    }
    let turn = number - turn;
    match turn % 40 {
        7 => (OffenderStatus::Missing, false, turn),
        3 | 13 | 23 | 33 => (OffenderStatus::Hospital, false, turn),
        5 | 11 | 17 | 27 | 37 => (OffenderStatus::Abroad, false, turn),
        19 => (OffenderStatus::Custody, true, turn),
        _ => (OffenderStatus::Custody, false, turn),
    }
}

fn path(chance: &mut Chance) -> Path {
    match chance.weighted(&[(1, shares::REACTIVE), (2, shares::STEADY)], 0) {
        1 => Path::Reactive {
            entered: chance.between(20, 900),
            flaw: chance.happens(shares::REACTIVE_FLAWED).then(|| flaw(chance)),
        },
        2 => Path::Steady,
        _ => Path::Active,
    }
}

fn flaw(chance: &mut Chance) -> Flaw {
    chance.weighted(
        &[
            (Flaw::NotApproved, 200),
            (Flaw::ShortLead, 150),
            (Flaw::Order, 120),
            (Flaw::Breach, 120),
            (Flaw::Intelligence, 100),
            (Flaw::StaleAssessment, 120),
            (Flaw::Child, 80),
            (Flaw::ActionOverdue, 60),
        ],
        Flaw::NotLow,
    )
}

fn level(path: Path, chance: &mut Chance) -> RiskLevel {
    match path {
        Path::Active => chance
            .weighted(&[(RiskLevel::Low, 380), (RiskLevel::Medium, 370), (RiskLevel::High, 200)], RiskLevel::VeryHigh),
        Path::Reactive { flaw: Some(Flaw::NotLow), .. } => RiskLevel::Medium,
        Path::Steady | Path::Reactive { .. } => RiskLevel::Low,
    }
}
