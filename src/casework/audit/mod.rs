//! The audit: read by its auditor, proved, handed out.

pub mod export;
pub mod exported;
pub mod list;
pub mod verify;
pub mod walk;
