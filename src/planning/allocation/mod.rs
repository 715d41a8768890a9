//! Allocation proposals: which manager in post should take each case that has none, and the cases of officers who leave.
//!
//! In the inspected force more than 100 cases were parked with a supervisor after officers left (HMICFRS, Dorset 2021), and
//! managers over the guideline visited late (Dorset 2022, Cambridgeshire 2024). A [`question`] holds who could take what,
//! as far as the reader may see; [`cover`] finds a manager for as many cases as the limits allow, the highest risk first;
//! [`improve`] evens out what each manager has, by the whole numbers of [`cost`]; a [`proposal`] says of each case who, why,
//! and who next, or why nobody can, with the smallest change that would help ([`unmet`]).
//!
//! The same records give the same proposal. It decides nothing: a named supervisor accepts, singly or together.

#![expect(clippy::indexing_slicing, reason = "cases and managers are indexed by the question's own lists")]

pub mod assignment;
pub mod cost;
pub mod cover;
pub mod improve;
pub mod manager;
pub mod proposal;
pub mod question;
pub mod reason;
pub mod unmet;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod worlds;
