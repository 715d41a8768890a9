//! Marks: what a level of risk looks like. Shape and darkness both tell it, so that neither colour nor
//! a colour printer is needed.

use super::svg::{Point, Svg, Tag};
use crate::domain::offender::RiskLevel;

/// Every level, the highest first, and last that none is known.
pub(super) const LEVELS: [Option<RiskLevel>; 5] =
    [Some(RiskLevel::VeryHigh), Some(RiskLevel::High), Some(RiskLevel::Medium), Some(RiskLevel::Low), None];

/// The colour of outlines and words.
pub(super) const INK: &str = "#1a1a1a";

/// The colour of what stands back.
pub(super) const FAINT: &str = "#6b6b6b";

/// A level in words.
pub(super) const fn risk_words(risk: Option<RiskLevel>) -> &'static str {
    match risk {
        Some(RiskLevel::VeryHigh) => "very high risk",
        Some(RiskLevel::High) => "high risk",
        Some(RiskLevel::Medium) => "medium risk",
        Some(RiskLevel::Low) => "low risk",
        None => "risk not known",
    }
}

/// How a mark is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A visit is planned.
    Planned,
    /// A visit is planned after its window ended: with a ring.
    Overdue,
    /// A visit has no place: hollow, crossed out.
    Unplaced,
}

/// Draws the mark of a level, `radius` large, around a point.
pub(super) fn draw(svg: &mut Svg, risk: Option<RiskLevel>, look: Look, centre: Point, radius: f64) {
    if look == Look::Overdue {
        svg.put(Tag::circle(centre, radius + 4.0).fill("none").stroke(INK, 1.6));
    }
    let radius = if look == Look::Unplaced { radius + 1.0 } else { radius };
    let fill = if look == Look::Unplaced { "#ffffff" } else { fill(risk) };
    svg.put(shape(risk, centre, radius).fill(fill).stroke(INK, 1.0));
    if look == Look::Unplaced {
        let arm = radius + 3.0;
        for across in [arm, -arm] {
            svg.put(Tag::line(centre.plus(-arm, -across), centre.plus(arm, across)).stroke(INK, 1.1));
        }
    } else if risk.is_none() {
        let mark = Tag::text(centre.plus(0.0, radius * 0.62), radius * 1.7).attribute("text-anchor", "middle");
        svg.words(mark.fill(INK), "?");
    }
}

/// Darker the higher, so that the order is kept in grey.
const fn fill(risk: Option<RiskLevel>) -> &'static str {
    match risk {
        Some(RiskLevel::VeryHigh) => "#7f0000",
        Some(RiskLevel::High) => "#d7301f",
        Some(RiskLevel::Medium) => "#fc8d59",
        Some(RiskLevel::Low) => "#fdd49e",
        None => "#ffffff",
    }
}

fn shape(risk: Option<RiskLevel>, centre: Point, radius: f64) -> Tag {
    match risk {
        Some(RiskLevel::VeryHigh) => {
            let far = radius * 1.3;
            Tag::polygon([(0.0, -far), (far, 0.0), (0.0, far), (-far, 0.0)].map(|(x, y)| centre.plus(x, y)))
        }
        Some(RiskLevel::High) => {
            let (up, side, down) = (radius * 1.2, radius * 1.15, radius * 0.85);
            Tag::polygon([(0.0, -up), (side, down), (-side, down)].map(|(x, y)| centre.plus(x, y)))
        }
        Some(RiskLevel::Medium) => {
            let half = radius * 0.9;
            Tag::rect(centre.plus(-half, -half), 2.0 * half, 2.0 * half)
        }
        Some(RiskLevel::Low) | None => Tag::circle(centre, radius),
    }
}
