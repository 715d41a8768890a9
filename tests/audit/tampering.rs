//! What somebody who has the database can do to the audit, and that it is found.

use mosovo_visits::casework::audit::walk::FindingKind;
use mosovo_visits::store::audit::StoredAuditEntry;

use super::{Proved, on_both};

/// Rewrites the hashes of a chain from an entry on, and the table of heads, as somebody would who knows
/// how they are made.
fn rewrite_hashes_from(proved: &Proved, first: i64) {
    let mut previous: Option<StoredAuditEntry> = None;
    for mut entry in proved.entries() {
        if let Some(previous) = previous.filter(|_| entry.sequence > first) {
            entry.previous_hash = previous.hash;
        }
        if entry.sequence >= first {
            entry.hash = entry.recomputed_hash();
            let (id, hash, before) = (entry.id, &entry.hash, &entry.previous_hash);
            proved.tamper(&format!(
                "UPDATE audit_entry SET hash = '{hash}', previous_hash = '{before}' WHERE id = '{id}'; \
                 UPDATE audit_head SET hash = '{hash}', sequence = {} WHERE chain = 'force:wessex'",
                entry.sequence
            ));
        }
        previous = Some(entry);
    }
}

#[test]
fn a_changed_byte_of_any_member_is_found_and_the_entry_named() {
    on_both(|proved| {
        proved.act(Some("wessex"), 5);
        let third = proved.entries()[2].clone();
        proved.tamper("CREATE TABLE kept AS SELECT * FROM audit_entry");
        let other_hash = third.hash.replace(|digit: char| digit == third.hash.chars().next().unwrap(), "0");
        let other_hash = if other_hash == third.hash { third.hash.replace('0', "1") } else { other_hash };
        let mut changes = vec![
            "actor = 'supervisor:invenged'".to_owned(),
            "act = 'offender.reac'".to_owned(),
            "operation = 'consultatioo'".to_owned(),
            "force = NULL".to_owned(),
            "subject_kind = NULL".to_owned(),
            "subject = 'n-2'".to_owned(),
            "reason = 'visit'".to_owned(),
            "previous_hash = hash".to_owned(),
            format!("hash = '{other_hash}'"),
            "id = '01900000-0000-7000-8000-000000000000'".to_owned(),
        ];
        let own: &[&str] = if proved.is_sqlite() {
            &[
                "detail = '{\"time\":3}'",
                "detail = '{\"time\": 2}'",
                "detail = '{\"time\":2'",
                "at = '2021-04-15T08:00:00.123457Z'",
                "at = '2021-04-15t08:00:00.123456z'",
                "at = 'never'",
                "id = upper(id)",
            ]
        } else {
            &["detail = '{\"time\":3}'", "at = at + interval '1 microsecond'", "detail = '{\"time\":1e400}'"]
        };
        changes.extend(own.iter().map(|change| (*change).to_owned()));
        for change in changes {
            proved.tamper(&format!("UPDATE audit_entry SET {change} WHERE chain = 'force:wessex' AND sequence = 3"));
            let found = proved.found();
            let names_it = |(kind, sequence, id): &(FindingKind, Option<i64>, Option<String>)| {
                *kind == FindingKind::EntryChanged && *sequence == Some(3) && id.is_some()
            };
            assert!(found.iter().any(names_it), "{change}: {found:?}");
            let is_named = |id: &Option<String>| {
                change.starts_with("id") || id.as_ref().is_some_and(|id| *id == third.id.to_string())
            };
            assert!(found.iter().filter(|found| names_it(found)).all(|(_, _, id)| is_named(id)), "{change}: {found:?}");
            proved.tamper("DELETE FROM audit_entry; INSERT INTO audit_entry SELECT * FROM kept");
            assert_eq!(proved.found(), [], "{change}");
        }
        proved.tamper("UPDATE audit_entry SET chain = 'force:mercia', sequence = 1 WHERE sequence = 3");
        assert!(proved.found().iter().any(|(kind, _, _)| *kind == FindingKind::EntryChanged));
    });
}

#[test]
fn an_entry_changed_together_with_its_own_hash_is_found_by_the_next() {
    on_both(|proved| {
        proved.act(Some("wessex"), 5);
        let entries = proved.entries();
        let mut third = entries[2].clone();
        third.actor = "nobody".to_owned();
        let (id, hash) = (third.id, third.recomputed_hash());
        proved.tamper(&format!("UPDATE audit_entry SET actor = 'nobody', hash = '{hash}' WHERE id = '{id}'"));
        assert_eq!(proved.found(), [(FindingKind::NotLinked, Some(4), Some(entries[3].id.to_string()))]);
        let report = proved.verify();
        assert!(report.all_findings().next().unwrap().detail.contains(&id.to_string()), "it names both: {report:?}");
    });
}

