//! Stories over HTTP: personas on the real server, on both databases.

mod allocation;
mod briefing;
mod circumstances;
mod command_line;
mod contract;
mod dip_samples;
mod entries;
mod flags;
mod jobs;
mod limited_access;
mod notification_duties;
mod offender_acts;
mod offenders;
mod officers;
mod permissions;
mod problems;
mod records;
mod schedules;
mod scope;
mod tokens;
