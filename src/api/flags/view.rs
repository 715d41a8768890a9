//! How a flag is shown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::calendar::{CivilDate, Instant};
use crate::store::flag_list::{Acknowledgement, StoredFlag};

/// A flag: advice to a named person, never a decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Flag)]
pub struct FlagView {
    /// Its id.
    id: Uuid,
    /// The rule that raised it: a stable code.
    code: &'static str,
    /// `high`, `medium` or `info`.
    severity: &'static str,
    /// `open` while it holds, `cleared` once it does not.
    state: &'static str,
    /// Whether somebody's acknowledgement of it counts now. It is shown all the same.
    acknowledged: bool,
    /// What it is raised on: `offender`, `breach`, `planned_visit`, `officer`, `team` or `neighbourhood`.
    subject_kind: &'static str,
    /// The reference of what it is raised on.
    subject: String,
    /// The offender concerned, where there is one.
    offender_ref: Option<String>,
    /// The team concerned, where there is one.
    team_ref: Option<String>,
    /// The officer concerned, where there is one: who manages the offender, or whom it is raised on.
    officer_ref: Option<String>,
    /// Why, where the rule knows several reasons.
    reason: Option<String>,
    /// The facts used, with their dates.
    #[schema(value_type = Object)]
    evidence: Value,
    /// Where the rule comes from.
    source: &'static str,
    /// What would clear it.
    clears_when: &'static str,
    /// The policy whose numbers were used.
    policy_version: String,
    /// Since when it holds, as the service noticed.
    #[schema(value_type = String, format = DateTime)]
    since: Instant,
    /// When what it says changed last.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Instant,
    /// Since when it holds no longer.
    #[schema(value_type = Option<String>, format = DateTime)]
    cleared_at: Option<Instant>,
    /// The last acknowledgement of it, if any.
    acknowledgement: Option<AcknowledgementView>,
    /// Grows with every change; the number in its ETag.
    version: i32,
}

/// Who acknowledged a flag, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlagAcknowledgement)]
struct AcknowledgementView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// Who: role and subject of the token.
    by: String,
    /// Why.
    reason: String,
    /// The last day on which it counts.
    #[schema(value_type = String, format = Date)]
    review_on: CivilDate,
    /// Whether it still counts: its day of review has not passed, and the flag still gives that reason.
    counts: bool,
}

impl From<Acknowledgement> for AcknowledgementView {
    fn from(acknowledgement: Acknowledgement) -> Self {
        let Acknowledgement { at, by, reason, review_on, counts } = acknowledgement;
        Self { at, by, reason, review_on, counts }
    }
}

impl From<StoredFlag> for FlagView {
    fn from(flag: StoredFlag) -> Self {
        Self {
            id: flag.id,
            code: flag.code.as_str(),
            severity: flag.severity.as_str(),
            state: if flag.cleared_at.is_none() { "open" } else { "cleared" },
            acknowledged: flag.acknowledgement.as_ref().is_some_and(|acknowledgement| acknowledgement.counts),
            subject_kind: flag.code.subject_kind().as_str(),
            subject: flag.subject,
            offender_ref: flag.offender_ref,
            team_ref: flag.team_ref,
            officer_ref: flag.officer_ref,
            reason: flag.reason,
            evidence: flag.evidence,
            source: flag.code.source(),
            clears_when: flag.code.clears_when(),
            policy_version: flag.policy_version,
            since: flag.raised_at,
            changed_at: flag.changed_at,
            cleared_at: flag.cleared_at,
            acknowledgement: flag.acknowledgement.map(AcknowledgementView::from),
            version: flag.version,
        }
    }
}
