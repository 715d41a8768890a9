//! The records feed, version 1: how the external records system says what it holds.
//!
//! The contract is not this service's own: exactly what it allows is accepted, and anything else is
//! refused with a code and the JSON pointer of the fault.

pub mod consistency;
pub mod event;
pub mod fault;
pub mod fields;
pub mod lines;
pub mod read;
pub mod references;
