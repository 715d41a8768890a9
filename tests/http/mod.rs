//! Stories over HTTP: personas on the real server, on both databases.

mod contract;
mod offenders;
mod permissions;
mod problems;
mod records;
mod schedules;
mod scope;
mod tokens;
