//! Who manages which case: deciding it, handing cases over, and what is nobody's.

pub mod allocate;
pub mod caseloads;
mod file;
pub mod handover;
pub mod history;
pub mod proposal;
pub mod unallocated;

pub(super) use file::load as of_scope;
