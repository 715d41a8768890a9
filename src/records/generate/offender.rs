//! The offender, who is responsible, and where the offender lives.

use std::io;

use super::case::{Case, Flaw, Gap, Path};
use super::event::Feed;
use super::names::{family_name, female_name, male_name, postcode, street_line};
use super::places::{Town, home_near};
use super::shares;
use super::when::at_hour;
use super::world::World;
use crate::domain::address::{Address, AddressKind};
use crate::domain::allocation::Allocation;
use crate::domain::calendar::{minus_days, plus_days};
use crate::domain::offender::{
    ExternalRef, LeadAgency, Mappa, NotificationPeriod, NotificationRegime, Offender, OffenderStatus, RiskLevel, Sex,
    StaticRisk,
};
use crate::domain::record::Record;
use crate::domain::reference::Ref;

const WARNINGS: [&str; 5] = ["dog at the address", "ailments", "violent", "self-harm", "alleges against officers"];

/// Writes the offender, the allocation and the addresses.
pub(super) fn write(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("offender", case.number);
    let towns = world.towns_of(case.manager.team);
    let town = chance.pick(&towns).copied();
    offender(world, case, town, feed)?;
    allocations(world, case, feed)?;
    addresses(world, case, town, feed)
}

fn offender(world: &World<'_>, case: &Case<'_>, town: Option<&Town>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("identity", case.number);
    let chance = &mut chance;
    let sex = chance.weighted(&[(Some(Sex::Male), 965), (Some(Sex::Female), 25)], None);
    let given_name = if sex == Some(Sex::Female) { female_name(chance) } else { male_name(chance) };
    let relevant_date = world.ago(case.registered);
    let age_then = if case.under_18 { chance.between(15, 17) } else { chance.between(18, 74) };
    let born = minus_days(relevant_date, age_then * 365 + chance.between(30, 360));
    let on_licence = case.licence_until.is_some();
    let static_risk = StaticRisk {
        tool: chance.weighted(&[("OSP/DC", 300), ("OSP/IIC", 200)], "RM2000/S").to_owned(),
        band: chance.weighted(&[(RiskLevel::Low, 350), (RiskLevel::Medium, 380), (RiskLevel::High, 190)], case.level),
        assessed_on: plus_days(relevant_date, chance.between(0, 35)),
    };
    let aliases =
        if chance.happens(130) { vec![format!("{} {}", male_name(chance), family_name(chance))] } else { vec![] };
    let record = Offender {
        given_name: given_name.to_owned(),
        family_name: family_name(chance),
        status: case.status,
        status_since: world.ago(case.standing),
        team_ref: world.team_ref(case.manager.team)?,
        lead_agency: lead_agency(case, on_licence),
        lead_agency_since: world.ago(case.lead),
        mappa: Mappa { category: 1, level: mappa_level(case, on_licence, chance.happens(150)) },
        notification: NotificationPeriod {
            relevant_date,
            ends_on: case.ends_on,
            regime: if case.no_fixed_abode { NotificationRegime::Weekly } else { NotificationRegime::Annual },
            under_18_at_relevant_date: case.under_18,
        },
        external_refs: vec![
            ExternalRef { system: "visor".to_owned(), id: format!("INV{:07}", case.number + 1) },
            ExternalRef { system: "crime".to_owned(), id: format!("P{:06}", chance.between(1, 999_999)) },
        ],
        aliases,
        date_of_birth: Some(born).filter(|_| case.gap != Some(Gap::DateOfBirth)),
        sex,
        community_since: case.in_community().then(|| world.ago(case.standing)),
        licence_until: case.licence_until,
        static_risk: Some(static_risk).filter(|_| case.gap != Some(Gap::StaticRisk)),
        neighbourhood_ref: town
            .map(|town| town.neighbourhood_ref.clone())
            .filter(|_| case.gap != Some(Gap::Neighbourhood)),
        warning_markers: if chance.happens(120) { vec![chance.text(&WARNINGS).to_owned()] } else { vec![] },
        alias_details: vec![],
        status_reason: None,
        status_authority: None,
    };
    feed.put(
        &case.reference,
        at_hour(world.ago(case.standing.min(chance.between(2, 45))), 6),
        &Record::Offender(record),
    )
}

