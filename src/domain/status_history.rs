//! Where an offender stood over time, read off the versions of the offender's record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, from_value};

use super::calendar::{CivilDate, Instant};
use super::claim::{Claims, Members, as_it_stands};
use super::offender::OffenderStatus;
use super::record::RecordKind;

/// A spell of one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSpell {
    /// The status.
    pub status: OffenderStatus,
    /// Its first day.
    pub from: CivilDate,
    /// The day on which it ended, which is the next one's first: the day of release, say. Empty while it lasts.
    pub ended_on: Option<CivilDate>,
}

/// What one version of an offender's record says of the status: no more of the person than that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusVersion {
    /// The event's `time`.
    pub event_time: Instant,
    /// The event's `id`, which settles equal times.
    pub event_id: String,
    /// Who spoke, which settles equal ids.
    pub source: String,
    /// Since when.
    pub status_since: CivilDate,
    /// The status.
    pub status: OffenderStatus,
}

/// The members of an offender's record that tell of the status.
pub const STATUS_MEMBERS: [&str; 2] = ["status", "status_since"];

/// What was said of the status at some time: by the feed, or by people here, who claim members.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusWord {
    /// The event's `time`, or when it was entered.
    pub time: Instant,
    /// The event's `id`, or the entry's.
    pub id: String,
    /// Who spoke; empty for people here.
    pub source: String,
    /// What was said.
    pub said: StatusSaid,
}

/// What was said of the status.
#[derive(Debug, Clone, PartialEq)]
pub enum StatusSaid {
    /// By the feed: [`STATUS_MEMBERS`].
    Feed(Members),
    /// By the feed: that there is no such record.
    Withdrawn,
    /// By people here: all the claims on [`STATUS_MEMBERS`] that held from then on.
    Claims(Claims),
}

/// The status as it stood after each word, in whatever order the words are given: what the feed had said by then, and
/// over it the claims that stood. Nothing from before the feed's newest withdrawal counts.
///
/// # Errors
/// When what was said is no status.
pub fn status_versions(mut words: Vec<StatusWord>) -> Result<Vec<StatusVersion>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Standing {
        status: OffenderStatus,
        status_since: CivilDate,
    }
    words.sort_by(|a, b| (a.time, &a.id, &a.source).cmp(&(b.time, &b.id, &b.source)));
    let (mut feed, mut claims, mut versions) = (None, Claims::new(), Vec::new());
    for StatusWord { time, id, source, said } in words {
        match said {
            StatusSaid::Feed(members) => feed = Some(members),
            StatusSaid::Claims(claimed) => claims = claimed,
            StatusSaid::Withdrawn => {
                feed = None;
                versions.clear();
                continue;
            }
        }
        let standing: Map<String, Value> = as_it_stands(RecordKind::Offender, feed.clone(), &claims);
        if STATUS_MEMBERS.iter().all(|member| standing.contains_key(*member)) {
            let Standing { status, status_since } = from_value(Value::Object(standing))?;
            versions.push(StatusVersion { event_time: time, event_id: id, source, status_since, status });
        }
    }
    Ok(versions)
}

