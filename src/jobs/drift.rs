//! The job that compares what the records systems that are pulled hold with what they told here, and asks again for what differs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{JobContext, JobError, Task};
use crate::records::drift::compare_and_ask_again;

/// How long it goes on with one force at most: the rest is asked for the next night. `[I]`
const A_FORCE: Duration = Duration::from_secs(30 * 60);

/// Compares each force whose feed says where its digests are. One that fails does not stop the others.
#[derive(Debug, Clone, Copy)]
pub struct NightlyDrift;

impl Task for NightlyDrift {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let (mut forces, mut types, mut stopped, mut failed) = (0_usize, 0, serde_json::Map::new(), 0_usize);
        for feed in &context.records.feeds {
            let began = Instant::now();
            let goes_on = || began.elapsed() < A_FORCE;
            match compare_and_ask_again(context.store, context.clock, feed, &goes_on) {
                Ok(None) => {}
                Ok(Some(night)) => {
                    forces += 1;
                    types += night.kinds;
                    stopped.extend(night.stopped.map(|code| (feed.force.clone(), json!(code))));
                }
                Err(error) => {
                    tracing::error!(force = feed.force, %error, "the records of a force could not be compared");
                    failed += 1;
                }
            }
        }
        if failed > 0 {
            return Err(JobError::Forces { failed, of: forces + failed });
        }
        Ok(json!({ "forces": forces, "types": types, "stopped": stopped }))
    }
}
