//! Notifiable changes: what happened, or is expected to, that an offender must tell the police (SOA 2003
//! s.84 and the 2012 regulations), how it came to be known, and the notification that covers it.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant, london_date};
use super::moment::Moment;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode, first_broken};

/// What changed. The marks are those of the rules, see [`super::notification_duty::rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A name not yet notified was used, on social media too: s.84(1)(a).
    NameUsed,
    /// The home address changed: s.84(1)(b).
    HomeAddressChanged,
    /// There is no sole or main residence any more; the home is a place where the offender is regularly
    /// found: ss.83(7)(b), 84(1)(b). From `occurred_on` to `until`.
    NoSoleOrMainResidence,
    /// A stay at premises not yet notified, from `occurred_on` to `until`: s.84(1)(c).
    Stay,
    /// Release from custody, imprisonment, service detention or detention in hospital: s.84(1)(d).
    Released,
    /// Living, or staying 12 hours or more, in a household with somebody under 18: 2012 regs 10 and 11.
    ChildHouseholdBegun,
    /// That came to an end.
    ChildHouseholdCeased,
    /// A bank account was opened: 2012 regs 12 and 13.
    BankAccountOpened,
    /// A bank account was closed.
    BankAccountClosed,
    /// A debit or credit card was gained.
    CardGained,
    /// A card was lost.
    CardLost,
    /// A card changed.
    CardChanged,
    /// A passport or other identity document was obtained: 2012 regs 14 and 15.
    IdentityDocumentObtained,
    /// An identity document was replaced.
    IdentityDocumentReplaced,
    /// An identity document was lost.
    IdentityDocumentLost,
    /// The police directed what the offender must allow when giving a notification, on `occurred_on`: s.87(4).
    AttendanceDirected,
    /// Away from the sole or main residence from `occurred_on` to `until` (Crime and Policing Act 2026, off).
    AbsentFromHome,
}

impl ChangeKind {
    /// Whether a notification of it restarts the year, where nobody chose otherwise: names, addresses,
    /// stays and release do, what the 2012 regulations added does not. `[I]` on the Home Office's FAQ (2023)
    #[must_use]
    pub const fn moves_periodic_date(self) -> bool {
        match self {
            Self::NameUsed | Self::HomeAddressChanged | Self::NoSoleOrMainResidence | Self::Stay | Self::Released => {
                true
            }
            Self::ChildHouseholdBegun
            | Self::ChildHouseholdCeased
            | Self::BankAccountOpened
            | Self::BankAccountClosed
            | Self::CardGained
            | Self::CardLost
            | Self::CardChanged
            | Self::IdentityDocumentObtained
            | Self::IdentityDocumentReplaced
            | Self::IdentityDocumentLost
            | Self::AttendanceDirected
            | Self::AbsentFromHome => false,
        }
    }

    /// Whether it may be told before it happens: in advance, or because the Act of 2026 asks for it (off). `[M]`
    #[must_use]
    pub const fn may_be_told_beforehand(self) -> bool {
        self.may_be_notified_in_advance() || matches!(self, Self::ChildHouseholdBegun | Self::AbsentFromHome)
    }

    /// Whether it may be notified in advance, with the date on which it is expected: s.84(2). `[S]`
    #[must_use]
    pub const fn may_be_notified_in_advance(self) -> bool {
        match self {
            Self::NameUsed | Self::HomeAddressChanged | Self::NoSoleOrMainResidence | Self::Stay => true,
            Self::Released
            | Self::ChildHouseholdBegun
            | Self::ChildHouseholdCeased
            | Self::BankAccountOpened
            | Self::BankAccountClosed
            | Self::CardGained
            | Self::CardLost
            | Self::CardChanged
            | Self::IdentityDocumentObtained
            | Self::IdentityDocumentReplaced
            | Self::IdentityDocumentLost
            | Self::AttendanceDirected
            | Self::AbsentFromHome => false,
        }
    }
}

/// How it came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowKnown {
    /// The offender said so, at a notification or otherwise.
    OffenderSaid,
    /// Seen or heard at a visit.
    Visit,
    /// Intelligence.
    Intelligence,
    /// Found by looking: social media and other open sources included.
    PoliceEnquiry,
    /// Another agency said so.
    OtherAgency,
    /// The records system.
    RecordsSystem,
    /// Otherwise.
    Other,
}

