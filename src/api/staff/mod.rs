//! Officers, teams with their posts, and neighbourhoods.

pub mod absences;
pub mod briefing;
pub mod daily_list;
pub mod leave_post;
pub mod loans;
pub mod neighbourhoods;
pub mod officer_acts;
pub mod officers;
pub mod posts;
pub mod sent_intelligence;
pub mod teams;
