//! Exchanges with the records system: by which channel, how each ended, and how old what is held may be by now.

use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

use super::calendar::Instant;
use super::policy::Policy;
use super::reference::Ref;

/// The outcome of an exchange that succeeded; any other is the code of a failure.
pub const SUCCEEDED: &str = "succeeded";

/// The outcome of an exchange whose events were refused, all of them: nothing of it says how things stand.
pub const ALL_REFUSED: &str = "all_refused";

/// The outcome of an exchange that was kept and has more to come at once: until that is there, the records are not as of now.
pub const MORE_TO_COME: &str = "more_to_come";

/// The outcome of an exchange that broke off before its end.
pub const BROKEN_OFF: &str = "feed_broken_off";

/// How what was read of a feed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All that there was to be had was read.
    Whole,
    /// It was a part, and the next is to be had at once.
    MoreToCome,
    /// It could not be read to its end.
    BrokenOff,
}

impl Ending {
    /// The outcome of an exchange that ended so; one of which every event was refused is none that succeeded.
    #[must_use]
    pub const fn outcome(self, is_all_refused: bool) -> &'static str {
        match self {
            Self::Whole if is_all_refused => ALL_REFUSED,
            Self::Whole => SUCCEEDED,
            Self::MoreToCome => MORE_TO_COME,
            Self::BrokenOff => BROKEN_OFF,
        }
    }
}

/// The way by which records come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The records system sends them: `POST /v1/records`.
    Push,
    /// They are fetched, page by page.
    Pull,
    /// They are put into a watched folder.
    Folder,
    /// They are read from an extract in the records system's own form.
    Extract,
    /// An operator imports them.
    CommandLine,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 5] = [Self::Push, Self::Pull, Self::Folder, Self::Extract, Self::CommandLine];

    /// The channel as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Pull => "pull",
            Self::Folder => "folder",
            Self::Extract => "extract",
            Self::CommandLine => "command_line",
        }
    }

    /// The channel of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }

    /// The channel of an import, by where it says that it comes from: whatever is none of the service's own ways is an operator's.
    #[must_use]
    pub fn of_origin(origin: &str) -> Self {
        match origin {
            "http" => Self::Push,
            "pull" => Self::Pull,
            "folder" => Self::Folder,
            "extract" => Self::Extract,
            _ => Self::CommandLine,
        }
    }
}

/// The last exchange by a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastExchange {
    /// By which.
    pub channel: Channel,
    /// When it began.
    pub began_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// [`SUCCEEDED`], or the code of why it did not.
    pub outcome: String,
    /// Events that it brought, the refused ones included; not known where it was before that was noted.
    pub events: Option<i64>,
    /// When one by this channel last succeeded.
    pub last_success_at: Option<Instant>,
}

impl LastExchange {
    /// Whether it succeeded.
    #[must_use]
    pub fn has_succeeded(&self) -> bool {
        self.outcome == SUCCEEDED
    }
}

/// What is known of the exchanges with a force's records system. Where there was none by any channel, nothing is: there is nothing
/// that could be old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordsSystem {
    /// The force.
    pub force: Ref,
    /// The last exchange by each channel that was ever used; not empty.
    pub exchanges: Vec<LastExchange>,
}

impl RecordsSystem {
    /// When an exchange last succeeded, by whichever channel.
    #[must_use]
    pub fn last_success_at(&self) -> Option<Instant> {
        self.exchanges.iter().filter_map(|exchange| exchange.last_success_at).max()
    }

    /// How old what is held may be.
    #[must_use]
    pub fn age(&self, now: Instant, policy: &Policy) -> RecordsAge {
        let last_exchange_at = self.last_success_at();
        let limit = TimeDelta::hours(i64::from(policy.records_stale_hours));
        RecordsAge { last_exchange_at, is_stale: last_exchange_at.is_none_or(|at| now - at > limit) }
    }
}

/// How old the records are that an answer rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordsAge {
    /// When records last came from the records system, be it none that were new; not known where they never did.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_exchange_at: Option<Instant>,
    /// True where that is longer ago than the policy allows: what is shown may be out of date.
    pub is_stale: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Policies;

    fn exchange(channel: Channel, last_success_at: Option<&str>) -> LastExchange {
        let at = "2021-04-15T07:00:00Z".parse().unwrap();
        let last_success_at = last_success_at.map(|at| at.parse().unwrap());
        LastExchange {
            channel,
            began_at: at,
            ended_at: at,
            outcome: "timeout".to_owned(),
            events: None,
            last_success_at,
        }
    }

    #[test]
    fn records_are_stale_when_no_channel_has_succeeded_for_more_than_the_hours_of_the_policy() {
        let (policies, now) = (Policies::built_in().unwrap(), "2021-04-15T08:00:00Z".parse().unwrap());
        let policy = policies.in_force("2021-04-15".parse().unwrap()).unwrap();
        for (push, pull, last, is_stale) in [
            (Some("2021-04-14T08:00:00Z"), None, Some("2021-04-14T08:00:00Z"), false),
            (Some("2021-04-14T07:59:59Z"), None, Some("2021-04-14T07:59:59Z"), true),
            (Some("2021-04-01T08:00:00Z"), Some("2021-04-15T07:00:00Z"), Some("2021-04-15T07:00:00Z"), false),
            (Some("2021-04-16T08:00:00Z"), None, Some("2021-04-16T08:00:00Z"), false),
            (None, None, None, true),
        ] {
            let exchanges = vec![exchange(Channel::Push, push), exchange(Channel::Pull, pull)];
            let age = RecordsSystem { force: Ref::new("wessex").unwrap(), exchanges }.age(now, policy);
            assert_eq!(age, RecordsAge { last_exchange_at: last.map(|at| at.parse().unwrap()), is_stale });
        }
    }

    #[test]
    fn every_channel_is_known_by_its_name_and_an_origin_of_ones_own_is_an_operators() {
        assert!(Channel::ALL.into_iter().all(|channel| Channel::named(channel.as_str()) == Some(channel)));
        assert_eq!(Channel::named("post"), None);
        for (origin, channel) in [("http", Channel::Push), ("folder", Channel::Folder), ("file", Channel::CommandLine)]
        {
            assert_eq!(Channel::of_origin(origin), channel);
        }
    }
}
