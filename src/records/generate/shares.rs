//! How often what the inspection found is found here, in so many of a thousand.
//!
//! Source of the findings: HMICFRS, Dorset national child protection inspection (2021), section 10.
//! Where the report gives no figure the share is a plausible one, chosen so that a caseload of
//! Dorset's size shows the finding.

/// Of those in the community: in reactive management (about 10 % in Dorset).
pub(super) const REACTIVE: u32 = 100;

/// Of those in reactive management: without meeting every criterion.
pub(super) const REACTIVE_FLAWED: u32 = 450;

/// Of those in the community: meeting every criterion of reactive management, and not in it.
pub(super) const STEADY: u32 = 30;

/// Home visits that are overdue.
pub(super) const VISIT_OVERDUE: u32 = 430;

/// Overdue home visits put off by telephone or doorstep contact.
pub(super) const PUT_OFF_BY_REMOTE_CONTACT: u32 = 820;

/// Cases whose last home visit was made by one officer.
pub(super) const VISITED_ALONE: u32 = 70;

/// Cases where entry was sought more than once without success.
pub(super) const ENTRY_SOUGHT: u32 = 18;

/// Cases whose visits are programmed on the grid of 1, 3, 6 or 12 months till notification ends.
pub(super) const PROGRAMMED_ON_GRID: u32 = 800;

/// Cases whose visits are programmed by the plan.
pub(super) const PROGRAMMED_BY_PLAN: u32 = 70;

/// Of the plans at one level of one team: the grid's interval typed in.
pub(super) const TYPED_FROM_GRID: u32 = 940;

/// Cases without a plan.
pub(super) const NO_PLAN: u32 = 40;

/// Plans without a word on visits.
pub(super) const NO_REQUIREMENT: u32 = 28;

/// Plans not revised after the assessment.
pub(super) const PLAN_LAGS: u32 = 50;

/// Plans without any action.
pub(super) const NO_ACTIONS: u32 = 600;

/// Actions left undone after their day.
pub(super) const ACTION_OVERDUE: u32 = 300;

/// Cases without an ARMS assessment.
pub(super) const NO_ASSESSMENT: u32 = 18;

/// Assessments past their review.
pub(super) const ASSESSMENT_OVERDUE: u32 = 180;

/// Cases that were never allocated.
pub(super) const NEVER_ALLOCATED: u32 = 12;

/// Of the cases of a manager who left: parked with the team's supervisor.
pub(super) const PARKED_WITH_SUPERVISOR: u32 = 450;

/// Cases on which intelligence came.
pub(super) const INTELLIGENCE: u32 = 90;

/// Cases with a breach.
pub(super) const BREACH: u32 = 110;

/// Breaches without a crime report.
pub(super) const NO_CRIME_REPORT: u32 = 420;

/// Breaches without a decision.
pub(super) const NO_DECISION: u32 = 350;

/// Decisions without a rationale.
pub(super) const NO_RATIONALE: u32 = 450;

/// Yearly confirmations that lapsed.
pub(super) const CONFIRMATION_LAPSED: u32 = 25;

/// Notification periods about to end.
pub(super) const PERIOD_ENDS_SOON: u32 = 18;

/// Of no fixed abode.
pub(super) const NO_FIXED_ABODE: u32 = 30;

/// Moved within the last year and a half.
pub(super) const MOVED: u32 = 150;

/// Under a sexual harm prevention order or its forerunner.
pub(super) const ORDER: u32 = 240;

/// On licence, and so led by probation, of those lately released.
pub(super) const ON_LICENCE: u32 = 330;

/// Records that lack one thing or another.
pub(super) const RECORD_GAP: u32 = 60;

/// Homes whose place on the map is not known.
pub(super) const PLACE_UNKNOWN: u32 = 15;

/// Managers who hold the ViSOR course, and the ARMS course.
pub(super) const HOLDS_VISOR_COURSE: u32 = 750;
/// See [`HOLDS_VISOR_COURSE`].
pub(super) const HOLDS_ARMS_COURSE: u32 = 800;
