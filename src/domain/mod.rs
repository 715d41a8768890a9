//! The field's own terms: what a MOSOVO team knows, and the rules that follow from it.
//!
//! Nothing here reads a clock, a file or a database, and nothing is random: the same facts at the
//! same instant give the same answer, because a decision about a person must be reproducible.

pub mod access_restriction;
pub mod address;
pub mod allocation;
pub mod arms_assessment;
pub mod arrest;
pub mod as_at;
pub mod bank_holidays;
pub mod breach;
pub mod breach_crime;
pub mod breach_obligation;
pub mod breach_provision;
pub mod calendar;
pub mod case_file;
pub mod claim;
pub mod crime_report;
pub mod disposal;
pub mod flag;
pub mod foreign_travel;
pub mod intelligence;
pub mod moment;
pub mod notifiable_change;
pub mod notification;
pub mod notification_duty;
pub mod offender;
pub mod officer;
pub mod order;
pub mod personal_data;
pub mod planning_policy;
pub mod policy;
pub mod programmed_visits;
pub mod qualification;
pub mod reactive_management;
pub mod reactive_records;
pub mod reactive_suspension;
pub mod record;
pub mod reference;
pub mod references;
pub mod refusal;
pub mod risk_management_plan;
pub mod safeguarding;
pub mod status_history;
pub mod suspicion;
pub mod team;
pub mod visit;
pub mod words;
pub mod working_time;