/// The spells told by these versions, oldest first, whatever the order in which they are given.
///
/// A version says that nothing changed between its `status_since` and its event time, so it overrules what
/// older versions say of later days: of two versions with one `status_since` the newer wins (the event
/// time, then the greater id, then the greater source), and a spell that a newer version leaves out was
/// entered in error. Spells of one status that follow each other are one. `[I]`
#[must_use]
pub fn status_history(versions: &[StatusVersion]) -> Vec<StatusSpell> {
    let mut oldest_first: Vec<&StatusVersion> = versions.iter().collect();
    oldest_first.sort_by_key(|version| (version.event_time, &version.event_id, &version.source));
    let mut kept: Vec<(CivilDate, OffenderStatus)> = Vec::new();
    for version in oldest_first.into_iter().rev() {
        if kept.last().is_none_or(|(earliest, _)| version.status_since < *earliest) {
            kept.push((version.status_since, version.status));
        }
    }
    let mut spells: Vec<StatusSpell> = Vec::new();
    for (from, status) in kept.into_iter().rev() {
        match spells.last_mut() {
            Some(last) if last.status == status => {}
            last => {
                if let Some(last) = last {
                    last.ended_on = Some(from);
                }
                spells.push(StatusSpell { status, from, ended_on: None });
            }
        }
    }
    spells
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::domain::claim::claim;

    fn version(at: &str, id: &str, status: &str, since: &str) -> StatusVersion {
        StatusVersion {
            event_time: format!("{at}T09:00:00Z").parse().unwrap(),
            event_id: id.to_owned(),
            source: "/records/wessex".to_owned(),
            status_since: since.parse().unwrap(),
            status: from_value(json!(status)).unwrap(),
        }
    }

    fn told(versions: &[StatusVersion]) -> Vec<(OffenderStatus, String, Option<String>)> {
        let spells = status_history(versions).into_iter();
        spells.map(|spell| (spell.status, spell.from.to_string(), spell.ended_on.map(|day| day.to_string()))).collect()
    }

    #[test]
    fn spells_follow_each_other_and_those_of_one_status_are_one() {
        let versions = [
            version("2020-01-01", "a", "community", "2020-01-01"),
            version("2020-06-01", "b", "custody", "2020-06-01"),
            version("2020-07-01", "c", "custody", "2020-07-01"),
            version("2020-09-01", "d", "community", "2020-09-01"),
        ];
        let expected = [
            (OffenderStatus::Community, "2020-01-01".to_owned(), Some("2020-06-01".to_owned())),
            (OffenderStatus::Custody, "2020-06-01".to_owned(), Some("2020-09-01".to_owned())),
            (OffenderStatus::Community, "2020-09-01".to_owned(), None),
        ];
        assert_eq!(told(&versions), expected);
        let mut shuffled = versions.to_vec();
        shuffled.rotate_left(2);
        shuffled.swap(0, 1);
        assert_eq!(told(&shuffled), expected);
    }

    fn word(at: &str, id: &str, said: StatusSaid) -> StatusWord {
        let source = if matches!(said, StatusSaid::Claims(_)) { "" } else { "/records/wessex" };
        let time = format!("{at}T09:00:00Z").parse().unwrap();
        StatusWord { time, id: id.to_owned(), source: source.to_owned(), said }
    }

    fn fed(status: &str, since: &str) -> Members {
        json!({ "status": status, "status_since": since }).as_object().unwrap().clone()
    }

    fn claimed(status: &str, since: &str, over: &Members) -> Claims {
        let claims = fed(status, since).into_iter();
        claims.map(|(member, value)| (member.clone(), claim(value, over.get(&member)))).collect()
    }

    #[test]
    fn what_people_enter_counts_while_the_feed_says_what_it_said() {
        let free = fed("community", "2020-01-01");
        let entered = claimed("custody", "2020-06-01", &free);
        let words = [
            word("2020-01-01", "a", StatusSaid::Feed(free.clone())),
            word("2020-06-02", "own-1", StatusSaid::Claims(entered.clone())),
            // The feed speaks again, of something else.
            word("2020-07-01", "b", StatusSaid::Feed(free)),
            word("2020-09-02", "c", StatusSaid::Feed(fed("community", "2020-09-01"))),
        ];
        let expected = [
            (OffenderStatus::Community, "2020-01-01".to_owned(), Some("2020-06-01".to_owned())),
            (OffenderStatus::Custody, "2020-06-01".to_owned(), Some("2020-09-01".to_owned())),
            (OffenderStatus::Community, "2020-09-01".to_owned(), None),
        ];
        for turn in 0..words.len() {
            let mut turned = words.to_vec();
            turned.rotate_left(turn);
            assert_eq!(told(&status_versions(turned).unwrap()), expected);
        }
        let standing = told(&status_versions(words[..3].to_vec()).unwrap());
        assert_eq!(standing[1], (OffenderStatus::Custody, "2020-06-01".to_owned(), None));
        let mut given_up = words[..2].to_vec();
        given_up.push(word("2020-06-05", "own-2", StatusSaid::Claims(Claims::new())));
        let standing = told(&status_versions(given_up).unwrap());
        assert_eq!(standing, [(OffenderStatus::Community, "2020-01-01".to_owned(), None)], "entered in error");
    }

    #[test]
    fn nothing_from_before_a_withdrawal_counts() {
        let words = vec![
            word("2020-01-01", "a", StatusSaid::Feed(fed("custody", "2020-01-01"))),
            word("2020-02-01", "b", StatusSaid::Withdrawn),
            word("2020-03-01", "c", StatusSaid::Feed(fed("community", "2020-02-15"))),
        ];
        let versions = status_versions(words).unwrap();
        assert_eq!(told(&versions), [(OffenderStatus::Community, "2020-02-15".to_owned(), None)]);
    }

    #[test]
    fn the_newer_version_wins_and_overrules_what_older_ones_say_of_later_days() {
        let corrected =
            [version("2020-06-01", "a", "custody", "2020-06-01"), version("2020-06-02", "a", "hospital", "2020-06-01")];
        assert_eq!(told(&corrected), [(OffenderStatus::Hospital, "2020-06-01".to_owned(), None)]);
        let tied =
            [version("2020-06-01", "b", "custody", "2020-06-01"), version("2020-06-01", "a", "hospital", "2020-06-01")];
        assert_eq!(told(&tied), [(OffenderStatus::Custody, "2020-06-01".to_owned(), None)]);
        let entered_in_error = [
            version("2020-01-01", "a", "community", "2020-01-01"),
            version("2020-06-01", "b", "custody", "2020-06-01"),
            version("2020-06-03", "c", "community", "2020-01-01"),
        ];
        assert_eq!(told(&entered_in_error), [(OffenderStatus::Community, "2020-01-01".to_owned(), None)]);
    }
}
