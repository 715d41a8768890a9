//! The registered sex offender: identity, status, lead agency, MAPPA, static risk, notification period.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};

/// A level of risk, as ARMS and the static tools name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Very high.
    VeryHigh,
}

/// Where an offender stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffenderStatus {
    /// In the community.
    Community,
    /// In custody.
    Custody,
    /// Detained in hospital.
    Hospital,
    /// Outside the United Kingdom.
    Abroad,
    /// Whereabouts unknown.
    Missing,
    /// Deported.
    Deported,
    /// Managed by another force.
    TransferredOut,
    /// Dead.
    Deceased,
    /// The notification period has ended.
    PeriodEnded,
}

impl OffenderStatus {
    /// Every status.
    pub const ALL: [Self; 9] = [
        Self::Community,
        Self::Custody,
        Self::Hospital,
        Self::Abroad,
        Self::Missing,
        Self::Deported,
        Self::TransferredOut,
        Self::Deceased,
        Self::PeriodEnded,
    ];

    /// True where the status leaves the offender with this force to manage.
    #[must_use]
    pub const fn is_managed(self) -> bool {
        match self {
            Self::Community | Self::Custody | Self::Hospital | Self::Abroad | Self::Missing => true,
            Self::Deported | Self::TransferredOut | Self::Deceased | Self::PeriodEnded => false,
        }
    }
}

/// The agency that leads on an offender (MAPPA: probation while on licence, police afterwards).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadAgency {
    /// The police.
    Police,
    /// The probation service.
    Probation,
    /// Youth justice.
    YouthJustice,
    /// Health.
    Health,
    /// Another agency.
    Other,
}

/// The MAPPA category and level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mappa {
    /// 1 to 4; every registered sex offender is category 1.
    pub category: u8,
    /// 1 to 3.
    pub level: u8,
}

/// How often an offender confirms what they notified (SOA 2003 s.85).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationRegime {
    /// Every year: s.85(1).
    Annual,
    /// Every seven days, for those without a sole or main residence: s.85(5)(a).
    Weekly,
}

/// The notification period (SOA 2003 s.82).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationPeriod {
    /// The date from which it runs.
    pub relevant_date: CivilDate,
    /// Its last day; empty where it is indefinite.
    pub ends_on: Option<CivilDate>,
    /// How often the offender confirms.
    pub regime: NotificationRegime,
    /// Under 18 on the relevant date, which halves some periods.
    pub under_18_at_relevant_date: bool,
}

/// A band given by a static risk tool; bands of different tools are never converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaticRisk {
    /// The tool, with its version where known.
    pub tool: String,
    /// The band it gave.
    pub band: RiskLevel,
    /// When.
    pub assessed_on: CivilDate,
}

/// How another system names the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalRef {
    /// The system.
    pub system: String,
    /// Its identifier.
    pub id: String,
}

/// Sex as recorded. ARMS applies to adult males; others need another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Other.
    Other,
}

/// What kind of name an alias is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    /// A name that is used in person.
    Name,
    /// A name that is used online.
    OnlineIdentity,
}

/// What is known of another name; entered here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasDetail {
    /// The name.
    pub name: String,
    /// What kind.
    pub kind: AliasKind,
    /// Where it was found, in free text.
    pub found: String,
    /// Whether the offender has notified it (SOA 2003 s.84(1)(a)).
    pub notified: bool,
    /// When it was entered.
    pub recorded_on: CivilDate,
}

