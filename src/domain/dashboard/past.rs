//! Figures of the past: a force as at an instant, evaluated anew from its records, and told to a reader as far as they
//! may see it now.

use std::collections::BTreeSet;

use super::trend::FlagSpan;
use super::{Counted, StaffFlag};
use crate::domain::case_file::ForceFile;
use crate::domain::flag::{FlagCode, SubjectKind, evaluate};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;
use crate::domain::standing::standings;

/// What of a force a reader may see. It is what they may see now, whatever instant is asked about: access never goes
/// back in time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The cases.
    pub cases: BTreeSet<Ref>,
    /// The cases that may be counted in an officer's caseload, be they of whatever team.
    pub in_caseloads: BTreeSet<Ref>,
    /// The officers.
    pub officers: BTreeSet<Ref>,
}

/// A flag from being raised to being cleared, as its history has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastFlag {
    /// Its id.
    pub id: String,
    /// What it was raised on.
    pub subject: Ref,
    /// The offender concerned.
    pub offender_ref: Option<Ref>,
    /// The team concerned, as it was last said.
    pub team_ref: Option<Ref>,
    /// Which rule, from when until when.
    pub span: FlagSpan,
}

impl PastFlag {
    /// The rule.
    #[must_use]
    pub const fn code(&self) -> FlagCode {
        self.span.code
    }
}

fn is_of(team: Option<&Ref>, of: Option<&Ref>) -> bool {
    team.is_none() || of == team
}

impl Counted {
    /// What a team's figures, or a force's, are counted over as at a moment: the cases and officers that were the team's
    /// then, of those that the reader may see now.
    #[must_use]
    pub fn as_at(force: &ForceFile, at: Moment, policy: &Policy, reach: &Reach, team: Option<&Ref>) -> Self {
        let flags = evaluate(force, at, policy);
        let in_reach = force.officers.iter().filter(|(officer_ref, officer)| {
            reach.officers.contains(*officer_ref) && is_of(team, officer.team_ref.as_ref())
        });
        let officers = in_reach.map(|(officer_ref, officer)| (officer_ref.clone(), officer.clone())).collect();
        let (cases, others) = standings(force, at, policy, &flags)
            .into_iter()
            .partition(|case| reach.cases.contains(&case.offender_ref) && is_of(team, Some(&case.team_ref)));
        let mut counted = Self { at, cases, elsewhere: others, officers, staff_flags: Vec::new() };
        counted.elsewhere.retain(|case| {
            let is_held_here = |manager: &Ref| counted.officers.contains_key(manager);
            reach.in_caseloads.contains(&case.offender_ref)
                && case.standing.manager_ref.as_ref().is_some_and(is_held_here)
        });
        let on_staff = flags.into_iter().filter(|flag| {
            let is_seen = match flag.code.subject_kind() {
                SubjectKind::Officer => counted.officers.contains_key(&flag.subject),
                SubjectKind::Team => is_of(team, Some(&flag.subject)),
                SubjectKind::Offender
                | SubjectKind::Breach
                | SubjectKind::PlannedVisit
                | SubjectKind::Neighbourhood
                | SubjectKind::Force => false,
            };
            is_seen && is_of(team, flag.team_ref.as_ref())
        });
        counted.staff_flags = on_staff
            .map(|flag| StaffFlag {
                code: flag.code,
                subject: flag.subject,
                team_ref: flag.team_ref,
                evidence: flag.evidence,
            })
            .collect();
        counted
    }

    /// Of these flags those that concern what is counted.
    #[must_use]
    pub fn concerned(&self, flags: &[PastFlag], team: Option<&Ref>) -> Vec<PastFlag> {
        let cases: BTreeSet<&Ref> = self.cases.iter().map(|case| &case.offender_ref).collect();
        let concerned = flags.iter().filter(|flag| match &flag.offender_ref {
            Some(offender) => cases.contains(offender),
            None => flag.code().subject_kind() == SubjectKind::Force || is_of(team, flag.team_ref.as_ref()),
        });
        concerned.cloned().collect()
    }
}
