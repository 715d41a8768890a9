//! Posts of teams, and their vacancies.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed, created};
use crate::api::allocations::unallocated::NamedView;
use crate::api::auth::act::{ManageTeams, ReadCaseloads};
use crate::api::auth::permit::Permit;
use crate::api::changes::given;
use crate::api::dates::Day;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::precondition::{tag_read, versioned};
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::reading::record;
use crate::casework::staff::posts::{NewPost, PostChange, TeamPost, change, enter, of_team};
use crate::domain::officer::OfficerRole;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// A post of a team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamPost)]
pub struct PostView {
    /// The post.
    #[serde(flatten)]
    record: RecordView,
    /// Who holds it.
    holder: Option<NamedView>,
    /// Whether it is vacant today.
    vacant: bool,
    /// The unallocated cases that came from whoever held it last, as far as the caller may see them.
    #[schema(value_type = Vec<String>)]
    unallocated_cases: Vec<Ref>,
}

impl PostView {
    fn of(post: TeamPost) -> Result<Self, Problem> {
        Ok(Self {
            record: RecordView::part(&post.post_ref, &post.post)?,
            holder: post.holder.map(NamedView::from),
            vacant: post.is_vacant,
            unallocated_cases: post.cases,
        })
    }
}

/// The posts of a team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamPosts)]
pub struct PostList {
    /// In the order of their references.
    items: Vec<PostView>,
    /// How many are vacant today.
    vacancies: usize,
}

/// The posts of a team, with their holders, their vacancies, and the unallocated cases that came from each.
///
/// # Errors
/// When the caller may not, the team is not in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/teams/{ref}/posts", tag = "staff", operation_id = "list_posts", security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The team's reference")),
    responses((status = 200, body = PostList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadCaseloads>,
    team: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| of_team(service.store(), &reader, service.policies(), &team)).await?;
    let vacancies = found.iter().filter(|post| post.is_vacant).count();
    let items = found.into_iter().map(PostView::of).collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(PostList { items, vacancies }))
}

/// One post of the caller's teams, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/posts/{ref}", tag = "staff", operation_id = "read_post", security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The post's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadCaseloads>,
    post: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| record(service.store(), &reader, RecordKind::Post, &post);
    let (found, tag) = service.run(read).await?.ok_or_else(Problem::not_found)?;
    versioned(&request, &RecordView::of(found)?, tag)
}

/// A post that is entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterPost)]
pub struct EnterBody {
    /// Whose.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// What its holder is in post as.
    #[schema(value_type = String)]
    role: OfficerRole,
    /// What it is called.
    #[schema(value_type = String)]
    title: Words,
    /// Who holds it; nobody where it is vacant.
    #[schema(value_type = Option<String>)]
    holder_ref: Option<Ref>,
    /// Since when it is vacant; today where nobody holds it and this is not given.
    #[schema(value_type = Option<String>, format = Date)]
    vacant_since: Option<Day>,
}

/// Enters a post of the caller's teams.
///
/// # Errors
/// When the caller may not, the team is not theirs, or the officer cannot hold it.
#[utoipa::path(
    post, path = "/v1/posts", tag = "staff", operation_id = "enter_post", security(("bearer_token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day")),
    request_body = EnterBody,
    responses(
        (status = 201, body = RecordView, headers(("Location" = String), ("ETag" = String))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter_one(
    service: web::Data<Service>,
    permit: Permit<ManageTeams>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: EnterBody { team_ref, role, title, holder_ref, vacant_since }, key } = sent;
    let new = NewPost { team_ref, role, title, holder_ref, vacant_since: vacant_since.map(|day| day.0) };
    let act = move |service: &Service| enter(service.store(), &service.acting(&reader, key.as_ref()), &new);
    created(service.run(act).await?, "/v1/posts")
}

/// What is changed about a post. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangePost)]
pub struct ChangeBody {
    /// What it is called.
    #[schema(value_type = Option<String>)]
    title: Option<Words>,
    /// Who holds it; null: it falls vacant.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    holder_ref: Option<Option<Ref>>,
    /// Since when it is vacant.
    #[schema(value_type = Option<String>, format = Date)]
    vacant_since: Option<Day>,
    /// First day on which it is no longer there; null: it is kept after all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    closed_on: Option<Option<Day>>,
}

/// Changes a post: fills it, says that it is vacant, closes it.
///
/// # Errors
/// When the caller may not, there is none in scope, the officer cannot hold it, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/posts/{ref}", tag = "staff", operation_id = "change_post", security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The post's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ChangeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn change_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageTeams>,
    post: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: ChangeBody { title, holder_ref, vacant_since, closed_on }, key } = sent;
    if title.is_none() && holder_ref.is_none() && vacant_since.is_none() && closed_on.is_none() {
        return Err(Problem::new(ErrorCode::INVALID_BODY, "names no member to change"));
    }
    let closed_on = closed_on.map(|closed| closed.map(|day| day.0));
    let sent = PostChange { title, holder_ref, vacant_since: vacant_since.map(|day| day.0), closed_on };
    let act =
        move |service: &Service| change(service.store(), &service.acting(&reader, key.as_ref()), &post, sent, read);
    changed(service.run(act).await?)
}
