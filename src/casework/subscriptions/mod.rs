//! Subscriptions to outward events: made, paused, resumed and ended by an administrator of the force, delivered to by the service's own job.

pub mod deliver;
pub mod key;
pub mod manage;
pub mod post;
