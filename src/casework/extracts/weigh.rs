//! What each record of an extract would be to what is known: new, changed, unchanged or stale. The dry run and the import ask the same.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::casework::import::{key, known_events};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::extract::{self, Standing};
use crate::store::record::{Age, Content, NewVersion, RecordKey};

/// A version that an extract brings.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The version.
    pub version: NewVersion,
    /// True where its time is the extract's own instant: then it says that the record is so, and not that it has changed.
    pub is_of_extract: bool,
}

/// What a version would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Weight {
    /// The record is not there, or was withdrawn.
    New,
    /// It is there, and these members would be another way.
    Changed(Vec<String>),
    /// It is known already, or says what the records system said last.
    Unchanged,
    /// Something newer is known.
    Stale,
}

/// What earlier rows of the same extract have brought. The dry run keeps it to its end, for it writes nothing down; an import for one batch.
#[derive(Debug, Default)]
pub(super) struct Brought {
    ids: HashSet<String>,
    ages: HashMap<RecordKey, Age>,
}

/// Weighs a batch, in its order. Its events are all of one source.
pub(super) fn weigh(
    connection: &mut AnyConnection,
    batch: &[Incoming],
    brought: &mut Brought,
) -> Result<Vec<Weight>, StoreError> {
    let versions: Vec<NewVersion> = batch.iter().map(|incoming| incoming.version.clone()).collect();
    let known = known_events(connection, &versions)?;
    let keys: HashSet<RecordKey> = versions.iter().map(key).collect();
    let standing = extract::standing(connection, keys)?;
    let known_id = |version: &NewVersion| known.contains(&(version.source.clone(), version.event_id.clone()));
    let weighed = batch.iter().map(|incoming| {
        let version = &incoming.version;
        if known_id(version) || !brought.ids.insert(version.event_id.clone()) {
            return Weight::Unchanged;
        }
        one(incoming, standing.get(&key(version)), &mut brought.ages)
    });
    Ok(weighed.collect())
}

fn one(incoming: &Incoming, standing: Option<&Standing>, ages: &mut HashMap<RecordKey, Age>) -> Weight {
    let Incoming { version, is_of_extract } = incoming;
    let (key, age) = (key(version), version.age());
    let brought = ages.get(&key);
    let before = standing.and_then(|standing| standing.content.as_ref());
    let members = before.map(|before| members_that_differ(before, &version.content)).unwrap_or_default();
    // What is said again of the same time, by a later version of the mapping, is nothing new either.
    let says_no_change = *is_of_extract || standing.is_some_and(|standing| standing.age.event_time == age.event_time);
    if brought.is_none() && says_no_change && before.is_some() && members.is_empty() {
        return Weight::Unchanged;
    }
    let newest = brought.or(standing.map(|standing| &standing.age));
    if newest.is_some_and(|newest| *newest >= age) {
        return Weight::Stale;
    }
    let is_there = brought.is_some() || before.is_some();
    ages.insert(key, age);
    if is_there { Weight::Changed(members) } else { Weight::New }
}

/// The members of two records that differ, in the order of their names.
fn members_that_differ(before: &Value, after: &Content) -> Vec<String> {
    let (Value::Object(before), Content::Put(Value::Object(after))) = (before, after) else { return Vec::new() };
    let mut members: Vec<String> =
        before.keys().chain(after.keys()).filter(|member| before.get(*member) != after.get(*member)).cloned().collect();
    members.sort();
    members.dedup();
    members
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::record::RecordKind;
    use crate::domain::reference::Ref;

    fn incoming(time: &str, id: &str, name: &str) -> Incoming {
        let version = NewVersion {
            force: "wessex".to_owned(),
            kind: RecordKind::Neighbourhood,
            subject: Ref::new("nb-1").unwrap(),
            source: "/records/wessex".to_owned(),
            event_id: id.to_owned(),
            event_time: time.parse().unwrap(),
            offender_ref: None,
            team_ref: None,
            content: Content::Put(json!({"name": name, "force": "Wessex"})),
            references: Vec::new(),
        };
        Incoming { version, is_of_extract: true }
    }

    fn standing(name: Option<&str>) -> Standing {
        let age = incoming("2021-04-01T00:00:00Z", "e1", "").version.age();
        Standing { age, content: name.map(|name| json!({"name": name, "force": "Wessex"})) }
    }

    #[test]
    fn what_an_extract_says_is_weighed_against_what_was_said_last() {
        let (later, earlier) = ("2021-04-02T00:00:00Z", "2021-03-01T00:00:00Z");
        let changed = || Weight::Changed(vec!["name".to_owned()]);
        for (time, name, before, weight) in [
            (later, "North", None, Weight::New),
            (later, "North", Some(standing(None)), Weight::New),
            (later, "North", Some(standing(Some("North"))), Weight::Unchanged),
            (later, "North", Some(standing(Some("South"))), changed()),
            (earlier, "North", Some(standing(Some("South"))), Weight::Stale),
            (earlier, "North", Some(standing(Some("North"))), Weight::Unchanged),
            (earlier, "North", Some(standing(None)), Weight::Stale),
        ] {
            let mut ages = HashMap::new();
            assert_eq!(one(&incoming(time, "e2", name), before.as_ref(), &mut ages), weight, "{time} {before:?}");
        }
    }

    #[test]
    fn a_time_of_its_own_makes_a_version_of_the_same_content() {
        let (mut ages, before) = (HashMap::new(), standing(Some("North")));
        let mut told = incoming("2021-04-02T00:00:00Z", "e2", "North");
        told.is_of_extract = false;
        assert_eq!(one(&told, Some(&before), &mut ages), Weight::Changed(Vec::new()));
        assert_eq!(one(&told, Some(&before), &mut ages), Weight::Stale, "the same age again");
    }

    #[test]
    fn a_later_version_of_the_mapping_puts_right_what_it_said_of_the_same_time() {
        let before = standing(Some("North"));
        for is_of_extract in [true, false] {
            for (id, name, weight) in [
                ("e2", "North", Weight::Unchanged),
                ("e2", "South", Weight::Changed(vec!["name".to_owned()])),
                ("e0", "South", Weight::Stale),
            ] {
                let mut told = incoming("2021-04-01T00:00:00Z", id, name);
                told.is_of_extract = is_of_extract;
                assert_eq!(one(&told, Some(&before), &mut HashMap::new()), weight, "{id} {name}");
            }
        }
    }
}
