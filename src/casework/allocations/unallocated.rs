//! The queue of cases that nobody manages, as far as the reader may see them.

use serde_json::json;

use super::file::load;
use crate::casework::acting::ActError;
use crate::casework::reading::Reader;
use crate::domain::calendar::CivilDate;
use crate::domain::case_file::ForceFile;
use crate::domain::offender::RiskLevel;
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::domain::unallocated::{UnallocatedCase, queue};
use crate::store::Store;

/// An officer, by reference and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub officer_ref: Ref,
    /// The officer's name; not known where empty.
    pub name: Option<String>,
}

impl Named {
    /// An officer of the force.
    #[must_use]
    pub fn of(officer_ref: &Ref, force: &ForceFile) -> Self {
        let name = force.officers.get(officer_ref).map(|officer| officer.name.clone());
        Self { officer_ref: officer_ref.clone(), name }
    }
}

/// The post that cases came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromPost {
    /// Which.
    pub post_ref: Ref,
    /// What it is called.
    pub title: String,
    /// Since when it is vacant; empty where it is held.
    pub vacant_since: Option<CivilDate>,
}

/// The cases that came from one officer.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueGroup {
    /// The offender manager who had them last.
    pub came_from: Option<Named>,
    /// Who holds them now.
    pub holder: Option<Named>,
    /// The post that they came from, where one is on file.
    pub post: Option<FromPost>,
    /// The gravest risk among them; empty where that is not known.
    pub worst_risk: Option<RiskLevel>,
    /// The longest that one of them has waited, in days.
    pub most_days: i64,
    /// The cases, worst first.
    pub cases: Vec<UnallocatedCase>,
}

/// Every unallocated case in the reader's scope, grouped; the worst group first.
///
/// # Errors
/// When no policy holds today, or the store fails.
pub fn unallocated(store: &Store, reader: &Reader, policies: &Policies) -> Result<Vec<QueueGroup>, ActError> {
    let at = reader.clock.moment();
    let policy = policies.in_force(at.today())?;
    let scope = reader.person.case_scope();
    store.transaction_that_writes(|connection| {
        let force = load(connection, &scope)?;
        let groups: Vec<QueueGroup> = queue(&force, at, policy)
            .into_iter()
            .map(|group| QueueGroup {
                came_from: group.came_from.map(|officer| Named::of(officer, &force)),
                holder: group.holder.map(|officer| Named::of(officer, &force)),
                post: group.post.map(|(post_ref, post)| FromPost {
                    post_ref: post_ref.clone(),
                    title: post.title.clone(),
                    vacant_since: post.vacant_since,
                }),
                worst_risk: group.worst_risk(),
                most_days: group.most_days(),
                cases: group.cases,
            })
            .collect();
        let refs: Vec<&Ref> = groups.iter().flat_map(|group| &group.cases).map(|case| &case.offender_ref).collect();
        reader.note(connection, "unallocated.list", None, json!({ "count": refs.len(), "refs": refs }))?;
        Ok(groups)
    })
}
