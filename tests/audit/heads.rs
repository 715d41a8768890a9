//! The signed heads: where they are, what becomes of them, and what is wrong with them where they are not
//! what they should be.

use std::fs;

use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::audit::walk::FindingKind;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::head::HeadKey;
use mosovo_visits::store::audit::heads::{Heads, LATEST, OLDER};

use super::{Proved, on_both};
use crate::support::http::{persona, run};

fn kinds(proved: &Proved) -> Vec<FindingKind> {
    proved.found().into_iter().map(|(kind, _, _)| kind).collect()
}

#[test]
fn heads_are_for_their_owner_alone_and_one_an_hour_stays() {
    on_both(|proved| {
        proved.act(Some("wessex"), 4);
        let (latest, older) = (proved.heads().join(LATEST), proved.heads().join(OLDER));
        let sequences = |file: &std::path::Path| -> Vec<i64> {
            let text = fs::read_to_string(file).unwrap();
            let heads = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            heads.map(|head| head["sequence"].as_i64().unwrap()).collect()
        };
        assert_eq!((sequences(&latest), sequences(&older)), (vec![4], vec![1]));
        let an_hour_later =
            Heads::open(proved.heads(), crate::support::proof_key(), || "2021-04-15T09:00:00Z".parse().unwrap());
        let later = Store::open(&proved.url.parse().unwrap()).unwrap().with_heads(an_hour_later.unwrap());
        Proved { store: later, url: proved.url.clone() }.act(Some("wessex"), 2);
        assert_eq!((sequences(&latest), sequences(&older)), (vec![6], vec![1, 5]));
        assert_eq!(kinds(proved), []);
        #[cfg(unix)]
        for file in [latest, older] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    });
}

#[test]
fn missing_forged_and_turned_back_heads_are_found() {
    on_both(|proved| {
        proved.act(Some("wessex"), 2);
        let (latest, older) = (proved.heads().join(LATEST), proved.heads().join(OLDER));
        let (second, first) = (fs::read_to_string(&latest).unwrap(), fs::read_to_string(&older).unwrap());
        fs::write(&latest, "").unwrap();
        fs::write(&older, "").unwrap();
        assert_eq!(kinds(proved), [FindingKind::NoSignedHead]);
        fs::write(&latest, &second).unwrap();
        fs::write(&older, &first).unwrap();
        assert_eq!(kinds(proved), []);
        fs::write(&latest, &first).unwrap();
        fs::write(&older, &second).unwrap();
        assert_eq!(kinds(proved), [FindingKind::HeadWentBack]);
        fs::write(&older, &first).unwrap();
        for forged in [second.replace("\"sequence\":2", "\"sequence\":1"), "nothing\n".to_owned()] {
            fs::write(&latest, &forged).unwrap();
            assert_eq!(kinds(proved), [FindingKind::ForgedHead, FindingKind::NoSignedHead]);
            let other = Proved::open(&proved.url);
            assert!(other.store.heads_failure().unwrap().unwrap().contains("no head signed with this key"));
        }
        fs::write(&latest, &second).unwrap();
        let anothers = Heads::open(proved.heads(), HeadKey::from_seed(&"2e".repeat(32)).unwrap(), || {
            "2021-04-15T08:00:00Z".parse().unwrap()
        });
        let with_another_key = Store::open(&proved.url.parse().unwrap()).unwrap().with_heads(anothers.unwrap());
        assert!(with_another_key.heads_failure().unwrap().is_some());
        assert_eq!(fs::read_to_string(&latest).unwrap(), second, "nor does it overwrite them");
    });
}

#[test]
fn heads_that_cannot_be_written_undo_nothing_are_told_of_and_made_up_for() {
    on_both(|proved| {
        proved.act(Some("wessex"), 1);
        let aside = proved.heads().with_extension("aside");
        fs::rename(proved.heads(), &aside).unwrap();
        fs::write(proved.heads(), "in the way").unwrap();
        proved.act(Some("wessex"), 2);
        assert_eq!(proved.entries().len(), 3);
        let service = run(&proved.store);
        let ready = service.request("GET", "/readyz", &[], b"");
        assert_eq!(ready.status, 200, "it serves all the same");
        assert!(ready.json()["warnings"][0].as_str().unwrap().contains("signed heads"), "{}", ready.text);
        assert_eq!(service.get(&persona(Role::Supervisor, &["north"]), "/v1/teams").status, 200);
        fs::remove_file(proved.heads()).unwrap();
        fs::rename(&aside, proved.heads()).unwrap();
        let ready = service.request("GET", "/readyz", &[], b"");
        assert_eq!((ready.status, ready.json()), (200, serde_json::json!({ "status": "ok" })));
        let report = proved.verify();
        assert!(report.is_clean(), "{report:?}");
        assert_eq!(report.chains[0].proved_up_to.as_ref().unwrap().sequence, 4);
    });
}

#[test]
fn heads_that_were_taken_away_are_put_back_by_a_process_that_knows_them() {
    on_both(|proved| {
        proved.act(Some("wessex"), 3);
        proved.act(Some("mercia"), 1);
        fs::remove_file(proved.heads().join(LATEST)).unwrap();
        assert_eq!(kinds(proved), [FindingKind::NoSignedHead; 2]);
        proved.act(Some("wessex"), 1);
        assert_eq!(kinds(proved), []);
    });
}

#[test]
fn a_new_process_without_the_latest_heads_goes_by_those_that_stay() {
    on_both(|proved| {
        proved.act(Some("wessex"), 3);
        fs::remove_file(proved.heads().join(LATEST)).unwrap();
        let first = proved.entries()[0].clone();
        let mut changed = first.clone();
        changed.actor = "nobody".to_owned();
        proved.tamper("DELETE FROM audit_entry WHERE sequence > 1");
        let (id, hash) = (first.id, changed.recomputed_hash());
        proved.tamper(&format!(
            "UPDATE audit_entry SET actor = 'nobody', hash = '{hash}' WHERE id = '{id}'; \
             UPDATE audit_head SET sequence = 1, hash = '{hash}'"
        ));
        let other = Proved::open(&proved.url);
        other.act(Some("wessex"), 1);
        assert!(other.store.heads_failure().unwrap().is_some_and(|failure| failure.contains("does not follow")));
    });
}
