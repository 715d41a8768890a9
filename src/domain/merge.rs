//! Merges: two offender records that were found to be of one person, and which of them the case goes on under.
//!
//! A merge changes, moves and takes out nothing. It is a record of its own, and what it does is worked out from the merges that
//! stand: the case of the record that is kept is gathered from the records about either. So undoing one gives what stood
//! before, and what came since stays with the record that it came on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::record::Held;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};
use super::words::Words;

/// Two offender records that are of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// The record that the case goes on under.
    pub kept_ref: Ref,
    /// The record that has no case of its own from then on.
    pub merged_ref: Ref,
    /// The day on which that was decided.
    pub merged_on: CivilDate,
    /// Why, in free text.
    pub reason: String,
    /// That it was a mistake, or is over: the two stand for themselves again.
    pub undone: bool,
    /// The officer who decided it; of a merge that was decided here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Ref>,
    /// The detective inspector who undid it; of one that was undone here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<Ref>,
    /// Why, in free text; of one that was undone here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_reason: Option<String>,
}

impl Merge {
    /// A merge decided by a person here.
    ///
    /// # Errors
    /// When it would merge a record into itself.
    pub fn decided(
        (kept_ref, merged_ref): (&Ref, &Ref),
        merged_on: CivilDate,
        (decided_by, reason): (&Ref, Words),
    ) -> Result<Self, Refusal> {
        if kept_ref == merged_ref {
            let detail = "a record is not merged into itself; name the other one of the two";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/merged_ref"));
        }
        Ok(Self {
            kept_ref: kept_ref.clone(),
            merged_ref: merged_ref.clone(),
            merged_on,
            reason: reason.into(),
            undone: false,
            decided_by: Some(decided_by.clone()),
            undone_by: None,
            undone_reason: None,
        })
    }

    /// Checks that it can be undone.
    ///
    /// # Errors
    /// When it was undone before.
    pub fn check_stands(&self) -> Result<(), Refusal> {
        if self.undone {
            return Err(Refusal::new(RefusalCode::WrongState, "the merge was undone already"));
        }
        Ok(())
    }
}

/// Why a merge that stands does not hold, or holds and wants looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MergeFault {
    /// The record that it keeps is merged, further on, into the one that it merges: an older merge says so, and holds.
    Cycle,
    /// The record that it merges is merged into another already: the older merge holds.
    MergedAlready,
    /// There is no record of an offender to keep.
    KeptNotThere,
    /// It holds, and nobody manages the record that it keeps, while this force manages the one that it merges.
    KeptNotManaged,
}

impl MergeFault {
    /// The fault as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cycle => "cycle",
            Self::MergedAlready => "merged_already",
            Self::KeptNotThere => "kept_not_there",
            Self::KeptNotManaged => "kept_not_managed",
        }
    }
}

/// What the merges that stand come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolved {
    /// Each record that is merged, with the one that its case goes on under, at the end of however many merges.
    pub homes: BTreeMap<Ref, Ref>,
    /// The merges that do not hold, by their references.
    pub faults: BTreeMap<Ref, MergeFault>,
}

/// Works out what merges come to, whatever the order in which they are given. They are taken by their age: one that
/// contradicts an older one does not hold. A case goes on under the last record of the way that is there, so that none
/// vanishes because another is gone.
pub fn resolve<'a>(merges: impl IntoIterator<Item = &'a Held<Merge>>, is_there: impl Fn(&Ref) -> bool) -> Resolved {
    let mut standing: Vec<&Held<Merge>> = merges.into_iter().filter(|held| !held.record.undone).collect();
    standing.sort_by_key(|held| (held.event_time, &held.event_id, &held.subject));
    let (mut into, mut faults) = (BTreeMap::new(), BTreeMap::new());
    for Held { subject, record, .. } in &standing {
        if into.contains_key(&record.merged_ref) {
            faults.insert(subject.clone(), MergeFault::MergedAlready);
        } else if way(&into, &record.kept_ref).any(|passed| *passed == record.merged_ref) {
            faults.insert(subject.clone(), MergeFault::Cycle);
        } else {
            into.insert(record.merged_ref.clone(), record.kept_ref.clone());
        }
    }
    let home = |merged: &Ref| way(&into, merged).skip(1).filter(|passed| is_there(passed)).last().cloned();
    let homes: BTreeMap<Ref, Ref> = into.keys().filter_map(|merged| Some((merged.clone(), home(merged)?))).collect();
    for Held { subject, record, .. } in standing {
        if !faults.contains_key(subject) && !homes.contains_key(&record.merged_ref) {
            faults.insert(subject.clone(), MergeFault::KeptNotThere);
        }
    }
    Resolved { homes, faults }
}

/// A record, and those that it is merged into one after the other.
fn way<'a>(into: &'a BTreeMap<Ref, Ref>, from: &'a Ref) -> impl Iterator<Item = &'a Ref> {
    std::iter::successors(Some(from), |passed| into.get(*passed))
}

