//! Posts: the places in a team's establishment, filled or vacant. Vacant offender managers' cases were parked with a
//! supervisor in the inspected force (HMICFRS, Dorset 2021): a vacancy has to be seen to be filled.

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::officer::OfficerRole;
use super::reference::Ref;

/// A post of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Whose.
    pub team_ref: Ref,
    /// What its holder is in post as.
    pub role: OfficerRole,
    /// What it is called.
    pub title: String,
    /// Who holds it; nobody where it is vacant.
    pub holder_ref: Option<Ref>,
    /// Since when it is vacant; empty where it is held.
    pub vacant_since: Option<CivilDate>,
    /// Who held it last, where it is vacant and somebody did.
    pub last_holder_ref: Option<Ref>,
    /// First day on which it is no longer there; empty where it is kept.
    pub closed_on: Option<CivilDate>,
}

impl Post {
    /// True where an officer holds the post or was the last to hold it.
    #[must_use]
    pub fn is_or_was_of(&self, officer: &Ref) -> bool {
        self.holder_ref.as_ref() == Some(officer) || self.last_holder_ref.as_ref() == Some(officer)
    }

    /// Vacant on a day: there, and held by nobody.
    #[must_use]
    pub fn is_vacant_on(&self, day: CivilDate) -> bool {
        self.vacant_since.is_some_and(|since| since <= day) && self.closed_on.is_none_or(|closed| closed > day)
    }

    /// The post once its holder has gone.
    #[must_use]
    pub fn vacated(self, since: CivilDate) -> Self {
        let last_holder_ref = self.holder_ref.clone().or(self.last_holder_ref);
        Self { holder_ref: None, vacant_since: Some(since), last_holder_ref, ..self }
    }

    /// The post once an officer has it.
    #[must_use]
    pub fn filled_by(self, officer: Ref) -> Self {
        Self { holder_ref: Some(officer), vacant_since: None, last_holder_ref: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_vacant_from_the_day_its_holder_has_gone_until_it_is_filled_or_closed() {
        let officer = Ref::new("om").unwrap();
        let post = Post {
            team_ref: Ref::new("t").unwrap(),
            role: OfficerRole::OffenderManager,
            title: "Invented".into(),
            holder_ref: Some(officer.clone()),
            vacant_since: None,
            last_holder_ref: None,
            closed_on: None,
        };
        let day = |text: &str| text.parse::<CivilDate>().unwrap();
        let vacated = post.clone().vacated(day("2021-04-16"));
        let closed = Post { closed_on: Some(day("2021-05-01")), ..vacated.clone() };
        let filled = vacated.clone().filled_by(officer.clone());
        assert_eq!(filled, post);
        assert_eq!(vacated.last_holder_ref, Some(officer));
        for (post, on, vacant) in [
            (&post, "2021-04-16", false),
            (&vacated, "2021-04-15", false),
            (&vacated, "2021-04-16", true),
            (&closed, "2021-04-30", true),
            (&closed, "2021-05-01", false),
        ] {
            assert_eq!(post.is_vacant_on(day(on)), vacant, "{on}");
        }
    }
}
