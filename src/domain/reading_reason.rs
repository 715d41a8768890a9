//! Why somebody reads a record. Section 62(2) of the Data Protection Act 2018 asked for the justification
//! of a consultation `[S]`; the Data (Use and Access) Act 2025, section 82, takes that away `[S]`. It is still
//! asked for, and never compulsory `[I]`.

/// Why somebody reads, by a code from a short list: never free text, which may name people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadingReason {
    /// The reader manages the case, or covers for who does.
    CaseManagement,
    /// A visit is prepared, made or written up.
    Visit,
    /// The work of others is supervised, sampled or approved.
    Supervision,
    /// A breach or another crime is investigated.
    Investigation,
    /// A child or another person is protected.
    Safeguarding,
    /// Somebody is entitled to be told: a court, a partner agency, the person themselves.
    Disclosure,
    /// The lawfulness of processing is checked.
    LawfulnessCheck,
    /// Something that does not work is looked into.
    Support,
}

impl ReadingReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::CaseManagement,
        Self::Visit,
        Self::Supervision,
        Self::Investigation,
        Self::Safeguarding,
        Self::Disclosure,
        Self::LawfulnessCheck,
        Self::Support,
    ];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CaseManagement => "case_management",
            Self::Visit => "visit",
            Self::Supervision => "supervision",
            Self::Investigation => "investigation",
            Self::Safeguarding => "safeguarding",
            Self::Disclosure => "disclosure",
            Self::LawfulnessCheck => "lawfulness_check",
            Self::Support => "support",
        }
    }

    /// The reason with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}
