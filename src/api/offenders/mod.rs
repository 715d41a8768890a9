//! Offenders: the list, a case file, its history, eligibility for reactive management.

pub mod case_file;
pub mod list;
pub mod reactive_eligibility;
pub mod timeline;
