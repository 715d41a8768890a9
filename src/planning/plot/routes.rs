//! Routes: a crew's visits of a day in their order, from the base and back, as straight lines.

use std::collections::BTreeMap;

use super::ground::Ground;
use super::mark::INK;
use super::svg::{Point, Svg, Tag};
use super::{crew_words, day_words};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::team::Location;
use crate::planning::proposal::PlannedVisit;

/// How routes of one day look: colour (Okabe and Ito 2008, the dark ones, that the colour-blind can tell apart) and dashes.
const STYLES: [(&str, &str); 6] = [
    ("#0072b2", "none"),
    ("#d55e00", "9 4"),
    ("#00735c", "2 4"),
    ("#a8457f", "12 4 2 4"),
    ("#4d4d4d", "5 3"),
    ("#8a6d00", "14 3 2 3 2 3"),
];

/// A crew's visits of a day.
#[derive(Debug)]
pub(super) struct Route<'a> {
    /// The day.
    pub date: CivilDate,
    /// Who.
    pub crew: &'a [Ref],
    /// In the order of their times.
    pub stops: Vec<&'a PlannedVisit>,
}

impl Route<'_> {
    /// The route in words.
    pub fn words(&self) -> String {
        format!("{}, {}", day_words(self.date), crew_words(self.crew))
    }
}

/// The routes of visits, by day and crew.
pub(super) fn routes<'a>(visits: impl Iterator<Item = &'a PlannedVisit>) -> Vec<Route<'a>> {
    let mut routes: BTreeMap<(CivilDate, &[Ref]), Vec<&PlannedVisit>> = BTreeMap::new();
    for visit in visits {
        routes.entry((visit.date, &visit.crew)).or_default().push(visit);
    }
    let routes = routes.into_iter().map(|((date, crew), mut stops)| {
        stops.sort_by_key(|stop| (stop.start, &stop.offender_ref));
        Route { date, crew, stops }
    });
    routes.collect()
}

/// The letters by which the route of a place in the list is known: A to Z, then AA.
pub(super) fn letters(at: usize) -> String {
    let last = u8::try_from(at % 26).map_or('Z', |offset| char::from(b'A' + offset));
    if at < 26 { last.to_string() } else { format!("{}{last}", letters(at / 26 - 1)) }
}

/// The line of a route of one day.
pub(super) fn styled(line: Tag, at: usize) -> Tag {
    let (colour, dashes) = STYLES.get(at % STYLES.len()).copied().unwrap_or((INK, "none"));
    line.stroke(colour, 2.0).attribute("stroke-dasharray", dashes)
}

/// Draws a route: one of one day in its own style, one among those of all days thin.
pub(super) fn draw(svg: &mut Svg, ground: &Ground, base: Option<Location>, route: &Route<'_>, own: Option<usize>) {
    let stops = route.stops.iter().map(|stop| Location { latitude: stop.latitude, longitude: stop.longitude });
    let points: Vec<Point> = base.into_iter().chain(stops).chain(base).map(|point| ground.at(point)).collect();
    svg.told(&format!("Route: {}", route.words()), |svg| {
        let line = Tag::path(points);
        svg.put(match own {
            Some(at) => styled(line, at),
            None => line.stroke(INK, 0.7).attribute("stroke-opacity", "0.3"),
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!(
            [0, 1, 25, 26, 27, 51, 52, 701, 702].map(letters),
            ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]
        );
    }
}
