//! Flags: what the service noticed, and who has seen it.

pub mod acknowledge;
pub mod list;
pub mod read;
pub mod summary;
pub mod view;
