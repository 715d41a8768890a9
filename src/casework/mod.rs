//! Use cases shared by HTTP, jobs and the command line: load, decide, save, audit.

pub mod access;
pub mod actor;
pub mod clock;
pub mod flags;
pub mod force_file;
pub mod import;
pub mod reading;
pub mod schedules;
