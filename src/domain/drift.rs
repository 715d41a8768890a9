//! Drift: where the records system and this service do not hold the same of a record. Both sides name each record by its key and a
//! digest of what it says, so that nothing else need travel to find what differs.

use std::cmp::Ordering;
use std::fmt;

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::calendar::Instant;
use super::reference::Ref;

/// One record as one side names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digested {
    /// The digest of the newest event's `data`: lower-case hexadecimal.
    pub digest: String,
    /// That event's `time`.
    pub time: Instant,
}

/// How the two sides differ on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// The records system has it, and this service has not: its event is to be sent again.
    OnlyThere,
    /// This service has it, and the records system has not: its withdrawal is to be sent again.
    OnlyHere,
    /// Both have it, and it says different things: it is to be sent again, as an event of its own.
    Differs,
}

impl Difference {
    /// Every difference.
    pub const ALL: [Self; 3] = [Self::OnlyThere, Self::OnlyHere, Self::Differs];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnlyThere => "only_there",
            Self::OnlyHere => "only_here",
            Self::Differs => "differs",
        }
    }

    /// The difference with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|difference| difference.as_str() == name)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who asked for a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparedBy {
    /// The records system: it sent what it holds.
    RecordsSystem,
    /// This service: it asked the records system for what it holds.
    Service,
}

impl ComparedBy {
    /// Either.
    pub const ALL: [Self; 2] = [Self::RecordsSystem, Self::Service];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RecordsSystem => "records_system",
            Self::Service => "service",
        }
    }

    /// The one with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == name)
    }
}

/// What came of asking for a record again, where that did not settle the difference. Whatever else came of it is the code of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsettled {
    /// Its event changed nothing: its id was known, or another event is newer here.
    Unchanged,
    /// Its event was refused: the stored report of the import says why.
    Refused,
    /// The records system has it no more.
    Gone,
}

impl Unsettled {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Gone => "gone",
        }
    }
}

/// A record on which the two sides differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drifted {
    /// The record's key.
    pub subject: Ref,
    /// How.
    pub difference: Difference,
    /// The `time` of the newest event there.
    pub there: Option<Instant>,
    /// The `time` of the newest event here.
    pub here: Option<Instant>,
}

/// Compares both sides' records of one kind, each in the order of its keys' bytes and each key once. Whose event is newer does
/// not count: what says the same is the same.
pub fn compare<'a>(
    there: impl IntoIterator<Item = (&'a Ref, &'a Digested)>,
    here: impl IntoIterator<Item = (&'a Ref, &'a Digested)>,
) -> Vec<Drifted> {
    let (mut there, mut here) = (there.into_iter().peekable(), here.into_iter().peekable());
    let mut found = Vec::new();
    loop {
        let order = match (there.peek(), here.peek()) {
            (None, None) => return found,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((there, _)), Some((here, _))) => there.cmp(here),
        };
        let of_there = if order.is_le() { there.next() } else { None };
        let of_here = if order.is_ge() { here.next() } else { None };
        let difference = match (of_there, of_here) {
            (Some((_, there)), Some((_, here))) if there.digest == here.digest => continue,
            (Some(_), Some(_)) => Difference::Differs,
            (Some(_), None) => Difference::OnlyThere,
            (None, _) => Difference::OnlyHere,
        };
        let time = |side: Option<(&Ref, &Digested)>| side.map(|(_, digested)| digested.time);
        if let Some((subject, _)) = of_there.or(of_here) {
            found.push(Drifted { subject: subject.clone(), difference, there: time(of_there), here: time(of_here) });
        }
    }
}

