//! Stories over HTTP: personas on the real server, on both databases.

mod assessments;
mod audit;
mod breaches;
mod briefing;
mod case_study;
mod command_line;
mod contract;
mod dashboards;
mod dip_samples;
mod entries;
mod flags;
mod jobs;
mod limited_access;
mod notification_duties;
mod offenders;
mod permissions;
mod plans;
mod problems;
mod reactive_management;
mod records;
mod safeguarding;
mod schedules;
mod scope;
mod tokens;
mod visits;
