//! Disposals: what made somebody a relevant offender, and for how long (SOA 2003 ss.80, 82).
//!
//! The arithmetic stands in [`super::notification_duty::period`], the numbers in the notification rules.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, plus_years};
use super::moment::Moment;
use super::notification_duty::rules::ReviewRule;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode, first_broken};

/// The longest term that is taken for one, in months: a hundred years. Longer ones are slips of the keyboard. `[I]`
const LONGEST_TERM_MONTHS: u32 = 1_200;

/// The longest conditional discharge, in months: three years, Sentencing Act 2020 s.80(5). `[M]`
const LONGEST_DISCHARGE_MONTHS: u32 = 36;

/// The age at which somebody is no longer under 18 on the relevant date: SOA 2003 s.82(2). `[S]`
const ADULT_YEARS: u32 = 18;

/// How somebody became a relevant offender: s.80(1)(a) to (d). `[S]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisposalBasis {
    /// Convicted.
    Conviction,
    /// Found not guilty by reason of insanity, or under a disability and to have done the act.
    Finding,
    /// Cautioned.
    Caution,
}

/// One term of imprisonment. A suspended term counts by its length. `[S, secondary]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Whole months.
    pub months: u32,
    /// Days beyond them.
    #[serde(default)]
    pub days: u32,
    /// Suspended, which changes nothing here.
    #[serde(default)]
    pub suspended: bool,
    /// Consecutive to the term before it; otherwise concurrent with what came before. `[S]` s.82(4)
    #[serde(default)]
    pub consecutive: bool,
}

/// What the court or the police imposed, as the table of s.82 tells it apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sentence {
    /// Imprisonment for life.
    Life,
    /// Imprisonment for public protection, or another sentence without an end.
    Indeterminate,
    /// Imprisonment, immediate or suspended, in one or more terms.
    Imprisonment {
        /// The terms, in the order in which they were passed.
        terms: Vec<Term>,
    },
    /// Admission to a hospital.
    HospitalOrder {
        /// With a restriction order.
        restriction: bool,
    },
    /// A caution.
    Caution,
    /// A conditional discharge.
    ConditionalDischarge {
        /// Its length in whole months.
        months: u32,
        /// Days beyond them.
        #[serde(default)]
        days: u32,
    },
    /// Anything else: a community order, a fine.
    Other,
}

/// An application for the review of an indefinite period: ss.91B and 91C.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewApplication {
    /// The day on which the police received it.
    pub received_on: CivilDate,
    /// The day on which the responsible bodies were asked.
    pub bodies_asked_on: Option<CivilDate>,
    /// The day of the determination; empty while it is open.
    pub decided_on: Option<CivilDate>,
    /// Whether it was refused; of no account before it is decided.
    #[serde(default)]
    pub refused: bool,
    /// Years until the next, where the police set more than the usual number.
    pub years_until_next: Option<u32>,
    /// Why it was decided so.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What made somebody a relevant offender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposal {
    /// Of whom.
    pub offender_ref: Ref,
    /// How.
    pub basis: DisposalBasis,
    /// What was imposed.
    pub sentence: Sentence,
    /// The date from which the period runs: s.82(6).
    pub relevant_date: CivilDate,
    /// Under 18 on the relevant date, which halves some periods: s.82(2).
    pub under_18_at_relevant_date: bool,
    /// The day of the first notification on release for the offence (s.91B(2)), where it is known better than by the
    /// notifications held.
    pub first_notified_on: Option<CivilDate>,
    /// Applications for the review of an indefinite period.
    #[serde(default)]
    pub review_applications: Vec<ReviewApplication>,
    /// Who entered it, or changed it last.
    #[serde(default)]
    pub entered_by: Option<Ref>,
    /// Why it was changed last.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Sentence {
    /// True of terms and of a discharge that last at all, and no longer than there are.
    fn is_of_a_length(&self) -> bool {
        match self {
            Self::Imprisonment { terms } => {
                let lasts = |term: &Term| {
                    (term.months > 0 || term.days > 0)
                        && term.months <= LONGEST_TERM_MONTHS
                        && term.days <= LONGEST_TERM_MONTHS
                };
                !terms.is_empty() && terms.iter().all(lasts)
            }
            Self::ConditionalDischarge { months, days } => {
                (*months > 0 || *days > 0) && *months <= LONGEST_DISCHARGE_MONTHS && *days <= LONGEST_TERM_MONTHS
            }
            Self::Life | Self::Indeterminate | Self::HospitalOrder { .. } | Self::Caution | Self::Other => true,
        }
    }
}

