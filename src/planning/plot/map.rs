//! The map: homes, routes and the base of a day, or of all days planned.

use std::collections::BTreeMap;

use super::ground::{Area, Ground, kilometres};
use super::homes::{Home, RADIUS, homes, reason_words, stands, unplaced};
use super::label::{Labels, SIZE};
use super::mark::{INK, draw as draw_mark};
use super::panel::{self, Line, draw_base};
use super::routes::{self, Route, letters, routes};
use super::svg::{Point, Svg, Tag, short};
use super::{EDGE, PlotError, REFERENCE, WIDTH, counted, crew_words, day_words, many, page, whose};
use crate::domain::calendar::{CivilDate, monday_of, plus_days};
use crate::planning::proposal::{Proposal, Unplaced};
use crate::planning::snapshot::Snapshot;

/// How wide the panel is.
const PANEL: f64 = 300.0;

/// Where the ground is drawn.
const AREA: Area = Area { at: Point { x: EDGE, y: 76.0 }, width: WIDTH - 2.0 * EDGE - PANEL - 20.0, height: 690.0 };

/// The most characters of a line of the panel.
const LINE: usize = 48;

/// The map of a day, or of all days where none is given, as SVG. `snapshot` is what the proposal was made from.
///
/// # Errors
/// [`PlotError::OutsideHorizon`] for a day that is not planned.
pub fn map(snapshot: &Snapshot, proposal: &Proposal, date: Option<CivilDate>) -> Result<String, PlotError> {
    if date.is_some_and(|date| !proposal.horizon.contains(date)) {
        return Err(PlotError::OutsideHorizon(proposal.horizon));
    }
    let visits = || proposal.visits.iter().filter(|visit| date.is_none_or(|date| visit.date == date));
    let without_place = unplaced(proposal, date);
    let (homes, routes) = (homes(snapshot, visits(), &without_place), routes(visits()));
    let not_shown = without_place.len() - homes.iter().filter(|home| home.unplaced.is_some()).count();

    let mut lines = panel::legend(snapshot.base.is_some());
    match date {
        Some(_) => lines.extend(routes.iter().enumerate().flat_map(|(at, route)| route_lines(at, route))),
        None => lines.extend(week_lines(proposal, &routes)),
    }
    lines.extend(unplaced_lines(&without_place, not_shown));

    let days = date.map_or_else(
        || format!("{} to {}", day_words(proposal.horizon.from), day_words(proposal.horizon.until)),
        day_words,
    );
    let title = format!("Home visits of {}: {days}", whose(proposal));
    let points: Vec<_> = snapshot.base.into_iter().chain(homes.iter().map(|home| home.location)).collect();
    let ground = Ground::showing(&points, AREA);
    let description = format!(
        "{}, {}, {} without a place. Lines join the homes in the order of the visits, from the base and back; they are not roads. \
         The squares of the grid are {} wide. North is up.",
        counted(many(visits().count()), "visit"),
        counted(many(routes.len()), "route"),
        without_place.len(),
        kilometres(ground.scale().0)
    );
    lines.push(Line::Heading("On this map".to_owned()));
    lines.extend(
        ["Lines join the homes in the order of the visits;", "they are not roads."]
            .map(|words| Line::Words(words.to_owned())),
    );
    lines.push(Line::Words(format!("Squares are {} wide.", kilometres(ground.scale().0))));
    let height = AREA.height.max(panel::height(&lines)) + AREA.at.y + EDGE;
    let mut svg = page(height, proposal, &title, &description);
    draw(&mut svg, &ground, snapshot, (&homes, &routes), date.is_some());
    panel::draw(&mut svg, Point { x: WIDTH - EDGE - PANEL, y: AREA.at.y - 10.0 }, &lines);
    Ok(svg.finish())
}

