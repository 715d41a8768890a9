//! The week: a row for each crew and day, from the road to the first visit to the end of the last.

use super::label::width_of;
use super::mark::{FAINT, INK, LEVELS, Look, draw as draw_mark, risk_words};
use super::svg::{Point, Svg, Tag, short};
use super::week_rows::{Row, hours, leaves, rows};
use super::{EDGE, PlotError, REFERENCE, WIDTH, counted, crew_words, day_words, many, page, visit_words, whose};
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{CivilDate, dates, is_weekend, monday_of, plus_days};
use crate::planning::proposal::{PlannedVisit, Proposal};
use crate::planning::snapshot::Snapshot;

/// Where the rows begin, to the right of who they are of.
const LEFT: f64 = EDGE + 150.0;

/// Where they begin, below the heading and the hours.
const TOP: f64 = 98.0;

/// How high a day's heading is.
const HEADING: f64 = 22.0;

/// How high the row of a crew is.
const CREW: f64 = 44.0;

/// How high the row of an officer without visits is.
const OFFICER: f64 = 15.0;

/// How high the legend is.
const LEGEND: f64 = 66.0;

/// A day of the week with its rows.
struct Day<'a> {
    date: CivilDate,
    note: &'static str,
    rows: Vec<Row<'a>>,
}

impl Day<'_> {
    fn height(&self) -> f64 {
        HEADING + self.rows.iter().map(height).sum::<f64>() + 6.0
    }
}

/// Hours of the day along a row.
#[derive(Clone, Copy)]
struct Hours {
    from: u32,
    until: u32,
}

impl Hours {
    /// Where a second of the day is.
    fn x(self, second: u32) -> f64 {
        let part = f64::from(second.saturating_sub(self.from * 3_600)) / f64::from((self.until - self.from) * 3_600);
        LEFT + (WIDTH - EDGE - LEFT) * part.min(1.0)
    }
}

/// The week, Monday to Sunday, of a day, or of the first day planned where none is given, as SVG. `snapshot` is what
/// the proposal was made from.
///
/// # Errors
/// [`PlotError::OutsideHorizon`] for a week of which no day is planned.
pub fn week(
    snapshot: &Snapshot,
    proposal: &Proposal,
    bank_holidays: &BankHolidays,
    of: Option<CivilDate>,
) -> Result<String, PlotError> {
    let monday = monday_of(of.unwrap_or(proposal.horizon.from));
    let sunday = plus_days(monday, 6);
    if monday > proposal.horizon.until || sunday < proposal.horizon.from {
        return Err(PlotError::OutsideHorizon(proposal.horizon));
    }
    let day = |date: CivilDate| {
        let is_planned = proposal.horizon.contains(date);
        let note = match (is_planned, bank_holidays.contains(date), is_weekend(date)) {
            (false, _, _) => "not planned",
            (true, true, _) => "bank holiday",
            (true, false, true) => "weekend",
            (true, false, false) => "",
        };
        Day { date, note, rows: if is_planned { rows(snapshot, proposal, date) } else { Vec::new() } }
    };
    let days: Vec<Day<'_>> = dates(monday, sunday).map(day).collect();
    let (from, until) = hours(days.iter().flat_map(|day| &day.rows));
    let title = format!("Week of {}: {} to {}", whose(proposal), day_words(monday), day_words(sunday));
    let shown: Vec<&PlannedVisit> = days.iter().flat_map(|day| &day.rows).flat_map(|row| row.visits.clone()).collect();
    let late = shown.iter().filter(|visit| visit.overdue_days > 0).count();
    let description = format!(
        "{} by {}, {} of them after the window had ended. A row is a crew on a day; a block is a visit from start to end, hatched before it \
         the road; the light bands are the shifts.",
        counted(many(shown.len()), "visit"),
        counted(many(days.iter().flat_map(|day| &day.rows).filter(|row| !row.visits.is_empty()).count()), "crew-day"),
        late
    );
    let bottom = TOP + days.iter().map(Day::height).sum::<f64>();
    let mut svg = page(bottom + LEGEND + EDGE, proposal, &title, &description);
    draw_pattern(&mut svg);
    let hours = Hours { from, until };
    let mut top = TOP;
    for day in &days {
        draw_day(&mut svg, hours, day, top);
        top += day.height();
    }
    draw_hours(&mut svg, hours, bottom);
    // Over the lines of the hours.
    top = TOP;
    for day in &days {
        let mut row_top = top + HEADING;
        for row in &day.rows {
            row.visits.iter().for_each(|visit| draw_visit(&mut svg, hours, visit, row_top));
            row_top += height(row);
        }
        top += day.height();
    }
    draw_legend(&mut svg, bottom + 14.0);
    Ok(svg.finish())
}