impl ReviewApplication {
    /// Checks it against itself and what is known.
    ///
    /// # Errors
    /// When it contradicts itself, lies in the future or was decided without a reason.
    fn is_acceptable(&self, relevant_date: CivilDate, rule: &ReviewRule, at: Moment) -> Result<(), Refusal> {
        let since = |day: Option<CivilDate>| day.is_none_or(|day| at.has_come(day) && day >= self.received_on);
        let years = |years: u32| years > rule.after_refusal_years && years <= rule.after_refusal_cap_years;
        first_broken([
            (
                at.has_come(self.received_on) && self.received_on >= relevant_date,
                "/received_on",
                "is in the future or before the relevant date",
            ),
            (since(self.bodies_asked_on), "/bodies_asked_on", "is in the future or before the day of receipt"),
            (since(self.decided_on), "/decided_on", "is in the future or before the day of receipt"),
            (
                !self.refused || self.decided_on.is_some(),
                "/refused",
                "says that it was refused; give the day of the decision",
            ),
            (self.years_until_next.is_none() || self.refused, "/years_until_next", "is set by a refusal alone"),
            (
                self.years_until_next.is_none_or(years),
                "/years_until_next",
                "is more than the usual number of years and no more than the police may set",
            ),
        ])?;
        let is_blank = self.reason.as_deref().is_none_or(|reason| reason.trim().is_empty());
        if self.decided_on.is_some() && is_blank {
            return Err(Refusal::new(RefusalCode::ReasonNeeded, "was decided; say why").at("/reason"));
        }
        Ok(())
    }
}

