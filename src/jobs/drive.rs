//! The loop that keeps a worker's jobs running in the background until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use super::worker::Worker;
use crate::casework::timetable::JobName;

/// The longest a job waits before it looks again: a lease may have run out, a retry come due, the
/// clock been set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// The shortest wait, so that a job that stays due never spins.
const BREATHE: Duration = Duration::from_secs(1);

/// Runs the worker's jobs as they fall due, each in a loop of its own, until `stop` is done. What is
/// running then is run to its end.
pub async fn drive(worker: Arc<Worker>, stop: impl Future<Output = ()>) {
    let (stopping, stopped) = watch::channel(false);
    let mut loops = JoinSet::new();
    for job in worker.registry.names() {
        loops.spawn(drive_job(Arc::clone(&worker), job, stopped.clone()));
    }
    stop.await;
    stopping.send_replace(true);
    while let Some(ended) = loops.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a job's loop ended badly");
        }
    }
}

async fn drive_job(worker: Arc<Worker>, job: JobName, mut stopped: watch::Receiver<bool>) {
    loop {
        let due = Arc::clone(&worker);
        match spawn_blocking(move || due.run_due(job)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%job, %error, "a run could be neither begun nor ended"),
            Err(error) => tracing::error!(%job, %error, "a run ended badly"),
        }
        if tokio::time::timeout(worker.wait(job), stopped.wait_for(|stopped| *stopped)).await.is_ok() {
            return;
        }
    }
}

impl Worker {
    /// How long until a job is looked at again.
    fn wait(&self, job: JobName) -> Duration {
        let now = self.clock.now();
        let next = self.registry.job(job).and_then(|(entry, _)| entry.next(now));
        let until_next = next.and_then(|run| (run.at - now).to_std().ok());
        until_next.unwrap_or(LOOK_AGAIN).clamp(BREATHE, LOOK_AGAIN)
    }
}
