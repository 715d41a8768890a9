//! What is logged of the processing of personal data, and as which operation: section 62(1) of the
//! Data Protection Act 2018 `[S]`. Which of the operations an act counts as is this service's reading `[I]`.

use std::fmt;

/// The operations that section 62(1) names, and two beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Personal data were taken in.
    Collection,
    /// They were changed, or a decision about somebody was recorded.
    Alteration,
    /// They were read.
    Consultation,
    /// They were handed to somebody outside the force's own work with them.
    Disclosure,
    /// They were brought together, so that they say more than each did.
    Combination,
    /// They were taken out.
    Erasure,
    /// One of these was asked for and refused, or not found.
    Refusal,
    /// The service's own running: no personal data.
    Operation,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 8] = [
        Self::Collection,
        Self::Alteration,
        Self::Consultation,
        Self::Disclosure,
        Self::Combination,
        Self::Erasure,
        Self::Refusal,
        Self::Operation,
    ];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Alteration => "alteration",
            Self::Consultation => "consultation",
            Self::Disclosure => "disclosure",
            Self::Combination => "combination",
            Self::Erasure => "erasure",
            Self::Refusal => "refusal",
            Self::Operation => "operation",
        }
    }

    /// The operation with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == name)
    }

    /// What an act counts as. An act that the table lacks is a fault that the tests find; it is logged all
    /// the same: as a consultation where its name says that it reads, as an alteration otherwise.
    #[must_use]
    pub fn of(act: &str) -> Self {
        let by_its_name = || match act.rsplit('.').next() {
            Some("read" | "list") => Self::Consultation,
            Some(_) | None => Self::Alteration,
        };
        ACTS.iter().find(|(name, _)| *name == act).map_or_else(by_its_name, |(_, operation)| *operation)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The one table of acts, each with the operation that it counts as, in the order of their names.
pub const ACTS: &[(&str, Operation)] = &[
    ("access.refused", Operation::Refusal),
    ("access_restriction.decide", Operation::Alteration),
    ("access_restriction.read", Operation::Consultation),
    ("act.replay", Operation::Consultation),
    ("audit.export", Operation::Disclosure),
    ("audit.read", Operation::Consultation),
    ("conflict.list", Operation::Consultation),
    ("conflict.settle", Operation::Alteration),
    ("daily_list.read", Operation::Consultation),
    ("dashboard.force.read", Operation::Consultation),
    ("dashboard.team.read", Operation::Consultation),
    ("dip_sample.draw", Operation::Combination),
    ("dip_sample.grade", Operation::Alteration),
    ("dip_sample.list", Operation::Consultation),
    ("flag.acknowledge", Operation::Alteration),
    ("flag.evaluate", Operation::Combination),
    ("flag.list", Operation::Consultation),
    ("flag.read", Operation::Consultation),
    ("flag.summary", Operation::Consultation),
    ("import.read", Operation::Consultation),
    ("job.list", Operation::Operation),
    ("job.run", Operation::Operation),
    ("neighbourhood.list", Operation::Consultation),
    ("neighbourhood.read", Operation::Consultation),
    ("neighbourhood_briefing.read", Operation::Disclosure),
    ("neighbourhood_briefing.receipts", Operation::Consultation),
    ("offender.list", Operation::Consultation),
    ("offender.reactive_eligibility.read", Operation::Consultation),
    ("offender.read", Operation::Consultation),
    ("offender.timeline.read", Operation::Consultation),
    ("officer.list", Operation::Consultation),
    ("officer.read", Operation::Consultation),
    ("records.apply", Operation::Collection),
    ("schedule.accept", Operation::Alteration),
    ("schedule.compare", Operation::Consultation),
    ("schedule.list", Operation::Consultation),
    ("schedule.planned", Operation::Combination),
    ("schedule.propose", Operation::Combination),
    ("schedule.read", Operation::Consultation),
    ("team.list", Operation::Consultation),
    ("team.read", Operation::Consultation),
    ("worklist.breaches_without_crime_report.read", Operation::Consultation),
    ("worklist.overdue_assessments.read", Operation::Consultation),
    ("worklist.overdue_plan_reviews.read", Operation::Consultation),
    ("worklist.overdue_visits.read", Operation::Consultation),
];

/// True where the table has the act.
#[must_use]
pub fn is_known(act: &str) -> bool {
    ACTS.iter().any(|(name, _)| *name == act)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_act_once_in_order() {
        assert!(ACTS.is_sorted_by(|(earlier, _), (later, _)| earlier < later));
        assert!(Operation::ALL.into_iter().all(|operation| Operation::named(operation.as_str()) == Some(operation)));
    }

    #[test]
    fn an_act_that_the_table_lacks_is_logged_all_the_same() {
        assert!(!is_known("invented.read") && !is_known("invented.decide"));
        assert_eq!(Operation::of("invented.read"), Operation::Consultation);
        assert_eq!(Operation::of("invented.decide"), Operation::Alteration);
        assert_eq!(Operation::of("job.list"), Operation::Operation);
    }
}
