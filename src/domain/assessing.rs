//! What an assessment must say to be entered: whom its tool is made for, and when it is reviewed.
//!
//! ARMS is made for adult men with sexual convictions `[S]`; women and under-18s need other tools `[M]`. Its eleven factors
//! and its overall level are the judgement of a trained assessor: nothing is computed.

use super::arms_assessment::{ArmsFactor, FactorLevel};
use super::calendar::{CivilDate, plus_months, plus_years};
use super::moment::Moment;
use super::offender::{Offender, Sex};
use super::policy::Policy;
use super::refusal::{Refusal, RefusalCode};
use std::collections::BTreeMap;

/// The age from which ARMS applies.
const ADULT_YEARS: u32 = 18;

/// Whether ARMS is made for somebody, as far as the record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Population {
    /// An adult man.
    AdultMale,
    /// A woman, or somebody under 18.
    Another,
    /// The record does not show it: the assessor is asked.
    NotShown,
}

/// Whether ARMS is made for an offender on a day.
#[must_use]
pub fn population(offender: &Offender, day: CivilDate) -> Population {
    let adult = offender.date_of_birth.map(|born| plus_years(born, ADULT_YEARS) <= day);
    match (offender.sex, adult) {
        (Some(Sex::Female), _) | (_, Some(false)) => Population::Another,
        (Some(Sex::Male), Some(true)) => Population::AdultMale,
        (Some(Sex::Male | Sex::Other) | None, None | Some(true)) => Population::NotShown,
    }
}

/// ARMS may be used where the record shows an adult man, or shows nothing and the assessor says so.
///
/// # Errors
/// When it may not.
pub fn arms_applies(population: Population, adult_male_stated: Option<bool>) -> Result<(), Refusal> {
    match (population, adult_male_stated) {
        (Population::AdultMale, _) | (Population::NotShown, Some(true)) => Ok(()),
        (Population::Another, _) | (Population::NotShown, Some(false)) => {
            let detail = "ARMS is made for adult men; enter the assessment of another tool under other-assessments";
            Err(Refusal::new(RefusalCode::NotAcceptable, detail))
        }
        (Population::NotShown, None) => {
            let detail =
                "the record does not show an adult man, for whom ARMS is made; say whether the offender is one";
            Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/adult_male"))
        }
    }
}

/// Another tool may be used where the record shows that ARMS does not apply, or shows nothing and the assessor says why.
///
/// # Errors
/// When it may not.
pub fn another_tool_applies(population: Population, says_why: bool) -> Result<(), Refusal> {
    match population {
        Population::Another => Ok(()),
        Population::NotShown if says_why => Ok(()),
        Population::NotShown => {
            let detail = "the record does not show why ARMS does not apply; say why";
            Err(Refusal::new(RefusalCode::ReasonNeeded, detail).at("/why_not_arms"))
        }
        Population::AdultMale => {
            let detail = "the record shows an adult man, for whom ARMS is made; enter an ARMS assessment";
            Err(Refusal::new(RefusalCode::NotAcceptable, detail))
        }
    }
}

/// All eleven factors are needed.
///
/// # Errors
/// When one is missing.
pub fn has_every_factor(factors: &BTreeMap<ArmsFactor, FactorLevel>) -> Result<(), Refusal> {
    let missing = ArmsFactor::ALL.iter().filter(|factor| !factors.contains_key(factor)).count();
    if missing == 0 {
        return Ok(());
    }
    let detail = format!("all eleven factors are needed; {missing} of them are missing");
    Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/factors"))
}

