//! The attempt log as JSON, and as a document that can be attached to a warrant application.

use std::fmt::Write as _;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono_tz::Europe::London;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::auth::act::ReadAttemptLog;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::visits::attempt_log::{AttemptLog, AttemptLogError, attempt_log};
use crate::domain::attempt_ladder::Attempt;
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::warrant_conditions::Shown;

/// The media type of the document.
const MARKDOWN: &str = "text/markdown";

impl From<AttemptLogError> for Problem {
    fn from(error: AttemptLogError) -> Self {
        match error {
            AttemptLogError::Policy(error) => Self::internal(&error),
            AttemptLogError::Store(error) => error.into(),
        }
    }
}

/// The attempt log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttemptLog)]
pub struct AttemptLogView {
    /// `marking`, `made_at`, `made_for`, `subject`, `premises`, `officers`, `last_qualifying_visit_on`, `premises_ref`,
    /// `attempts`, `counted`, `needed`, `try_again_by`, `next` (the advice), and `conditions`: the five of section 96B(1),
    /// each with what is known.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    log: Value,
}

/// The failed attempts to see an offender since the home was last seen, what is advised, and what is known of the
/// conditions of a warrant under section 96B SOA 2003. With `Accept: text/markdown` a document; reading it is recorded
/// as a disclosure.
///
/// # Errors
/// When the caller may not, or there is no such case in scope.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/attempt-log", tag = "casework", operation_id = "read_attempt_log",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Accept" = Option<String>, Header, description = "`application/json`, the usual, or `text/markdown`"),
    ),
    responses(
        (status = 200, content((AttemptLogView = "application/json"), (String = "text/markdown"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadAttemptLog>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| attempt_log(service.store(), &reader, service.policies(), &offender);
    let log = service.run(read).await?.ok_or_else(Problem::not_found)?;
    if wants_a_document(&request) {
        let document = document(&log);
        return Ok(HttpResponse::Ok().content_type("text/markdown; charset=utf-8").body(document));
    }
    let log = serde_json::to_value(&log).map_err(|error| Problem::internal(&error))?;
    Ok(HttpResponse::Ok().json(AttemptLogView { log }))
}

fn wants_a_document(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|part| part.split(';').next().is_some_and(|named| named.trim() == MARKDOWN))
}

/// An instant as people in England and Wales write it.
fn local(at: Instant) -> String {
    at.with_timezone(&London).format("%-d %B %Y, %H:%M").to_string()
}

/// Text within a table or a line: on one line, and nothing of it taken for markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_{}[]<>#|~&!".contains(character) {
            plain.push('\\');
        }
        plain.push(if character.is_control() { ' ' } else { character });
    }
    plain
}

/// A name of serde's in words.
fn words(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name.replace('_', " "),
        Ok(Value::Null) | Err(_) => "not recorded".to_owned(),
        Ok(Value::Bool(yes)) => if yes { "yes" } else { "no" }.to_owned(),
        Ok(other @ (Value::Number(_) | Value::Array(_) | Value::Object(_))) => plain(&other.to_string()),
    }
}

fn document(log: &AttemptLog) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_document(&mut text, log);
    text
}

fn write_document(text: &mut String, log: &AttemptLog) -> std::fmt::Result {
    let subject = &log.subject;
    let marking = log.marking;
    writeln!(text, "**{marking}**\n\n# Log of attempts to visit\n")?;
    let born =
        subject.date_of_birth.map_or_else(|| "date of birth not known".to_owned(), |born| format!("born {born}"));
    writeln!(text, "{}, {born} (reference {})\n", plain(&subject.name), plain(subject.offender_ref.as_str()))?;
    writeln!(text, "Made on {} for {}.\n", local(log.made_at), plain(&log.made_for))?;
    match log.ladder.last_qualifying_visit_on {
        Some(on) => writeln!(text, "Last seen at home, the home inspected: {on}.\n")?,
        None => writeln!(text, "Never yet seen at home, the home inspected, as far as is recorded.\n")?,
    }
    writeln!(text, "## Attempts\n")?;
    if log.ladder.attempts.is_empty() {
        writeln!(text, "None failed since.\n")?;
    } else {
        writeln!(text, "| when | who | premises | purpose | outcome | counts for s.96B(e) |")?;
        writeln!(text, "| --- | --- | --- | --- | --- | --- |")?;
        for attempt in &log.ladder.attempts {
            write_attempt(text, log, attempt)?;
        }
        writeln!(text)?;
    }
    writeln!(text, "## Conditions of section 96B, Sexual Offences Act 2003\n")?;
    for condition in &log.conditions {
        let shown = match condition.shown {
            Shown::Yes => "shown by what is recorded",
            Shown::No => "not shown by what is recorded",
            Shown::ForTheApplicant => "for the applicant to state",
        };
        writeln!(text, "- ({}) {}: **{shown}**", condition.letter, condition.asks)?;
        for (fact, value) in condition.facts.as_object().into_iter().flatten() {
            writeln!(text, "  - {}: {}", fact.replace('_', " "), words(value))?;
        }
    }
    writeln!(
        text,
        "\nWhat follows is for an officer to decide. What is recorded here may be incomplete.\n\n**{marking}**"
    )
}

fn write_attempt(text: &mut String, log: &AttemptLog, attempt: &Attempt) -> std::fmt::Result {
    let officers: Vec<String> = attempt
        .officers
        .iter()
        .map(|officer| {
            let named = log.officers.iter().find(|named| named.officer_ref == officer.officer_ref);
            let name = named.map_or(officer.officer_ref.as_str(), |named| named.name.as_str());
            let rank = match officer.constable {
                Some(true) => "constable",
                Some(false) => "not a constable",
                None => "constable or not is not recorded",
            };
            format!("{} ({rank})", plain(name))
        })
        .collect();
    let premises = attempt.address_ref.as_ref().map_or_else(
        || "not recorded".to_owned(),
        |address| {
            let named = log.premises.iter().find(|named| named.address_ref == *address);
            plain(named.map_or(address.as_str(), |named| named.text.as_str()))
        },
    );
    let purpose = match attempt.entry_sought_for_risk_assessment {
        Some(true) => "entry sought to assess risk",
        Some(false) => "another purpose",
        None => "visit; whether entry was sought to assess risk is not recorded",
    };
    let counts = attempt.not_counted.map_or_else(|| "yes".to_owned(), |why| format!("no: {}", words(&why)));
    writeln!(
        text,
        "| {} | {} | {premises} | {purpose} | {} ({}) | {counts} |",
        local(attempt.attempted_at),
        officers.join(", "),
        words(&attempt.outcome),
        words(&attempt.mode),
    )
}
