//! A place as the road service knows it: rounded to a millionth of a degree, about a tenth of a metre.

use crate::domain::team::Location;

/// Millionths in a degree.
const MILLIONTHS: f64 = 1_000_000.0;

/// A place: millionths of a degree east and north.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Point {
    east: i32,
    north: i32,
}

impl Point {
    pub(super) fn of(place: Location) -> Self {
        Self { east: rounded(place.longitude), north: rounded(place.latitude) }
    }

    /// As OSRM reads it: longitude, latitude.
    pub(super) fn written(self) -> String {
        let degrees = |millionths: i32| f64::from(millionths) / MILLIONTHS;
        format!("{:.6},{:.6}", degrees(self.east), degrees(self.north))
    }
}

/// A place is where somebody lives: it is in no log.
impl std::fmt::Debug for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Point(…)")
    }
}

#[expect(
    clippy::as_conversions,
    reason = "a float has no lossless conversion; a degree's millionths are within the type"
)]
fn rounded(degrees: f64) -> i32 {
    (degrees * MILLIONTHS).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longitude_comes_first_and_nothing_of_it_is_told() {
        let point = Point::of(Location { latitude: 50.7000004, longitude: -1.9799999 });
        assert_eq!((point.written().as_str(), format!("{point:?}").as_str()), ("-1.980000,50.700000", "Point(…)"));
        assert_eq!(Point::of(Location { latitude: -0.5, longitude: 179.999_999_9 }).written(), "180.000000,-0.500000");
    }
}
