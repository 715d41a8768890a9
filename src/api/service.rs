//! What every handler works with, and the one way from it to the database.

use std::sync::Arc;

use actix_web::web;
use tracing::Span;

use super::auth::permit::Permit;
use super::auth::token::Verifier;
use super::error::Problem;
use super::metrics::Metrics;
use super::records::feeds::Feeds;
use crate::casework::acting::ActError;
use crate::casework::clock::Clock;
use crate::casework::reading::Reader;
use crate::casework::roads::RoadService;
use crate::casework::senders::Senders;
use crate::casework::subscriptions::Webhooks;
use crate::casework::subscriptions::key::WebhookKeys;
use crate::casework::timetable::Timetable;
use crate::domain::policy::Policies;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;

/// The service, as its handlers know it.
#[derive(Clone)]
pub struct Service {
    parts: Arc<Parts>,
    timetable: Arc<Timetable>,
    feeds: Feeds,
    roads: RoadService,
    webhooks: Option<Webhooks>,
    senders: Arc<Senders>,
}

struct Parts {
    store: Store,
    clock: Clock,
    policies: Policies,
    verifier: Verifier,
    metrics: Metrics,
}

impl Service {
    /// A service over a database.
    #[must_use]
    pub fn new(store: Store, clock: Clock, policies: Policies, verifier: Verifier, metrics: Metrics) -> Self {
        let parts = Arc::new(Parts { store, clock, policies, verifier, metrics });
        Self {
            parts,
            timetable: Arc::default(),
            feeds: Feeds::default(),
            roads: RoadService::default(),
            webhooks: None,
            senders: Arc::default(),
        }
    }

    /// The same service, which shows how these jobs stand.
    #[must_use]
    pub fn with_timetable(mut self, timetable: Timetable) -> Self {
        self.timetable = Arc::new(timetable);
        self
    }

    /// The same service, with other turns of feeds.
    #[must_use]
    pub fn with_feeds(mut self, feeds: Feeds) -> Self {
        self.feeds = feeds;
        self
    }

    /// The same service, which plans with this road service.
    #[must_use]
    pub fn with_roads(mut self, roads: RoadService) -> Self {
        self.roads = roads;
        self
    }

    /// The same service, with what deliveries are made with.
    #[must_use]
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Self {
        self.webhooks = Some(webhooks);
        self
    }

    /// The same service, with senders known by name.
    #[must_use]
    pub fn with_senders(mut self, senders: Senders) -> Self {
        self.senders = Arc::new(senders);
        self
    }

    /// The senders known by name.
    #[must_use]
    pub fn senders(&self) -> &Senders {
        &self.senders
    }

    /// The keys of subscriptions and senders.
    ///
    /// # Errors
    /// When the service was put together without.
    pub fn webhook_keys(&self) -> Result<&WebhookKeys, ActError> {
        let without =
            || Refusal::new(RefusalCode::WrongState, "this service has no key to sign with; set webhooks.key_file");
        Ok(self.webhooks.as_ref().ok_or_else(without)?.keys())
    }

    /// The road service, or none.
    #[must_use]
    pub const fn roads(&self) -> &RoadService {
        &self.roads
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// The clock that duties are read from.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.parts.clock
    }

    /// The policies.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.parts.policies
    }

    /// Who checks tokens.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.parts.verifier
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.parts.metrics
    }

    /// When the service's own jobs run.
    #[must_use]
    pub fn timetable(&self) -> &Timetable {
        &self.timetable
    }

    /// The turns of feeds.
    #[must_use]
    pub const fn feeds(&self) -> &Feeds {
        &self.feeds
    }

    /// Somebody with a permit, as a reader.
    #[must_use]
    pub fn reader<A>(&self, permit: Permit<A>) -> Reader {
        Reader { person: permit.into_person(), clock: self.clock() }
    }

    /// Does work that waits for the database away from the threads that answer requests, within the
    /// request's span.
    ///
    /// # Errors
    /// What the work says, or that it came to no end.
    pub async fn run<T, E>(&self, work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let (service, span) = (self.clone(), Span::current());
        let done = web::block(move || span.in_scope(|| work(&service))).await;
        done.map_err(|error| Problem::internal(&error))?.map_err(Into::into)
    }
}
