//! Stories over HTTP: personas on the real server, on both databases.

mod audit;
mod command_line;
mod contract;
mod flags;
mod jobs;
mod offenders;
mod permissions;
mod problems;
mod records;
mod schedules;
mod scope;
mod tokens;
