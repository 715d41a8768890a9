//! `mosovo-visits`: visit planning, flags and casework for the police teams in England and Wales
//! that manage registered sex offenders. It advises; named people decide.

pub mod api;
pub mod casework;
pub mod cli;
pub mod domain;
pub mod jobs;
pub mod planning;
pub mod records;
pub mod settings;
pub mod startup;
pub mod store;
