//! What a received history comes to here: the lines as they were sent, and the versions of records that are made of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::manifest::Manifest;
use super::package::PackageFault;
use crate::domain::legal_hold::LegalHold;
use crate::domain::merge::resolve;
use crate::domain::offender::Offender;
use crate::domain::personal_data::offender_of;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::transfer::history::{HistoryLine, Standing, counts, has_nul, standings};
use crate::domain::transfer::renaming::{Renamed, RenamingError, renamed, renamed_ref};
use crate::domain::transfer::{is_name_of_force, source};
use crate::store::record::{Content, NewVersion};

/// The lines of a history, each as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SentHistory {
    /// Read.
    pub(super) lines: Vec<HistoryLine>,
    /// By the version's id, as JSON, in the order in which they were known there.
    pub(super) said: Vec<(Uuid, Value)>,
}

/// Reads a history. Each line is taken for what it says alone where it comes out again as it went in.
///
/// # Errors
/// With the first line that is none, says something that cannot be kept, or has the id of another; or where the versions are not
/// as many as the manifest says.
fn read(manifest: &Manifest, history: &[u8]) -> Result<SentHistory, PackageFault> {
    let mut sent = SentHistory { lines: Vec::new(), said: Vec::new() };
    let mut ids = HashSet::new();
    for (number, bytes) in (1..).zip(history.split_inclusive(|byte| *byte == b'\n')) {
        let fault = |what| PackageFault::UnreadableHistory { line: number, what };
        let said: Value = serde_json::from_slice(bytes).map_err(|_| fault("is not JSON"))?;
        if has_nul(&said) {
            return Err(fault("has the character U+0000, which cannot be stored"));
        }
        let read: HistoryLine = serde_json::from_value(said.clone()).map_err(|_| fault("is no version of a record"))?;
        if read.written().ok().as_deref().map(str::as_bytes) != Some(bytes) {
            return Err(fault("says something that would be lost"));
        }
        if !ids.insert(read.id) {
            return Err(fault("has the id of another line"));
        }
        sent.said.push((read.id, said));
        sent.lines.push(read);
    }
    if counts(&sent.lines) != manifest.versions {
        return Err(PackageFault::Damaged("it has not as many versions as its manifest says"));
    }
    Ok(sent)
}

/// What a received case comes to.
#[derive(Debug)]
pub(super) struct TakenOver {
    /// The offender's reference here.
    pub(super) offender_ref: Ref,
    /// The offender, as the sending force left them.
    pub(super) offender: Offender,
    /// Those whose records are merged into the case's, by their references here.
    pub(super) merged: BTreeMap<Ref, Offender>,
    /// The offenders among all these on whose records access was limited there.
    pub(super) limited: BTreeSet<Ref>,
    /// The legal holds that hold.
    pub(super) holds: Vec<(Ref, LegalHold)>,
    /// The versions to keep.
    pub(super) versions: Vec<NewVersion>,
    /// Those among them that their records stand at.
    pub(super) newest: HashSet<usize>,
}

impl TakenOver {
    /// The records, each once.
    pub(super) fn records(&self) -> BTreeSet<(RecordKind, &Ref)> {
        self.versions.iter().map(|version| (version.kind, &version.subject)).collect()
    }
}

/// What a received history is taken over under.
struct Desk<'a> {
    manifest: &'a Manifest,
    source: String,
    /// The references that the case goes by here: the offender's, and those merged into them.
    refs: BTreeSet<Ref>,
    /// The number of each line, by the version's id.
    numbers: HashMap<String, usize>,
}

/// How each record stands at the end of a history, and the place of the version that it stands at.
type Ends = BTreeMap<(RecordKind, Ref), (usize, Option<Record>)>;

/// Reads a history and makes versions of its records, all that can be asked of a package without asking whom a force trusts and
/// what it has. The force that sends asks it of its own before it signs.
///
/// # Errors
/// With the first thing that is wrong.
pub(super) fn read_over(manifest: &Manifest, history: &[u8]) -> Result<(SentHistory, TakenOver), PackageFault> {
    let Manifest { sending_force, receiving_force, .. } = manifest;
    if sending_force == receiving_force || !is_name_of_force(sending_force) {
        return Err(PackageFault::Damaged("the force that it says it is from is none"));
    }
    let sent = read(manifest, history)?;
    let over = take_over(manifest, &sent)?;
    Ok((sent, over))
}

