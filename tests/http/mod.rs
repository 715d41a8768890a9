//! Stories over HTTP: personas on the real server, on both databases.

mod assessments;
mod command_line;
mod contract;
mod entries;
mod flags;
mod jobs;
mod limited_access;
mod offenders;
mod permissions;
mod plans;
mod problems;
mod records;
mod schedules;
mod scope;
mod tokens;
mod visits;
