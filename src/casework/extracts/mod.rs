//! Extracts taken in, or tried out: the way of the records feed, but for one thing. An extract tells what is, not what has changed: a
//! record that it gives as the records system gave it last is no new version.

pub mod mappings;
pub mod report;
pub mod run;
mod weigh;