fn height(row: &Row<'_>) -> f64 {
    if row.visits.is_empty() { OFFICER } else { CREW }
}

/// The hatching of the road.
fn draw_pattern(svg: &mut Svg) {
    let pattern = Tag::new("pattern")
        .attribute("id", "road")
        .attribute("patternUnits", "userSpaceOnUse")
        .number("width", 5.0)
        .number("height", 5.0);
    svg.within(&Tag::new("defs"), |svg| {
        svg.within(&pattern, |svg| {
            svg.put(Tag::rect(Point { x: 0.0, y: 0.0 }, 5.0, 5.0).fill("#ffffff"));
            svg.put(Tag::line(Point { x: 0.0, y: 5.0 }, Point { x: 5.0, y: 0.0 }).stroke(FAINT, 0.9));
        });
    });
}

/// A day's heading, and behind its rows who they are of and the shifts.
fn draw_day(svg: &mut Svg, hours: Hours, day: &Day<'_>, top: f64) {
    let at = Point { x: EDGE, y: top };
    let is_working_day = day.note.is_empty();
    let ground = if is_working_day { "#e8edf3" } else { "#cfcfcf" };
    svg.put(Tag::rect(at, WIDTH - 2.0 * EDGE, HEADING - 4.0).fill(ground));
    let heading = Tag::text(at.plus(6.0, 13.0), 11.5).attribute("font-weight", "bold").fill(INK);
    let note = if is_working_day { String::new() } else { format!(" ({})", day.note) };
    svg.words(heading, &format!("{}{note}", day_words(day.date)));
    let visits = day.rows.iter().map(|row| row.visits.len()).sum();
    let said = match (day.note, visits, day.rows.is_empty()) {
        ("not planned", _, _) => String::new(),
        (_, 0, true) => "nobody on duty".to_owned(),
        (_, 0, false) => "no visit".to_owned(),
        (_, visits, _) => counted(many(visits), "visit"),
    };
    let right = Tag::text(Point { x: WIDTH - EDGE - 6.0, y: top + 13.0 }, 10.5).attribute("text-anchor", "end");
    svg.words(right.fill(INK), &said);
    let mut top = top + HEADING;
    for row in &day.rows {
        draw_row(svg, hours, row, top);
        top += height(row);
    }
}

fn draw_row(svg: &mut Svg, hours: Hours, row: &Row<'_>, top: f64) {
    let crew: Vec<_> = row.who.iter().map(|(officer, _)| (*officer).clone()).collect();
    let high = height(row);
    svg.told(&crew_words(&crew), |svg| {
        let count: f64 = row.who.iter().map(|_| 1.0).sum();
        let each = (high - 3.0) / count;
        let mut y = top;
        for (officer, shift) in &row.who {
            let size = (each - 2.0).min(10.5);
            let name = Tag::text(Point { x: EDGE + 6.0, y: y + each / 2.0 + size * 0.35 }, size).fill(INK);
            svg.words(name, &short(officer.as_str(), 22));
            if let Some(shift) = shift {
                let (from, until) = (hours.x(shift.from.seconds()), hours.x(shift.until.seconds()));
                svg.put(Tag::rect(Point { x: from, y: y + 0.5 }, until - from, each - 1.0).fill("#dce9dc"));
            }
            y += each;
        }
    });
    let under = Point { x: EDGE, y: top + high - 1.5 };
    svg.put(Tag::line(under, Point { x: WIDTH - EDGE, ..under }).stroke("#d8d8d8", 0.6));
}

