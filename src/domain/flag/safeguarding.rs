//! Contact with a child that was neither referred nor decided on. In the follow-up to the inspection the response
//! was slow where a child was at risk from a registered sex offender (HMICFRS, Dorset 2022).

use serde_json::json;

use super::{Case, Finding};
use crate::domain::safeguarding::concerns;

/// A visit, breach or intelligence showed contact with a child, and 24 hours later there is neither a referral nor a
/// reasoned decision against one. Children are owed this whatever the offender's status.
pub(super) fn referral_missing(case: Case<'_>) -> Option<Finding> {
    let missing: Vec<_> = concerns(case.file, case.at, case.policy)
        .into_iter()
        .filter(|concern| concern.is_referral_overdue(case.at))
        .map(|concern| json!({ "kind": concern.kind, "ref": concern.reference, "due_at": concern.due_at }))
        .collect();
    (!missing.is_empty()).then(|| Finding::of(json!({ "concerns": missing })))
}
