//! Invented towns, each the centre of a neighbourhood, laid out around an invented county town.
//!
//! The ground lies within England, clear of any coast; forces may overlap on it, since nothing here
//! is a real place.

use std::io;

use super::chance::Chance;
use super::event::reference;
use super::names::town_name;
use crate::domain::reference::Ref;
use crate::domain::team::Location;

/// Towns that a team covers.
const TOWNS_A_TEAM: u32 = 4;

/// The south-west corner of the ground on which county towns stand, and how far it goes, in
/// hundred-thousandths of a degree.
const CORNER: Location = Location { latitude: 51.2, longitude: -2.3 };
const NORTHWARDS: u32 = 200_000;
const EASTWARDS: u32 = 150_000;

/// How far a town may lie from the county town, and a home from its town, north or east.
const TOWN_WITHIN: u32 = 20_000;
const HOME_WITHIN: u32 = 3_000;

/// A town and its neighbourhood.
pub(super) struct Town {
    pub(super) name: String,
    pub(super) centre: Location,
    pub(super) neighbourhood_ref: Ref,
    /// The number of the team that covers it.
    pub(super) team: u32,
}

/// The towns of a force, those of each team together.
pub(super) fn towns(seed: u64, force: &str, teams: u32) -> io::Result<Vec<Town>> {
    let mut chance = Chance::of(seed, force, "places", 0);
    let county_town = Location {
        latitude: CORNER.latitude + degrees(chance.between(0, NORTHWARDS)),
        longitude: CORNER.longitude + degrees(chance.between(0, EASTWARDS)),
    };
    let offset = chance.between(0, 239);
    (0..teams * TOWNS_A_TEAM)
        .map(|number| {
            Ok(Town {
                name: town_name(offset, number),
                centre: near(county_town, TOWN_WITHIN, &mut chance),
                neighbourhood_ref: reference(format!("npa-{:02}", number + 1))?,
                team: number / TOWNS_A_TEAM,
            })
        })
        .collect()
}

/// A home in a town.
pub(super) fn home_near(town: &Town, chance: &mut Chance) -> Location {
    near(town.centre, HOME_WITHIN, chance)
}

fn near(centre: Location, within: u32, chance: &mut Chance) -> Location {
    let mut offset = || degrees(chance.between(0, 2 * within)) - degrees(within);
    Location { latitude: rounded(centre.latitude + offset()), longitude: rounded(centre.longitude + offset()) }
}

fn degrees(hundred_thousandths: u32) -> f64 {
    f64::from(hundred_thousandths) / 100_000.0
}

/// To five decimals, about a metre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 100_000.0).round() / 100_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_lie_inland_and_belong_to_their_team() {
        for force in ["wessex", "elmshire", "hexwold", "north-wessex"] {
            let towns = towns(1, force, 3).unwrap();
            assert_eq!(towns.iter().map(|town| town.team).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
            for town in towns {
                assert!((51.0..=53.4).contains(&town.centre.latitude), "{}", town.centre.latitude);
                assert!((-2.5..=-0.6).contains(&town.centre.longitude), "{}", town.centre.longitude);
            }
        }
    }
}
