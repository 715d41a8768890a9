//! The transfer of a case to another force, with its whole history, and from one.
//!
//! The force that the offender moves to manages them from then on, and has to know what was known. What it is sent is one
//! package; what comes back is a receipt. docs/TRANSFER.md has both for whoever reads them.

pub mod history;
pub mod renaming;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::calendar::{CivilDate, Instant, days_between, london_date, plus_days};
use super::offender::OffenderStatus;
use super::refusal::{Refusal, RefusalCode};
use super::words::Words;

/// The longest name of a force that takes part in a transfer, in characters, so that references with it before them stay
/// readable. `[I]`
const LONGEST_FORCE: usize = 64;

/// How long a key is trusted at most, in days. `[I]`
pub const LONGEST_KEY_DAYS: u32 = 366;

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// Its package is made; nobody has answered for it yet.
    Made,
    /// The receiving force's receipt was taken: what was sent is there.
    Received,
    /// It was withdrawn before that.
    Withdrawn,
}

impl TransferState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Made, Self::Received, Self::Withdrawn];

    /// As it is written and stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Received => "received",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// True for a name of a force that can stand before a reference and in a source: 1 to 64 characters of a path's segment
/// without a colon.
#[must_use]
pub fn is_name_of_force(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    !name.is_empty() && name.len() <= LONGEST_FORCE && name.bytes().all(is_plain)
}

/// Checks that a case may be sent to a force, as it stands.
///
/// # Errors
/// When that is no other force, at `/receiving_force`; or nobody manages the offender any more.
pub fn check_sending(own: &str, receiving: &str, status: OffenderStatus) -> Result<(), Refusal> {
    if receiving == own || !is_name_of_force(receiving) {
        let detail = "names another force, as its service and tokens do: letters, digits and -._~%, at most 64";
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/receiving_force"));
    }
    check_managed(status)
}

/// Checks that there is somebody to manage.
///
/// # Errors
/// When the status says that there is not.
pub fn check_managed(status: OffenderStatus) -> Result<(), Refusal> {
    if status.is_managed() || status == OffenderStatus::TransferredOut {
        return Ok(());
    }
    let detail =
        "the offender has died, was deported or has no notification period any more: there is nothing to manage";
    Err(Refusal::new(RefusalCode::WrongState, detail))
}

/// True where a transfer has waited for its receipt for longer than so many days.
#[must_use]
pub fn is_overdue(state: TransferState, made_at: Instant, today: CivilDate, receipt_days: u32) -> bool {
    state == TransferState::Made && days_between(london_date(made_at), today) > i64::from(receipt_days)
}

/// Another force's key, registered by an administrator who has compared it with what that force says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransferKey {
    /// Whose it is.
    pub of_force: String,
    /// The key, in lower-case hexadecimal.
    pub public_key: String,
    /// Why it is trusted: how it was compared, and with whom.
    pub reason: Words,
    /// The last day on which it is.
    pub expires_on: CivilDate,
}

impl NewTransferKey {
    /// Checks it.
    ///
    /// # Errors
    /// When it is of no other force, or trusted for no time or too long.
    pub fn check(&self, own: &str, today: CivilDate) -> Result<(), Refusal> {
        let refused = |detail: String, at: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(at));
        if self.of_force == own || !is_name_of_force(&self.of_force) {
            let detail = "names another force, as its service and tokens do: letters, digits and -._~%, at most 64";
            return refused(detail.to_owned(), "/force");
        }
        if self.expires_on < today || self.expires_on > plus_days(today, LONGEST_KEY_DAYS) {
            return refused(format!("is today or later, and at most {LONGEST_KEY_DAYS} days ahead"), "/expires_on");
        }
        Ok(())
    }
}

/// What the versions of a received case have for their source: both forces and the transfer's id. No source of the feed
/// begins so.
#[must_use]
pub fn source(sending: &str, receiving: &str, id: Uuid) -> String {
    format!("/transfers/{sending}/{receiving}/{id}")
}

/// The force and the transfer that a version came from; nothing for what the force's own records system sent.
#[must_use]
pub fn came_from(source: &str) -> Option<(&str, Uuid)> {
    let mut segments = source.strip_prefix("/transfers/")?.split('/');
    let (sending, _, id) = (segments.next()?, segments.next()?, segments.next()?);
    Some((sending, Uuid::parse_str(id).ok()?)).filter(|_| segments.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_case_goes_to_another_force_while_there_is_somebody_to_manage() {
        use OffenderStatus::{Community, Custody, Deceased, Deported, PeriodEnded, TransferredOut};
        for (receiving, status, refused) in [
            ("dorset", Community, None),
            ("dorset", Custody, None),
            ("avon%20and%20somerset", TransferredOut, None),
            ("wessex", Community, Some((RefusalCode::NotAcceptable, "/receiving_force"))),
            ("", Community, Some((RefusalCode::NotAcceptable, "/receiving_force"))),
            ("a:b", Community, Some((RefusalCode::NotAcceptable, "/receiving_force"))),
            ("a/b", Community, Some((RefusalCode::NotAcceptable, "/receiving_force"))),
            ("dorset", Deceased, Some((RefusalCode::WrongState, ""))),
            ("dorset", Deported, Some((RefusalCode::WrongState, ""))),
            ("dorset", PeriodEnded, Some((RefusalCode::WrongState, ""))),
        ] {
            let found = check_sending("wessex", receiving, status).err();
            let found = found.as_ref().map(|refusal| (refusal.code, refusal.pointer.as_str()));
            assert_eq!(found, refused, "{receiving} {status:?}");
        }
        assert!(!is_name_of_force(&"a".repeat(65)));
    }

    #[test]
    fn a_transfer_without_a_receipt_is_overdue_after_its_days() {
        let made: Instant = "2021-04-15T23:30:00Z".parse().unwrap();
        for (state, today, overdue) in [
            (TransferState::Made, "2021-04-30", false),
            (TransferState::Made, "2021-05-01", true),
            (TransferState::Received, "2021-05-01", false),
            (TransferState::Withdrawn, "2021-05-01", false),
        ] {
            assert_eq!(is_overdue(state, made, day(today), 14), overdue, "{state:?} {today}");
        }
    }

    #[test]
    fn a_key_is_another_forces_and_trusted_for_a_time() {
        for (of_force, expires_on, refused) in [
            ("dorset", "2021-04-15", None),
            ("dorset", "2022-04-16", None),
            ("dorset", "2021-04-14", Some("/expires_on")),
            ("dorset", "2022-04-17", Some("/expires_on")),
            ("wessex", "2021-04-15", Some("/force")),
            ("dor set", "2021-04-15", Some("/force")),
        ] {
            let key = NewTransferKey {
                of_force: of_force.to_owned(),
                public_key: String::new(),
                reason: Words::fixed("invented"),
                expires_on: day(expires_on),
            };
            let found = key.check("wessex", day("2021-04-15")).err().map(|refusal| refusal.pointer);
            assert_eq!(found.as_deref(), refused, "{of_force} {expires_on}");
        }
    }

    #[test]
    fn a_source_says_where_a_version_came_from() {
        let id = Uuid::from_u128(7);
        assert_eq!(came_from(&source("wessex", "dorset", id)), Some(("wessex", id)));
        for other in ["/records/wessex", "casework", "/transfers/wessex/dorset", "/transfers/a/b/no-id"] {
            assert_eq!(came_from(other), None, "{other}");
        }
    }
}