/// An assessment has been made, and is reviewed after it and at most 12 ⚙ months later.
///
/// # Errors
/// When the dates are otherwise.
pub fn is_in_time(assessed_on: CivilDate, review_on: CivilDate, at: Moment, policy: &Policy) -> Result<(), Refusal> {
    if !at.has_come(assessed_on) {
        let detail = "an assessment that has not been made cannot be entered";
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/assessed_on"));
    }
    let latest = plus_months(assessed_on, policy.arms_max_age_months);
    if review_on <= assessed_on || review_on > latest {
        let detail = format!("the review is after the assessment and at the latest on {latest}");
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/next_review_on"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::policy::Policies;

    fn offender(sex: Option<&str>, born: Option<&str>) -> Offender {
        serde_json::from_value(json!({
            "given_name": "Invented", "family_name": "Person", "status": "community", "status_since": "2015-06-01",
            "team_ref": "t", "lead_agency": "police", "lead_agency_since": "2015-06-01",
            "mappa": { "category": 1, "level": 1 }, "sex": sex, "date_of_birth": born,
            "notification": { "relevant_date": "2015-06-01", "ends_on": null, "regime": "annual",
                "under_18_at_relevant_date": false },
            "external_refs": [], "aliases": [], "warning_markers": [],
        }))
        .unwrap()
    }

    #[test]
    fn arms_is_made_for_adult_men() {
        let day = "2021-04-15".parse().unwrap();
        for (sex, born, expected) in [
            (Some("male"), Some("1980-01-01"), Population::AdultMale),
            (Some("male"), Some("2003-04-15"), Population::AdultMale),
            (Some("male"), Some("2003-04-16"), Population::Another),
            (Some("male"), None, Population::NotShown),
            (Some("female"), Some("1980-01-01"), Population::Another),
            (Some("female"), None, Population::Another),
            (Some("other"), Some("1980-01-01"), Population::NotShown),
            (None, Some("1980-01-01"), Population::NotShown),
            (None, Some("2010-01-01"), Population::Another),
            (None, None, Population::NotShown),
        ] {
            assert_eq!(population(&offender(sex, born), day), expected, "{sex:?} {born:?}");
        }
    }

    #[test]
    fn where_the_record_does_not_show_it_the_assessor_says() {
        for (population, stated, arms) in [
            (Population::AdultMale, None, true),
            (Population::AdultMale, Some(false), true),
            (Population::NotShown, None, false),
            (Population::NotShown, Some(true), true),
            (Population::NotShown, Some(false), false),
            (Population::Another, Some(true), false),
        ] {
            assert_eq!(arms_applies(population, stated).is_ok(), arms, "{population:?} {stated:?}");
        }
        for (population, says_why, another) in [
            (Population::Another, false, true),
            (Population::NotShown, false, false),
            (Population::NotShown, true, true),
            (Population::AdultMale, true, false),
        ] {
            assert_eq!(another_tool_applies(population, says_why).is_ok(), another, "{population:?} {says_why}");
        }
    }

    #[test]
    fn the_review_is_after_the_assessment_and_within_a_year() {
        let policies = Policies::built_in().unwrap();
        let at = Moment::at("2021-04-15T08:00:00Z".parse().unwrap());
        let policy = policies.in_force(at.today()).unwrap();
        for (assessed, review, pointer) in [
            ("2021-04-15", "2021-04-16", None),
            ("2021-04-15", "2022-04-15", None),
            ("2021-04-15", "2022-04-16", Some("/next_review_on")),
            ("2021-04-15", "2021-04-15", Some("/next_review_on")),
            ("2020-02-29", "2021-02-28", None),
            ("2020-02-29", "2021-03-01", Some("/next_review_on")),
            ("2021-04-16", "2021-05-01", Some("/assessed_on")),
        ] {
            let refused = is_in_time(assessed.parse().unwrap(), review.parse().unwrap(), at, policy).err();
            assert_eq!(refused.as_ref().map(|refusal| refusal.pointer.as_str()), pointer, "{assessed} {review}");
        }
    }

    #[test]
    fn every_factor_is_needed() {
        let mut factors: BTreeMap<_, _> = ArmsFactor::ALL.iter().map(|factor| (*factor, FactorLevel::Low)).collect();
        assert_eq!(factors.len(), 11);
        assert!(has_every_factor(&factors).is_ok());
        factors.remove(&ArmsFactor::SocialInvestment);
        assert_eq!(has_every_factor(&factors).unwrap_err().pointer, "/factors");
    }
}
