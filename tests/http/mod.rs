//! Stories over HTTP: personas on the real server, on both databases.

mod audit;
mod briefing;
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
mod problems;
mod records;
mod schedules;
mod scope;
mod tokens;