fn lead_agency(case: &Case<'_>, on_licence: bool) -> LeadAgency {
    match case.status {
        OffenderStatus::Hospital => LeadAgency::Health,
        OffenderStatus::Custody => LeadAgency::Probation,
        OffenderStatus::Community if on_licence => LeadAgency::Probation,
        OffenderStatus::Community
        | OffenderStatus::Abroad
        | OffenderStatus::Missing
        | OffenderStatus::Deported
        | OffenderStatus::TransferredOut
        | OffenderStatus::Deceased
        | OffenderStatus::PeriodEnded => LeadAgency::Police,
    }
}

fn mappa_level(case: &Case<'_>, on_licence: bool, raised: bool) -> u8 {
    match (case.path, case.level) {
        (Path::Active, RiskLevel::VeryHigh) if raised => 3,
        (Path::Active, RiskLevel::High | RiskLevel::VeryHigh) if on_licence || raised => 2,
        (Path::Active | Path::Steady | Path::Reactive { .. }, _) => 1,
    }
}

/// Most cases were handed over once before; some are to be handed over on a day to come.
fn allocations(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("allocation", case.number);
    let put = |officer_ref: Option<Ref>, from, told: u32, feed: &mut Feed<'_>| {
        let record = Record::Allocation(Allocation { officer_ref, from, reason: None, allocated_by: None });
        feed.put(&case.reference, at_hour(world.ago(told), 9), &record)
    };
    if chance.happens(shares::NEVER_ALLOCATED) {
        return Ok(());
    }
    let team = case.manager.team;
    let own = Some(case.manager.reference.clone());
    let began = case.standing.max(4);
    let Some(left) = case.manager.left_on else {
        let taken_over = chance.between(3, began);
        if taken_over < began && chance.happens(250) {
            let before = world.staff.crew(case.manager, world.as_at, &mut chance).into_iter().nth(1);
            put(before, world.ago(began), began, feed)?;
        }
        put(own, world.ago(taken_over), taken_over, feed)?;
        if chance.happens(10) {
            let next = world.staff.crew(case.manager, world.as_at, &mut chance).into_iter().nth(1);
            put(next, plus_days(world.as_at, chance.between(3, 30)), 1, feed)?;
        }
        return Ok(());
    };
    put(own, world.ago(began), began, feed)?;
    let parked = u32::try_from(world.as_at.signed_duration_since(left).num_days()).unwrap_or_default();
    if parked < began && parked > 2 && chance.happens(shares::PARKED_WITH_SUPERVISOR) {
        put(world.staff.supervisor_of(team).cloned(), world.ago(parked), parked, feed)?;
    }
    Ok(())
}

fn addresses(world: &World<'_>, case: &Case<'_>, town: Option<&Town>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("address", case.number);
    let chance = &mut chance;
    let (Some(town), true) = (town, case.in_community() || chance.happens(500)) else { return Ok(()) };
    for home in case.homes.iter().rev() {
        let place = Some(home_near(town, chance)).filter(|_| !chance.happens(shares::PLACE_UNKNOWN));
        let current = home.until.is_none();
        let roofless = case.no_fixed_abode && current;
        let child = match case.path {
            Path::Active => chance.weighted(&[(Some(false), 820), (None, 120)], Some(true)),
            Path::Steady | Path::Reactive { .. } if case.has_flaw(Flaw::Child) => {
                chance.weighted(&[(None, 600)], Some(true))
            }
            Path::Steady | Path::Reactive { .. } => Some(false),
        };
        let record = Address {
            offender_ref: case.reference.clone(),
            kind: if roofless { AddressKind::NoFixedAbode } else { AddressKind::Main },
            lines: vec![if roofless { "Night shelter".to_owned() } else { street_line(chance) }, town.name.clone()],
            resident_from: world.ago(home.since),
            postcode: chance.happens(900).then(|| postcode(chance)),
            latitude: place.map(|place| place.latitude),
            longitude: place.map(|place| place.longitude),
            resident_until: home.until.map(|until| world.ago(until + 1)),
            child_in_household: child,
            verified_on: None,
            verified_by: None,
            verified_how: None,
        };
        let told = home.until.unwrap_or(home.since).saturating_sub(2).max(1);
        feed.put(&home.reference, at_hour(world.ago(told), 10), &Record::Address(record))?;
    }
    Ok(())
}
