//! Safeguarding: what shows contact with a child, and what is done about it.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::read_one;
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{DecideSafeguarding, ReadOffenders, ReferSafeguarding};
use crate::api::auth::permit::Permit;
use crate::api::dates::instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView, tagged};
use crate::casework::offenders::{OpenedCase, case_file};
use crate::casework::safeguarding::{
    Disclosing, Referring, disclose as decide_disclosure, not_needed as decide_not_needed, refer as enter_referral,
    reply as enter_reply,
};
use crate::domain::as_at::AsAt;
use crate::domain::calendar::Instant;
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::safeguarding::{Concern, ConcernRef, concerns};
use crate::domain::words::Words;

/// What shows contact with a child, and what was done about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Safeguarding)]
pub struct SafeguardingView {
    /// The offender.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// Every concern, the oldest first.
    concerns: Vec<ConcernView>,
    /// Every referral to children's social care.
    referrals: RecordList,
    /// Every decision that none is needed.
    not_needed: RecordList,
    /// Every decision on disclosure.
    disclosure_decisions: RecordList,
}

/// One concern.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SafeguardingConcern)]
struct ConcernView {
    /// `kind` (`visit`, `breach` or `intelligence`), `ref`, `shown_at`, `due_at`, `children`, `children_unanswered`, `answered`,
    /// `referrals`, `not_needed`, `disclosure_decisions`.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    concern: Value,
    /// True when it is neither referred nor decided on, and late.
    referral_overdue: bool,
    /// True when disclosure is not decided, and late.
    disclosure_overdue: bool,
    /// What is still to be done: `refer_to_childrens_social_care`, `decide_on_disclosure`.
    prompts: Vec<&'static str>,
}

impl ConcernView {
    fn of(concern: &Concern, at: Moment) -> Result<Self, Problem> {
        let to_refer = (!concern.answered).then_some("refer_to_childrens_social_care");
        let to_decide = concern.disclosure_decisions.is_empty().then_some("decide_on_disclosure");
        Ok(Self {
            concern: serde_json::to_value(concern).map_err(|error| Problem::internal(&error))?,
            referral_overdue: concern.is_referral_overdue(at),
            disclosure_overdue: concern.is_disclosure_overdue(at),
            prompts: to_refer.into_iter().chain(to_decide).collect(),
        })
    }
}

impl SafeguardingView {
    fn of(opened: &OpenedCase, at: Moment, policy: &Policy) -> Result<Self, Problem> {
        let file = &opened.file;
        let found = concerns(file, at, policy);
        Ok(Self {
            offender_ref: file.offender_ref.clone(),
            concerns: found.iter().map(|concern| ConcernView::of(concern, at)).collect::<Result<_, _>>()?,
            referrals: RecordList::parts(&file.records.safeguarding_referrals)?,
            not_needed: RecordList::parts(&file.records.safeguarding_decisions)?,
            disclosure_decisions: RecordList::parts(&file.records.disclosure_decisions)?,
        })
    }
}

/// What shows contact with a child in a case, each with its clock, what is still to be done and what was done.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/safeguarding", tag = "casework", operation_id = "read_safeguarding",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = SafeguardingView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let (reader, at) = (service.reader(permit), service.clock().moment());
    let act = "offender.safeguarding.read";
    let open = move |service: &Service| case_file(service.store(), &reader, &offender, act, AsAt::Now);
    let opened = service.run(open).await?.ok_or_else(Problem::not_found)?;
    let policy = service.policies().in_force(at.today()).map_err(|error| Problem::internal(&error))?;
    tagged(&request, &SafeguardingView::of(&opened, at, policy)?)
}