/// Makes versions of records of a history, under the references that they have here.
///
/// # Errors
/// With the first line that cannot be taken over; or where the offender does not stand at its end, or the case is not one.
fn take_over(manifest: &Manifest, sent: &SentHistory) -> Result<TakenOver, PackageFault> {
    let here = |offender: &Ref| {
        let none = |_| PackageFault::Damaged("an offender's reference cannot be one here");
        renamed_ref(&manifest.sending_force, offender).map_err(none)
    };
    let offender_ref = here(&manifest.offender_ref)?;
    let merged_refs: BTreeSet<Ref> = manifest.merged.iter().map(here).collect::<Result<_, _>>()?;
    let numbers = (1..).zip(&sent.lines).map(|(number, line)| (line.id.to_string(), number));
    let desk = Desk {
        manifest,
        source: source(&manifest.sending_force, &manifest.receiving_force, manifest.transfer_id),
        refs: merged_refs.iter().chain([&offender_ref]).cloned().collect(),
        numbers: numbers.collect(),
    };
    let (mut versions, mut ends) = (Vec::new(), Ends::new());
    for standing in standings(&sent.lines, &manifest.moved) {
        let (version, record) = desk.version(standing)?;
        ends.insert((version.kind, version.subject.clone()), (versions.len(), record));
        versions.push(version);
    }
    let newest = ends.values().map(|(place, _)| *place).collect();
    let (mut offenders, mut merges) = (BTreeMap::new(), Vec::new());
    let (mut limited, mut holds) = (BTreeSet::new(), Vec::new());
    for ((_, subject), (place, record)) in ends {
        match record {
            Some(Record::Offender(offender)) => drop(offenders.insert(subject, offender)),
            Some(Record::Merge(record)) => merges.extend(versions.get(place).map(|version| Held {
                subject,
                event_time: version.event_time,
                event_id: version.event_id.clone(),
                record,
            })),
            Some(Record::AccessRestriction(access)) if access.is_limited() => drop(limited.insert(access.offender_ref)),
            Some(Record::LegalHold(hold)) if hold.holds() => holds.push((subject, hold)),
            Some(_) | None => {}
        }
    }
    let homes = resolve(&merges, |offender| offenders.contains_key(offender)).homes;
    if merged_refs.iter().any(|merged| homes.get(merged) != Some(&offender_ref)) {
        return Err(PackageFault::Damaged(
            "somebody whom its manifest lists as merged is not merged into the offender",
        ));
    }
    let offender = offenders.remove(&offender_ref);
    let offender = offender.ok_or(PackageFault::Damaged("the offender's own record does not stand at its end"))?;
    Ok(TakenOver { offender_ref, offender, merged: offenders, limited, holds, versions, newest })
}