#[test]
fn every_hash_rewritten_after_a_changed_entry_is_found_by_the_signed_head_and_never_signed() {
    on_both(|proved| {
        proved.act(Some("wessex"), 5);
        let last = proved.entries()[4].id.to_string();
        proved.tamper("UPDATE audit_entry SET actor = 'nobody' WHERE chain = 'force:wessex' AND sequence = 2");
        rewrite_hashes_from(proved, 2);
        let rewritten = [(FindingKind::Rewritten, Some(5), Some(last))];
        assert_eq!(proved.found(), rewritten);
        let detail = proved.verify().all_findings().next().unwrap().detail.clone();
        assert!(detail.contains("entries from 2 to 5"), "the first head, of entry 1, stays: {detail}");
        proved.act(Some("wessex"), 3);
        let failure = proved.store.heads_failure().unwrap().unwrap();
        assert!(failure.contains("entry 6"), "{failure}");
        assert_eq!(proved.found(), rewritten, "what was rewritten is not signed with the next entry");
        assert!(Proved::open(&proved.url).store.heads_failure().unwrap().is_some(), "nor by another process");
        proved.act(Some("mercia"), 2);
        let mercia = proved.verify().chains.into_iter().find(|chain| chain.chain == "force:mercia").unwrap();
        assert_eq!(mercia.proved_up_to.unwrap().sequence, 2, "the other chains are signed all the same");
    });
}

#[test]
fn a_tail_cut_is_found_also_where_the_table_of_heads_was_cut_with_it() {
    on_both(|proved| {
        proved.act(Some("wessex"), 5);
        proved.act(Some("mercia"), 2);
        let hash = proved.entries()[2].hash.clone();
        proved.tamper(&format!(
            "DELETE FROM audit_entry WHERE chain = 'force:wessex' AND sequence > 3; \
             UPDATE audit_head SET sequence = 3, hash = '{hash}' WHERE chain = 'force:wessex'"
        ));
        assert_eq!(proved.found(), [(FindingKind::TailCut, Some(4), None)]);
        proved.act(Some("wessex"), 1);
        assert!(proved.store.heads_failure().unwrap().unwrap().contains("entries are missing"));
        assert_eq!(proved.found(), [(FindingKind::TailCut, Some(5), None)]);
        proved.tamper("DELETE FROM audit_entry; DELETE FROM audit_head");
        let all: Vec<_> = proved.found().into_iter().map(|(kind, _, _)| kind).collect();
        assert_eq!(all, [FindingKind::TailCut; 2], "whole chains");
    });
}

#[test]
fn a_gap_and_another_order_are_found() {
    on_both(|proved| {
        proved.act(Some("wessex"), 6);
        proved.tamper("DELETE FROM audit_entry WHERE chain = 'force:wessex' AND sequence IN (2, 3)");
        assert_eq!(proved.found(), [(FindingKind::EntryMissing, Some(2), None)]);
        let ids: Vec<String> = proved.entries().iter().map(|entry| entry.id.to_string()).collect();
        let swap = "UPDATE audit_entry SET sequence = -sequence WHERE chain = 'force:wessex' AND sequence > 4";
        let unchecked = if proved.is_sqlite() {
            "PRAGMA ignore_check_constraints = ON;"
        } else {
            "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_sequence_check;"
        };
        proved
            .tamper(&format!("{unchecked} {swap}; UPDATE audit_entry SET sequence = sequence + 11 WHERE sequence < 0"));
        let changed: Vec<_> =
            proved.found().into_iter().filter(|(kind, _, _)| *kind == FindingKind::EntryChanged).collect();
        assert_eq!(
            changed,
            [
                (FindingKind::EntryChanged, Some(5), Some(ids[3].clone())),
                (FindingKind::EntryChanged, Some(6), Some(ids[2].clone()))
            ]
        );
    });
}

#[test]
fn two_entries_in_one_place_are_found() {
    on_both(|proved| {
        proved.act(Some("wessex"), 3);
        let again = "INSERT INTO audit_entry SELECT '01900000-0000-7000-8000-000000000000', at, actor, act, force, \
            subject_kind, subject, detail, operation, reason, chain, sequence, previous_hash, hash FROM kept WHERE sequence = 2";
        if proved.is_sqlite() {
            proved.tamper(&format!(
                "CREATE TABLE kept AS SELECT * FROM audit_entry; DROP TABLE audit_entry; \
                 CREATE TABLE audit_entry AS SELECT * FROM kept; {again}"
            ));
        } else {
            let again =
                again.replace("'01900000-0000-7000-8000-000000000000'", "'01900000-0000-7000-8000-000000000000'::uuid");
            proved.tamper(&format!(
                "CREATE TABLE kept AS SELECT * FROM audit_entry; \
                 ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_chain_sequence_key; {again}"
            ));
        }
        let found: Vec<_> = proved.found().into_iter().map(|(kind, sequence, _)| (kind, sequence)).collect();
        assert!(found.contains(&(FindingKind::PlaceTakenTwice, Some(2))), "{found:?}");
    });
}
