//! Road times from a service with OSRM's `/table` interface, where one is configured.
//!
//! What is asked carries where offenders live. So it goes to hosts on a private network alone, unless an administrator has
//! recorded the force's [`approval`] of the host; what comes back is kept in memory and nowhere else (`cache`); and
//! no place stands in a log, an error or a metric. Where the service cannot be used the built-in travel model is, and the proposal says so.

mod address;
pub mod approval;
pub mod ask;
mod cache;
mod gate;
mod matrix;
mod point;
mod table;
pub mod url;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use ureq::tls::RootCerts;

use crate::domain::planning_policy::TravelPolicy;
use crate::domain::team::Location;
use crate::planning::road_matrix::{FallBack, RoadMatrix, RoadSource, Roads};
use cache::Cache;
use gate::Gate;
use url::RoadUrl;

/// What an installation says of its road service.
#[derive(Debug, Clone)]
pub struct RoadServiceConfig {
    /// Where it is.
    pub url: RoadUrl,
    /// How long one request may take.
    pub request_limit: Duration,
    /// How long all requests of one snapshot may take together.
    pub snapshot_limit: Duration,
    /// How long a service that failed is left alone.
    pub pause: Duration,
    /// Places in one request, 2 or more.
    pub places_a_request: usize,
    /// How far, in metres, a place may lie from the nearest road of the service's map for its times to count.
    pub farthest_from_road_metres: u32,
    /// How long an answer is used again.
    pub cache_for: Duration,
    /// How many pairs of places are kept at most.
    pub cache_pairs: usize,
    /// Who may vouch for the service's certificate.
    pub roots: RootCerts,
}

/// The road service, or none.
#[derive(Debug, Clone, Default)]
pub struct RoadService(Option<Arc<Parts>>);

#[derive(Debug)]
struct Parts {
    config: RoadServiceConfig,
    cache: Mutex<Cache>,
    last: Mutex<Last>,
}

/// How the service was found last.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    fall_back: Option<FallBack>,
    /// It is left alone until then.
    rests_until: Option<Instant>,
}

/// What came of asking for the roads of a snapshot.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The roads, or why there are none.
    pub roads: Roads,
    /// True where the places went to a host that is on no private network.
    pub went_outside: bool,
}

impl RoadService {
    /// A service as it is configured.
    #[must_use]
    pub fn new(config: RoadServiceConfig) -> Self {
        let cache = Mutex::new(Cache::new(config.cache_for, config.cache_pairs));
        Self(Some(Arc::new(Parts { config, cache, last: Mutex::default() })))
    }

    /// Its host; none where no service is configured.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.0.as_ref().map(|parts| parts.config.url.host())
    }

    /// Why this process could not use it when it was last asked for; nothing where it could, or was not asked yet.
    #[must_use]
    pub fn last_fall_back(&self) -> Option<FallBack> {
        self.0.as_ref().and_then(|parts| parts.last().fall_back)
    }

    /// The roads between places, or why the built-in model is used; nothing where no service is configured, or there is no road to
    /// ask for. `is_approved` says that the force's approval of the host holds. Waits for the service.
    #[must_use]
    pub fn roads(&self, policy: &TravelPolicy, places: &[Location], is_approved: bool) -> Option<Asked> {
        let parts = self.0.as_ref().filter(|_| places.len() > 1)?;
        let gate = Gate::new(is_approved, parts.config.url.is_encrypted());
        let told = match parts.resting() {
            Some(reason) => Err(reason),
            None => {
                let told = parts.told(places, &gate);
                parts.remember(told.as_ref().err().copied());
                told
            }
        };
        let roads = match told {
            Ok(told) => {
                let (matrix, pairs_by_built_in) = RoadMatrix::of(policy, places, |from, to| told.seconds(from, to));
                let source = RoadSource::Osrm { data_version: told.data_version, pairs_by_built_in };
                Roads { source, matrix: Some(matrix) }
            }
            Err(fall_back) => {
                let reason = fall_back.as_str();
                tracing::warn!(reason, "the road service is not used; the built-in travel model is");
                Roads { source: RoadSource::BuiltIn { fall_back }, matrix: None }
            }
        };
        Some(Asked { roads, went_outside: gate.went_outside() })
    }
}

impl Parts {
    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Why the service is left alone now.
    fn resting(&self) -> Option<FallBack> {
        let Last { fall_back, rests_until } = *self.last();
        fall_back.filter(|_| rests_until.is_some_and(|until| Instant::now() < until))
    }

    fn remember(&self, fall_back: Option<FallBack>) {
        // Whether the host may be asked is found out in no time, and may be decided at any.
        let rests = fall_back.filter(|reason| !matches!(reason, FallBack::HostNotPrivate | FallBack::NotEncrypted));
        *self.last() =
            Last { fall_back, rests_until: rests.and_then(|_| Instant::now().checked_add(self.config.pause)) };
    }
}
