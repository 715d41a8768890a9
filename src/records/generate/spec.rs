//! What caseload to invent: its seed, its day, its forces and their sizes.

use super::names::force_name;
use crate::domain::calendar::CivilDate;

/// Offenders on record in the inspected force, and how many of them were in the community
/// (HMICFRS, Dorset 2021, section 10).
const DORSET_REGISTERED: u32 = 1_083;
const DORSET_IN_COMMUNITY: u32 = 850;

/// Offenders in the community for each offender manager in post (850 by 16, HMICFRS, Dorset 2021).
const COMMUNITY_A_MANAGER: u32 = 53;

/// An invented caseload: equal specs give equal events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseloadSpec {
    /// What all chance is drawn from.
    pub seed: u64,
    /// The day on which the caseload stands as it does; nothing in it has happened on or after it.
    pub as_at: CivilDate,
    /// The forces, each with a name of its own.
    pub forces: Vec<ForceSpec>,
}

/// One force of an invented caseload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForceSpec {
    /// Its name, as in `/records/{force}`.
    pub name: String,
    /// Offenders on record.
    pub registered: u32,
    /// Those of them who are in the community.
    pub in_community: u32,
    /// Offender managers in post; where there are none, and no vacancies, there are no cases.
    pub managers: u32,
    /// Offender managers who left and were not replaced.
    pub vacancies: u32,
    /// Teams, each with a supervisor.
    pub teams: u32,
    /// Detective inspectors.
    pub detective_inspectors: u32,
}

impl CaseloadSpec {
    /// One force of the inspected force's size: 1,083 offenders, 850 in the community, 16 offender
    /// managers in post and two posts vacant.
    #[must_use]
    pub fn dorset_size(seed: u64, as_at: CivilDate) -> Self {
        let force = ForceSpec {
            name: force_name(0),
            registered: DORSET_REGISTERED,
            in_community: DORSET_IN_COMMUNITY,
            managers: 16,
            vacancies: 2,
            teams: 3,
            detective_inspectors: 2,
        };
        Self { seed, as_at, forces: vec![force] }
    }

    /// So many forces of so many offenders each, staffed in the inspected force's proportions.
    #[must_use]
    pub fn of_size(seed: u64, as_at: CivilDate, forces: u32, offenders_per_force: u32) -> Self {
        let forces = (0..forces).map(|number| ForceSpec::of_size(force_name(number), offenders_per_force)).collect();
        Self { seed, as_at, forces }
    }

    /// Offenders on record in all forces.
    #[must_use]
    pub fn registered(&self) -> u64 {
        self.forces.iter().map(|force| u64::from(force.registered)).sum()
    }
}

impl ForceSpec {
    fn of_size(name: String, registered: u32) -> Self {
        let in_community = share_of(registered, DORSET_IN_COMMUNITY, DORSET_REGISTERED);
        let managers = (in_community / COMMUNITY_A_MANAGER).max(2);
        let teams = ((managers + 3) / 6).max(1);
        Self {
            name,
            registered,
            in_community,
            managers,
            vacancies: ((managers + 4) / 8).max(1),
            teams,
            detective_inspectors: teams.div_ceil(2),
        }
    }
}

/// `whole` × `part` ÷ `of`, without overflow.
pub(super) fn share_of(whole: u32, part: u32, of: u32) -> u32 {
    let share = u64::from(whole) * u64::from(part) / u64::from(of.max(1));
    u32::try_from(share).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dorsets_size_is_staffed_by_the_proportions_of_any_size() {
        let day = "2021-04-15".parse().unwrap();
        assert_eq!(CaseloadSpec::of_size(7, day, 1, 1_083), CaseloadSpec::dorset_size(7, day));
    }

    #[test]
    fn a_country_has_forces_of_different_names() {
        let spec = CaseloadSpec::of_size(7, "2021-04-15".parse().unwrap(), 200, 10);
        let names: std::collections::BTreeSet<_> = spec.forces.iter().map(|force| &force.name).collect();
        assert_eq!((names.len(), spec.registered()), (200, 2_000));
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    }
}
