//! What is entered at either side: an invented caseload and changes of it at the records system, contacts and breaches at the service.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{SecondsFormat, TimeDelta};
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::domain::calendar::Instant;
use mosovo_visits::records::generate::{CaseloadSpec, generate};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use serde_json::{Value, json};

/// Of how many events one is entered at the service.
const ONE_ENTERED_OF: usize = 10;

/// Of how many events of the records system one is the caseload's first word of a record; the others change it.
const ONE_FIRST_OF: usize = 3;

/// Events that the generator invents for an offender, more or less.
const EVENTS_AN_OFFENDER: usize = 16;

/// All that is entered.
pub struct Load {
    pub force: String,
    /// The first word of each record, a line each.
    pub caseload: Vec<String>,
    /// What the records system says of some of them afterwards.
    pub changes: Vec<String>,
    /// What is entered at the service.
    pub acts: Vec<Act>,
}

/// Something that is entered at the service.
pub struct Act {
    pub officer: Officer,
    pub path: String,
    pub body: Value,
    /// Of how many events it tells.
    pub tells: u64,
}

/// Who enters it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Officer {
    pub reference: String,
    pub team: String,
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

impl Load {
    /// So many events in all, the same for the same seed and day.
    pub fn of(events: u32, seed: u64) -> anyhow::Result<Self> {
        let (events, now) = (usize::try_from(events)?, Clock::System.moment());
        let from_there = events - events / ONE_ENTERED_OF;
        let offenders = u32::try_from(from_there / ONE_FIRST_OF / EVENTS_AN_OFFENDER)?.max(10);
        let spec = CaseloadSpec::of_size(seed, now.today(), 1, offenders);
        let force = spec.forces.first().context("no force")?.name.clone();
        let mut caseload = Vec::new();
        generate(&spec, |event| {
            caseload.push(event.clone());
            Ok(())
        })?;
        let mut chance = Pcg32::seed_from_u64(seed);
        let changes = changes(&caseload, from_there.saturating_sub(caseload.len()), now.now(), &mut chance)?;
        let acts = acts(&caseload, events / ONE_ENTERED_OF, now.now(), &mut chance)?;
        caseload.shuffle(&mut chance);
        let caseload = caseload.iter().map(Value::to_string).collect();
        Ok(Self { force, caseload, changes, acts })
    }
}

/// Later words about visits and intelligence of the caseload, each newer than all before.
fn changes(caseload: &[Value], count: usize, now: Instant, chance: &mut Pcg32) -> anyhow::Result<Vec<String>> {
    let is_changed =
        |event: &&Value| matches!(text(event, "/type"), Some("records.visit.v1" | "records.intelligence.v1"));
    let changed: Vec<&Value> = caseload.iter().filter(is_changed).collect();
    let began = now - TimeDelta::days(1);
    let mut changes = Vec::with_capacity(count);
    for number in 0..count {
        let mut event = (*changed.choose(chance).context("the caseload has no visits")?).clone();
        let time = began + TimeDelta::milliseconds(i64::try_from(number)?);
        let members = event.as_object_mut().context("an event is an object")?;
        members.insert("id".to_owned(), json!(format!("change-{number}")));
        members.insert("time".to_owned(), json!(time.to_rfc3339_opts(SecondsFormat::Millis, true)));
        let data = members.get_mut("data").and_then(Value::as_object_mut).context("an event has data")?;
        data.insert("summary".to_owned(), json!(format!("invented change {number}")));
        changes.push(event.to_string());
    }
    Ok(changes)
}

/// Contacts, and now and then a breach, entered by the officer who manages the case.
fn acts(caseload: &[Value], count: usize, now: Instant, chance: &mut Pcg32) -> anyhow::Result<Vec<Act>> {
    let mut of_type: BTreeMap<&str, BTreeMap<&str, &Value>> = BTreeMap::new();
    for event in caseload {
        let (event_type, subject) =
            (text(event, "/type").unwrap_or_default(), text(event, "/subject").unwrap_or_default());
        of_type.entry(event_type).or_default().insert(subject, event);
    }
    let held = |event_type: &str, subject: &str| of_type.get(event_type).and_then(|held| held.get(subject)).copied();
    let managed = |(offender, allocation): (&&str, &&Value)| {
        let (case, reference) = (held("records.offender.v1", offender)?, text(allocation, "/data/officer_ref")?);
        let officer = held("records.officer.v1", reference)?;
        let team = text(officer, "/data/team_ref")?;
        let manages = text(officer, "/data/role") == Some("offender_manager")
            && text(officer, "/data/in_post_until").is_none()
            && text(case, "/data/team_ref") == Some(team)
            && text(case, "/data/status") == Some("community");
        manages.then(|| ((*offender).to_owned(), Officer { reference: reference.to_owned(), team: team.to_owned() }))
    };
    let allocations = of_type.get("records.allocation.v1").context("the caseload has no allocations")?;
    let managed: Vec<(String, Officer)> = allocations.iter().filter_map(managed).collect();
    (0..count)
        .map(|number| {
            let (offender, officer) = managed.choose(chance).context("nobody manages anybody in the caseload")?.clone();
            let at = now - TimeDelta::minutes(chance.random_range(10..10_000));
            let day = (now - TimeDelta::days(20)).date_naive();
            let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
            let contact = json!({
                "attempted_at": at, "mode": "phone", "outcome": "seen", "officer_refs": [officer.reference],
                "observations": format!("invented contact {number}"), "shows_child_contact": false,
            });
            let breach = json!({
                "state": "confirmed", "provision": "s.91", "source": "records", "first_failure_on": day,
                "discovered_at": at, "summary": format!("invented breach {number}"),
            });
            // A confirmed breach tells of itself and of the crime report that it wants.
            let (kind, body, tells) = if number % 10 == 0 { ("breaches", breach, 2) } else { ("visits", contact, 1) };
            Ok(Act { officer, path: format!("/v1/offenders/{offender}/{kind}"), body, tells })
        })
        .collect()
}
