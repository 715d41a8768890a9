//! Worklists: what is overdue, one by one, the worst first.

pub mod breaches;
pub mod overdue;

use chrono::SecondsFormat;
use serde::Deserialize;

use super::error::Problem;
use super::paging::known;
use crate::casework::worklists::WorklistFilter;
use crate::domain::dashboard::risk::named_level;
use crate::domain::moment::Moment;
use crate::domain::reference::Ref;

/// What of a worklist.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorklistQuery {
    /// Of this team.
    #[param(value_type = Option<String>)]
    team: Option<Ref>,
    /// Allocated to this officer.
    #[param(value_type = Option<String>)]
    officer: Option<Ref>,
    /// Of this level of the current ARMS assessment: `very_high`, `high`, `medium`, `low`, or `unknown`.
    risk: Option<String>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// Where to go on: from the link to the next page.
    cursor: Option<String>,
}

impl WorklistQuery {
    fn filter(&self) -> Result<WorklistFilter, Problem> {
        let risk = known("risk", self.risk.as_deref(), named_level)?;
        Ok(WorklistFilter { team: self.team.clone(), officer: self.officer.clone(), risk })
    }
}

/// When what is listed was evaluated.
fn evaluated_at(evaluated: Moment) -> String {
    evaluated.now().to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
