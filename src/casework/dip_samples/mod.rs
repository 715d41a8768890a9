//! Supervision by sample: drawing a team's dip sample, grading its cases, and how the graders agree.

pub mod acts;
pub mod read;
