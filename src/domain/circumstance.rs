//! Circumstances: what surrounds an offender beside where they live: online identities, devices, vehicles, work,
//! relationships and their children. Children known of only from an old entry are children nobody looks after
//! (HMICFRS, Dorset 2021): each circumstance says where it comes from and when it was last confirmed.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, plus_days, plus_months};
use super::policy::Policy;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};

/// What a circumstance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CircumstanceKind {
    /// A name or account online.
    OnlineIdentity,
    /// A telephone, computer or other device.
    Device,
    /// A vehicle.
    Vehicle,
    /// Work, paid or not.
    Work,
    /// A relationship.
    Relationship,
    /// Anything else.
    Other,
}

/// Where it is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CircumstanceSource {
    /// The offender said so.
    Offender,
    /// It was seen at a visit.
    Visit,
    /// Intelligence.
    Intelligence,
    /// What anybody can find, such as a page on social media.
    OpenSource,
    /// Another agency.
    PartnerAgency,
    /// Anything else.
    Other,
}

/// A child of a relationship, by a label; the year of birth or the age where known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// Who, as the case names them.
    pub label: String,
    /// The year of birth.
    pub born_year: Option<u16>,
    /// The age when it was entered.
    pub age: Option<u8>,
}

/// A circumstance of an offender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstance {
    /// Whose.
    pub offender_ref: Ref,
    /// What it is.
    pub kind: CircumstanceKind,
    /// The same in free text.
    pub description: String,
    /// By what it is known again: an account's name, a serial or registration number.
    pub identifiers: Vec<String>,
    /// With whom; of a relationship.
    pub partner: Option<String>,
    /// The children; of a relationship.
    pub children: Vec<Child>,
    /// Since when; not known where empty.
    pub since: Option<CivilDate>,
    /// Until when; empty where it goes on.
    pub until: Option<CivilDate>,
    /// Where it is known from.
    pub source: CircumstanceSource,
    /// When it was entered.
    pub recorded_on: CivilDate,
    /// When it was last confirmed; empty where it never was.
    pub confirmed_on: Option<CivilDate>,
    /// By whom.
    pub confirmed_by: Option<Ref>,
    /// Whether it is on the national record.
    pub on_national_record: bool,
}

/// What is wanting of a circumstance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Wanting {
    /// The day by which it was to be confirmed, where that has passed.
    pub confirm_by: Option<CivilDate>,
    /// The day by which it was to be on the national record, where that has passed.
    pub record_by: Option<CivilDate>,
}

impl Circumstance {
    /// Checks that the record does not contradict itself.
    ///
    /// # Errors
    /// With the member that is at fault.
    pub fn check(&self, today: CivilDate) -> Result<(), Refusal> {
        let refused = |pointer: &str, detail: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(pointer));
        if self.since.zip(self.until).is_some_and(|(since, until)| until < since) {
            return refused("/until", "a circumstance does not end before it begins");
        }
        if self.confirmed_on.is_some_and(|confirmed| confirmed > today) {
            return refused("/confirmed_on", "lies after today");
        }
        if self.kind != CircumstanceKind::Relationship && self.partner.is_some() {
            return refused("/partner", "a partner belongs to a relationship");
        }
        if self.kind != CircumstanceKind::Relationship && !self.children.is_empty() {
            return refused("/children", "children belong to a relationship");
        }
        Ok(())
    }

    /// Current: begun, as far as is known, and not ended.
    #[must_use]
    pub fn is_current(&self, day: CivilDate) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| until >= day)
    }

    /// What is wanting on a day of a current circumstance: a confirmation in the last months, or an entry on the
    /// national record within days. Both are policy \[I\].
    #[must_use]
    pub fn wanting(&self, day: CivilDate, policy: &Policy) -> Option<Wanting> {
        let confirmed = self.confirmed_on.unwrap_or(self.recorded_on);
        let confirm_by = plus_months(confirmed, policy.circumstance_confirm_months);
        let record_by = plus_days(self.recorded_on, policy.circumstance_record_days);
        let wanting = Wanting {
            confirm_by: Some(confirm_by).filter(|by| day > *by),
            record_by: Some(record_by).filter(|by| day > *by && !self.on_national_record),
        };
        let is_wanting = wanting.confirm_by.is_some() || wanting.record_by.is_some();
        Some(wanting).filter(|_| is_wanting && self.is_current(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Policies;

    #[test]
    fn a_current_circumstance_is_confirmed_within_months_and_on_the_national_record_within_days() {
        let day = |text: &str| text.parse::<CivilDate>().unwrap();
        let base = Circumstance {
            offender_ref: Ref::new("o").unwrap(),
            kind: CircumstanceKind::Device,
            description: String::new(),
            identifiers: vec![],
            partner: None,
            children: vec![],
            since: None,
            until: None,
            source: CircumstanceSource::Visit,
            recorded_on: day("2020-10-15"),
            confirmed_on: None,
            confirmed_by: None,
            on_national_record: true,
        };
        let policies = Policies::built_in().unwrap();
        let policy = policies.in_force(day("2021-04-15")).unwrap();
        let unrecorded = Circumstance { on_national_record: false, ..base.clone() };
        for (circumstance, on, wanting) in [
            (base.clone(), "2021-04-15", (false, false)),
            (base.clone(), "2021-04-16", (true, false)),
            (Circumstance { confirmed_on: Some(day("2020-10-16")), ..base.clone() }, "2021-04-16", (false, false)),
            (unrecorded.clone(), "2020-10-20", (false, false)),
            (unrecorded.clone(), "2020-10-21", (false, true)),
            (unrecorded.clone(), "2021-04-16", (true, true)),
            (Circumstance { until: Some(day("2020-10-20")), ..unrecorded.clone() }, "2020-10-21", (false, false)),
            (Circumstance { until: Some(day("2020-10-21")), ..unrecorded.clone() }, "2020-10-21", (false, true)),
            (Circumstance { since: Some(day("2020-10-22")), ..unrecorded }, "2020-10-21", (false, false)),
        ] {
            let found = circumstance.wanting(day(on), policy);
            let found = found.map_or((false, false), |it| (it.confirm_by.is_some(), it.record_by.is_some()));
            assert_eq!(found, wanting, "{circumstance:?} {on}");
        }
    }
}