/// The hours above, and a line below each.
fn draw_hours(svg: &mut Svg, hours: Hours, bottom: f64) {
    for hour in hours.from..=hours.until {
        let x = hours.x(hour * 3_600);
        let line = Tag::line(Point { x, y: TOP - 6.0 }, Point { x, y: bottom }).stroke(FAINT, 0.5);
        svg.put(line.attribute("stroke-dasharray", "1 3"));
        let label = Tag::text(Point { x, y: TOP - 10.0 }, 10.5).attribute("text-anchor", "middle").fill(INK);
        svg.words(label, &format!("{hour:02}:00"));
    }
}

fn draw_visit(svg: &mut Svg, hours: Hours, visit: &PlannedVisit, top: f64) {
    let (road, from, until) = (hours.x(leaves(visit)), hours.x(visit.start.seconds()), hours.x(visit.end.seconds()));
    let minutes = visit.travel_seconds_before.div_ceil(60);
    let told = format!(
        "{}, {}: {}, {} on the road before",
        visit.offender_ref,
        risk_words(visit.risk),
        visit_words(visit),
        counted(minutes, "minute")
    );
    let is_late = visit.overdue_days > 0;
    svg.told(&told, |svg| {
        if from > road {
            let road = Tag::rect(Point { x: road, y: top + 14.0 }, from - road, 14.0);
            svg.put(road.fill("url(#road)").stroke(FAINT, 0.6));
        }
        let block = Tag::rect(Point { x: from, y: top + 2.0 }, until - from, CREW - 7.0).fill("#ffffff");
        svg.put(block.stroke(INK, if is_late { 2.6 } else { 0.9 }));
        let room = until - from;
        let line =
            |size: f64, down: f64, right: f64| Tag::text(Point { x: from + right, y: top + down }, size).fill(INK);
        let reference = fitting(visit.offender_ref.as_str(), 9.5, room);
        svg.words(line(9.5, 12.0, 4.0).attribute("font-weight", "bold"), &reference);
        let times = format!("{}–{}", visit.start, visit.end);
        let times = if width_of(&times, 8.5) + 6.0 <= room { times } else { visit.start.to_string() };
        svg.words(line(8.5, 22.5, 4.0), &times);
        draw_mark(svg, visit.risk, Look::Planned, Point { x: from + 9.0, y: top + 31.0 }, 4.0);
        if is_late {
            let late = format!("+{}", visit.overdue_days);
            svg.words(line(8.5, 34.0, 17.0).attribute("font-weight", "bold"), &late);
        }
    });
}

/// As much of a reference as has room.
fn fitting(text: &str, size: f64, room: f64) -> String {
    let most = (1..=REFERENCE).rfind(|most| width_of(&"0".repeat(*most), size) <= room - 6.0).unwrap_or(1);
    short(text, most)
}

fn draw_legend(svg: &mut Svg, top: f64) {
    let text = |x: f64, y: f64| Tag::text(Point { x, y }, 10.5).fill(INK);
    let mut x = EDGE;
    for level in LEVELS {
        draw_mark(svg, level, Look::Planned, Point { x: x + 8.0, y: top + 10.0 }, 5.0);
        svg.words(text(x + 20.0, top + 14.0), risk_words(level));
        x += 122.0;
    }
    let second = top + 26.0;
    let shapes: [(&str, &str, f64, f64); 4] = [
        ("the road before a visit", "url(#road)", 0.6, 190.0),
        ("visit, start to end", "#ffffff", 0.9, 170.0),
        ("thick, +N: N days after its window ended", "#ffffff", 2.6, 300.0),
        ("shift, one band for each of the crew", "#dce9dc", 0.0, 260.0),
    ];
    x = EDGE;
    for (meaning, fill, width, step) in shapes {
        svg.put(Tag::rect(Point { x, y: second }, 26.0, 13.0).fill(fill).stroke(INK, width));
        svg.words(text(x + 34.0, second + 11.0), meaning);
        x += step;
    }
    svg.words(
        text(EDGE, second + 34.0),
        "A grey heading is a weekend, a bank holiday or a day that is not planned. Times are local; a crew may leave earlier than shown and wait.",
    );
}
