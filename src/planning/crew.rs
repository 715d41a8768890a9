//! Crews: the officers on duty on a day, paired.
//!
//! Two officers go (College of Policing APP, home visits; HMICFRS 2024 on lone visits). Officers of
//! the same hours are paired first, so that evenings are not lost; one left over stays free, unless a
//! visit has its supervisor's approval for one officer, and never becomes a silent single crew.

use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

/// An officer on duty on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Available {
    /// The officer's place in the snapshot's list.
    pub officer: usize,
    /// Seconds after midnight.
    pub from: u32,
    /// Seconds after midnight.
    pub until: u32,
}

/// Officers who go together on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crew {
    /// Their places in the snapshot's list, ascending.
    pub officers: Vec<usize>,
    /// When all of them are on duty: seconds after midnight.
    pub from: u32,
    /// Until when: seconds after midnight.
    pub until: u32,
}

impl Crew {
    /// A crew of these officers for the time that all of them share.
    #[must_use]
    pub fn of(members: &[Available]) -> Self {
        let mut officers: Vec<usize> = members.iter().map(|member| member.officer).collect();
        officers.sort_unstable();
        Self {
            officers,
            from: members.iter().map(|member| member.from).max().unwrap_or_default(),
            until: members.iter().map(|member| member.until).min().unwrap_or_default(),
        }
    }

    /// How long all of them are on duty together, in seconds.
    #[must_use]
    pub const fn seconds(&self) -> u32 {
        self.until.saturating_sub(self.from)
    }
}

/// What crews are asked for on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The fewest seconds that a crew must share.
    pub shortest: u32,
    /// The size of one larger crew, where a visit needs more than two officers.
    pub larger: Option<usize>,
    /// Whether an officer left over may go alone, for visits that carry the approval.
    pub lone: bool,
}

/// Pairs the officers of a day. Chance decides among equals only.
#[must_use]
pub fn pair(mut available: Vec<Available>, asked: Asked, chance: &mut Pcg64) -> Vec<Crew> {
    available.shuffle(chance);
    available.sort_by_key(|officer| (officer.from, officer.until));
    let mut crews = Vec::new();
    if let Some(size) = asked.larger.filter(|size| *size <= available.len()) {
        crews.extend(take_larger(&mut available, size, asked.shortest));
    }
    let mut waiting: Vec<Available> = Vec::new();
    for officer in available {
        match waiting.last() {
            Some(other) if (other.from, other.until) == (officer.from, officer.until) => {
                crews.push(Crew::of(&[*other, officer]));
                waiting.pop();
            }
            Some(_) | None => waiting.push(officer),
        }
    }
    while let Some(first) = (!waiting.is_empty()).then(|| waiting.remove(0)) {
        let shared = |other: &Available| Crew::of(&[first, *other]).seconds();
        let best = (0..waiting.len()).rev().max_by_key(|at| waiting.get(*at).map_or(0, shared));
        match best.filter(|at| waiting.get(*at).map_or(0, shared) >= asked.shortest.max(1)) {
            Some(at) => crews.push(Crew::of(&[first, waiting.remove(at)])),
            None if asked.lone => crews.push(Crew::of(&[first])),
            None => {}
        }
    }
    crews
}

/// The crew of that size whose members share the longest time among those next to each other in the
/// order of their hours.
fn take_larger(available: &mut Vec<Available>, size: usize, shortest: u32) -> Option<Crew> {
    let (at, crew) = available
        .windows(size)
        .map(Crew::of)
        .enumerate()
        .filter(|(_, crew)| crew.seconds() >= shortest.max(1))
        .max_by_key(|(at, crew)| (crew.seconds(), std::cmp::Reverse(*at)))?;
    available.drain(at..at + size);
    Some(crew)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn officers(hours: &[(u32, u32)]) -> Vec<Available> {
        hours
            .iter()
            .enumerate()
            .map(|(officer, (from, until))| Available { officer, from: from * 3_600, until: until * 3_600 })
            .collect()
    }

    fn crews(hours: &[(u32, u32)], larger: Option<usize>, lone: bool) -> Vec<(usize, u32, u32)> {
        let asked = Asked { shortest: 7_200, larger, lone };
        let mut crews: Vec<_> = pair(officers(hours), asked, &mut Pcg64::seed_from_u64(1))
            .into_iter()
            .map(|crew| (crew.officers.len(), crew.from / 3_600, crew.until / 3_600))
            .collect();
        crews.sort_unstable();
        crews
    }

    #[test]
    fn officers_of_the_same_hours_go_together() {
        assert_eq!(crews(&[(8, 16), (12, 20), (8, 16), (12, 20)], None, false), [(2, 8, 16), (2, 12, 20)]);
    }

    #[test]
    fn those_left_over_share_what_time_they_can() {
        assert_eq!(crews(&[(8, 16), (12, 20)], None, false), [(2, 12, 16)]);
        assert_eq!(crews(&[(8, 16), (15, 23)], None, false), []);
    }

    #[test]
    fn one_left_over_stays_free_unless_one_may_go_alone() {
        assert_eq!(crews(&[(8, 16), (8, 16), (8, 16)], None, false), [(2, 8, 16)]);
        assert_eq!(crews(&[(8, 16), (8, 16), (8, 16)], None, true), [(1, 8, 16), (2, 8, 16)]);
    }

    #[test]
    fn a_larger_crew_is_made_where_one_is_asked_for() {
        assert_eq!(crews(&[(8, 16); 5], Some(3), false), [(2, 8, 16), (3, 8, 16)]);
        assert_eq!(crews(&[(8, 16); 2], Some(3), false), [(2, 8, 16)]);
    }
}
