//! The records feed against its contract.

pub mod schema;
#[cfg(test)]
mod schema_agreement;
#[cfg(test)]
mod shipped;
