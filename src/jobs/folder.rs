//! The job that takes the files of the watched folders.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{JobContext, JobError, Task};
use crate::records::folder::{Taken, take};

/// How long one run goes on at most, the file that it is at aside: then the next takes over, and how they stand is told.
const A_RUN: Duration = Duration::from_secs(120);

/// Takes the files of each folder. One that cannot be worked with does not stop the others.
#[derive(Debug, Clone, Copy)]
pub struct RecordsFolder;

impl Task for RecordsFolder {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let began = Instant::now();
        let goes_on = || began.elapsed() < A_RUN;
        let folders = &context.records.folders;
        let (mut all, mut failed) = (Taken::default(), 0);
        for folder in folders {
            match take(context.store, context.clock, folder, &goes_on) {
                Ok(taken) => {
                    all.done += taken.done;
                    all.failed += taken.failed;
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(
                        force = folder.force,
                        error,
                        "the watched folder of a force could not be worked with"
                    );
                    failed += 1;
                }
            }
        }
        if failed > 0 {
            return Err(JobError::Forces { failed, of: folders.len() });
        }
        Ok(json!({ "folders": folders.len(), "done": all.done, "failed": all.failed }))
    }
}
