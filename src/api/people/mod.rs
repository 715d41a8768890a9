//! What people enter of offenders: identity, aliases, status, circumstances, addresses, orders.

pub mod addresses;
pub mod alias;
pub mod circumstances;
pub mod identity;
pub mod offender;
pub mod orders;
pub mod status;