/// A referral to children's social care.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferToChildrensSocialCare)]
pub struct ReferBody {
    /// The concerns that it answers, each with `kind` and `ref`.
    #[schema(value_type = Vec<Object>)]
    concerns: Vec<ConcernRef>,
    /// The children whom it is about.
    #[schema(value_type = Vec<String>)]
    children: Vec<Words>,
    /// To whom.
    #[schema(value_type = String)]
    recipient: Words,
    /// The recipient's reference.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reference: Option<Words>,
    /// When it was sent.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    sent_at: Instant,
}

/// Enters a referral to children's social care. A concern that names children is answered once each of them is.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/safeguarding-referrals", tag = "casework", operation_id = "refer_to_childrens_social_care",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ReferBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn refer(
    service: web::Data<Service>,
    permit: Permit<ReferSafeguarding>,
    subject: web::Path<Ref>,
    sent: Sent<ReferBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: ReferBody { concerns, children, recipient, reference, sent_at }, key } = sent;
    let referring = Referring { concerns, children, recipient, reference, sent_at };
    let act = move |service: &Service| {
        enter_referral(service.store(), &service.acting(&reader, key.as_ref()), &subject, referring)
    };
    created(service.run(act).await?, "/v1/safeguarding-referrals")
}

/// One referral, with its reply and its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/safeguarding-referrals/{ref}", tag = "casework", operation_id = "read_safeguarding_referral",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The referral's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read_referral(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::SafeguardingReferral, subject.into_inner()).await
}

/// A reply to a referral.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplyToReferral)]
pub struct ReplyBody {
    /// When it came.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    replied_at: Instant,
    /// What it says, in at most 10,000 characters.
    #[schema(value_type = String)]
    reply: Words,
}

/// Enters the reply to a referral.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/safeguarding-referrals/{ref}/reply", tag = "casework", operation_id = "reply_to_referral",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The referral's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ReplyBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn reply(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReferSafeguarding>,
    subject: web::Path<Ref>,
    sent: Sent<ReplyBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: ReplyBody { replied_at, reply }, key } = sent;
    let act = move |service: &Service| {
        enter_reply(service.store(), &service.acting(&reader, key.as_ref()), &subject, (replied_at, reply), read)
    };
    changed(service.run(act).await?)
}

/// That no referral is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralNotNeeded)]
pub struct NotNeededBody {
    /// The concerns that it answers, each with `kind` and `ref`.
    #[schema(value_type = Vec<Object>)]
    concerns: Vec<ConcernRef>,
    /// The children for whom it holds; all of the concern, where none is named.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    children: Vec<Words>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Decides that no referral is needed, with a reason.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/safeguarding/not-needed", tag = "casework", operation_id = "decide_referral_not_needed",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = NotNeededBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn not_needed(
    service: web::Data<Service>,
    permit: Permit<DecideSafeguarding>,
    subject: web::Path<Ref>,
    sent: Sent<NotNeededBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: NotNeededBody { concerns, children, reason }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        decide_not_needed(service.store(), &acting, &subject, (concerns, children, reason))
    };
    changed(service.run(act).await?)
}

/// Whether what is known of the offender is disclosed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideDisclosure)]
pub struct DiscloseBody {
    /// The concerns that it answers, each with `kind` and `ref`.
    #[schema(value_type = Vec<Object>)]
    concerns: Vec<ConcernRef>,
    /// Whether it is.
    disclose: bool,
    /// To whom, where it is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    to: Option<Words>,
    /// Why, or why not, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Decides whether to disclose what is known of the offender, to whom and why.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/disclosure-decisions", tag = "casework", operation_id = "decide_disclosure",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DiscloseBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn disclose(
    service: web::Data<Service>,
    permit: Permit<DecideSafeguarding>,
    subject: web::Path<Ref>,
    sent: Sent<DiscloseBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: DiscloseBody { concerns, disclose, to, reason }, key } = sent;
    let disclosing = Disclosing { concerns, disclose, to, reason };
    let act = move |service: &Service| {
        decide_disclosure(service.store(), &service.acting(&reader, key.as_ref()), &subject, disclosing)
    };
    changed(service.run(act).await?)
}