/// `data` in the form whose digest both sides compare. What the feed takes as the same is written the same: a member that is null or an empty
/// array is left out, for that is what an absent one means, and an instant is in UTC with as many digits of a second as it needs (none, three, six
/// or nine).
#[must_use]
pub fn normal_form(data: Value) -> Value {
    match data {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !says_nothing(value))
                .map(|(name, value)| (name, normal_form(value)))
                .collect::<Map<String, Value>>(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(normal_form).collect()),
        Value::String(text) => Value::String(in_utc(&text).unwrap_or(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => data,
    }
}

fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// A text that is an instant of RFC 3339, in UTC.
fn in_utc(text: &str) -> Option<String> {
    let at = DateTime::parse_from_rfc3339(text).ok()?;
    Some(at.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    type Side = BTreeMap<Ref, Digested>;

    fn side(told: &[(&str, &str)]) -> Side {
        let time = "2021-04-15T08:00:00Z".parse().unwrap();
        let digested = |digest: &str| Digested { digest: digest.to_owned(), time };
        told.iter().map(|(subject, digest)| (Ref::new(*subject).unwrap(), digested(digest))).collect()
    }

    #[test]
    fn each_record_is_there_alone_here_alone_different_or_the_same() {
        type Told<'a> = &'a [(&'a str, &'a str)];
        let cases: [(Told<'_>, Told<'_>, &str); 7] = [
            (&[], &[], ""),
            (&[("a", "1")], &[("a", "1")], ""),
            (&[("a", "1")], &[("a", "2")], "a:differs"),
            (&[("a", "1")], &[], "a:only_there"),
            (&[], &[("a", "1")], "a:only_here"),
            (&[("a", "1"), ("c", "1")], &[("b", "1"), ("c", "1")], "a:only_there b:only_here"),
            (
                &[("b", "1"), ("d", "1")],
                &[("a", "1"), ("b", "2"), ("e", "1")],
                "a:only_here b:differs d:only_there e:only_here",
            ),
        ];
        for (there, here, expected) in cases {
            let found = compare(&side(there), &side(here));
            let told: Vec<String> = found.iter().map(|it| format!("{}:{}", it.subject, it.difference)).collect();
            assert_eq!(told.join(" "), expected, "{there:?} {here:?}");
        }
    }

    #[test]
    fn what_the_feed_takes_as_the_same_has_one_form() {
        let sent = json!({"a": null, "b": [], "c": {"d": null, "e": [null, 1]}, "at": "2021-05-01T10:00:00.50+01:00", "on": "2021-05-01"});
        let kept = json!({"c": {"e": [null, 1]}, "at": "2021-05-01T09:00:00.500Z", "on": "2021-05-01"});
        assert_eq!(normal_form(sent), kept);
        assert_eq!(normal_form(kept.clone()), kept);
        for name in Difference::ALL {
            assert_eq!(Difference::named(name.as_str()), Some(name));
        }
        for by in ComparedBy::ALL {
            assert_eq!(ComparedBy::named(by.as_str()), Some(by));
        }
    }

    proptest! {
        #[test]
        fn every_key_of_either_side_is_judged_once_and_in_order(
            there in proptest::collection::btree_map("[a-d]{1,2}", "[12]", 0..12),
            here in proptest::collection::btree_map("[a-d]{1,2}", "[12]", 0..12),
        ) {
            let told = |side: &BTreeMap<String, String>| -> Vec<(String, String)> {
                side.iter().map(|(subject, digest)| (subject.clone(), digest.clone())).collect()
            };
            let borrowed = |told: &[(String, String)]| {
                let pairs: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                side(&pairs)
            };
            let found = compare(&borrowed(&told(&there)), &borrowed(&told(&here)));
            let expected: BTreeMap<&String, Difference> = there
                .keys()
                .chain(here.keys())
                .filter_map(|key| match (there.get(key), here.get(key)) {
                    (Some(a), Some(b)) => (a != b).then_some((key, Difference::Differs)),
                    (Some(_), None) => Some((key, Difference::OnlyThere)),
                    (None, _) => Some((key, Difference::OnlyHere)),
                })
                .collect();
            let found: Vec<(String, Difference)> =
                found.into_iter().map(|it| (it.subject.to_string(), it.difference)).collect();
            prop_assert_eq!(found, expected.into_iter().map(|(key, it)| (key.clone(), it)).collect::<Vec<_>>());
        }
    }
}
