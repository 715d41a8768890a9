//! Use cases shared by HTTP, jobs and the command line: load, decide, save, audit.

pub mod access;
pub mod actor;
pub mod clock;
pub mod flags;
pub mod import;
pub mod offenders;
pub mod reading;
