//! A pack's figures: the team's dashboards as they were known at the ends of days.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::table::Table;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::dashboard::answer::Dashboard;

/// The dashboard as a day ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayFigures {
    /// The day.
    pub day: CivilDate,
    /// As known at this instant: `GET /v1/dashboards/team/{ref}?known_at=` answers the same.
    pub known_at: Instant,
    /// The dashboard; empty where nothing was known then.
    pub dashboard: Option<Dashboard>,
}

/// A row a figure, a column a day: every number of the dashboards that stands in no list.
///
/// # Errors
/// When a dashboard cannot be written as JSON.
pub fn figures_table(days: &[DayFigures]) -> Result<Table, serde_json::Error> {
    let mut columns: Vec<BTreeMap<String, String>> = Vec::new();
    for day in days {
        let mut numbers = BTreeMap::new();
        collect("", &serde_json::to_value(&day.dashboard)?, &mut numbers);
        columns.push(numbers);
    }
    let figures: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    let names = days.iter().map(|day| day.day.to_string());
    let mut table = Table::with_columns(["figure".to_owned()].into_iter().chain(names));
    for figure in figures {
        let cells = columns.iter().map(|numbers| numbers.get(figure).map_or("", String::as_str));
        table.row([figure.as_str()].into_iter().chain(cells));
    }
    Ok(table)
}

fn collect(path: &str, value: &Value, numbers: &mut BTreeMap<String, String>) {
    match value {
        Value::Number(number) => drop(numbers.insert(path.to_owned(), number.to_string())),
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(&path, value, numbers);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {}
    }
}
