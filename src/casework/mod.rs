//! Use cases shared by HTTP, jobs and the command line: load, decide, save, audit.

pub mod access;
pub mod access_restriction;
pub mod acting;
pub mod actor;
pub mod briefing;
pub mod breaches;
pub mod case_records;
pub mod clock;
pub mod conflicts;
pub mod flag_list;
pub mod flags;
pub mod force_file;
pub mod import;
pub mod intelligence;
pub mod job_status;
pub mod notification_duties;
pub mod offenders;
pub mod on_record;
pub mod reactive_management;
pub mod reading;
pub mod safeguarding;
pub mod schedules;
pub mod suspicions;
pub mod timetable;
