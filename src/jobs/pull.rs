//! The job that pulls records from the systems that are asked for them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{JobContext, JobError, Task};
use crate::records::pull::{Pulled, pull};

/// How long one run goes on at most: then the next takes over, and how they stand is told.
const A_RUN: Duration = Duration::from_secs(120);

/// Pulls each feed to its end. One that fails does not stop the others.
#[derive(Debug, Clone, Copy)]
pub struct PullRecords;

impl Task for PullRecords {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let began = Instant::now();
        let goes_on = || began.elapsed() < A_RUN;
        let feeds = &context.records.feeds;
        let (mut all, mut stopped, mut failed) = (Pulled::default(), serde_json::Map::new(), 0);
        for feed in feeds {
            match pull(context.store, context.clock, feed, &goes_on) {
                Ok(pulled) => {
                    all.pages += pulled.pages;
                    all.taken += pulled.taken;
                    all.duplicates += pulled.duplicates;
                    all.refused += pulled.refused;
                    stopped.extend(pulled.stopped.map(|code| (feed.force.clone(), json!(code))));
                }
                Err(error) => {
                    tracing::error!(force = feed.force, %error, "the records of a force could not be pulled");
                    failed += 1;
                }
            }
        }
        if failed > 0 {
            return Err(JobError::Forces { failed, of: feeds.len() });
        }
        Ok(json!({
            "feeds": feeds.len(), "pages": all.pages, "taken": all.taken, "duplicates": all.duplicates,
            "refused": all.refused, "stopped": stopped,
        }))
    }
}
