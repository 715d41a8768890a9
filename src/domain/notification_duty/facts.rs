//! What the duties are worked out from.

use crate::domain::address::Address;
use crate::domain::case_file::CaseFile;
use crate::domain::disposal::Disposal;
use crate::domain::foreign_travel::ForeignTravel;
use crate::domain::moment::Moment;
use crate::domain::notifiable_change::NotifiableChange;
use crate::domain::notification::Notification;
use crate::domain::offender::Offender;
use crate::domain::order::Order;
use crate::domain::record::Held;
use crate::domain::status_history::StatusSpell;

/// All that is known of one offender that bears on notification, each in any order.
#[derive(Debug, Clone, Copy)]
pub struct DutyFacts<'a> {
    /// The offender.
    pub offender: &'a Offender,
    /// Where the offender stood over time, see [`crate::domain::status_history`].
    pub spells: &'a [StatusSpell],
    /// Notifications.
    pub notifications: &'a [Held<Notification>],
    /// Addresses.
    pub addresses: &'a [Held<Address>],
    /// Orders: a sexual harm prevention order keeps its subject notifiable.
    pub orders: &'a [Held<Order>],
    /// Disposals.
    pub disposals: &'a [Held<Disposal>],
    /// Notifiable changes.
    pub changes: &'a [Held<NotifiableChange>],
    /// Journeys abroad.
    pub travels: &'a [Held<ForeignTravel>],
}

impl<'a> DutyFacts<'a> {
    /// What is known of a case.
    #[must_use]
    pub fn of_case(file: &'a CaseFile, spells: &'a [StatusSpell]) -> Self {
        let records = &file.records;
        Self {
            offender: &file.offender,
            spells,
            notifications: &records.notifications,
            addresses: &records.addresses,
            orders: &records.orders,
            disposals: &records.disposals,
            changes: &records.notifiable_changes,
            travels: &records.travels,
        }
    }

    /// The notifications that were given by then, oldest first.
    pub(super) fn given(self, at: Moment) -> Vec<&'a Held<Notification>> {
        let mut given: Vec<_> =
            self.notifications.iter().filter(|held| at.has_happened(held.record.notified_at)).collect();
        given.sort_by_key(|held| (held.record.notified_at, &held.subject));
        given
    }
}