/// A notification given before the event, with the date on which it is expected: s.84(2). `[S]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvanceNotice {
    /// When it was given.
    pub notified_at: Instant,
    /// The date given.
    pub expected_on: CivilDate,
    /// The notification, where it is on record.
    pub notification_ref: Option<Ref>,
    /// When the offender told the police that it had not happened: s.84(4)(b).
    pub said_not_happened_at: Option<Instant>,
}

/// A notifiable change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifiableChange {
    /// Of whom.
    pub offender_ref: Ref,
    /// What.
    pub kind: ChangeKind,
    /// When it happened, or began; empty where it is only expected.
    pub occurred_on: Option<CivilDate>,
    /// The last day of what lasts; empty where it goes on.
    pub until: Option<CivilDate>,
    /// Hours stayed in a household with somebody under 18; empty where the offender lives there or it is not known.
    pub hours: Option<u32>,
    /// The address it is about, where it is about one.
    pub premises_ref: Option<Ref>,
    /// How it came to be known.
    pub how_known: HowKnown,
    /// When it came to be known.
    pub known_on: CivilDate,
    /// The notification that covers it, as a person found; empty where none is known to.
    pub notification_ref: Option<Ref>,
    /// The advance notice of it, where there was one.
    pub advance: Option<AdvanceNotice>,
    /// Whether a notification of it restarts the year, where a person chose; the kind says where empty.
    pub moves_periodic_date: Option<bool>,
    /// Why a person chose otherwise than the kind says.
    #[serde(default)]
    pub periodic_date_reason: Option<String>,
    /// Why a person found that the notification named covers it.
    #[serde(default)]
    pub notification_reason: Option<String>,
    /// In words.
    pub detail: Option<String>,
    /// Who entered it, or changed it last.
    #[serde(default)]
    pub entered_by: Option<Ref>,
}

impl NotifiableChange {
    /// Whether a notification of it restarts the year: what was chosen, or what the kind says. The choice is
    /// for the notification to carry, whose own `moves_periodic_date` alone counts for the confirmations.
    #[must_use]
    pub fn moves_periodic_date(&self) -> bool {
        self.moves_periodic_date.unwrap_or(self.kind.moves_periodic_date())
    }

