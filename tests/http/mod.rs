//! Stories over HTTP: personas on the real server, on both databases.

mod breaches;
mod briefing;
mod case_study;
mod command_line;
mod contract;
mod duty_records;
mod entries;
mod flags;
mod jobs;
mod limited_access;
mod notification_duties;
mod offenders;
mod permissions;
mod problems;
mod reactive_management;
mod records;
mod safeguarding;
mod schedules;
mod scope;
mod suspicions;
mod tokens;
