//! Offenders: the list, a case file, its history, notification duties, eligibility for reactive management.

pub mod case_file;
pub mod export;
pub mod list;
pub mod notification_duties;
pub mod reactive_eligibility;
pub mod timeline;
