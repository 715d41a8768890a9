//! Visits over HTTP: outcomes, confirmations, corrections, attendance, and the attempt log.

pub mod attempt_log;
pub mod attendance;
pub mod body;
pub mod change;
pub mod read;
pub mod record;
