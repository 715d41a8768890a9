//! Use cases shared by HTTP, jobs and the command line: load, decide, save, audit.

pub mod access;
pub mod actor;
pub mod clock;
pub mod dashboards;
pub mod flag_list;
pub mod flags;
pub mod force_file;
pub mod import;
pub mod job_status;
pub mod offenders;
pub mod reading;
pub mod schedules;
pub mod timetable;
pub mod worklists;
