//! What all cases of a force share: its day, towns, teams and staff.

use std::io;

use super::chance::Chance;
use super::event::{Feed, reference};
use super::places::{Town, towns};
use super::spec::{CaseloadSpec, ForceSpec};
use super::staff::{self, Staff};
use super::when::at_hour;
use crate::domain::calendar::{CivilDate, minus_days};
use crate::domain::record::Record;
use crate::domain::reference::Ref;
use crate::domain::team::{Base, Neighbourhood, Team};

/// One invented force.
pub(super) struct World<'a> {
    seed: u64,
    pub(super) as_at: CivilDate,
    pub(super) force: &'a ForceSpec,
    pub(super) towns: Vec<Town>,
    pub(super) staff: Staff,
}

impl<'a> World<'a> {
    pub(super) fn of(spec: &CaseloadSpec, force: &'a ForceSpec) -> io::Result<Self> {
        Ok(Self {
            seed: spec.seed,
            as_at: spec.as_at,
            force,
            towns: towns(spec.seed, &force.name, force.teams)?,
            staff: Staff::of(spec.seed, spec.as_at, force)?,
        })
    }

    /// The day so many days before the caseload's.
    pub(super) fn ago(&self, days: u32) -> CivilDate {
        minus_days(self.as_at, days)
    }

    /// Chance of this force's own, for a purpose and a number.
    pub(super) fn chance(&self, purpose: &str, number: u32) -> Chance {
        Chance::of(self.seed, &self.force.name, purpose, number)
    }

    pub(super) fn team_ref(&self, team: u32) -> io::Result<Ref> {
        reference(format!("team-{}", team + 1))
    }

    /// The towns that a team covers.
    pub(super) fn towns_of(&self, team: u32) -> Vec<&Town> {
        self.towns.iter().filter(|town| town.team == team).collect()
    }

    /// Writes the teams, neighbourhoods and officers.
    pub(super) fn write(&self, feed: &mut Feed<'_>) -> io::Result<()> {
        let at = at_hour(self.ago(400), 6);
        for team in 0..self.force.teams {
            let Some(town) = self.towns_of(team).first().copied() else { continue };
            let record = Team {
                name: format!("{} MOSOVO", town.name),
                force: self.force.name.clone(),
                base: Base {
                    name: format!("{} police station", town.name),
                    latitude: town.centre.latitude,
                    longitude: town.centre.longitude,
                },
                supervisor_ref: self.staff.supervisor_of(team).cloned(),
            };
            feed.put(&self.team_ref(team)?, at, &Record::Team(record))?;
        }
        for town in &self.towns {
            let record = Neighbourhood { name: town.name.clone(), force: self.force.name.clone() };
            feed.put(&town.neighbourhood_ref, at, &Record::Neighbourhood(record))?;
        }
        staff::write(self, feed)
    }
}
