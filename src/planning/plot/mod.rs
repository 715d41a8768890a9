//! Plots: a proposal as a person takes it in, on one page of SVG: a [`map()`](map::map) of homes and routes, and a
//! [`week()`](week::week) of crews.
//!
//! Both draw what the proposal holds and look up in the snapshot only what they need beside it: whoever
//! may not see a case gets a proposal [`without`](super::proposal::Proposal::without) it, and no plot shows more. References
//! stand for people and officers; no name is known here. Nothing is loaded from elsewhere, and nothing is told by colour alone.

mod ground;
mod homes;
mod label;
pub mod map;
mod mark;
mod panel;
mod routes;
mod svg;
pub mod week;
mod week_rows;

use thiserror::Error;

use super::proposal::{PlannedVisit, Proposal};
use super::snapshot::Horizon;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use svg::{Point, Svg, Tag, short};

/// How wide a page is, in units of the page; A4 on its side is about as wide as 1,120 units are at 100 dots an inch.
const WIDTH: f64 = 1_120.0;

/// How much is left free at the edges.
const EDGE: f64 = 24.0;

/// The most characters of a reference that a page shows; a title tells it in full.
const REFERENCE: usize = 24;

/// How plots are marked (Government Security Classifications Policy): where people live, and when they are visited.
const MARKING: &str = "OFFICIAL-SENSITIVE";

/// Why there is no plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PlotError {
    /// None of the days asked for is planned.
    #[error("no day asked for is planned; ask for one from {from} to {until}", from = .0.from, until = .0.until)]
    OutsideHorizon(Horizon),
}

/// A page with its heading; what follows may begin 76 units down.
fn page(height: f64, proposal: &Proposal, title: &str, description: &str) -> Svg {
    let mut svg = Svg::page(WIDTH, height, title, description);
    let at = Point { x: EDGE, y: EDGE + 14.0 };
    svg.words(Tag::text(at, 18.0).attribute("font-weight", "bold").fill(mark::INK), title);
    let made = format!("Proposal {}. It advises; a named person decides.", proposal.id);
    svg.words(Tag::text(at.plus(0.0, 20.0), 11.0).fill(mark::FAINT), &made);
    let marking = Tag::text(Point { x: WIDTH - EDGE, y: at.y }, 12.0).attribute("text-anchor", "end");
    svg.words(marking.attribute("font-weight", "bold").fill(mark::INK), MARKING);
    svg
}

/// Whose schedule it is, in words.
fn whose(proposal: &Proposal) -> String {
    format!("team {} of {}", short(proposal.team_ref.as_str(), REFERENCE), short(&proposal.force, REFERENCE))
}

/// A day in words, such as Thu 15 April 2021.
fn day_words(date: CivilDate) -> String {
    date.format("%a %-d %B %Y").to_string()
}

/// A crew in words.
fn crew_words(crew: &[Ref]) -> String {
    crew.iter().map(Ref::as_str).collect::<Vec<_>>().join(" and ")
}

/// When a visit is made, by whom, and how that stands to its window.
fn visit_words(visit: &PlannedVisit) -> String {
    let mut words = format!(
        "{}, {} to {}, {}, window {} to {}",
        day_words(visit.date),
        visit.start,
        visit.end,
        crew_words(&visit.crew),
        visit.window.earliest,
        visit.window.latest
    );
    if visit.overdue_days > 0 {
        words.push_str(&format!(", {} overdue", counted(visit.overdue_days, "day")));
    }
    words.push_str(if visit.unannounced { ", unannounced" } else { ", announced" });
    words
}

/// So many of something.
fn counted(count: impl Into<u64>, one: &str) -> String {
    let count = count.into();
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// A count of things that fit in memory.
fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod well_formed;
