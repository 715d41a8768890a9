//! The records feed against its contract.

#[cfg(test)]
mod schema_agreement;
