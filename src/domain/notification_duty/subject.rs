//! What a notification can have told the police, as far as its kind and its provision say. `[I]`

use crate::domain::calendar::CivilDate;
use crate::domain::notification::{Notification, NotificationKind};

/// What was to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// A name: s.84(1)(a).
    Name,
    /// The home address: s.84(1)(b).
    Home,
    /// Premises stayed at: s.84(1)(c).
    Stay,
    /// Release: s.84(1)(d).
    Release,
    /// What the 2012 regulations added: s.84(1)(ca).
    Prescribed,
}

/// The one subject that a provision names; none where it leaves it open.
pub(super) fn named(provision: &str) -> Option<Subject> {
    [
        ("2012", Subject::Prescribed),
        ("84(1)(ca)", Subject::Prescribed),
        ("84(1)(a)", Subject::Name),
        ("84(1)(b)", Subject::Home),
        ("84(1)(c)", Subject::Stay),
        ("84(1)(d)", Subject::Release),
    ]
    .into_iter()
    .find_map(|(text, subject)| provision.contains(text).then_some(subject))
}

/// Whether a notification can have told it: the first one and the confirmations tell all that s.83(5) lists,
/// a change tells what its provision names, and may have told anything where that names nothing.
pub(super) fn can_have_told(notification: &Notification, subject: Subject) -> bool {
    match notification.kind {
        NotificationKind::Initial | NotificationKind::Periodic | NotificationKind::Weekly => true,
        NotificationKind::Change => {
            notification.provision.as_deref().and_then(named).is_none_or(|named| named == subject)
        }
        NotificationKind::Travel | NotificationKind::Return => false,
    }
}

/// The dates around the one given in an advance notice within which it covers the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AdvanceWindow {
    pub(super) from: CivilDate,
    pub(super) until: CivilDate,
}

impl AdvanceWindow {
    pub(super) fn covers(self, day: CivilDate) -> bool {
        self.from <= day && day <= self.until
    }
}
