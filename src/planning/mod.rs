//! Planning: from individual plans to a schedule of visits that real officers can make.
//!
//! A [`snapshot`] holds all that the planner may see; [`due`] says what falls due and why; [`crew`]
//! pairs the officers on duty; [`constraint`] are the hard rules, one a file; [`search`] finds a
//! schedule; a [`proposal`] is what comes out, immutable, each visit with its reason and each visit
//! that found no place with the smallest change that would place it ([`explain`]); the [`checker`]
//! judges any proposal and shares no code with the search. A [`plot`] draws a proposal; its [`schema`] and the snapshot's
//! say what both look like; the [`engine`] is the name of this way of planning.
//!
//! A [`forecast`] is the planner run on what might be; [`allocation`] proposes who manages which case, for a person to decide.
//!
//! Nothing here reads a clock, a file or a database. Chance comes from the run's seed: the same
//! snapshot, seed and iterations give the same proposal byte for byte.

pub mod achieved;
pub mod allocation;
pub mod checker;
pub mod constraint;
pub mod crew;
pub mod diff;
pub mod due;
pub mod engine;
pub mod explain;
pub mod faults;
pub mod forecast;
pub mod grid;
pub mod moving;
pub mod part_of_day;
pub mod pin;
pub mod plot;
pub mod predictability;
pub mod proposal;
pub mod road_matrix;
pub mod schema;
pub mod score;
pub mod search;
pub mod snapshot;
pub mod supply;
pub mod take;
pub mod travel;
#[cfg(test)]
mod worlds;
