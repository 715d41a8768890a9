//! How long the road takes where no road matrix is configured: the great circle, lengthened by a
//! detour, at one speed for the part in town and another for the rest (policy).

use crate::domain::planning_policy::TravelPolicy;
use crate::domain::team::Location;

/// The Earth's mean radius (IUGG), in metres.
pub(super) const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// Metres a second in one km/h.
const KMH: f64 = 1_000.0 / 3_600.0;

/// The great circle between two points, in metres (haversine formula).
fn great_circle_metres(from: Location, to: Location) -> f64 {
    let (lat1, lat2) = (from.latitude.to_radians(), to.latitude.to_radians());
    let (dlat, dlon) = (lat2 - lat1, (to.longitude - from.longitude).to_radians());
    let a = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * EARTH_RADIUS_METRES * a.sqrt().min(1.0).asin()
}

/// The great circle between two points in whole metres, rounded up.
#[must_use]
pub fn metres_between(from: Location, to: Location) -> u32 {
    whole(great_circle_metres(from, to))
}

/// Seconds from one point to another, rounded up to a whole second.
#[must_use]
pub fn travel_seconds(policy: &TravelPolicy, from: Location, to: Location) -> u32 {
    let metres = great_circle_metres(from, to) * f64::from(policy.detour_percent) / 100.0;
    let in_town = metres.min(f64::from(policy.town_metres));
    let seconds = in_town / (f64::from(policy.town_kmh.max(1)) * KMH)
        + (metres - in_town) / (f64::from(policy.open_kmh.max(1)) * KMH);
    whole(seconds)
}

/// The next whole second or metre; the farthest two points on Earth are well under the type's limit.
#[expect(clippy::as_conversions, reason = "a float has no lossless conversion; `as` saturates and the value is small")]
fn whole(amount: f64) -> u32 {
    amount.ceil() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: TravelPolicy = TravelPolicy { detour_percent: 130, town_kmh: 25, open_kmh: 45, town_metres: 5_000 };

    #[test]
    fn town_and_open_road_have_their_own_speeds() {
        let at = |latitude| Location { latitude, longitude: -2.0 };
        assert_eq!(travel_seconds(&POLICY, at(50.7), at(50.7)), 0);
        // 0.01 degrees of latitude are 1,111.95 m, 1,445.5 m by road: 208.2 s at 25 km/h.
        assert_eq!(travel_seconds(&POLICY, at(50.70), at(50.71)), 209);
        // 0.1 degrees are 14,455 m by road: 720 s for 5 km in town, 756.4 s for the rest.
        assert_eq!(travel_seconds(&POLICY, at(50.7), at(50.8)), 1_477);
    }

    #[test]
    fn there_takes_as_long_as_back() {
        let (a, b) = (Location { latitude: 50.7, longitude: -2.1 }, Location { latitude: 50.9, longitude: -1.8 });
        assert_eq!(travel_seconds(&POLICY, a, b), travel_seconds(&POLICY, b, a));
    }
}
