//! Extracts: files of rows from a records system that cannot send events, read as a mapping says, and taken in by the very path of
//! the records feed.
//!
//! A mapping ([`mapping`]) is checked once ([`check`]) and says which cells of a row ([`cell`]) become which member of which event
//! ([`fill`], [`build`]). What is wrong with a row is told with its row and column, and never with what stands there.

pub mod build;
pub mod cell;
pub mod check;
pub mod csv_rows;
pub mod fault;
pub mod fill;
pub mod import;
pub mod local_time;
pub mod mapping;
pub mod places;
pub mod schema;
pub mod unpacked;
pub mod xlsx_rows;
