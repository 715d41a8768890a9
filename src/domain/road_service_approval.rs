//! An administrator's approval that a road service outside of private networks may be asked: the question carries where
//! offenders live, so somebody answers for it, with a reason and for a time.

use super::calendar::{CivilDate, plus_days};
use super::refusal::{Refusal, RefusalCode};
use super::words::Words;

/// The longest that an approval holds, in days. `[I]`
pub const LONGEST_DAYS: u32 = 366;

/// An approval that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApproval {
    /// The host, as the settings name it.
    pub host: String,
    /// Why.
    pub reason: Words,
    /// The last day on which it holds.
    pub expires_on: CivilDate,
}

impl NewApproval {
    /// Checks an approval against the host that the settings name.
    ///
    /// # Errors
    /// Where no service is configured, it is another host, or the last day is past or too far ahead.
    pub fn check(&self, configured: Option<&str>, today: CivilDate) -> Result<(), Refusal> {
        let Some(configured) = configured else {
            let detail = "no road service is configured: set roads.url first";
            return Err(Refusal::new(RefusalCode::WrongState, detail));
        };
        if !self.host.eq_ignore_ascii_case(configured) {
            let detail = "names another host than roads.url: GET /v1/road-service says which that is";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/host"));
        }
        if self.expires_on < today || self.expires_on > plus_days(today, LONGEST_DAYS) {
            let detail = format!("is today or later, and at most {LONGEST_DAYS} days ahead");
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/expires_on"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approval_is_of_the_host_configured_and_for_a_time() {
        let day = |text: &str| text.parse::<CivilDate>().unwrap();
        let today = day("2021-04-15");
        for (host, configured, expires_on, refused) in [
            ("roads.example", Some("roads.example"), "2021-04-15", None),
            ("Roads.Example", Some("roads.example"), "2022-04-16", None),
            ("roads.example", None, "2021-04-15", Some((RefusalCode::WrongState, ""))),
            ("road.example", Some("roads.example"), "2021-04-15", Some((RefusalCode::NotAcceptable, "/host"))),
            ("roads.example", Some("roads.example"), "2021-04-14", Some((RefusalCode::NotAcceptable, "/expires_on"))),
            ("roads.example", Some("roads.example"), "2022-04-17", Some((RefusalCode::NotAcceptable, "/expires_on"))),
        ] {
            let asked =
                NewApproval { host: host.to_owned(), reason: Words::fixed("invented"), expires_on: day(expires_on) };
            let told = asked.check(configured, today).err().map(|refusal| (refusal.code, refusal.pointer));
            assert_eq!(
                told,
                refused.map(|(code, pointer): (_, &str)| (code, pointer.to_owned())),
                "{host} {expires_on}"
            );
        }
    }
}
