//! `known_at` and `true_at`: at which instant a caller looks, and in which sense.

use serde::Deserialize;
use utoipa::IntoParams;

use super::dates::instant_if_given;
use super::error::{ErrorCode, Problem};
use crate::domain::as_at::AsAt;
use crate::domain::calendar::Instant;

/// At which instant. Now, where neither is given.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AsAtQuery {
    /// As the service knew it then (RFC 3339): what it learned later is left out.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "instant_if_given")]
    known_at: Option<Instant>,
    /// As is now known to have been true then (RFC 3339): what was learned later about that time is taken in.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "instant_if_given")]
    true_at: Option<Instant>,
}

impl AsAtQuery {
    /// The sense and the instant.
    ///
    /// # Errors
    /// When both are given, or one that is still to come.
    pub fn as_at(&self, now: Instant) -> Result<AsAt, Problem> {
        sense(self.known_at, self.true_at, now)
    }
}

/// The sense and the instant of what a query gives.
///
/// # Errors
/// As [`AsAtQuery::as_at`].
pub fn sense(known_at: Option<Instant>, true_at: Option<Instant>, now: Instant) -> Result<AsAt, Problem> {
    let as_at = match (known_at, true_at) {
        (None, None) => AsAt::Now,
        (Some(at), None) if at <= now => AsAt::Known(at),
        (None, Some(at)) if at <= now => AsAt::True(at),
        (Some(_), Some(_)) => {
            return Err(Problem::new(ErrorCode::INVALID_QUERY, "give known_at or true_at, not both"));
        }
        (Some(_), None) | (None, Some(_)) => {
            return Err(Problem::new(ErrorCode::INVALID_QUERY, "known_at and true_at are not after now"));
        }
    };
    Ok(as_at)
}
