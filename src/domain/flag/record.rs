//! Records that lack what every record needs.

use serde_json::json;

use super::{Case, Finding};

/// In the community, and the date of birth, static risk, neighbourhood or current address is
/// missing. A reference that dangles is not missing.
pub(super) fn record_incomplete(case: Case<'_>) -> Option<Finding> {
    if !case.file.is_in_community(case.at) {
        return None;
    }
    let offender = &case.file.offender;
    let missing: Vec<&str> = [
        ("date_of_birth", offender.date_of_birth.is_none()),
        ("static_risk", offender.static_risk.is_none()),
        ("neighbourhood", offender.neighbourhood_ref.is_none()),
        ("current_address", case.file.current_address(case.at).is_none()),
    ]
    .into_iter()
    .filter_map(|(what, is_missing)| is_missing.then_some(what))
    .collect();
    (!missing.is_empty()).then(|| Finding::of(json!({ "missing": missing })))
}
