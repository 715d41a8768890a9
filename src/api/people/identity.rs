//! The parts of an offender's identity, as they are sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::dates::Day;
use crate::domain::offender::{ExternalRef, Mappa, NotificationPeriod, NotificationRegime, RiskLevel, StaticRisk};
use crate::domain::words::Words;

/// How another system names the same person.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExternalRef)]
pub struct ExternalRefBody {
    /// The system.
    #[schema(value_type = String)]
    system: Words,
    /// Its identifier.
    #[schema(value_type = String)]
    id: Words,
}

impl From<ExternalRefBody> for ExternalRef {
    fn from(body: ExternalRefBody) -> Self {
        Self { system: body.system.into(), id: body.id.into() }
    }
}

/// The MAPPA category and level.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Mappa)]
pub struct MappaBody {
    /// 1 to 4.
    category: u8,
    /// 1 to 3.
    level: u8,
}

impl From<MappaBody> for Mappa {
    fn from(body: MappaBody) -> Self {
        Self { category: body.category, level: body.level }
    }
}

/// The notification period (SOA 2003 s.82).
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationPeriod)]
pub struct PeriodBody {
    /// The date from which it runs.
    #[schema(value_type = String, format = Date)]
    relevant_date: Day,
    /// Its last day; empty where it is indefinite.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
    /// `annual` or `weekly`.
    #[schema(value_type = String)]
    regime: NotificationRegime,
    /// Under 18 on the relevant date.
    under_18_at_relevant_date: bool,
}

impl From<PeriodBody> for NotificationPeriod {
    fn from(body: PeriodBody) -> Self {
        Self {
            relevant_date: body.relevant_date.0,
            ends_on: body.ends_on.map(|day| day.0),
            regime: body.regime,
            under_18_at_relevant_date: body.under_18_at_relevant_date,
        }
    }
}

/// A band given by a static risk tool.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StaticRisk)]
pub struct StaticRiskBody {
    /// The tool, with its version.
    #[schema(value_type = String)]
    tool: Words,
    /// `low`, `medium`, `high` or `very_high`.
    #[schema(value_type = String)]
    band: RiskLevel,
    /// When.
    #[schema(value_type = String, format = Date)]
    assessed_on: Day,
}

impl From<StaticRiskBody> for StaticRisk {
    fn from(body: StaticRiskBody) -> Self {
        Self { tool: body.tool.into(), band: body.band, assessed_on: body.assessed_on.0 }
    }
}
