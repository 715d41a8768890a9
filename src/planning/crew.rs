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
    /// Whether an officer left over may go alone, for visits that carry the approval.
    pub lone: bool,
}

/// Pairs the officers of a day. Chance decides among equals only.
#[must_use]
pub fn pair(mut available: Vec<Available>, asked: Asked, chance: &mut Pcg64) -> Vec<Crew> {
    available.shuffle(chance);
    available.sort_by_key(|officer| (officer.from, officer.until));
    let mut crews = Vec::new();
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

/// Members for a crew of a size that hold every skill asked for and share at least `shortest` seconds:
/// for each skill the officer, and then whoever else, with whom they share the longest time.
#[must_use]
pub fn form(
    available: &[Available],
    size: usize,
    skills: &[String],
    holds: impl Fn(usize, &String) -> bool,
    shortest: u32,
) -> Option<Vec<Available>> {
    let mut members: Vec<Available> = Vec::with_capacity(size);
    let add = |members: &mut Vec<Available>, suits: &dyn Fn(&Available) -> bool| {
        let shared = |officer: &Available| {
            let mut with: Vec<Available> = members.clone();
            with.push(*officer);
            Crew::of(&with).seconds()
        };
        let free = |officer: &&Available| suits(officer) && !members.contains(officer);
        let best = available.iter().filter(free).rev().max_by_key(|officer| shared(officer)).copied();
        members.extend(best);
        best.is_some()
    };
    for skill in skills {
        let is_held = members.iter().any(|member| holds(member.officer, skill));
        if !is_held && !add(&mut members, &|officer| holds(officer.officer, skill)) {
            return None;
        }
    }
    while members.len() < size {
        if !add(&mut members, &|_| true) {
            return None;
        }
    }
    (Crew::of(&members).seconds() >= shortest.max(1)).then_some(members)
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

    fn crews(hours: &[(u32, u32)], lone: bool) -> Vec<(usize, u32, u32)> {
        let asked = Asked { shortest: 7_200, lone };
        let mut crews: Vec<_> = pair(officers(hours), asked, &mut Pcg64::seed_from_u64(1))
            .into_iter()
            .map(|crew| (crew.officers.len(), crew.from / 3_600, crew.until / 3_600))
            .collect();
        crews.sort_unstable();
        crews
    }

    #[test]
    fn officers_of_the_same_hours_go_together() {
        assert_eq!(crews(&[(8, 16), (12, 20), (8, 16), (12, 20)], false), [(2, 8, 16), (2, 12, 20)]);
    }

    #[test]
    fn those_left_over_share_what_time_they_can() {
        assert_eq!(crews(&[(8, 16), (12, 20)], false), [(2, 12, 16)]);
        assert_eq!(crews(&[(8, 16), (15, 23)], false), []);
    }

    #[test]
    fn one_left_over_stays_free_unless_one_may_go_alone() {
        assert_eq!(crews(&[(8, 16), (8, 16), (8, 16)], false), [(2, 8, 16)]);
        assert_eq!(crews(&[(8, 16), (8, 16), (8, 16)], true), [(1, 8, 16), (2, 8, 16)]);
    }

    #[test]
    fn a_crew_is_formed_of_those_who_hold_the_skills_and_share_the_longest_time() {
        let formed = |hours: &[(u32, u32)], size, skills: &[(&str, usize)]| {
            let names: Vec<String> = skills.iter().map(|(skill, _)| (*skill).to_owned()).collect();
            let holds = |officer: usize, skill: &String| skills.contains(&(skill.as_str(), officer));
            let members = form(&officers(hours), size, &names, holds, 7_200)?;
            let crew = Crew::of(&members);
            Some((crew.officers, crew.from / 3_600, crew.until / 3_600))
        };
        let hours = [(8, 16), (8, 16), (12, 20), (12, 20)];
        assert_eq!(formed(&hours, 2, &[]), Some((vec![0, 1], 8, 16)));
        assert_eq!(formed(&hours, 2, &[("x", 0), ("y", 2)]), Some((vec![0, 2], 12, 16)));
        assert_eq!(formed(&hours, 3, &[("x", 3)]), Some((vec![0, 2, 3], 12, 16)));
        assert_eq!(formed(&hours, 5, &[]), None);
        assert_eq!(formed(&hours, 2, &[("z", 9)]), None);
        assert_eq!(formed(&[(8, 16), (15, 23)], 2, &[]), None);
    }
}
