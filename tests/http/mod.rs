//! Stories over HTTP: personas on the real server, on both databases.

mod command_line;
mod contract;
mod dashboards;
mod flags;
mod jobs;
mod offenders;
mod permissions;
mod problems;
mod records;
mod schedules;
mod scope;
mod tokens;
