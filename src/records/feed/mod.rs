//! The records feed, version 1: what another system tells this service, taken exactly as agreed.
//!
//! Nothing here touches a database or a clock. A fault never repeats a value of the data, because
//! faults are logged and personal data must not be.

mod consistency;
pub mod event;
pub mod fault;
pub mod fields;
pub mod lines;
pub mod read;
#[cfg(test)]
mod references_tests;
