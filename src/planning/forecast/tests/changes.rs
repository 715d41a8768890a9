//! Each change does what it says; what cannot be is refused with its place.

use serde_json::json;

use super::super::*;
use super::{other, policies, team};
use crate::domain::calendar::{minus_days, plus_days};
use crate::domain::offender::RiskLevel;
use crate::domain::refusal::RefusalCode;
use crate::planning::worlds::{today, world};

fn changed(teams: &[TeamInput], change: serde_json::Value) -> Result<Vec<TeamInput>, Refusal> {
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    let mut teams = teams.to_vec();
    apply(&mut teams, &[serde_json::from_value(change).unwrap()], 7, rules)?;
    Ok(teams)
}

#[test]
fn each_change_does_what_it_says() {
    let teams = [team(world(3, 30, 4, 28)), other(4, 10, 4, 28)];
    let duties = |teams: &[TeamInput], officer: &str| -> usize {
        let officers = teams.iter().flat_map(|team| &team.snapshot.officers);
        officers.filter(|known| known.officer_ref.as_str() == officer).map(|known| known.duties.len()).sum()
    };
    let day = |days: u32| plus_days(today(), days).to_string();

    let away =
        changed(&teams, json!({"change": "absent", "officer_ref": "om-00", "from": day(0), "until": day(13)})).unwrap();
    assert!(duties(&away, "om-00") < duties(&teams, "om-00") && duties(&away, "om-00") > 0);
    assert_eq!(duties(&away, "om-01"), duties(&teams, "om-01"));
    let gone =
        changed(&teams, json!({"change": "absent", "officer_ref": "om-00", "from": "2021-01-01", "until": day(400)}))
            .unwrap();
    assert_eq!(gone[0].snapshot.officers.len(), 3);

    let left = changed(&teams, json!({"change": "leaves", "officer_ref": "om-01", "last_day": day(6)})).unwrap();
    let last = left[0].snapshot.officers.iter().find(|known| known.officer_ref.as_str() == "om-01").unwrap();
    assert!(last.duties.iter().all(|duty| duty.date <= plus_days(today(), 6)));

    let filled = json!({"change": "vacancy_filled", "team_ref": "east", "from": day(7), "skills": ["triage"]});
    let filled = changed(&teams, filled).unwrap();
    let new = filled[1]
        .snapshot
        .officers
        .iter()
        .find(|known| known.officer_ref.as_str().starts_with(added::SUPPOSED))
        .unwrap();
    assert_eq!((new.skills.as_slice(), filled[1].snapshot.officers.len()), (["triage".to_owned()].as_slice(), 5));
    assert!(new.duties.iter().all(|duty| duty.date >= plus_days(today(), 7)) && new.duties.len() > 5);

    let lent =
        json!({"change": "lent", "officer_ref": "om-02", "to_team_ref": "east", "from": day(0), "until": day(27)});
    let lent = changed(&teams, lent).unwrap();
    assert_eq!(duties(&lent[..1], "om-02"), 0);
    assert_eq!(duties(&lent[1..], "om-02"), duties(&teams, "om-02"));
    let barred = lent[1].snapshot.demands.iter().filter(|demand| lent[1].limited.contains(&demand.offender_ref));
    assert!(barred.clone().count() > 0);
    for demand in barred {
        assert!(demand.shut_out.iter().any(|officer| officer.as_str() == "om-02"), "{}", demand.offender_ref);
    }

    let interval = json!({"interval_days": 14, "earliest_after_days": 10, "latest_after_days": 18});
    let released = json!({"change": "releases", "team_ref": "west", "count": 3, "from": day(5), "until": day(9), "risk": "high", "interval": interval});
    let more = changed(&teams, released).unwrap();
    let new: Vec<&Demand> = more[0]
        .snapshot
        .demands
        .iter()
        .filter(|demand| demand.offender_ref.as_str().starts_with(added::SUPPOSED))
        .collect();
    assert_eq!(new.len(), 3);
    for demand in new {
        assert!(plus_days(today(), 5) <= demand.window.earliest && demand.window.earliest <= plus_days(today(), 9));
        assert_eq!(demand.window.latest, plus_days(demand.window.earliest, 15));
        assert_eq!(
            (demand.risk, demand.recurrence.as_ref().unwrap().interval.interval_days),
            (Some(RiskLevel::High), 14)
        );
    }

    let known =
        teams[0].snapshot.demands.iter().find(|demand| demand.why.counted_from >= minus_days(today(), 60)).unwrap();
    let level =
        json!({"change": "level", "offender_ref": known.offender_ref, "risk": "very_high", "interval": interval});
    let raised = changed(&teams, level).unwrap();
    let demand = raised[0].snapshot.demands.iter().find(|demand| demand.offender_ref == known.offender_ref).unwrap();
    assert_eq!((demand.risk, demand.window.ideal), (Some(RiskLevel::VeryHigh), plus_days(known.why.counted_from, 14)));
    let rare = json!({"interval_days": 365, "earliest_after_days": 300, "latest_after_days": 400});
    let level = json!({"change": "level", "offender_ref": known.offender_ref, "risk": "low", "interval": rare});
    let lowered = changed(&teams, level).unwrap();
    assert!(lowered[0].snapshot.demands.iter().all(|demand| demand.offender_ref != known.offender_ref));
    assert_eq!(lowered[0].later.len(), 1, "it is due after the days foreseen");

    let mut knowing = teams.to_vec();
    knowing[0]
        .released
        .push((plus_days(today(), 3), Demand { offender_ref: Ref::new("p-in").unwrap(), ..known.clone() }));
    let out = changed(&knowing, json!({"change": "released", "offender_ref": "p-in", "on": day(3)})).unwrap();
    assert_eq!(out[0].snapshot.demands.len(), teams[0].snapshot.demands.len() + 1);
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let teams = [team(world(3, 30, 4, 28)), other(4, 10, 4, 28)];
    let (first, last, after) =
        (today().to_string(), plus_days(today(), 27).to_string(), plus_days(today(), 28).to_string());
    let interval = |earliest: u32, ideal: u32, latest: u32| json!({"interval_days": ideal, "earliest_after_days": earliest, "latest_after_days": latest});
    let good = interval(10, 14, 18);
    use RefusalCode::{NotAcceptable, UnknownReference};
    for (change, code, pointer) in [
        (
            json!({"change": "absent", "officer_ref": "nobody", "from": first, "until": last}),
            UnknownReference,
            "officer_ref",
        ),
        (json!({"change": "absent", "officer_ref": "om-00", "from": last, "until": first}), NotAcceptable, "until"),
        (json!({"change": "absent", "officer_ref": "om-00", "from": after, "until": after}), NotAcceptable, "from"),
        (json!({"change": "leaves", "officer_ref": "om-00", "last_day": after}), NotAcceptable, "last_day"),
        (json!({"change": "vacancy_filled", "from": first}), NotAcceptable, "team_ref"),
        (json!({"change": "vacancy_filled", "team_ref": "north", "from": first}), UnknownReference, "team_ref"),
        (json!({"change": "vacancy_filled", "team_ref": "west", "from": after}), NotAcceptable, "from"),
        (
            json!({"change": "lent", "officer_ref": "om-00", "to_team_ref": "west", "from": first, "until": last}),
            NotAcceptable,
            "to_team_ref",
        ),
        (
            json!({"change": "lent", "officer_ref": "om-00", "to_team_ref": "north", "from": first, "until": last}),
            UnknownReference,
            "to_team_ref",
        ),
        (
            json!({"change": "lent", "officer_ref": "nobody", "to_team_ref": "east", "from": first, "until": last}),
            UnknownReference,
            "officer_ref",
        ),
        (json!({"change": "releases", "team_ref": "west", "count": 0, "from": first}), NotAcceptable, "count"),
        (json!({"change": "releases", "team_ref": "west", "count": 501, "from": first}), NotAcceptable, "count"),
        (
            json!({"change": "releases", "team_ref": "west", "count": 1, "from": first, "until": after}),
            NotAcceptable,
            "until",
        ),
        (
            json!({"change": "releases", "team_ref": "west", "count": 1, "from": first, "interval": interval(15, 14, 18)}),
            NotAcceptable,
            "interval",
        ),
        (json!({"change": "released", "offender_ref": "p-000", "on": first}), UnknownReference, "offender_ref"),
        (
            json!({"change": "level", "offender_ref": "nobody", "risk": "high", "interval": good}),
            UnknownReference,
            "offender_ref",
        ),
        (
            json!({"change": "level", "offender_ref": "p-none", "risk": "high", "interval": good}),
            NotAcceptable,
            "offender_ref",
        ),
        (
            json!({"change": "level", "offender_ref": "p-000", "risk": "high", "interval": interval(0, 14, 18)}),
            NotAcceptable,
            "interval",
        ),
        (
            json!({"change": "level", "offender_ref": "p-000", "risk": "high", "interval": interval(10, 14, 1_831)}),
            NotAcceptable,
            "interval",
        ),
    ] {
        let refused = changed(&teams, change.clone()).unwrap_err();
        assert_eq!(
            (refused.code, refused.pointer.as_str()),
            (code, format!("/changes/0/{pointer}").as_str()),
            "{change}"
        );
    }
    for unknown in [
        json!({"change": "absent", "officer_ref": "om-00", "from": first, "until": last, "reason": "x"}),
        json!({"change": "moved_on", "officer_ref": "om-00"}),
    ] {
        assert!(serde_json::from_value::<Change>(unknown.clone()).is_err(), "{unknown}");
    }
}
