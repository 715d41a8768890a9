//! The panel beside a map: what the marks mean, and what is on the page in words.

use super::mark::{FAINT, INK, LEVELS, Look, draw as draw_mark, risk_words};
use super::routes::styled;
use super::svg::{Point, Svg, Tag};
use crate::domain::offender::RiskLevel;

/// One line of the panel.
#[derive(Debug)]
pub(super) enum Line {
    /// A heading.
    Heading(String),
    /// A mark and what it means.
    Mark(Option<RiskLevel>, Look, String),
    /// Where crews start and end.
    Base,
    /// The route at a place of the list of one day's.
    Route(usize, String),
    /// Words, a step to the right.
    Words(String),
}

impl Line {
    /// How far the next line is below this one.
    const fn height(&self) -> f64 {
        match self {
            Self::Heading(_) => 26.0,
            Self::Route(..) => 20.0,
            Self::Mark(..) | Self::Base | Self::Words(_) => 17.0,
        }
    }
}

/// What the marks mean.
pub(super) fn legend(has_base: bool) -> Vec<Line> {
    let mut lines = vec![Line::Heading("Homes".to_owned())];
    lines.extend(LEVELS.map(|level| Line::Mark(level, Look::Planned, risk_words(level).to_owned())));
    let medium = Some(RiskLevel::Medium);
    lines.push(Line::Mark(medium, Look::Overdue, "ring: planned after its window ended".to_owned()));
    lines.push(Line::Mark(medium, Look::Unplaced, "hollow, crossed: due, no place found".to_owned()));
    if has_base {
        lines.push(Line::Base);
    }
    lines
}

/// How high the lines are together.
pub(super) fn height(lines: &[Line]) -> f64 {
    lines.iter().map(Line::height).sum()
}

/// Draws the lines below each other.
pub(super) fn draw(svg: &mut Svg, at: Point, lines: &[Line]) {
    let mut top = at;
    for line in lines {
        let base_line = top.plus(0.0, line.height() - 5.0);
        let (symbol, words) = (base_line.plus(12.0, -4.0), base_line.plus(34.0, 0.0));
        let text = |at: Point, size: f64| Tag::text(at, size).fill(INK);
        match line {
            Line::Heading(heading) => {
                svg.words(text(base_line, 13.0).attribute("font-weight", "bold"), heading);
            }
            Line::Mark(risk, look, meaning) => {
                draw_mark(svg, *risk, *look, symbol, 5.0);
                svg.words(text(words, 11.0), meaning);
            }
            Line::Base => {
                draw_base(svg, symbol);
                svg.words(text(words, 11.0), "the team's base");
            }
            Line::Route(own, route) => {
                let line = Tag::line(symbol.plus(-12.0, 0.0), symbol.plus(16.0, 0.0));
                svg.put(styled(line, *own));
                svg.words(text(words, 11.0).attribute("font-weight", "bold"), route);
            }
            Line::Words(said) => svg.words(Tag::text(base_line.plus(10.0, 0.0), 10.5).fill(FAINT), said),
        }
        top = top.plus(0.0, line.height());
    }
}

/// Draws the base: a house.
pub(super) fn draw_base(svg: &mut Svg, centre: Point) {
    let house = [(0.0, -9.0), (9.0, -1.0), (7.0, -1.0), (7.0, 8.0), (-7.0, 8.0), (-7.0, -1.0), (-9.0, -1.0)];
    svg.put(Tag::polygon(house.map(|(x, y)| centre.plus(x, y))).fill(INK).stroke("#ffffff", 1.2));
}
