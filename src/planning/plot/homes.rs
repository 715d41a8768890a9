//! Homes: one mark for each offender and address, with the visits planned there and the one without a place.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use super::ground::Ground;
use super::mark::{Look, risk_words};
use super::svg::Point;
use super::visit_words;
use crate::domain::calendar::CivilDate;
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::team::Location;
use crate::planning::proposal::{PlannedVisit, Proposal, Unplaced};
use crate::planning::snapshot::{Demand, Snapshot};

/// How large a mark is.
pub(super) const RADIUS: f64 = 6.0;

/// How far apart the marks of several offenders at one place stand from it.
const APART: f64 = 10.0;

/// Where one offender is visited, or should be.
#[derive(Debug)]
pub(super) struct Home<'a> {
    /// Who lives there.
    pub offender: &'a Ref,
    /// The ARMS level.
    pub risk: Option<RiskLevel>,
    /// Where it is.
    pub location: Location,
    /// The visits shown, in order.
    pub visits: Vec<&'a PlannedVisit>,
    /// The visit that has no place.
    pub unplaced: Option<&'a Unplaced>,
}

impl Home<'_> {
    /// How its mark looks.
    pub fn look(&self) -> Look {
        if self.unplaced.is_some() {
            Look::Unplaced
        } else if self.visits.iter().any(|visit| visit.overdue_days > 0) {
            Look::Overdue
        } else {
            Look::Planned
        }
    }

    /// All that is told of it.
    pub fn words(&self) -> String {
        let mut words = vec![format!("{}, {}", self.offender, risk_words(self.risk))];
        words.extend(self.visits.iter().map(|visit| visit_words(visit)));
        words.extend(self.unplaced.map(|unplaced| format!("without a place: {}", reason_words(unplaced))));
        words.join("; ")
    }
}

/// Why a visit has no place, in words.
pub(super) fn reason_words(unplaced: &Unplaced) -> String {
    unplaced.reason.as_str().replace('_', " ")
}

/// The visits without a place that a day, or all days, should show: on a day those that may be made by then.
pub(super) fn unplaced(proposal: &Proposal, date: Option<CivilDate>) -> Vec<&Unplaced> {
    let is_due =
        |unplaced: &&Unplaced| date.is_none_or(|date| unplaced.window.is_some_and(|window| window.earliest <= date));
    proposal.unplaced.iter().filter(is_due).collect()
}

/// The homes of visits and of what has no place, by reference; those without a known location are not among them.
pub(super) fn homes<'a>(
    snapshot: &'a Snapshot,
    visits: impl Iterator<Item = &'a PlannedVisit>,
    unplaced: &[&'a Unplaced],
) -> Vec<Home<'a>> {
    let demands: BTreeMap<&Ref, &Demand> =
        snapshot.demands.iter().map(|demand| (&demand.offender_ref, demand)).collect();
    let mut homes: BTreeMap<(&Ref, &Ref), Home<'a>> = BTreeMap::new();
    for visit in visits {
        let PlannedVisit { offender_ref, address_ref, risk, latitude, longitude, .. } = visit;
        let location = Location { latitude: *latitude, longitude: *longitude };
        let home = || Home { offender: offender_ref, risk: *risk, location, visits: Vec::new(), unplaced: None };
        homes.entry((offender_ref, address_ref)).or_insert_with(home).visits.push(visit);
    }
    for unplaced in unplaced {
        let Some(demand) = demands.get(&unplaced.offender_ref) else { continue };
        let Some((place, location)) = demand.place.as_ref().and_then(|place| Some((place, place.location?))) else {
            continue;
        };
        let offender = &unplaced.offender_ref;
        let home = || Home { offender, risk: demand.risk, location, visits: Vec::new(), unplaced: None };
        homes.entry((offender, &place.address_ref)).or_insert_with(home).unplaced = Some(unplaced);
    }
    homes.into_values().collect()
}

/// Where the marks stand: on the home, or around it where several offenders live at one place.
pub(super) fn stands(homes: &[Home<'_>], ground: &Ground) -> Vec<Point> {
    let place = |home: &Home<'_>| (home.location.latitude.to_bits(), home.location.longitude.to_bits());
    let mut living: BTreeMap<_, (u32, u32)> = BTreeMap::new();
    for home in homes {
        living.entry(place(home)).or_default().0 += 1;
    }
    let stand = |home: &Home<'_>| {
        let at = ground.at(home.location);
        let Some((all, before)) = living.get_mut(&place(home)).filter(|(all, _)| *all > 1) else { return at };
        let angle = TAU * f64::from(*before) / f64::from(*all);
        *before += 1;
        let apart = APART * (f64::from(*all) / 5.0).max(1.0);
        at.plus(apart * angle.cos(), apart * angle.sin())
    };
    homes.iter().map(stand).collect()
}
