//! The ground on the page: a local equirectangular projection, with its grid and scale.
//!
//! Degrees east are shortened by the cosine of the middle latitude. Over a team's area, 100 km at most, a distance is wrong by
//! well under one per cent; nothing is measured by it but the eye. Areas across 180° east are not meant.

use super::mark::{FAINT, INK};
use super::svg::{Point, Svg, Tag};
use crate::domain::team::Location;
use crate::planning::travel::EARTH_RADIUS_METRES;

/// The least that is shown across, in metres: one home alone does not fill the page.
const LEAST_METRES: f64 = 2_000.0;

/// How high the strip at the bottom is that the scale has for itself.
const FOOT: f64 = 44.0;

/// How much room is left around the outermost points, as a part of what is shown.
const MARGIN: f64 = 0.06;

/// The lengths that a scale may have, in metres.
const SCALES: [u32; 12] = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000];

/// A part of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    /// Its upper left corner.
    pub at: Point,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

impl Area {
    /// The middle of what is above the scale.
    fn centre(&self) -> Point {
        self.at.plus(self.width / 2.0, (self.height - FOOT) / 2.0)
    }
}

/// Where points on the ground are on the page.
#[derive(Debug)]
pub(super) struct Ground {
    area: Area,
    middle: Location,
    units_per_metre: f64,
}

impl Ground {
    /// The ground on which all of these points have room in an area.
    pub fn showing(points: &[Location], area: Area) -> Self {
        let span = |degrees: fn(&Location) -> f64| {
            let least = points.iter().map(degrees).fold(f64::INFINITY, f64::min);
            let most = points.iter().map(degrees).fold(f64::NEG_INFINITY, f64::max);
            if least <= most { (least.midpoint(most), most - least) } else { (0.0, 0.0) }
        };
        let (latitude, north) = span(|point| point.latitude);
        let (longitude, east) = span(|point| point.longitude);
        let middle = Location { latitude, longitude };
        let room = |degrees: f64| (degrees * (1.0 + 2.0 * MARGIN)).max(LEAST_METRES);
        let wide = room(east * metres_per_degree_east(middle));
        let high = room(north * metres_per_degree());
        Self { area, middle, units_per_metre: (area.width / wide).min((area.height - FOOT) / high) }
    }

    /// Where a point is.
    pub fn at(&self, location: Location) -> Point {
        let east = (location.longitude - self.middle.longitude) * metres_per_degree_east(self.middle);
        let north = (location.latitude - self.middle.latitude) * metres_per_degree();
        self.area.centre().plus(east * self.units_per_metre, -north * self.units_per_metre)
    }

    /// The longest scale that takes a quarter of the width at most: its metres, and its length on the page.
    pub fn scale(&self) -> (u32, f64) {
        let drawn = |metres: u32| f64::from(metres) * self.units_per_metre;
        let metres = SCALES.into_iter().rfind(|metres| drawn(*metres) <= self.area.width / 4.0).unwrap_or(SCALES[0]);
        (metres, drawn(metres))
    }

    /// Draws the area, with squares as large as the scale.
    pub fn draw_grid(&self, svg: &mut Svg) {
        let Area { at, width, height } = self.area;
        let (_, step) = self.scale();
        svg.put(Tag::rect(at, width, height).fill("#fbfbf9").stroke(FAINT, 0.8));
        let mut x = step;
        while x < width {
            svg.put(Tag::line(at.plus(x, 0.0), at.plus(x, height)).stroke("#e2e2dc", 0.8));
            x += step;
        }
        let mut y = step;
        while y < height {
            svg.put(Tag::line(at.plus(0.0, height - y), at.plus(width, height - y)).stroke("#e2e2dc", 0.8));
            y += step;
        }
    }

    /// Draws the scale, and which way is north, in the lower left corner.
    pub fn draw_scale(&self, svg: &mut Svg) {
        let (metres, length) = self.scale();
        let left = self.area.at.plus(16.0, self.area.height - 18.0);
        svg.put(
            Tag::rect(left.plus(-8.0, -20.0), length + 60.0, 30.0).fill("#ffffff").attribute("fill-opacity", "0.9"),
        );
        svg.put(Tag::line(left, left.plus(length, 0.0)).stroke(INK, 2.0));
        for end in [left, left.plus(length, 0.0)] {
            svg.put(Tag::line(end.plus(0.0, -5.0), end.plus(0.0, 5.0)).stroke(INK, 2.0));
        }
        let label = Tag::text(left.plus(length / 2.0, -6.0), 11.0).attribute("text-anchor", "middle").fill(INK);
        svg.words(label, &kilometres(metres));
        let tip = left.plus(length + 30.0, -14.0);
        let arrow = [tip, tip.plus(5.0, 14.0), tip.plus(0.0, 10.0), tip.plus(-5.0, 14.0)];
        svg.put(Tag::polygon(arrow).fill(INK));
        svg.words(Tag::text(tip.plus(-4.0, 24.0), 10.0).fill(INK), "N");
    }
}

/// Metres as kilometres, in words.
pub(super) fn kilometres(metres: u32) -> String {
    format!("{} km", f64::from(metres) / 1_000.0)
}

fn metres_per_degree() -> f64 {
    EARTH_RADIUS_METRES.to_radians()
}

fn metres_per_degree_east(middle: Location) -> f64 {
    metres_per_degree() * middle.latitude.to_radians().cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area { at: Point { x: 10.0, y: 20.0 }, width: 800.0, height: 600.0 };

    fn at(latitude: f64, longitude: f64) -> Location {
        Location { latitude, longitude }
    }

    #[test]
    fn every_point_has_room_north_is_up_and_lengths_are_alike_both_ways() {
        let points = [at(50.6, -2.4), at(50.9, -1.8), at(50.7, -2.0)];
        let ground = Ground::showing(&points, AREA);
        for point in points.map(|point| ground.at(point)) {
            assert!(point.x > 10.0 && point.x < 810.0 && point.y > 20.0 && point.y < 620.0 - FOOT, "{point:?}");
        }
        assert!(ground.at(points[1]).y < ground.at(points[0]).y && ground.at(points[1]).x > ground.at(points[0]).x);
        // 0.1° of latitude are 11,119.5 m; so are 0.1° / cos 50.75° of longitude.
        let (north, east) =
            (ground.at(at(50.85, -2.1)), ground.at(at(50.75, -2.1 + 0.1 / 50.75_f64.to_radians().cos())));
        let middle = ground.at(at(50.75, -2.1));
        assert!(((middle.y - north.y) - (east.x - middle.x)).abs() < 1e-6);
        assert!((middle.y - north.y - 11_119.5 * ground.units_per_metre).abs() < 0.01);
    }

    #[test]
    fn a_scale_is_a_round_length_of_a_quarter_of_the_width_at_most() {
        for (points, metres) in [
            (vec![], 500),
            (vec![at(51.5, 0.0)], 500),
            (vec![at(50.6, -2.4), at(50.9, -1.8)], 10_000),
            (vec![at(50.0, -5.0), at(55.0, 1.0)], 200_000),
        ] {
            let (scale, length) = Ground::showing(&points, AREA).scale();
            assert_eq!(scale, metres, "{points:?}");
            assert!(length > 40.0 && length <= 200.0, "{length}");
        }
        assert_eq!([500, 10_000].map(kilometres), ["0.5 km".to_owned(), "10 km".to_owned()]);
    }
}
