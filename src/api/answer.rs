//! Answers to acts that say more than the record that was entered: what they do to caseloads, and advice.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::acting::{REPLAYED, escaped};
use super::error::Problem;
use super::precondition::record_tag;
use super::view::RecordView;
use crate::casework::acting::Written;
use crate::domain::caseload::{Effect, LoadState};
use crate::domain::reference::Ref;

/// How many cases there are, and how much they weigh.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Load)]
pub struct LoadView {
    /// Offenders in the community.
    cases: u32,
    /// The same, each weighed by its risk.
    workload: u32,
}

impl From<crate::domain::caseload::Load> for LoadView {
    fn from(load: crate::domain::caseload::Load) -> Self {
        Self { cases: load.cases, workload: load.workload }
    }
}

/// What an act does to one officer's caseload, as if done today.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseloadEffect)]
pub struct CaseloadEffect {
    /// The officer.
    #[schema(value_type = String)]
    officer_ref: Ref,
    /// What they manage before.
    before: LoadView,
    /// What they manage after.
    after: LoadView,
    /// The most cases they should manage.
    limit: u32,
    /// More than this is high.
    high_over: u32,
    /// How it stands before: `within_limits`, `high` or `over_limit`.
    #[schema(value_type = String)]
    state_before: LoadState,
    /// How it stands after.
    #[schema(value_type = String)]
    state_after: LoadState,
}

impl From<Effect> for CaseloadEffect {
    fn from(effect: Effect) -> Self {
        Self {
            before: effect.before.into(),
            after: effect.after.into(),
            limit: effect.limits.limit,
            high_over: effect.limits.high_over,
            state_before: effect.state_before(),
            state_after: effect.state_after(),
            officer_ref: effect.officer_ref,
        }
    }
}

/// Something that follows from what was entered. Advice: a person decides.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Advice)]
pub struct Advice {
    /// Its stable name.
    pub code: &'static str,
    /// What follows, and from where.
    pub detail: String,
    /// The facts used.
    #[schema(value_type = Object)]
    pub facts: Value,
}

/// A record as an act left it, and what follows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdvisedRecord)]
pub struct AdvisedRecord {
    /// The record.
    #[serde(flatten)]
    record: RecordView,
    /// What the act does to caseloads; empty where it touches none, and where the same request had been carried out before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caseloads: Vec<CaseloadEffect>,
    /// What follows.
    advice: Vec<Advice>,
}

/// The answer to an act, with what follows; `collection` is where the record that it made is, where it made one.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn advised(
    written: Written,
    collection: Option<&str>,
    caseloads: Vec<Effect>,
    advice: Vec<Advice>,
) -> Result<HttpResponse, Problem> {
    let status = if collection.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    head(&mut response, &written)?;
    if let Some(collection) = collection {
        let path = format!("{collection}/{}", escaped(written.held.subject.as_str()));
        let location = HeaderValue::from_str(&path).map_err(|error| Problem::internal(&error))?;
        response.insert_header((header::LOCATION, location));
    }
    let caseloads = caseloads.into_iter().map(CaseloadEffect::from).collect();
    Ok(response.json(AdvisedRecord { record: RecordView::of(written.held)?, caseloads, advice }))
}

/// Puts a record's version, and whether the request had been carried out before, at the head of an answer.
///
/// # Errors
/// Never for a version of ours.
pub fn head(response: &mut actix_web::HttpResponseBuilder, written: &Written) -> Result<(), Problem> {
    response.insert_header((header::ETAG, record_tag(written.tag)?));
    if written.replayed {
        response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    }
    Ok(())
}
