//! Officers, teams and neighbourhoods.

pub mod briefing;
pub mod daily_list;
pub mod neighbourhoods;
pub mod officers;
pub mod teams;
