//! The field's own terms: what a MOSOVO team knows, and the rules that follow from it.
//!
//! Nothing here reads a clock, a file or a database, and nothing is random: the same facts at the
//! same instant give the same answer, because a decision about a person must be reproducible.

pub mod access_restriction;
pub mod address;
pub mod allocation;
pub mod arms_assessment;
pub mod assessing;
pub mod attempt_ladder;
pub mod bank_holidays;
pub mod breach;
pub mod calendar;
pub mod case_file;
pub mod claim;
pub mod correction;
pub mod crime_report;
pub mod flag;
pub mod intelligence;
pub mod moment;
pub mod notification;
pub mod offender;
pub mod officer;
pub mod order;
pub mod other_assessment;
pub mod personal_data;
pub mod plan_action;
pub mod plan_rules;
pub mod planning_policy;
pub mod policy;
pub mod programmed_visits;
pub mod qualification;
pub mod reactive_management;
pub mod record;
pub mod reference;
pub mod references;
pub mod refusal;
pub mod risk_management_plan;
pub mod team;
pub mod visit;
pub mod visit_attendance;
pub mod visit_rules;
pub mod warrant_conditions;
pub mod words;
pub mod working_time;
