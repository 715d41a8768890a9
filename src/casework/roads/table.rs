//! One table of OSRM's HTTP interface, version 1: the seconds from some places to others.
//! <https://project-osrm.org/docs/v5.24.0/api/#table-service>

use std::io;
use std::time::{Duration, Instant};

use serde::Deserialize;
use ureq::tls::TlsConfig;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Error};

use super::RoadServiceConfig;
use super::gate::{Gate, Refused};
use super::point::Point;
use crate::planning::road_matrix::FallBack;

/// What an answer may have whatever is asked, in bytes. `[I]`
const ANSWER_BYTES: usize = 64 * 1_024;

/// What is read of an answer that the service failed, in bytes. `[I]`
const FAILURE_BYTES: u64 = 4 * 1_024;

/// What it may have for each place: OSRM names the place's road, where it is and a hint. `[I]`
const BYTES_A_PLACE: usize = 2 * 1_024;

/// What it may have for each pair of places: a number, or `null`. `[I]`
const BYTES_A_PAIR: usize = 32;

/// The longest code of a failure that is logged.
const LONGEST_CODE: usize = 40;

/// The longest name of a version of the map that is kept.
const LONGEST_VERSION: usize = 100;

/// A table: from each source to each destination, in the order asked; nothing where there is no road.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) seconds: Vec<Vec<Option<u32>>>,
    pub(super) data_version: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    code: String,
    #[serde(default)]
    durations: Vec<Vec<Option<f64>>>,
    #[serde(default)]
    sources: Option<Vec<Waypoint>>,
    #[serde(default)]
    destinations: Option<Vec<Waypoint>>,
    #[serde(default)]
    data_version: Option<String>,
}

/// What OSRM says where it failed: a code such as `TooBig`, and a message that may name the places.
#[derive(Deserialize)]
struct Failure {
    code: String,
}

/// Where a place was put on the map.
#[derive(Deserialize)]
struct Waypoint {
    /// Metres from the place asked for.
    #[serde(default)]
    distance: Option<f64>,
}

/// The line to the service while one snapshot's tables are asked for. It follows no redirect and takes no proxy from the
/// environment: both would carry the places elsewhere.
pub(super) struct Line<'a> {
    config: &'a RoadServiceConfig,
    agent: Agent,
    deadline: Instant,
}

impl<'a> Line<'a> {
    pub(super) fn new(config: &'a RoadServiceConfig, gate: Gate, deadline: Instant) -> Self {
        let of_agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("mosovo-visits")
            .tls_config(TlsConfig::builder().root_certs(config.roots.clone()).build())
            .build();
        Self { config, agent: Agent::with_parts(of_agent, DefaultConnector::default(), gate), deadline }
    }

    /// Asks for one table.
    pub(super) fn ask(&self, sources: &[Point], destinations: &[Point]) -> Result<Table, FallBack> {
        let limit = self.config.request_limit.min(self.deadline.saturating_duration_since(Instant::now()));
        let body = self.body(sources, destinations, limit)?;
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| FallBack::InvalidAnswer)?;
        read(answer, (sources.len(), destinations.len()), f64::from(self.config.farthest_from_road_metres))
    }

    fn body(&self, sources: &[Point], destinations: &[Point], limit: Duration) -> Result<Vec<u8>, FallBack> {
        if limit.is_zero() {
            return Err(FallBack::TooSlow);
        }
        let (from, to) = (sources.len(), destinations.len());
        let request = self.agent.get(self.url(sources, destinations)).config().timeout_global(Some(limit)).build();
        let mut response = request.call().map_err(|error| reason(&error))?;
        let status = response.status().as_u16();
        if status != 200 {
            let said = response.body_mut().with_config().limit(FAILURE_BYTES).read_to_vec().unwrap_or_default();
            tell_of_failure(Some(status), serde_json::from_slice(&said).ok().map(|Failure { code }| code));
            return Err(FallBack::ServiceError);
        }
        let most = ANSWER_BYTES + BYTES_A_PLACE * (from + to) + BYTES_A_PAIR * from * to;
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        response.body_mut().with_config().limit(most).read_to_vec().map_err(|error| reason(&error))
    }

    fn url(&self, sources: &[Point], destinations: &[Point]) -> String {
        let places: Vec<String> = sources.iter().chain(destinations).map(|point| point.written()).collect();
        let listed = |range: std::ops::Range<usize>| range.map(|at| at.to_string()).collect::<Vec<_>>().join(";");
        let (from, to) = (listed(0..sources.len()), listed(sources.len()..places.len()));
        format!(
            "{}/{}?sources={from}&destinations={to}&annotations=duration&generate_hints=false",
            self.config.url.table(),
            places.join(";")
        )
    }
}

