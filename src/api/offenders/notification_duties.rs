//! The notification duties of one offender: each with its due date, the rule and the arithmetic.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::as_at::sense;
use crate::api::auth::act::ReadNotificationDuties;
use crate::api::auth::permit::Permit;
use crate::api::dates::{civil_date_if_given, instant_if_given};
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::notification_duties::{CaseDuties, DutiesAt, DutiesError, notification_duties};
use crate::domain::as_at::AsAt;
use crate::domain::breach::{BreachState, Lapse};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::notification_duty::Duty;
use crate::domain::notification_duty::period::EndOfNotification;
use crate::domain::notification_duty::review::ReviewOfPeriod;
use crate::domain::notification_duty::suspicion::SuspectedBreach;
use crate::domain::reference::Ref;
use crate::domain::status_history::StatusSpell;
use crate::domain::suspicion::SuspicionOnFile;

/// For when, and on what is known.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DutiesQuery {
    /// The day, YYYY-MM-DD, on what is known now; today where nothing is given.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "civil_date_if_given")]
    at: Option<CivilDate>,
    /// As the service knew it then (RFC 3339): what it learned later is left out. Not with `at`.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "instant_if_given")]
    known_at: Option<Instant>,
    /// As is now known to have been true then (RFC 3339): what was learned later about that time is taken in. Not with
    /// `at`.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "instant_if_given")]
    true_at: Option<Instant>,
}

impl DutiesQuery {
    fn asked(&self, now: Instant) -> Result<DutiesAt, Problem> {
        match (self.at, sense(self.known_at, self.true_at, now)?) {
            (None, AsAt::Now) => Ok(DutiesAt::Now),
            (Some(day), AsAt::Now) => Ok(DutiesAt::Day(day)),
            (None, then) => Ok(DutiesAt::Then(then)),
            (Some(_), AsAt::Known(_) | AsAt::True(_)) => {
                Err(Problem::new(ErrorCode::INVALID_QUERY, "give at, known_at or true_at, one of them alone"))
            }
        }
    }
}

/// A suspicion that was filed as a breach, beside its duty as it stands now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FiledSuspicion)]
struct FiledView {
    /// The breach.
    #[schema(value_type = String)]
    breach_ref: Ref,
    /// `suspected`, `confirmed` or `discounted`.
    #[schema(value_type = String)]
    state: BreachState,
    /// The lapse as it was suspected: `duty`, `provision`, `fact`, `fact_ref`, `triggered_on`, `due_on`.
    #[schema(value_type = Object)]
    suspicion: Lapse,
    /// Whether what is known still shows the lapse. Nothing is withdrawn where it does not: a person decides.
    still_holds: bool,
    /// The duty as it stands; none where what is known makes no such duty any more.
    #[schema(value_type = Option<Object>)]
    duty: Option<Duty>,
}

impl From<SuspicionOnFile> for FiledView {
    fn from(filed: SuspicionOnFile) -> Self {
        Self {
            still_holds: filed.still_holds(),
            breach_ref: filed.breach_ref,
            state: filed.state,
            suspicion: filed.lapse,
            duty: filed.duty,
        }
    }
}

/// What notification (Sexual Offences Act 2003, Part 2) asks of one offender. Advice: a lapse is never guilt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationDuties)]
pub struct NotificationDutiesView {
    /// The offender.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The Europe/London date for which it holds, with what is known now.
    #[schema(value_type = String, format = Date)]
    as_at: CivilDate,
    /// The rules by which it was worked out.
    rules_version: String,
    /// Every duty by trigger date: `code`, `key`, `rule` (`id`, `provision`, `period`, `effective_from`,
    /// `effective_until`, `mark`, `source`), `trigger` (`fact`, `record_kind`, `record_ref`, `on`),
    /// `clock_stops`, `last_day`, `last_instant`, `state` (`not_yet_due`, `due`, `met_on`, `met_late`,
    /// `lapsed_since`, `stopped`, `not_required`) with its dates or reason, `met_by`, `may_be_met_by`, and
    /// `arithmetic`: steps of `text` and `date`.
    #[schema(value_type = Vec<Object>)]
    duties: Vec<Duty>,
    /// The lapses that a person has to look at: `key`, `code`, `provision`, `first_failure_on`, `met_on`, `fact`.
    #[schema(value_type = Vec<Object>)]
    suspected_breaches: Vec<SuspectedBreach>,
    /// The lapses that were filed as breaches, by whichever evaluation found them.
    filed_suspicions: Vec<FiledView>,
    /// Where the offender stood over time: `status`, `from`, `ended_on`.
    #[schema(value_type = Vec<Object>)]
    statuses: Vec<StatusSpell>,
    /// When notification ends: `recorded_ends_on`, `by_disposal` with its arithmetic, `prolonged_by_orders`,
    /// and `notes` where the record and the disposal differ.
    #[schema(value_type = Object)]
    end_of_notification: EndOfNotification,
    /// When an indefinite period may be reviewed: `eligible_from`, `ruled_out_by`, `mark`, `arithmetic`, `timetable`.
    #[schema(value_type = Option<Object>)]
    review: Option<ReviewOfPeriod>,
    /// What this is, and is not.
    advice: &'static str,
}

impl NotificationDutiesView {
    fn of(offender_ref: Ref, case: CaseDuties) -> Self {
        Self {
            offender_ref,
            as_at: case.as_at,
            rules_version: case.rules_version,
            duties: case.duties,
            suspected_breaches: case.suspected_breaches,
            filed_suspicions: case.on_file.into_iter().map(FiledView::from).collect(),
            statuses: case.statuses,
            end_of_notification: case.end,
            review: case.review,
            advice: "This is advice. A lapse is suspected on what is on record; a person decides whether there was \
                     a breach or a reasonable excuse. Marks: S seen in a public source, M from general knowledge, \
                     I a design reading.",
        }
    }
}

impl From<DutiesError> for Problem {
    fn from(error: DutiesError) -> Self {
        match error {
            DutiesError::Store(error) => error.into(),
            DutiesError::Rules(error) => Self::internal(&error),
        }
    }
}

/// Every notification duty of one offender, with its due date, the rule and the arithmetic.
///
/// # Errors
/// When the caller may not, there is none in scope, the query is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/notification-duties", tag = "offenders", operation_id = "read_notification_duties",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference"), DutiesQuery),
    responses((status = 200, body = NotificationDutiesView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadNotificationDuties>,
    offender: web::Path<Ref>,
    query: web::Query<DutiesQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, offender) = (service.reader(permit), offender.into_inner());
    let asked = query.asked(service.clock().now())?;
    let subject = offender.clone();
    let case = service.run(move |service| notification_duties(service.store(), &reader, &subject, asked)).await?;
    tagged(&request, &NotificationDutiesView::of(offender, case.ok_or_else(Problem::not_found)?))
}
