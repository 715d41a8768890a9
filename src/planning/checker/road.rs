//! The checker's own reckoning of the road, apart from the search's.

use crate::domain::planning_policy::TravelPolicy;
use crate::domain::team::Location;

/// The Earth's mean radius (IUGG), in kilometres.
const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// Hours from one point to another, by the chord between two points on the sphere.
pub(super) fn hours(policy: &TravelPolicy, from: Location, to: Location) -> f64 {
    let point = |place: Location| {
        let (latitude, longitude) = (place.latitude.to_radians(), place.longitude.to_radians());
        [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()]
    };
    let chord = point(from).iter().zip(point(to)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let road = 2.0 * EARTH_RADIUS_KM * (chord / 2.0).min(1.0).asin() * f64::from(policy.detour_percent) / 100.0;
    let town = f64::from(policy.town_metres) / 1_000.0;
    road.min(town) / f64::from(policy.town_kmh.max(1)) + (road - town).max(0.0) / f64::from(policy.open_kmh.max(1))
}
