//! Officers, teams and neighbourhoods.

pub mod neighbourhoods;
pub mod officers;
pub mod teams;
