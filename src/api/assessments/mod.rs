//! Assessments: ARMS, and other tools where ARMS does not apply.

pub mod arms;
pub mod other;
