//! The notification duties of one offender: each with its due date, the rule and the arithmetic.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::act::ReadNotificationDuties;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date_if_given;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::notification_duties::{CaseDuties, DutiesError, notification_duties};
use crate::domain::calendar::CivilDate;
use crate::domain::notification_duty::Duty;
use crate::domain::notification_duty::period::EndOfNotification;
use crate::domain::notification_duty::review::ReviewOfPeriod;
use crate::domain::notification_duty::suspicion::SuspectedBreach;
use crate::domain::reference::Ref;
use crate::domain::status_history::StatusSpell;

/// For which day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsAt {
    /// The day; today where it is not given.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    at: Option<CivilDate>,
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
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("at" = Option<String>, Query, description = "The day, YYYY-MM-DD; today where it is not given"),
    ),
    responses((status = 200, body = NotificationDutiesView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadNotificationDuties>,
    offender: web::Path<Ref>,
    query: web::Query<AsAt>,
) -> Result<HttpResponse, Problem> {
    let (reader, offender, day) = (service.reader(permit), offender.into_inner(), query.at);
    let asked = offender.clone();
    let case = service.run(move |service| notification_duties(service.store(), &reader, &asked, day)).await?;
    tagged(&request, &NotificationDutiesView::of(offender, case.ok_or_else(Problem::not_found)?))
}