/// A registered sex offender as the records system knows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offender {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Where they stand.
    pub status: OffenderStatus,
    /// Since when.
    pub status_since: CivilDate,
    /// The team responsible.
    pub team_ref: Ref,
    /// Who leads.
    pub lead_agency: LeadAgency,
    /// Since when.
    pub lead_agency_since: CivilDate,
    /// MAPPA category and level.
    pub mappa: Mappa,
    /// The notification period.
    pub notification: NotificationPeriod,
    /// Identifiers in other systems.
    pub external_refs: Vec<ExternalRef>,
    /// Other names.
    pub aliases: Vec<String>,
    /// Date of birth; not known where empty.
    pub date_of_birth: Option<CivilDate>,
    /// Sex; not known where empty.
    pub sex: Option<Sex>,
    /// In the community since; not known where empty.
    pub community_since: Option<CivilDate>,
    /// Last day of a licence; empty where there is none.
    pub licence_until: Option<CivilDate>,
    /// The static risk band; not known where empty.
    pub static_risk: Option<StaticRisk>,
    /// The neighbourhood they live in; not known where empty.
    pub neighbourhood_ref: Option<Ref>,
    /// Warnings for whoever visits.
    pub warning_markers: Vec<String>,
    /// What is known of the other names; entered here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alias_details: Vec<AliasDetail>,
    /// Why the status last changed, in free text; entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// On whose authority; entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_authority: Option<String>,
}

impl Offender {
    /// Checks that the record does not contradict itself.
    ///
    /// # Errors
    /// With the member that is at fault.
    pub fn check(&self, today: CivilDate) -> Result<(), Refusal> {
        let refused = |pointer: &str, detail: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(pointer));
        if self.date_of_birth.is_some_and(|born| born > today) {
            return refused("/date_of_birth", "lies after today");
        }
        if self.notification.ends_on.is_some_and(|ends| ends < self.notification.relevant_date) {
            return refused("/notification/ends_on", "the period does not end before it begins");
        }
        if !(1..=4).contains(&self.mappa.category) || !(1..=3).contains(&self.mappa.level) {
            return refused("/mappa", "a MAPPA category is 1 to 4 and a level 1 to 3");
        }
        Ok(())
    }

    /// Managed: the status is one this force manages, and notification has not ended.
    #[must_use]
    pub fn is_managed(&self, day: CivilDate) -> bool {
        self.status.is_managed() && self.notification.ends_on.is_none_or(|ends| ends >= day)
    }

    /// In the community: managed, with status `community`.
    #[must_use]
    pub fn is_in_community(&self, day: CivilDate) -> bool {
        self.is_managed(day) && self.status == OffenderStatus::Community
    }

    /// To be known to the officers of an area: managed, living there, in the community or missing.
    #[must_use]
    pub fn is_briefed_in(&self, area: &Ref, day: CivilDate) -> bool {
        let may_be_met = matches!(self.status, OffenderStatus::Community | OffenderStatus::Missing);
        may_be_met && self.is_managed(day) && self.neighbourhood_ref.as_ref() == Some(area)
    }

    /// In the community since; the day the status began where that is not known or has not come.
    #[must_use]
    pub fn in_community_from(&self, day: CivilDate) -> CivilDate {
        self.community_since.filter(|since| *since <= day).unwrap_or(self.status_since)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_areas_officers_are_told_of_whom_they_may_meet_there() {
        let day: CivilDate = "2021-04-15".parse().unwrap();
        for (status, area, ends_on, told) in [
            ("community", json!("nb-1"), json!(null), true),
            ("missing", json!("nb-1"), json!(null), true),
            ("community", json!("nb-1"), json!("2021-04-15"), true),
            ("community", json!("nb-1"), json!("2021-04-14"), false),
            ("custody", json!("nb-1"), json!(null), false),
            ("abroad", json!("nb-1"), json!(null), false),
            ("transferred_out", json!("nb-1"), json!(null), false),
            ("community", json!("nb-2"), json!(null), false),
            ("community", json!(null), json!(null), false),
        ] {
            let offender: Offender = serde_json::from_value(json!({
                "given_name": "Nestor", "family_name": "Inventio", "aliases": [], "external_refs": [],
                "warning_markers": [], "status": status,
                "status_since": "2020-01-01", "team_ref": "north", "lead_agency": "police",
                "lead_agency_since": "2015-01-01", "mappa": { "category": 1, "level": 1 }, "neighbourhood_ref": area,
                "notification": { "relevant_date": "2015-01-01", "ends_on": ends_on, "regime": "annual",
                    "under_18_at_relevant_date": false },
            }))
            .unwrap();
            assert_eq!(offender.is_briefed_in(&Ref::new("nb-1").unwrap(), day), told, "{status} {area} {ends_on}");
        }
    }
}
