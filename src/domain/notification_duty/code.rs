//! The duties by name: the rows of the law's table of triggers, and those of 2026 that are not in force.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which duty. Stable: suspected breaches are named by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyCode {
    /// The first notification.
    InitialNotification,
    /// A name not yet notified was used.
    NameUsed,
    /// The home address changed.
    HomeAddressChanged,
    /// Premises not yet notified were stayed at for the qualifying period.
    StayAtPremises,
    /// Released from custody or detention in hospital.
    Released,
    /// A household with somebody under 18 was joined.
    ChildHouseholdBegun,
    /// It was left.
    ChildHouseholdCeased,
    /// A bank account was opened or closed.
    BankAccount,
    /// A card was gained, lost or changed.
    PaymentCard,
    /// An identity document was obtained, replaced or lost.
    IdentityDocument,
    /// What was notified in advance did not happen.
    AdvanceNoticeNotRealised,
    /// The yearly confirmation.
    PeriodicConfirmation,
    /// The weekly confirmation of those without a sole or main residence.
    WeeklyConfirmation,
    /// Notice before leaving the United Kingdom.
    TravelNotice,
    /// The same, late with a reasonable excuse.
    TravelLateNotice,
    /// Details of a journey changed.
    TravelDetailsChanged,
    /// Back in the United Kingdom.
    ReturnToUk,
    /// What the police directed at a notification.
    AttendanceDirection,
    /// Away from home for more than so many days (2026).
    AbsenceFromHome,
    /// A new name, before it is used (2026).
    NewNameInAdvance,
    /// A household with somebody under 18, before it is joined (2026).
    ChildHouseholdInAdvance,
}

impl DutyCode {
    /// Every duty.
    pub const ALL: [Self; 21] = [
        Self::InitialNotification,
        Self::NameUsed,
        Self::HomeAddressChanged,
        Self::StayAtPremises,
        Self::Released,
        Self::ChildHouseholdBegun,
        Self::ChildHouseholdCeased,
        Self::BankAccount,
        Self::PaymentCard,
        Self::IdentityDocument,
        Self::AdvanceNoticeNotRealised,
        Self::PeriodicConfirmation,
        Self::WeeklyConfirmation,
        Self::TravelNotice,
        Self::TravelLateNotice,
        Self::TravelDetailsChanged,
        Self::ReturnToUk,
        Self::AttendanceDirection,
        Self::AbsenceFromHome,
        Self::NewNameInAdvance,
        Self::ChildHouseholdInAdvance,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InitialNotification => "initial_notification",
            Self::NameUsed => "name_used",
            Self::HomeAddressChanged => "home_address_changed",
            Self::StayAtPremises => "stay_at_premises",
            Self::Released => "released",
            Self::ChildHouseholdBegun => "child_household_begun",
            Self::ChildHouseholdCeased => "child_household_ceased",
            Self::BankAccount => "bank_account",
            Self::PaymentCard => "payment_card",
            Self::IdentityDocument => "identity_document",
            Self::AdvanceNoticeNotRealised => "advance_notice_not_realised",
            Self::PeriodicConfirmation => "periodic_confirmation",
            Self::WeeklyConfirmation => "weekly_confirmation",
            Self::TravelNotice => "travel_notice",
            Self::TravelLateNotice => "travel_late_notice",
            Self::TravelDetailsChanged => "travel_details_changed",
            Self::ReturnToUk => "return_to_uk",
            Self::AttendanceDirection => "attendance_direction",
            Self::AbsenceFromHome => "absence_from_home",
            Self::NewNameInAdvance => "new_name_in_advance",
            Self::ChildHouseholdInAdvance => "child_household_in_advance",
        }
    }
}

impl fmt::Display for DutyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
