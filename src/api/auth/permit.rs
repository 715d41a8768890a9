//! A permit: proof, in a handler's signature, that the caller may carry out the act it names.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::act::{Act, Permission};
use super::token::Grants;
use crate::api::error::{ErrorCode, Problem};
use crate::api::service::Service;
use crate::casework::access::{RefusedAct, record_refusal};
use crate::casework::actor::Person;

/// Somebody who may carry out the act `A`.
#[derive(Debug, Clone)]
pub struct Permit<A> {
    person: Person,
    act: PhantomData<A>,
}

impl<A> Permit<A> {
    /// Who.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.person
    }

    /// Who, for keeps.
    #[must_use]
    pub fn into_person(self) -> Person {
        self.person
    }
}

impl<A: Act> FromRequest for Permit<A> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let person = permitted(&request, A::PERMISSION).await?;
            Ok(Self { person, act: PhantomData })
        })
    }
}

/// The caller, where their role may carry out the act. A refusal is put on record.
async fn permitted(request: &HttpRequest, act: Permission) -> Result<Person, Problem> {
    let Some(service) = request.app_data::<web::Data<Service>>() else {
        return Err(Problem::new(ErrorCode::INTERNAL, "the service is not set up"));
    };
    let unauthorized = || Problem::new(ErrorCode::UNAUTHORIZED, "the token is missing, invalid or expired");
    let token = bearer_token(request).ok_or_else(unauthorized)?;
    let grants: Grants = service.verifier().verify(token).map_err(|_| unauthorized())?;
    let subject = grants.sub.clone();
    let person = grants.person();
    if let Some(person) = person.clone().filter(|person| act.roles.contains(&person.role)) {
        return Ok(person);
    }
    let refused =
        RefusedAct { act: act.name, subject, person, target: request.match_info().get("ref").map(Into::into) };
    service.run(move |service| record_refusal(service.store(), service.clock(), &refused)).await?;
    Err(Problem::new(ErrorCode::FORBIDDEN, format!("the act {} is not granted", act.name)))
}

/// The token of `Authorization: Bearer TOKEN` (RFC 6750).
fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