/// Why a request failed. The error itself may name the places, and goes no further.
fn reason(error: &Error) -> FallBack {
    if let Error::Other(other) = error
        && let Some(Refused(reason)) = other.downcast_ref()
    {
        return *reason;
    }
    if let Error::Timeout(_) = error {
        return FallBack::TooSlow;
    }
    if let Error::Io(error) = error
        && error.kind() == io::ErrorKind::TimedOut
    {
        return FallBack::TooSlow;
    }
    let is_of_the_answer = matches!(
        error,
        Error::BodyExceedsLimit(_) | Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::Http(_)
    );
    if is_of_the_answer { FallBack::InvalidAnswer } else { FallBack::Unreachable }
}

/// Logs that the service failed: its code, where that is one word, and never its message.
fn tell_of_failure(status: Option<u16>, code: Option<String>) {
    let is_a_word = |code: &String| code.len() <= LONGEST_CODE && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    let code = code.filter(is_a_word);
    tracing::warn!(status, code, "the road service answers that it failed");
}

/// Reads an answer to so many sources and destinations.
fn read(answer: Answer, (from, to): (usize, usize), farthest: f64) -> Result<Table, FallBack> {
    if answer.code != "Ok" {
        tell_of_failure(None, Some(answer.code));
        return Err(FallBack::ServiceError);
    }
    let sources = found(answer.sources, from, farthest)?;
    let destinations = found(answer.destinations, to, farthest)?;
    if answer.durations.len() != from || answer.durations.iter().any(|row| row.len() != to) {
        return Err(FallBack::InvalidAnswer);
    }
    let mut seconds = Vec::with_capacity(from);
    for (row, is_found) in answer.durations.into_iter().zip(sources) {
        let one =
            |(told, other): (Option<f64>, &bool)| told.filter(|_| is_found && *other).map(whole_seconds).transpose();
        seconds.push(row.into_iter().zip(&destinations).map(one).collect::<Result<_, _>>()?);
    }
    let data_version = answer.data_version.filter(|version| version.len() <= LONGEST_VERSION);
    Ok(Table { seconds, data_version })
}

/// Which places lie near enough to a road of the map; all where the answer does not say.
fn found(waypoints: Option<Vec<Waypoint>>, places: usize, farthest: f64) -> Result<Vec<bool>, FallBack> {
    match waypoints {
        None => Ok(vec![true; places]),
        Some(waypoints) if waypoints.len() == places => {
            let is_near = |waypoint: Waypoint| waypoint.distance.is_none_or(|metres| metres <= farthest);
            Ok(waypoints.into_iter().map(is_near).collect())
        }
        Some(_) => Err(FallBack::InvalidAnswer),
    }
}

/// The next whole second; a number below nothing is none.
#[expect(
    clippy::as_conversions,
    reason = "a float has no lossless conversion; `as` saturates, and what is too long is cut later"
)]
fn whole_seconds(seconds: f64) -> Result<u32, FallBack> {
    if seconds.is_finite() && seconds >= 0.0 { Ok(seconds.ceil() as u32) } else { Err(FallBack::InvalidAnswer) }
}
