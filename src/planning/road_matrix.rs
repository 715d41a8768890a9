//! The road times of a snapshot: how long the road between its places takes, as a road service said, and where
//! what is used came from.
//!
//! A snapshot without them is planned with the built-in travel model, see [`super::travel`]. The longer of there and back
//! counts for both, so that no day is planned that the longer way would break (docs/adr/0008).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::constraint::location;
use super::snapshot::Snapshot;
use super::travel::travel_seconds;
use crate::domain::planning_policy::TravelPolicy;
use crate::domain::team::Location;

/// The longest road, in seconds: a day, which no crew's day holds. What takes longer counts as this.
pub const LONGEST_ROAD: u32 = 24 * 3_600;

/// Why the built-in model was used although a road service is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FallBack {
    /// The service's host is on no private network, and no administrator's approval holds: it was not asked.
    HostNotPrivate,
    /// The host is on no private network and the approval holds, but the URL is not `https`: it was not asked.
    NotEncrypted,
    /// The service could not be reached.
    Unreachable,
    /// The service did not answer within the time limits.
    TooSlow,
    /// The service answered that it failed, or with another status than 200.
    ServiceError,
    /// The service's answer was not a table of the places asked for.
    InvalidAnswer,
}

impl FallBack {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::HostNotPrivate,
        Self::NotEncrypted,
        Self::Unreachable,
        Self::TooSlow,
        Self::ServiceError,
        Self::InvalidAnswer,
    ];

    /// The reason as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HostNotPrivate => "host_not_private",
            Self::NotEncrypted => "not_encrypted",
            Self::Unreachable => "unreachable",
            Self::TooSlow => "too_slow",
            Self::ServiceError => "service_error",
            Self::InvalidAnswer => "invalid_answer",
        }
    }
}

/// Where road times came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "model", rename_all = "snake_case", deny_unknown_fields)]
pub enum RoadSource {
    /// An OSRM-compatible service.
    Osrm {
        /// The version of the service's map, where it names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data_version: Option<String>,
        /// Pairs of places between which the service knows no road: these have the built-in model's time.
        pairs_by_built_in: usize,
    },
    /// The built-in model, because the service that is configured could not be used.
    BuiltIn {
        /// Why not.
        fall_back: FallBack,
    },
}

/// The seconds between places, to each from those before it: place `n` has a row of `n` numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RoadMatrix(pub Vec<Vec<u32>>);

impl RoadMatrix {
    /// A matrix of what a service told of each ordered pair of places, in seconds; nothing where it knows no road. The longer of there and
    /// back counts; where one of them is not known, no less than the built-in model's time. Beside it, how many pairs have that.
    #[must_use]
    pub fn of(policy: &TravelPolicy, places: &[Location], told: impl Fn(usize, usize) -> Option<u32>) -> (Self, usize) {
        let mut pairs_by_built_in = 0;
        let mut road = |(at, here): (usize, &Location), (before, there): (usize, &Location)| {
            let (to, from) = (told(before, at), told(at, before));
            let longer = to.max(from).unwrap_or_default();
            let seconds = if to.is_some() && from.is_some() {
                longer
            } else {
                pairs_by_built_in += 1;
                longer.max(travel_seconds(policy, *there, *here))
            };
            seconds.min(LONGEST_ROAD)
        };
        let row =
            |here: (usize, &Location)| places.iter().enumerate().take(here.0).map(|there| road(here, there)).collect();
        (Self(places.iter().enumerate().map(row).collect()), pairs_by_built_in)
    }

    /// The seconds between two places; nothing where the matrix has none.
    #[must_use]
    pub fn seconds(&self, from: usize, to: usize) -> Option<u32> {
        if from == to { Some(0) } else { self.0.get(from.max(to))?.get(from.min(to)).copied() }
    }
}

/// The road times of a snapshot, and where they came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Roads {
    /// Where they came from.
    pub source: RoadSource,
    /// Between the snapshot's [`places`], in their order; none where the built-in model is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<RoadMatrix>,
}

/// The places of a snapshot between which crews travel: the base, then that of each demand whose place is known, in the
/// snapshot's order. None where the base is not known, for then nobody goes anywhere.
#[must_use]
pub fn places(snapshot: &Snapshot) -> Vec<Location> {
    let Some(base) = snapshot.base else { return Vec::new() };
    [base].into_iter().chain(snapshot.demands.iter().filter_map(location::of)).collect()
}

/// Why the road times of a snapshot cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RoadsError {
    /// The matrix does not belong to the source.
    #[error("/roads/matrix: a snapshot has a matrix where its source is `osrm`, and none where it is `built_in`")]
    NotOfItsSource,
    /// The matrix has not a row for each place.
    #[error(
        "/roads/matrix: has {rows} rows, and the snapshot {places} places: the base, then each demand whose place is known"
    )]
    Rows {
        /// Its rows.
        rows: usize,
        /// The snapshot's places.
        places: usize,
    },
    /// A row has not a number for each place before its own.
    #[error("/roads/matrix/{row}: has {length} numbers; row n has n, the seconds to each place before it")]
    Row {
        /// Which.
        row: usize,
        /// Its length.
        length: usize,
    },
    /// A road is longer than any may be.
    #[error("/roads/matrix/{row}/{column}: a road takes at most {LONGEST_ROAD} seconds")]
    TooLong {
        /// Which row.
        row: usize,
        /// Which number in it.
        column: usize,
    },
}

/// Checks that a snapshot's road times are of its own places.
///
/// # Errors
/// With the first thing that is wrong, and where.
pub fn check(snapshot: &Snapshot) -> Result<(), RoadsError> {
    let Some(roads) = &snapshot.roads else { return Ok(()) };
    let rows = match (&roads.source, &roads.matrix) {
        (RoadSource::Osrm { .. }, Some(RoadMatrix(rows))) => rows,
        (RoadSource::BuiltIn { .. }, None) => return Ok(()),
        (RoadSource::Osrm { .. }, None) | (RoadSource::BuiltIn { .. }, Some(_)) => {
            return Err(RoadsError::NotOfItsSource);
        }
    };
    let places = places(snapshot).len();
    if rows.len() != places {
        return Err(RoadsError::Rows { rows: rows.len(), places });
    }
    for (at, row) in rows.iter().enumerate() {
        if row.len() != at {
            return Err(RoadsError::Row { row: at, length: row.len() });
        }
        if let Some(column) = row.iter().position(|seconds| *seconds > LONGEST_ROAD) {
            return Err(RoadsError::TooLong { row: at, column });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
