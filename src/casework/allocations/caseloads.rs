//! A team's caseloads: the plain count beside the workload, officer by officer.

use std::collections::BTreeMap;

use serde_json::json;

use super::file::load;
use crate::casework::acting::ActError;
use crate::casework::reading::Reader;
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::caseload::{Limits, Load, LoadState, loads};
use crate::domain::handover::HandoverState;
use crate::domain::moment::Moment;
use crate::domain::offender::RiskLevel;
use crate::domain::officer::{Officer, OfficerRole};
use crate::domain::policy::{Policies, Policy};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::current::exists;

/// What one officer has in hand.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficerLoad {
    /// Who.
    pub officer_ref: Ref,
    /// The officer's name.
    pub name: String,
    /// What they are in post as.
    pub role: OfficerRole,
    /// Whether they are in post today.
    pub is_in_post: bool,
    /// Whether they are on long absence today.
    pub is_long_absent: bool,
    /// Offenders in the community, and what they weigh.
    pub load: Load,
    /// The same by ARMS level; under nothing those without an assessment.
    pub by_level: BTreeMap<Option<RiskLevel>, u32>,
    /// Offenders managed in custody, in hospital, abroad or missing: in no limit, and still somebody's.
    pub elsewhere: u32,
    /// Handovers to them that are not completed.
    pub handovers_open: u32,
    /// Their limits.
    pub limits: Limits,
    /// How the count stands to the limits.
    pub state: LoadState,
}

/// The caseloads of a team.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamCaseloads {
    /// The heaviest workload first.
    pub officers: Vec<OfficerLoad>,
    /// The mean workload of the offender managers in post, in hundredths.
    pub mean_workload_hundredths: u32,
}

/// The caseloads of a team in the reader's scope, of the cases that they may see: its officers who manage offenders, and
/// whoever else holds a case.
///
/// # Errors
/// When there is no such team in scope, which is put on record, no policy holds today, or the store fails.
pub fn of_team(store: &Store, reader: &Reader, policies: &Policies, team: &Ref) -> Result<TeamCaseloads, ActError> {
    let (at, act) = (reader.clock.moment(), "caseload.list");
    let policy = policies.in_force(at.today())?;
    let scope = reader.person.case_scope();
    let found = store.transaction_that_writes(|connection| -> Result<Option<TeamCaseloads>, ActError> {
        if !exists(connection, &scope.force, RecordKind::Team, team)? || !scope.covers(team) {
            reader.note_refusal(connection, act, RecordKind::Team, team)?;
            return Ok(None);
        }
        let force = load(connection, &scope)?;
        let found = caseloads(&force, team, (at, policy));
        reader.note(connection, act, Some((RecordKind::Team, team)), json!({ "count": found.officers.len() }))?;
        Ok(Some(found))
    })?;
    found.ok_or(ActError::NotFound)
}

fn caseloads(force: &ForceFile, team: &Ref, (at, policy): (Moment, &Policy)) -> TeamCaseloads {
    let loads = loads(force.cases.values(), at, policy);
    let mut held: BTreeMap<&Ref, Vec<&CaseFile>> = BTreeMap::new();
    for case in force.cases.values().filter(|case| case.is_managed(at)) {
        let holder = case.current_allocation(at).and_then(|allocation| allocation.officer_ref.as_ref());
        if let Some(holder) = holder {
            held.entry(holder).or_default().push(case);
        }
    }
    let is_shown = |officer_ref: &Ref, officer: &Officer| {
        let manages = officer.role == OfficerRole::OffenderManager && officer.is_in_post(at.today());
        officer.team_ref.as_ref() == Some(team) && (manages || held.contains_key(officer_ref))
    };
    let mut officers: Vec<OfficerLoad> = force
        .officers
        .iter()
        .filter(|(officer_ref, officer)| is_shown(officer_ref, officer))
        .map(|(officer_ref, officer)| {
            let cases = held.get(officer_ref).map(Vec::as_slice).unwrap_or_default();
            let load = loads.get(officer_ref).copied().unwrap_or_default();
            let mut by_level: BTreeMap<Option<RiskLevel>, u32> = BTreeMap::new();
            for case in cases.iter().filter(|case| case.is_in_community(at)) {
                *by_level.entry(case.arms_level(at)).or_default() += 1;
            }
            let elsewhere = cases.iter().filter(|case| !case.is_in_community(at)).count();
            let limits = Limits::of(officer, policy);
            OfficerLoad {
                officer_ref: officer_ref.clone(),
                name: officer.name.clone(),
                role: officer.role,
                is_in_post: officer.is_in_post(at.today()),
                is_long_absent: officer.long_absence_since(at.today(), policy.long_absence_days).is_some(),
                load,
                by_level,
                elsewhere: u32::try_from(elsewhere).unwrap_or(u32::MAX),
                handovers_open: handovers_open(force, officer_ref),
                limits,
                state: limits.state(load.cases),
            }
        })
        .collect();
    officers.sort_by(|a, b| (b.load.workload, &a.officer_ref).cmp(&(a.load.workload, &b.officer_ref)));
    let managers = || officers.iter().filter(|it| it.role == OfficerRole::OffenderManager && it.is_in_post);
    let total: u32 = managers().map(|it| it.load.workload).sum();
    let mean = (total * 100).checked_div(u32::try_from(managers().count()).unwrap_or(u32::MAX));
    TeamCaseloads { mean_workload_hundredths: mean.unwrap_or_default(), officers }
}

fn handovers_open(force: &ForceFile, officer: &Ref) -> u32 {
    let handovers = force.cases.values().flat_map(|case| &case.records.handovers);
    let open = handovers.filter(|held| held.record.to_ref == *officer && held.record.state() == HandoverState::Open);
    u32::try_from(open.count()).unwrap_or(u32::MAX)
}