impl Disposal {
    /// Checks it against itself and what is known.
    ///
    /// # Errors
    /// When it contradicts itself or the date of birth, or lies in the future.
    pub fn is_acceptable(
        &self,
        date_of_birth: Option<CivilDate>,
        rule: &ReviewRule,
        at: Moment,
    ) -> Result<(), Refusal> {
        let is_caution = |yes: bool| yes == (self.basis == DisposalBasis::Caution);
        let under_18 = date_of_birth.map(|born| self.relevant_date < plus_years(born, ADULT_YEARS));
        first_broken([
            (at.has_come(self.relevant_date), "/relevant_date", "lies in the future"),
            (
                is_caution(self.sentence == Sentence::Caution),
                "/sentence",
                "does not go with the basis: a caution, and nothing else, is imposed by cautioning",
            ),
            (self.sentence.is_of_a_length(), "/sentence", "has no length, or one that there is not"),
            (
                under_18.is_none_or(|under| under == self.under_18_at_relevant_date),
                "/under_18_at_relevant_date",
                "contradicts the date of birth on record",
            ),
            (self.first_notified_on.is_none_or(|day| at.has_come(day)), "/first_notified_on", "lies in the future"),
        ])?;
        for (index, application) in self.review_applications.iter().enumerate() {
            application
                .is_acceptable(self.relevant_date, rule, at)
                .map_err(|refusal| refusal.within(&format!("/review_applications/{index}")))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::domain::notification_duty::NotificationRules;

    fn told(over: &Value) -> Option<(RefusalCode, String)> {
        let mut disposal = json!({ "offender_ref": "o", "basis": "conviction", "relevant_date": "2015-06-01",
            "sentence": { "kind": "imprisonment", "terms": [{ "months": 12 }] }, "under_18_at_relevant_date": false });
        for (member, value) in over.as_object().unwrap() {
            disposal[member] = value.clone();
        }
        let disposal: Disposal = from_value(disposal).unwrap();
        let (rules, at) = (NotificationRules::built_in().unwrap(), "2021-04-15T08:00:00Z".parse().unwrap());
        let born = Some("1997-06-01".parse().unwrap());
        let refused = disposal.is_acceptable(born, &rules.reviews, Moment::at(at)).err();
        refused.map(|refusal| (refusal.code, refusal.pointer))
    }

    #[test]
    fn a_disposal_agrees_with_itself_and_with_the_date_of_birth() {
        let terms = |terms: Value| json!({ "sentence": { "kind": "imprisonment", "terms": terms } });
        let discharge = |months: u32| json!({ "sentence": { "kind": "conditional_discharge", "months": months } });
        let rows = [
            (json!({}), None),
            (json!({ "relevant_date": "2021-04-15" }), None),
            (json!({ "relevant_date": "2021-04-16" }), Some("/relevant_date")),
            (json!({ "basis": "caution" }), Some("/sentence")),
            (json!({ "basis": "caution", "sentence": { "kind": "caution" } }), None),
            (json!({ "sentence": { "kind": "caution" } }), Some("/sentence")),
            (terms(json!([])), Some("/sentence")),
            (terms(json!([{ "months": 0 }])), Some("/sentence")),
            (terms(json!([{ "months": 0, "days": 28 }])), None),
            (terms(json!([{ "months": 1_200 }])), None),
            (terms(json!([{ "months": 1_201 }])), Some("/sentence")),
            (discharge(36), None),
            (discharge(37), Some("/sentence")),
            (discharge(0), Some("/sentence")),
            (json!({ "under_18_at_relevant_date": true }), Some("/under_18_at_relevant_date")),
            (json!({ "relevant_date": "2015-05-31" }), Some("/under_18_at_relevant_date")),
            (json!({ "relevant_date": "2015-05-31", "under_18_at_relevant_date": true }), None),
            (json!({ "first_notified_on": "2021-04-16" }), Some("/first_notified_on")),
        ];
        for (over, pointer) in rows {
            let expected = pointer.map(|pointer| (RefusalCode::NotAcceptable, pointer.to_owned()));
            assert_eq!(told(&over), expected, "{over}");
        }
    }

    #[test]
    fn an_application_for_review_runs_forward_and_is_decided_with_a_reason() {
        let received = json!({ "received_on": "2021-01-04" });
        let rows = [
            (json!({}), None),
            (json!({ "received_on": "2021-04-16" }), Some("/received_on")),
            (json!({ "received_on": "2015-05-31" }), Some("/received_on")),
            (json!({ "bodies_asked_on": "2021-01-03" }), Some("/bodies_asked_on")),
            (json!({ "decided_on": "2021-04-16" }), Some("/decided_on")),
            (json!({ "refused": true }), Some("/refused")),
            (json!({ "decided_on": "2021-02-01", "refused": true, "reason": " " }), Some("/reason")),
            (json!({ "decided_on": "2021-02-01", "refused": true, "reason": "invented" }), None),
            (
                json!({ "decided_on": "2021-02-01", "years_until_next": 9, "reason": "invented" }),
                Some("/years_until_next"),
            ),
            (
                json!({ "decided_on": "2021-02-01", "refused": true, "years_until_next": 8, "reason": "x" }),
                Some("/years_until_next"),
            ),
            (json!({ "decided_on": "2021-02-01", "refused": true, "years_until_next": 15, "reason": "x" }), None),
            (
                json!({ "decided_on": "2021-02-01", "refused": true, "years_until_next": 16, "reason": "x" }),
                Some("/years_until_next"),
            ),
        ];
        for (over, pointer) in rows {
            let mut application = received.clone();
            for (member, value) in over.as_object().unwrap() {
                application[member] = value.clone();
            }
            let pointer = pointer.map(|pointer| format!("/review_applications/0{pointer}"));
            let found = told(&json!({ "review_applications": [application] })).map(|(_, pointer)| pointer);
            assert_eq!(found, pointer, "{over}");
        }
    }
}