fn draw(svg: &mut Svg, ground: &Ground, snapshot: &Snapshot, shown: (&[Home<'_>], &[Route<'_>]), is_one_day: bool) {
    let (homes, routes) = shown;
    ground.draw_grid(svg);
    for (at, route) in routes.iter().enumerate() {
        routes::draw(svg, ground, snapshot.base, route, is_one_day.then_some(at));
    }
    let marks = stands(homes, ground);
    let base = snapshot.base.map(|base| ground.at(base));
    let taken: Vec<Point> = marks.iter().copied().chain(base).collect();
    let mut labels = Labels::around(&taken, AREA);
    if let Some(base) = base {
        svg.told("The team's base", |svg| draw_base(svg, base));
    }
    for (home, mark) in homes.iter().zip(marks) {
        svg.told(&home.words(), |svg| {
            draw_mark(svg, home.risk, home.look(), mark, RADIUS);
            let reference = short(home.offender.as_str(), REFERENCE);
            let stops = if is_one_day { stops_at(home, routes) } else { String::new() };
            let full = if stops.is_empty() { reference } else { format!("{stops} {reference}") };
            if let Some(at) = labels.place(&full, mark) {
                write_label(svg, at, &full);
            } else if !stops.is_empty() {
                // The panel has the reference.
                let at = labels.place(&stops, mark).unwrap_or_else(|| mark.plus(RADIUS + 2.0, SIZE / 2.0));
                write_label(svg, at, &stops);
            }
        });
    }
    ground.draw_scale(svg);
}

/// A label with a white rim, that a line behind it does not cross out.
fn write_label(svg: &mut Svg, at: Point, text: &str) {
    let label = Tag::text(at, SIZE).fill(INK).stroke("#ffffff", 3.0).attribute("stroke-linejoin", "round");
    svg.words(label.attribute("paint-order", "stroke"), text);
}

/// The stops at a home by letter and number, such as A2.
fn stops_at(home: &Home<'_>, routes: &[Route<'_>]) -> String {
    let of_route = |(at, route): (usize, &Route<'_>)| {
        let here = (1..).zip(&route.stops).filter(|(_, stop)| home.visits.contains(*stop));
        let numbers = here.map(|(number, _)| number);
        numbers.map(|number: u32| format!("{}{number}", letters(at))).collect::<Vec<_>>()
    };
    routes.iter().enumerate().flat_map(of_route).collect::<Vec<_>>().join(" ")
}

/// A route of the day, stop by stop.
fn route_lines(at: usize, route: &Route<'_>) -> Vec<Line> {
    let letter = letters(at);
    let mut lines = Vec::new();
    if at == 0 {
        lines.push(Line::Heading("Routes".to_owned()));
    }
    lines.push(Line::Route(at, short(&format!("{letter}: {}", crew_words(route.crew)), LINE)));
    for (number, stop) in (1..).zip(&route.stops) {
        let number: u32 = number;
        let late = if stop.overdue_days > 0 {
            format!(", {} overdue", counted(stop.overdue_days, "day"))
        } else {
            String::new()
        };
        let reference = short(stop.offender_ref.as_str(), REFERENCE);
        let words = format!("{letter}{number}, {}–{}: {reference}{late}", stop.start, stop.end);
        lines.push(Line::Words(short(&words, LINE)));
    }
    lines
}

/// What is planned, week by week.
fn week_lines(proposal: &Proposal, routes: &[Route<'_>]) -> Vec<Line> {
    let mut weeks: BTreeMap<CivilDate, (usize, usize)> = BTreeMap::new();
    for route in routes {
        let (visits, crews) = weeks.entry(monday_of(route.date)).or_default();
        *visits += route.stops.len();
        *crews += 1;
    }
    let mut lines = vec![Line::Heading("Weeks".to_owned())];
    lines.extend(weeks.into_iter().map(|(monday, (visits, crews))| {
        let from = monday.max(proposal.horizon.from);
        let until = plus_days(monday, 6).min(proposal.horizon.until);
        let days = format!("{} to {}", from.format("%-d %b"), until.format("%-d %b"));
        Line::Words(format!("{days}: {}, {}", counted(many(visits), "visit"), counted(many(crews), "route")))
    }));
    lines
}

/// The visits without a place, by reason.
fn unplaced_lines(unplaced: &[&Unplaced], not_shown: usize) -> Vec<Line> {
    let mut reasons: BTreeMap<_, (String, usize)> = BTreeMap::new();
    for row in unplaced {
        reasons.entry(row.reason).or_insert_with(|| (reason_words(row), 0)).1 += 1;
    }
    let mut lines = vec![Line::Heading(format!("Without a place: {}", unplaced.len()))];
    lines.extend(reasons.into_values().map(|(reason, count)| Line::Words(format!("{count}: {reason}"))));
    if not_shown > 0 {
        lines.push(Line::Words(format!("{not_shown} of them not on the map: no known home")));
    }
    lines
}
