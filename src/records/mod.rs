//! The external records system: it stays the system of record.

pub mod digests;
pub mod extract;
pub mod feed;
pub mod generate;
pub mod import;
