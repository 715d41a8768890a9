//! Who manages which case: allocations, caseloads, the queue of what is nobody's, handovers.

pub mod allocate;
pub mod caseloads;
pub mod handover;
pub mod history;
pub mod proposal;
mod proposal_view;
pub mod unallocated;
