//! Visits: what came of them, who confirms it, when they began and ended, and what follows when nobody is seen.

pub mod attempt_log;
pub mod attendance;
pub mod correct;
pub mod planned;
pub mod record;
