//! The job that delivers outward events to the subscriptions.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{JobContext, JobError, Task};
use crate::casework::subscriptions::deliver::{Delivered, deliver};

/// How long one run goes on at most: then the next takes over, and how they stand is told.
const A_RUN: Duration = Duration::from_secs(120);

/// Delivers what is due.
#[derive(Debug, Clone, Copy)]
pub struct Deliveries;

impl Task for Deliveries {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let Some(webhooks) = context.webhooks else { return Ok(json!({ "webhooks": false })) };
        let began = Instant::now();
        let goes_on = || began.elapsed() < A_RUN;
        let Delivered { taken, failed, dead } = deliver(context.store, context.clock, webhooks, &goes_on)?;
        Ok(json!({ "taken": taken, "failed": failed, "dead": dead }))
    }
}
