//! The checker's own reckoning of the road, apart from the search's.

use std::collections::BTreeMap;

use crate::domain::planning_policy::TravelPolicy;
use crate::domain::reference::Ref;
use crate::domain::team::Location;
use crate::planning::snapshot::Snapshot;

/// The Earth's mean radius (IUGG), in kilometres.
const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// A place on a crew's way: the base, or the door of somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Door<'a> {
    /// Whose; nobody's at the base.
    pub(super) of: Option<&'a Ref>,
    /// Where.
    pub(super) at: Location,
}

/// The roads of a snapshot: those that it tells of, or the built-in model's.
pub(super) struct Roads<'a> {
    policy: &'a TravelPolicy,
    /// The rows that it tells, the base's first.
    rows: Option<&'a [Vec<u32>]>,
    /// Whose row is which.
    whose: BTreeMap<&'a Ref, usize>,
}

impl<'a> Roads<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let rows = snapshot.roads.as_ref().and_then(|roads| roads.matrix.as_ref()).map(|matrix| matrix.0.as_slice());
        let known = snapshot.demands.iter().filter(|demand| {
            let place = demand.place.as_ref();
            place.is_some_and(|place| place.location.is_some())
        });
        let whose = known.map(|demand| &demand.offender_ref).zip(1..).collect();
        Self { policy: &snapshot.policy.travel, rows, whose }
    }

    /// Whole seconds from one door to another.
    pub(super) fn seconds(&self, from: Door<'_>, to: Door<'_>) -> i64 {
        self.told(from, to).unwrap_or_else(|| whole_seconds(hours(self.policy, from.at, to.at)))
    }

    fn told(&self, from: Door<'_>, to: Door<'_>) -> Option<i64> {
        let rows = self.rows?;
        let place = |door: Door<'_>| door.of.map_or(Some(0), |offender| self.whose.get(offender).copied());
        let (from, to) = (place(from)?, place(to)?);
        match from.cmp(&to) {
            std::cmp::Ordering::Equal => Some(0),
            std::cmp::Ordering::Less => rows.get(to)?.get(from).copied().map(i64::from),
            std::cmp::Ordering::Greater => rows.get(from)?.get(to).copied().map(i64::from),
        }
    }
}

/// Hours from one point to another, by the chord between two points on the sphere.
fn hours(policy: &TravelPolicy, from: Location, to: Location) -> f64 {
    let point = |place: Location| {
        let (latitude, longitude) = (place.latitude.to_radians(), place.longitude.to_radians());
        [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()]
    };
    let chord = point(from).iter().zip(point(to)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let road = 2.0 * EARTH_RADIUS_KM * (chord / 2.0).min(1.0).asin() * f64::from(policy.detour_percent) / 100.0;
    let town = f64::from(policy.town_metres) / 1_000.0;
    road.min(town) / f64::from(policy.town_kmh.max(1)) + (road - town).max(0.0) / f64::from(policy.open_kmh.max(1))
}

/// Whole seconds; the arithmetic of the two sides may differ by less than a thousandth of one.
#[expect(clippy::as_conversions, reason = "a float has no lossless conversion; the value is small")]
fn whole_seconds(hours: f64) -> i64 {
    (hours * 3_600.0 - 0.001).ceil() as i64
}
