//! Offenders: the list, a case file, its history, notification duties, where its members come from, eligibility for reactive management.

pub mod case_file;
pub mod export;
pub mod list;
pub mod notification_duties;
pub mod provenance;
pub mod reactive_eligibility;
pub mod timeline;
