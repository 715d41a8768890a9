//! Posts: entered, filled, vacated, closed; and a team's posts with what came from each that is vacant.

use serde_json::json;
use uuid::Uuid;

use super::check_team;
use crate::casework::acting::{ActError, Acting, Basis, Draft, ForceInHand, Written, on_force, on_whole_force};
use crate::casework::allocations::of_scope;
use crate::casework::allocations::unallocated::Named;
use crate::casework::reading::Reader;
use crate::domain::calendar::CivilDate;
use crate::domain::case_file::ForceFile;
use crate::domain::officer::OfficerRole;
use crate::domain::policy::Policies;
use crate::domain::post::Post;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::unallocated::queue;
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::current::exists;
use crate::store::own_entry::RecordTag;

/// A post that is entered.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Whose.
    pub team_ref: Ref,
    /// What its holder is in post as.
    pub role: OfficerRole,
    /// What it is called.
    pub title: Words,
    /// Who holds it; nobody where it is vacant.
    pub holder_ref: Option<Ref>,
    /// Since when it is vacant, where nobody holds it; today where that is not given.
    pub vacant_since: Option<CivilDate>,
}

/// Enters a post.
///
/// # Errors
/// See [`ActError`].
pub fn enter(store: &Store, acting: &Acting<'_>, new: &NewPost) -> Result<Written, ActError> {
    on_whole_force(store, acting, "post.enter", |in_hand| {
        in_hand.acting_supervisor()?;
        check_team(in_hand, &new.team_ref, "/team_ref")?;
        let post = Post {
            team_ref: new.team_ref.clone(),
            role: new.role,
            title: new.title.to_string(),
            holder_ref: new.holder_ref.clone(),
            vacant_since: None,
            last_holder_ref: None,
            closed_on: None,
        };
        let post = match (&new.holder_ref, new.vacant_since) {
            (Some(_), Some(_)) => {
                let detail = "a post that is held is not vacant";
                return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/vacant_since"));
            }
            (Some(holder), None) => {
                check_holder(in_hand, &post, holder)?;
                post
            }
            (None, since) => post.vacated(since.unwrap_or_else(|| in_hand.at.today())),
        };
        Ok(vec![Draft::new(Uuid::now_v7().into(), post)])
    })
}

/// Checks that an officer may hold a post: in post as what it asks for, of that team, and with no other post.
fn check_holder(in_hand: &ForceInHand<'_>, post: &Post, holder: &Ref) -> Result<(), Refusal> {
    let refused = |detail: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/holder_ref"));
    // One who is not known is told so with the other references.
    let Some(officer) = in_hand.force.officers.get(holder) else { return Ok(()) };
    if officer.role != post.role || officer.team_ref.as_ref() != Some(&post.team_ref) {
        return refused("the post is for an officer of its team in post as what it asks for");
    }
    if officer.has_left(in_hand.at.today()) {
        return refused("the officer has left their post");
    }
    if in_hand.force.posts.values().any(|other| other.holder_ref.as_ref() == Some(holder)) {
        return refused("the officer holds another post");
    }
    Ok(())
}

/// What is changed about a post. What is not given stays.
#[derive(Debug, Clone, Default)]
pub struct PostChange {
    /// What it is called.
    pub title: Option<Words>,
    /// Who holds it; nobody: it falls vacant.
    pub holder_ref: Option<Option<Ref>>,
    /// Since when it is vacant; today where it falls vacant and this is not given.
    pub vacant_since: Option<CivilDate>,
    /// First day on which it is no longer there.
    pub closed_on: Option<Option<CivilDate>>,
}

/// Changes a post: its title, its holder, its end.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    change: PostChange,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_force(store, acting, "post.change", (RecordKind::Post, subject), |in_hand| {
        in_hand.acting_supervisor()?;
        let post = in_hand.force.posts.get(subject);
        let mut post =
            post.cloned().ok_or_else(|| Refusal::new(RefusalCode::WrongState, "the post's record is gone"))?;
        if let Some(title) = change.title {
            post.title = title.into();
        }
        match (change.holder_ref, change.vacant_since) {
            (Some(Some(_)), Some(_)) => {
                let detail = "a post that is held is not vacant";
                return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/vacant_since"));
            }
            (Some(Some(holder)), None) => {
                if post.holder_ref.as_ref() != Some(&holder) {
                    check_holder(in_hand, &post, &holder)?;
                }
                post = post.filled_by(holder);
            }
            (Some(None), since) => post = post.vacated(since.unwrap_or_else(|| in_hand.at.today())),
            (None, Some(since)) if post.holder_ref.is_none() => post.vacant_since = Some(since),
            (None, Some(_)) => {
                let detail = "the post is held; name no holder as well for it to fall vacant";
                return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/vacant_since"));
            }
            (None, None) => {}
        }
        if let Some(closed_on) = change.closed_on {
            post.closed_on = closed_on;
        }
        Ok(vec![Draft::whole(subject.clone(), post, Basis::Read(read))])
    })
}

/// A post of a team, with what came from it.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamPost {
    /// Its reference.
    pub post_ref: Ref,
    /// The post.
    pub post: Post,
    /// Who holds it.
    pub holder: Option<Named>,
    /// Whether it is vacant today.
    pub is_vacant: bool,
    /// The unallocated cases that came from whoever held it last, as far as the reader may see them.
    pub cases: Vec<Ref>,
}

/// The posts of a team in the reader's scope.
///
/// # Errors
/// When there is no such team in scope, which is put on record, no policy holds today, or the store fails.
pub fn of_team(store: &Store, reader: &Reader, policies: &Policies, team: &Ref) -> Result<Vec<TeamPost>, ActError> {
    let (at, act) = (reader.clock.moment(), "post.list");
    let policy = policies.in_force(at.today())?;
    let scope = reader.person.case_scope();
    let found = store.transaction_that_writes(|connection| -> Result<Option<Vec<TeamPost>>, ActError> {
        if !exists(connection, &scope.force, RecordKind::Team, team)? || !scope.covers(team) {
            reader.note_refusal(connection, act, RecordKind::Team, team)?;
            return Ok(None);
        }
        let force: ForceFile = of_scope(connection, &scope)?;
        let groups = queue(&force, at, policy);
        let came_from = |post_ref: &Ref| {
            let groups = groups.iter().filter(|group| group.post.is_some_and(|(named, _)| named == post_ref));
            groups.flat_map(|group| &group.cases).map(|case| case.offender_ref.clone()).collect()
        };
        let posts = force.posts.iter().filter(|(_, post)| post.team_ref == *team);
        let posts: Vec<TeamPost> = posts
            .map(|(post_ref, post)| TeamPost {
                post_ref: post_ref.clone(),
                post: post.clone(),
                holder: post.holder_ref.as_ref().map(|holder| Named::of(holder, &force)),
                is_vacant: post.is_vacant_on(at.today()),
                cases: came_from(post_ref),
            })
            .collect();
        reader.note(connection, act, Some((RecordKind::Team, team)), json!({ "count": posts.len() }))?;
        Ok(Some(posts))
    })?;
    found.ok_or(ActError::NotFound)
}
