//! A small invented caseload: two forces with the same references, of which one has two teams.

use serde_json::{Value, json};

/// One event of the feed.
pub fn event(source: &str, kind: &str, subject: &str, time: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": format!("{kind}-{subject}-{time}"), "source": source,
        "type": format!("records.{kind}.v1"), "subject": subject, "time": time, "data": data,
    })
}

/// When everything in the caseload was recorded.
pub const RECORDED: &str = "2021-01-01T09:00:00Z";

/// An offender of a team.
pub fn offender(given_name: &str, team: &str, status: &str) -> Value {
    json!({
        "given_name": given_name, "family_name": "Inventio", "aliases": [format!("{given_name} Fictus")],
        "status": status, "status_since": "2020-01-01", "team_ref": team, "lead_agency": "police",
        "lead_agency_since": "2015-01-01", "community_since": "2015-01-01", "date_of_birth": "1970-02-03",
        "mappa": {"category": 1, "level": 1},
        "notification": {"relevant_date": "2015-01-01", "ends_on": null, "regime": "annual",
                         "under_18_at_relevant_date": false},
    })
}

fn officer(name: &str, role: &str, team: &str) -> Value {
    json!({"name": name, "role": role, "team_ref": team, "in_post_from": "2015-01-01"})
}

fn team(name: &str, force: &str) -> Value {
    json!({"name": name, "force": force, "base": {"name": "Base", "latitude": 51.0, "longitude": -2.0}})
}

/// Wessex, with the teams `north` and `south`, and Mercia, with a team `north`.
pub fn feed() -> String {
    let wessex = "/records/wessex/invented";
    let mut events = vec![
        event(wessex, "team", "north", RECORDED, &team("North", "Wessex")),
        event(wessex, "team", "south", RECORDED, &team("South", "Wessex")),
        event(wessex, "neighbourhood", "nb-1", RECORDED, &json!({"name": "Riverside", "force": "Wessex"})),
        event(wessex, "officer", "om-n", RECORDED, &officer("Nora Invented", "offender_manager", "north")),
        event(wessex, "officer", "om-s", RECORDED, &officer("Sam Invented", "offender_manager", "south")),
        event(wessex, "offender", "n-1", RECORDED, &offender("Nestor", "north", "community")),
        event(wessex, "offender", "n-2", RECORDED, &offender("Nemo", "north", "custody")),
        event(wessex, "offender", "s-1", RECORDED, &offender("Silvan", "south", "community")),
        event(wessex, "allocation", "n-1", RECORDED, &json!({"officer_ref": "om-n", "from": "2020-01-01"})),
        event(wessex, "allocation", "s-1", RECORDED, &json!({"officer_ref": "om-s", "from": "2020-01-01"})),
        event(
            wessex,
            "address",
            "a-1",
            RECORDED,
            &json!({
            "offender_ref": "n-1", "kind": "main", "lines": ["1 Invented Row"], "resident_from": "2018-01-01",
            "child_in_household": false}),
        ),
        event(
            wessex,
            "arms_assessment",
            "r-1",
            RECORDED,
            &json!({
            "offender_ref": "n-1", "assessed_on": "2020-06-01", "overall": "low", "factors": {}}),
        ),
        event(
            wessex,
            "visit",
            "v-1",
            RECORDED,
            &json!({
            "offender_ref": "n-1", "attempted_at": "2020-12-01T10:00:00Z", "mode": "home", "outcome": "seen",
            "home_inspected": true, "officer_refs": ["om-n", "om-s"]}),
        ),
    ];
    let mercia = "/records/mercia";
    events.push(event(mercia, "team", "north", RECORDED, &team("North", "Mercia")));
    events.push(event(mercia, "offender", "n-1", RECORDED, &offender("Mercator", "north", "community")));
    lines(&events)
}

/// Events as a bulk feed.
pub fn lines(events: &[Value]) -> String {
    events.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
