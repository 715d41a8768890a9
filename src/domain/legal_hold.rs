//! Legal holds: a case whose record is kept as it is, because somebody outside the team will ask what was known and
//! done. A serious further offence makes the detective inspector commission an internal management review, and MAPPA a serious
//! case review (College APP on reviews `[S]`); nothing of the record may be lost meanwhile.
//!
//! One detective inspector places a hold and another releases it. Work on the case goes on: it is appended.

use serde::{Deserialize, Serialize};

use super::calendar::Instant;
use super::qualification::is_not_own_work;
use super::record::Held;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};
use super::words::Words;

/// What a case is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldGround {
    /// A serious further offence, and the internal management review that follows. `[S]` APP on reviews
    SeriousFurtherOffence,
    /// A MAPPA serious case review. `[S]` APP on reviews
    SeriousCaseReview,
    /// An inspection, another review or an inquiry. `[I]`
    InspectionOrReview,
    /// The Independent Office for Police Conduct, or professional standards. `[I]`
    Iopc,
    /// Litigation, under way or to be expected. `[I]`
    Litigation,
}

/// One hold on a case. A case is held while any of its holds is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Whose case.
    pub offender_ref: Ref,
    /// What for.
    pub ground: HoldGround,
    /// Why, in free text.
    pub reason: Words,
    /// The detective inspector who placed it.
    pub placed_by: Ref,
    /// Since when: the instant at which the record is asked for as it was then.
    pub placed_at: Instant,
    /// Its release; it holds where empty.
    #[serde(default)]
    pub release: Option<HoldRelease>,
}

/// The end of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRelease {
    /// The detective inspector who released it.
    pub released_by: Ref,
    /// When.
    pub released_at: Instant,
    /// Why.
    pub reason: Words,
}

impl LegalHold {
    /// True until it is released.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.release.is_none()
    }

    /// Its release by a detective inspector: somebody else than who placed it, so that no one person frees a record that
    /// may speak against them. `[I]`
    ///
    /// # Errors
    /// When it was released before, or it is their own.
    pub fn released(&self, released_by: &Ref, released_at: Instant, reason: Words) -> Result<HoldRelease, Refusal> {
        if !self.holds() {
            return Err(Refusal::new(RefusalCode::WrongState, "the hold was released already"));
        }
        is_not_own_work(released_by, [&self.placed_by])?;
        Ok(HoldRelease { released_by: released_by.clone(), released_at, reason })
    }
}

/// True where any of a case's holds does.
#[must_use]
pub fn any_holds(holds: &[Held<LegalHold>]) -> bool {
    holds.iter().any(|held| held.record.holds())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(reference: &str, release: Option<HoldRelease>) -> Held<LegalHold> {
        let at: Instant = "2021-04-15T08:00:00Z".parse().unwrap();
        let record = LegalHold {
            offender_ref: Ref::new("o").unwrap(),
            ground: HoldGround::SeriousFurtherOffence,
            reason: Words::fixed("invented"),
            placed_by: Ref::new("di").unwrap(),
            placed_at: at,
            release,
        };
        Held { subject: Ref::new(reference).unwrap(), event_time: at, event_id: reference.to_owned(), record }
    }

    #[test]
    fn somebody_else_releases_it_and_once() {
        let (placed, later) = (hold("h", None), "2021-05-01T08:00:00Z".parse().unwrap());
        let by = |officer: &str| placed.record.released(&Ref::new(officer).unwrap(), later, Words::fixed("over"));
        assert_eq!(by("di").unwrap_err().code, RefusalCode::OwnWork);
        let released = hold("h", Some(by("di-2").unwrap()));
        let again = released.record.released(&Ref::new("di-3").unwrap(), later, Words::fixed("over"));
        assert_eq!(again.unwrap_err().code, RefusalCode::WrongState);
    }

    #[test]
    fn a_case_is_held_while_any_of_its_holds_is() {
        let placed = hold("a", None);
        let release = placed.record.released(&Ref::new("di-2").unwrap(), placed.event_time, Words::fixed("over"));
        let released = hold("b", Some(release.unwrap()));
        for (holds, held) in [
            (vec![], false),
            (vec![placed.clone()], true),
            (vec![released.clone()], false),
            (vec![released, placed], true),
        ] {
            assert_eq!(any_holds(&holds), held, "{holds:?}");
        }
    }
}
