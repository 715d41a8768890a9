//! The service's own jobs, for whoever runs the service.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::auth::act::ReadJobs;
use super::auth::permit::Permit;
use super::error::{Problem, ProblemDocument};
use super::service::Service;
use crate::casework::actor::Actor;
use crate::casework::job_status::{JobStatus, job_statuses};
use crate::domain::calendar::Instant;
use crate::store::job_run::JobRun;

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobList)]
pub struct JobListView {
    /// In the order of their names.
    items: Vec<JobView>,
}

/// A job, its last run and its next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
struct JobView {
    /// Its name.
    name: &'static str,
    /// What it does.
    does: &'static str,
    /// When it runs: second minute hour day month weekday.
    schedule: String,
    /// `due` where the latest run that fell due was not begun; else `running`, `succeeded` or `failed`.
    state: &'static str,
    /// The run that was begun last, if any.
    last_run: Option<RunView>,
    /// When the next run falls due.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_run_at: Option<Instant>,
}

/// A run of a job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobRun)]
struct RunView {
    /// The local date of a nightly job, the instant of a frequent one, or that it was run by hand.
    key: String,
    /// `running`, `succeeded` or `failed`.
    state: &'static str,
    /// How many times it was begun.
    attempt: i32,
    /// When it was begun last.
    #[schema(value_type = String, format = DateTime)]
    started_at: Instant,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// Why it failed.
    error_code: Option<String>,
    /// What it did, in counts.
    #[schema(value_type = Option<Object>)]
    report: Option<Value>,
}

impl From<JobRun> for RunView {
    fn from(run: JobRun) -> Self {
        Self {
            key: run.run_key,
            state: run.state.as_str(),
            attempt: run.attempt,
            started_at: run.started_at,
            ended_at: run.ended_at,
            error_code: run.error_code,
            report: run.report,
        }
    }
}

impl From<JobStatus> for JobView {
    fn from(status: JobStatus) -> Self {
        Self {
            name: status.name,
            does: status.does,
            schedule: status.schedule,
            state: status.state.as_str(),
            last_run: status.last_run.map(RunView::from),
            next_run_at: status.next_run_at,
        }
    }
}

/// How each of the service's own jobs stands.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/jobs", tag = "service", operation_id = "list_jobs", security(("bearer_token" = [])),
    responses((status = 200, body = JobListView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadJobs>) -> Result<HttpResponse, Problem> {
    let actor = Actor::Person(permit.into_person());
    let read = move |service: &Service| job_statuses(service.store(), service.clock(), &actor, service.timetable());
    let items = service.run(read).await?.into_iter().map(JobView::from).collect();
    Ok(HttpResponse::Ok().json(JobListView { items }))
}
