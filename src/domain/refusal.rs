//! Refusals: why a rule of the field forbids an act. Each has a stable code, says what and where, and never
//! repeats what was entered.

use thiserror::Error;

macro_rules! refusal_codes {
    ($($(#[doc = $doc:literal])* $Code:ident = $name:literal;)*) => {
        /// The stable codes of refusals.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RefusalCode {
            $($(#[doc = $doc])* $Code,)*
        }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$Code),*];

            /// The code as callers read it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Code => $name,)*
                }
            }
        }
    };
}

refusal_codes! {
    /// The act is put down to an officer, and the token names none in post.
    OfficerNeeded = "officer_needed";
    /// A record is named that the force does not have.
    UnknownReference = "unknown_reference";
    /// A value contradicts another, or a rule about its range.
    NotAcceptable = "not_acceptable";
    /// The act needs a reason that was not given.
    ReasonNeeded = "reason_needed";
    /// Nobody approves, checks or grades their own work.
    OwnWork = "own_work";
    /// The act is for somebody of another rank or training.
    NotQualified = "not_qualified";
    /// An officer cannot leave while they hold cases that nobody is named to take.
    CasesInHand = "cases_in_hand";
    /// The record is not in a state in which this can be done.
    WrongState = "wrong_state";
    /// What was proposed is not what would be proposed now.
    StaleProposal = "stale_proposal";
    /// A criterion of reactive management is not met, or not known to be.
    NotEligible = "not_eligible";
}

/// Why an act was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{detail}")]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    /// Where in what was sent: a JSON pointer; empty where it is of the whole.
    pub pointer: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Refusal {
    /// A refusal of the whole.
    #[must_use]
    pub fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Self { code, pointer: String::new(), detail: detail.into() }
    }

    /// The same refusal, within a part of what was sent.
    #[must_use]
    pub fn within(self, part: &str) -> Self {
        let pointer = format!("{part}{}", self.pointer);
        Self { pointer, ..self }
    }

    /// The same refusal, of one place.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }
}

/// The first of these rules that does not hold, each with its place and what is said of it.
///
/// # Errors
/// When one does not hold.
pub(crate) fn first_broken(rules: impl IntoIterator<Item = (bool, &'static str, &'static str)>) -> Result<(), Refusal> {
    let broken = rules.into_iter().find(|(holds, ..)| !holds);
    broken.map_or(Ok(()), |(_, pointer, detail)| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(pointer)))
}
