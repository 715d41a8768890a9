//! Where what a figure counts is listed, one by one.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

use crate::domain::calendar::Instant;
use crate::domain::flag::FlagCode;
use crate::domain::reference::Ref;
use crate::domain::standing::Bucket;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// Offenders in a bucket.
    InBucket(Bucket),
    /// Offenders on whom, or on whose breaches, a flag is raised.
    Flagged(FlagCode),
    /// Flags of a code.
    Flags(FlagCode),
    /// Flags raised since an instant that still hold.
    RaisedSince(Instant),
    /// Flags cleared since an instant.
    ClearedSince(Instant),
    /// Overdue home visits, the worst first.
    OverdueVisits,
    /// Overdue reviews of ARMS assessments, the worst first.
    OverdueAssessments,
    /// Breaches without a crime report, the oldest first.
    BreachesWithoutCrimeReport,
}

/// A list, by its address in the service's interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List(String);

impl List {
    /// The list of a team's, or of all in scope.
    #[must_use]
    pub fn of(entries: Entries, team: Option<&Ref>) -> Self {
        let instant = |at: Instant| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (path, mut query) = match entries {
            Entries::InBucket(bucket) => ("offenders", vec![("bucket", bucket.as_str().to_owned())]),
            Entries::Flagged(code) => ("offenders", vec![("flag", code.to_string())]),
            Entries::Flags(code) => ("flags", vec![("code", code.to_string())]),
            Entries::RaisedSince(since) => ("flags", vec![("since", instant(since))]),
            Entries::ClearedSince(since) => ("flags", vec![("state", "cleared".to_owned()), ("since", instant(since))]),
            Entries::OverdueVisits => ("worklists/overdue-visits", vec![]),
            Entries::OverdueAssessments => ("worklists/overdue-assessments", vec![]),
            Entries::BreachesWithoutCrimeReport => ("worklists/breaches-without-crime-report", vec![]),
        };
        query.extend(team.map(|team| ("team", team.to_string())));
        let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        Self(format!("/v1/{path}{mark}{}", query.join("&")))
    }

    /// A team's dashboard.
    #[must_use]
    pub fn dashboard_of(team: &Ref) -> Self {
        Self(format!("/v1/dashboards/team/{}", encoded(team.as_str())))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The value of a parameter with all but RFC 3986's unreserved characters encoded.
fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_an_address_whatever_the_teams_reference_is() {
        let team = Ref::new("West & é/1").unwrap();
        let list = List::of(Entries::Flagged(FlagCode::Unallocated), Some(&team));
        assert_eq!(list.as_str(), "/v1/offenders?flag=unallocated&team=West%20%26%20%C3%A9%2F1");
        assert_eq!(List::of(Entries::OverdueVisits, None).as_str(), "/v1/worklists/overdue-visits");
        let since = Entries::ClearedSince("2021-04-13T23:00:00Z".parse().unwrap());
        assert_eq!(List::of(since, None).as_str(), "/v1/flags?state=cleared&since=2021-04-13T23%3A00%3A00Z");
    }
}
