//! A permit: proof, in a handler's signature, that the caller may carry out the act it names.

use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::Deserialize;
use uuid::Uuid;

use super::act::{Act, Permission};
use super::certificate::ClientNames;
use super::token::Grants;
use crate::api::error::{ErrorCode, Problem};
use crate::api::service::Service;
use crate::casework::access::RefusedAct;
use crate::casework::actor::Person;
use crate::casework::senders::{Sender, Senders};
use crate::domain::reading_reason::ReadingReason;
use crate::domain::reference::Ref;

/// The header that says why the caller asks, by a code.
pub const READING_REASON: &str = "Reading-Reason";

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

/// Who was permitted what they asked for, left with the request.
#[derive(Debug, Clone)]
pub struct Permitted(pub Person);

/// Decided without waiting, so that whoever may not is told so and nothing of what else is wrong with
/// the request: a handler names its permit before the path, the query and the body.
impl<A: Act> FromRequest for Permit<A> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(permitted(request, A::PERMISSION).map(|person| Self { person, act: PhantomData }))
    }
}

/// What a refused act would have been done to, as the path names it.
#[derive(Default, Deserialize)]
pub struct Target {
    /// By reference.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    id: Option<Uuid>,
}

/// Who calls, as far as they have proved it.
struct Caller {
    subject: String,
    /// On whose record a refusal goes.
    forces: BTreeSet<String>,
    person: Option<Person>,
}

impl Caller {
    fn of(sender: &Sender) -> Self {
        Self { subject: sender.name.clone(), forces: [sender.force.clone()].into(), person: Some(sender.person()) }
    }

    /// Somebody whose certificate names nobody: any force that has senders may have been meant.
    fn unknown(senders: &Senders) -> Self {
        Self { subject: "unknown certificate".to_owned(), forces: senders.forces(), person: None }
    }
}

/// Who calls with a token.
fn by_token(request: &HttpRequest, service: &Service) -> Result<Caller, Problem> {
    let unauthorized = || Problem::new(ErrorCode::UNAUTHORIZED, "the token is missing, invalid or expired");
    let token = bearer_token(request).ok_or_else(unauthorized)?;
    let grants: Grants = service.verifier().verify(token).map_err(|_| unauthorized())?;
    let (subject, forces) = (grants.sub.clone(), grants.force().into_iter().collect());
    let person = grants.person().filter(|person| service.senders().admits_by_token(person)).map(|person| {
        let sender = service.senders().named(&person.force, &person.subject);
        Person { sends: sender.and_then(|sender| sender.kinds.clone()), ..person }
    });
    Ok(Caller { subject, forces, person })
}

/// The caller, where their role may carry out the act. A refusal is left with the request: it is put on
/// record before the caller is answered, see [`crate::api::respond`].
fn permitted(request: &HttpRequest, act: Permission) -> Result<Person, Problem> {
    let Some(service) = request.app_data::<web::Data<Service>>() else {
        return Err(Problem::new(ErrorCode::INTERNAL, "the service is not set up"));
    };
    let senders = service.senders();
    let (caller, code) = match request.conn_data::<ClientNames>() {
        None => (by_token(request, service)?, ErrorCode::FORBIDDEN),
        Some(ClientNames(names)) => match senders.of_certificate(names) {
            Some(sender) => (Caller::of(sender), ErrorCode::FORBIDDEN),
            None => (Caller::unknown(senders), ErrorCode::UNKNOWN_CERTIFICATE),
        },
    };
    let Caller { subject, forces, person } = caller;
    if let Some(person) = person.clone().filter(|person| act.admits(person)) {
        let person = Person { reason: reading_reason(request)?, ..person };
        request.extensions_mut().insert(Permitted(person.clone()));
        return Ok(person);
    }
    let Target { reference, id } = request.match_info().load().unwrap_or_default();
    let why = code.code;
    request.extensions_mut().insert(RefusedAct { act: act.name, why, subject, forces, person, reference, id });
    let detail = if code == ErrorCode::UNKNOWN_CERTIFICATE {
        "the certificate names no sender, or more than one".to_owned()
    } else {
        format!("the act {} is not granted", act.name)
    };
    Err(Problem::new(code, detail))
}

/// Why the caller asks, where they say so: the header [`READING_REASON`].
fn reading_reason(request: &HttpRequest) -> Result<Option<ReadingReason>, Problem> {
    let Some(given) = request.headers().get(READING_REASON) else { return Ok(None) };
    let known = given.to_str().ok().and_then(ReadingReason::named);
    known.map(Some).ok_or_else(|| {
        let codes = ReadingReason::ALL.map(ReadingReason::as_str).join(", ");
        Problem::new(ErrorCode::INVALID_READING_REASON, format!("{READING_REASON} is one of {codes}"))
    })
}

/// The token of `Authorization: Bearer TOKEN` (RFC 6750).
fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
