//! Where an offender stood over time, read off the versions of the offender's record.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant};
use super::offender::OffenderStatus;

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