impl Desk<'_> {
    /// The version that a standing comes to here, and the record where it stands.
    fn version(&self, standing: Standing) -> Result<(NewVersion, Option<Record>), PackageFault> {
        let force = &self.manifest.sending_force;
        let Standing { kind, subject: theirs, version: event_id, event_time, members } = standing;
        let number = self.numbers.get(&event_id).copied().unwrap_or_default();
        let fault = |what| PackageFault::UnreadableHistory { line: number, what };
        let subject = renamed_ref(force, &theirs).map_err(|_| fault("has a reference that cannot be one here"))?;
        let mut version = NewVersion {
            force: self.manifest.receiving_force.clone(),
            kind,
            subject,
            source: self.source.clone(),
            event_id,
            event_time,
            offender_ref: None,
            team_ref: None,
            content: Content::Withdrawn { reason: String::new() },
            references: Vec::new(),
        };
        match members {
            Err(reason) => {
                version.content = Content::Withdrawn { reason };
                Ok((version, None))
            }
            Ok(members) => {
                let not_taken = |_: RenamingError| {
                    fault("is no record of its kind, or names others in a manner that cannot be followed")
                };
                let Renamed { record, references } = renamed(force, kind, &theirs, members).map_err(not_taken)?;
                let whose = offender_of(&version.subject, &record).cloned();
                // A crime report may name the breach alone.
                if kind != RecordKind::CrimeReport && !whose.as_ref().is_some_and(|whose| self.refs.contains(whose)) {
                    return Err(fault("is of another case"));
                }
                let json = record.to_json().map_err(|_| fault("cannot be kept"))?;
                version.offender_ref = whose;
                version.team_ref = record.team_ref().cloned();
                version.content = Content::Put(json);
                version.references = references.into_iter().map(|it| (it.pointer, it.to, it.to_ref)).collect();
                Ok((version, Some(record)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::casework::transfers::manifest::FORMAT;

    fn manifest(versions: usize) -> Manifest {
        Manifest {
            format: FORMAT.to_owned(),
            service_version: "0".to_owned(),
            transfer_id: Uuid::from_u128(7),
            sending_force: "wessex".to_owned(),
            receiving_force: "dorset".to_owned(),
            offender_ref: Ref::new("n-1").unwrap(),
            reason: "invented".to_owned(),
            made_at: "2021-04-15T08:00:00Z".parse().unwrap(),
            made_by: "detective_inspector:invented".to_owned(),
            versions: BTreeMap::from([("allocation".to_owned(), versions)]),
            moved: BTreeSet::new(),
            merged: BTreeSet::new(),
            files: Vec::new(),
        }
    }

    /// A line of an allocation, as it is written.
    fn allocation(id: u128, subject: &str) -> String {
        let line = json!({
            "id": Uuid::from_u128(id), "kind": "allocation", "ref": subject, "source": "/records/wessex", "event_id": "e",
            "event_time": "2021-04-15T08:00:00Z", "learned_at": "2021-04-15T08:00:00Z", "withdrawn": false,
            "entered_by": null, "act": null, "whole": false, "claimed_over": {}, "came_from": null,
            "content": { "officer_ref": "om-n", "from": "2020-01-01" },
        });
        serde_json::from_value::<HistoryLine>(line).unwrap().written().unwrap()
    }

    fn fault(history: &str, versions: usize) -> PackageFault {
        read(&manifest(versions), history.as_bytes()).map(drop).unwrap_err()
    }

    #[test]
    fn a_line_that_says_more_than_is_known_or_is_none_is_refused() {
        let good = allocation(1, "n-1");
        assert_eq!(read(&manifest(1), good.as_bytes()).unwrap().lines.len(), 1);
        for (history, at) in [
            (good.replace("{\"id\"", "{\"colour\":1,\"id\""), 1),
            (good.replace("\"kind\":\"allocation\"", "\"kind\":\"colour\""), 1),
            (good.replace("om-n", "om\\u0000n"), 1),
            (good.replace("{\"id\"", "{ \"id\""), 1),
            (good.replace("\"act\":null,", ""), 1),
            (good.trim_end().to_owned(), 1),
            (format!("{good}{good}"), 2),
            (format!("{good}{{}}\n"), 2),
        ] {
            assert_ne!(history, good);
            let found = fault(&history, 1);
            assert!(matches!(found, PackageFault::UnreadableHistory { line, .. } if line == at), "{found} {history}");
        }
        assert!(matches!(fault(&good, 2), PackageFault::Damaged(_)));
    }

    #[test]
    fn somebody_listed_as_merged_is_merged_into_the_offender() {
        let manifest = Manifest { merged: [Ref::new("n-2").unwrap()].into(), ..manifest(1) };
        let found = read_over(&manifest, allocation(1, "n-2").as_bytes()).map(drop).unwrap_err();
        let what = "somebody whom its manifest lists as merged is not merged into the offender";
        assert_eq!(found, PackageFault::Damaged(what));
    }

    #[test]
    fn what_is_of_another_case_or_lacks_its_offender_is_refused() {
        for (subject, line) in [("n-2", Some(1)), ("n-1", None)] {
            let history = allocation(1, subject);
            let sent = read(&manifest(1), history.as_bytes()).unwrap();
            let found = take_over(&manifest(1), &sent).map(drop).unwrap_err();
            let at = if let PackageFault::UnreadableHistory { line, .. } = found { Some(line) } else { None };
            assert_eq!(at, line, "{found}");
        }
    }
}
