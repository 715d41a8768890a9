//! Use cases shared by HTTP, jobs and the command line: load, decide, save, audit.

pub mod access;
pub mod access_restriction;
pub mod acting;
pub mod actor;
pub mod allocations;
pub mod briefing;
pub mod case_records;
pub mod clock;
pub mod conflicts;
pub mod dip_samples;
pub mod flag_list;
pub mod flags;
pub mod force_file;
pub mod import;
pub mod job_status;
pub mod merged;
pub mod notification_duties;
pub mod offenders;
pub mod people;
pub mod reading;
pub mod schedules;
pub mod staff;
pub mod timetable;