/// Every record that some merge, whether it holds or not, ties to this one, itself included.
pub fn tied_to<'a>(offender: &Ref, merges: impl IntoIterator<Item = &'a Merge> + Clone) -> BTreeSet<Ref> {
    let mut tied = BTreeSet::from([offender.clone()]);
    loop {
        let before = tied.len();
        for Merge { kept_ref, merged_ref, .. } in merges.clone() {
            if tied.contains(kept_ref) || tied.contains(merged_ref) {
                tied.extend([kept_ref.clone(), merged_ref.clone()]);
            }
        }
        if tied.len() == before {
            return tied;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(name: &str) -> Ref {
        Ref::new(name).unwrap()
    }

    /// The merge `kept < merged` of an hour; `kept ~ merged` was undone.
    fn merge(told: &str, hour: usize) -> Held<Merge> {
        let [kept, sign, merged] = told.split(' ').collect::<Vec<_>>()[..] else { panic!("{told}") };
        let record = Merge {
            kept_ref: named(kept),
            merged_ref: named(merged),
            merged_on: "2021-04-15".parse().unwrap(),
            reason: String::new(),
            undone: sign == "~",
            decided_by: None,
            undone_by: None,
            undone_reason: None,
        };
        let event_time = format!("2021-04-15T{hour:02}:00:00Z").parse().unwrap();
        Held { subject: named(&format!("m-{hour}")), event_time, event_id: String::new(), record }
    }

    fn merges(told: &[&str]) -> Vec<Held<Merge>> {
        told.iter().enumerate().map(|(hour, told)| merge(told, hour)).collect()
    }

    #[test]
    fn merges_come_to_one_home_each_and_those_that_contradict_older_ones_do_not_hold() {
        use MergeFault::{Cycle, KeptNotThere, MergedAlready};
        type Case<'a> = (&'a [&'a str], &'a str, &'a str, &'a [(&'a str, MergeFault)]);
        let cases: [Case<'_>; 10] = [
            (&[], "", "", &[]),
            (&["a < b"], "", "b:a", &[]),
            (&["a ~ b"], "", "", &[]),
            // A chain, in either order.
            (&["a < b", "b < c"], "", "b:a c:a", &[]),
            (&["b < c", "a < b"], "", "b:a c:a", &[]),
            (&["a < b", "b < a"], "", "b:a", &[("m-1", Cycle)]),
            (&["a < b", "b < c", "c < a"], "", "b:a c:a", &[("m-2", Cycle)]),
            (&["a < b", "d < b"], "", "b:a", &[("m-1", MergedAlready)]),
            // Nobody vanishes because the record that was to be kept is gone.
            (&["a < b", "b < c"], "a", "c:b", &[("m-0", KeptNotThere)]),
            (&["a < b", "b < c"], "b", "b:a c:a", &[]),
        ];
        for (told, gone, homes, faults) in cases {
            let found = resolve(&merges(told), |offender| offender.as_str() != gone);
            let shown: Vec<String> = found.homes.iter().map(|(merged, home)| format!("{merged}:{home}")).collect();
            assert_eq!(shown.join(" "), homes, "{told:?}");
            let faults: BTreeMap<Ref, MergeFault> = faults.iter().map(|(of, fault)| (named(of), *fault)).collect();
            assert_eq!(found.faults, faults, "{told:?}");
        }
    }

    #[test]
    fn what_is_tied_is_tied_both_ways_and_however_far() {
        let merges = merges(&["a < b", "c ~ b", "d < e"]);
        let tied = |of: &str| {
            let tied = tied_to(&named(of), merges.iter().map(|held| &held.record));
            tied.iter().map(Ref::as_str).collect::<Vec<_>>().join(" ")
        };
        assert_eq!([tied("a"), tied("c"), tied("e"), tied("f")], ["a b c", "a b c", "d e", "f"]);
    }

    #[test]
    fn nobody_merges_a_record_into_itself_or_undoes_twice() {
        let decide = |merged: &str| {
            let day = "2021-04-15".parse().unwrap();
            Merge::decided((&named("a"), &named(merged)), day, (&named("sup"), Words::fixed("one person")))
        };
        let refused = decide("a").unwrap_err();
        assert_eq!((refused.code, refused.pointer.as_str()), (RefusalCode::NotAcceptable, "/merged_ref"));
        let decided = decide("b").unwrap();
        assert!(decided.check_stands().is_ok());
        let undone = Merge { undone: true, ..decided };
        assert_eq!(undone.check_stands().unwrap_err().code, RefusalCode::WrongState);
    }

    proptest! {
        #[test]
        fn the_order_of_merges_does_not_count_and_no_home_is_merged(
            pairs in proptest::collection::vec((0_u8..6, 0_u8..6, any::<bool>()), 0..8),
            gone in 0_u8..6,
            seed in any::<prop::sample::Index>(),
        ) {
            let of = |number: u8| named(&format!("o-{number}"));
            let told: Vec<Held<Merge>> = pairs
                .iter()
                .filter(|(kept, merged, _)| kept != merged)
                .enumerate()
                .map(|(hour, (kept, merged, undone))| {
                    merge(&format!("o-{kept} {} o-{merged}", if *undone { "~" } else { "<" }), hour)
                })
                .collect();
            let mut turned = told.clone();
            if !turned.is_empty() {
                let by = seed.index(turned.len());
                turned.rotate_left(by);
                turned.reverse();
            }
            let is_there = |offender: &Ref| *offender != of(gone);
            let found = resolve(&told, is_there);
            prop_assert_eq!(&found, &resolve(&turned, is_there));
            for (merged, home) in &found.homes {
                prop_assert!(merged != home && is_there(home) && !found.homes.contains_key(home));
            }
        }
    }
}
