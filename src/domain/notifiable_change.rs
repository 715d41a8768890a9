//! Notifiable changes: what happened, or is expected to, that an offender must tell the police (SOA 2003
//! s.84 and the 2012 regulations), how it came to be known, and the notification that covers it.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, Instant};
use super::reference::Ref;

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
}
