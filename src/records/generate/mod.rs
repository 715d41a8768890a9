//! Invented caseloads, as a records feed: any size, any number of forces, the same events for the
//! same spec.
//!
//! They show what the inspection found: visits put off by telephone, dates programmed on a rigid
//! grid to the end of notification, people in reactive management who are not eligible, breaches
//! without a crime report or a reason, vacant posts whose cases lie with a supervisor (HMICFRS,
//! Dorset national child protection inspection, 2021, section 10). Nobody in them is real.
//!
//! Events are handed on one by one, so that memory does not grow with the caseload. The forces use
//! the same references on purpose: forces never touch.

mod assessment;
mod breach;
mod case;
mod chance;
mod event;
mod grid;
mod intelligence;
mod names;
mod notification;
mod offender;
mod order;
mod places;
mod plan;
mod reactive;
mod requirement;
mod shares;
mod spec;
mod staff;
#[cfg(test)]
mod tests;
mod visit;
mod when;
mod world;

use std::io;

use serde_json::Value;

use case::Case;
use event::Feed;
use world::World;

pub use spec::{CaseloadSpec, ForceSpec};

/// Hands every event of the caseload to `write`, force by force; gives their number.
///
/// # Errors
/// What `write` says.
pub fn generate(spec: &CaseloadSpec, mut write: impl FnMut(&Value) -> io::Result<()>) -> io::Result<u64> {
    let mut written = 0;
    for force in &spec.forces {
        let world = World::of(spec, force)?;
        let mut feed = Feed::of(&force.name, &mut write);
        world.write(&mut feed)?;
        for number in 0..force.registered {
            if let Some(case) = Case::of(&world, number)? {
                write_case(&world, &case, &mut feed)?;
            }
        }
        written += feed.written();
    }
    Ok(written)
}

fn write_case(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<()> {
    offender::write(world, case, feed)?;
    let order = order::write(world, case, feed)?;
    let assessed = assessment::write(world, case, feed)?;
    let interval = plan::write(world, case, assessed.as_ref(), feed)?;
    plan::write_programmed(world, case, interval, feed)?;
    visit::write(world, case, interval, feed)?;
    notification::write(world, case, feed)?;
    breach::write(world, case, order.as_ref(), feed)?;
    intelligence::write(world, case, feed)?;
    reactive::write(world, case, feed)
}