    /// Checks it against itself and what is known.
    ///
    /// # Errors
    /// When it contradicts itself, what has not happened is said to have, or a choice lacks its reason.
    pub fn is_acceptable(&self, at: Moment) -> Result<(), Refusal> {
        let (kind, advance) = (self.kind, self.advance.as_ref());
        // What is told before it happens: the Act of 2026, off.
        let may_be_to_come = kind == ChangeKind::AbsentFromHome;
        let has_come = |day: Option<CivilDate>| may_be_to_come || day.is_none_or(|day| at.has_come(day));
        let lasts = matches!(kind, ChangeKind::NoSoleOrMainResidence | ChangeKind::Stay | ChangeKind::AbsentFromHome);
        let is_about_premises = lasts
            || matches!(
                kind,
                ChangeKind::HomeAddressChanged | ChangeKind::ChildHouseholdBegun | ChangeKind::ChildHouseholdCeased
            );
        let told = advance.map(|notice| notice.notified_at);
        let not_happened = advance.and_then(|notice| notice.said_not_happened_at);
        first_broken([
            (
                self.occurred_on.is_some() || advance.is_some(),
                "/occurred_on",
                "is missing, and there is no advance notice of it",
            ),
            (has_come(self.occurred_on), "/occurred_on", "lies in the future; what is expected has an advance notice"),
            (self.until.is_none() || lasts, "/until", "is for what lasts: no residence, a stay, an absence"),
            (
                self.until.is_none_or(|until| self.occurred_on.is_some_and(|on| on <= until)),
                "/until",
                "is before the first day",
            ),
            (has_come(self.until), "/until", "lies in the future; leave it out while it goes on"),
            (
                self.hours.is_none() || kind == ChangeKind::ChildHouseholdBegun,
                "/hours",
                "is for stays in a household with somebody under 18",
            ),
            (self.premises_ref.is_none() || is_about_premises, "/premises_ref", "is for what is about an address"),
            (at.has_come(self.known_on), "/known_on", "lies in the future"),
            (
                advance.is_none() || kind.may_be_told_beforehand(),
                "/advance",
                "cannot be given of this (SOA 2003 s.84(2))",
            ),
            (told.is_none_or(|told| at.has_happened(told)), "/advance/notified_at", "lies in the future"),
            (
                advance.is_none_or(|notice| london_date(notice.notified_at) <= notice.expected_on),
                "/advance/expected_on",
                "is before the notice",
            ),
            (
                not_happened.is_none() || self.occurred_on.is_none(),
                "/said_not_happened_at",
                "says that it did not happen, and there is a day on which it did",
            ),
            (
                not_happened.is_none_or(|said| at.has_happened(said) && told.is_some_and(|told| told <= said)),
                "/said_not_happened_at",
                "is in the future or before the notice",
            ),
        ])?;
        let is_another_choice = self.moves_periodic_date.is_some_and(|moves| moves != kind.moves_periodic_date());
        if is_another_choice && self.periodic_date_reason.is_none() {
            let detail = "the kind says otherwise (domain rules: annual date reset); say why";
            return Err(Refusal::new(RefusalCode::ReasonNeeded, detail).at("/periodic_date_reason"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    #[test]
    fn a_change_agrees_with_itself_and_lies_behind_us() {
        let advance = |notified: &str, expected: &str| json!({ "notified_at": format!("{notified}T09:00:00Z"), "expected_on": expected });
        let rows = [
            (json!({}), None),
            (json!({ "occurred_on": null }), Some("/occurred_on")),
            (json!({ "occurred_on": "2021-04-16" }), Some("/occurred_on")),
            (json!({ "kind": "absent_from_home", "occurred_on": "2021-04-16", "until": "2021-05-16" }), None),
            (json!({ "until": "2021-04-12" }), Some("/until")),
            (json!({ "kind": "stay", "until": "2021-04-12" }), None),
            (json!({ "kind": "stay", "until": "2021-04-09" }), Some("/until")),
            (json!({ "kind": "stay", "until": "2021-04-16" }), Some("/until")),
            (json!({ "hours": 14 }), Some("/hours")),
            (json!({ "kind": "child_household_begun", "hours": 14, "premises_ref": "a" }), None),
            (json!({ "premises_ref": "a" }), Some("/premises_ref")),
            (json!({ "known_on": "2021-04-16" }), Some("/known_on")),
            (
                json!({ "kind": "bank_account_opened", "advance": advance("2021-04-01", "2021-04-10") }),
                Some("/advance"),
            ),
            (json!({ "occurred_on": null, "advance": advance("2021-04-01", "2021-06-10") }), None),
            (
                json!({ "kind": "absent_from_home", "occurred_on": "2021-04-20", "until": "2021-05-16",
                    "advance": advance("2021-04-10", "2021-04-20") }),
                None,
            ),
            (
                json!({ "kind": "child_household_begun", "occurred_on": null,
                    "advance": advance("2021-04-10", "2021-04-20") }),
                None,
            ),
            (json!({ "advance": advance("2021-04-16", "2021-04-16") }), Some("/advance/notified_at")),
            (json!({ "advance": advance("2021-04-12", "2021-04-11") }), Some("/advance/expected_on")),
            (json!({ "moves_periodic_date": true }), None),
            (json!({ "moves_periodic_date": false }), Some("/periodic_date_reason")),
            (json!({ "moves_periodic_date": false, "periodic_date_reason": "invented" }), None),
        ];
        let at = Moment::at("2021-04-15T08:00:00Z".parse().unwrap());
        let told = |over: &Value| {
            let mut change = json!({ "offender_ref": "o", "kind": "name_used", "occurred_on": "2021-04-10",
                "how_known": "offender_said", "known_on": "2021-04-10" });
            for (member, value) in over.as_object().unwrap() {
                change[member] = value.clone();
            }
            from_value::<NotifiableChange>(change).unwrap().is_acceptable(at).err().map(|refusal| refusal.pointer)
        };
        for (over, pointer) in rows {
            assert_eq!(told(&over).as_deref(), pointer, "{over}");
        }
        for (said, occurred, refused) in [
            ("2021-04-14T09:00:00Z", json!(null), false),
            ("2021-04-16T09:00:00Z", json!(null), true),
            ("2021-03-31T09:00:00Z", json!(null), true),
            ("2021-04-14T09:00:00Z", json!("2021-04-10"), true),
        ] {
            let mut notice = advance("2021-04-01", "2021-04-10");
            notice["said_not_happened_at"] = json!(said);
            let found = told(&json!({ "occurred_on": occurred, "advance": notice }));
            assert_eq!(found.is_some(), refused, "{said} {occurred}");
        }
    }
}
