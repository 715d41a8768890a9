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
    ("access_restriction.list", Operation::Consultation),
    ("access_restriction.read", Operation::Consultation),
    ("act.refused", Operation::Refusal),
    ("act.replay", Operation::Consultation),
    ("address.change", Operation::Alteration),
    ("address.enter", Operation::Collection),
    ("address.list", Operation::Consultation),
    ("address.read", Operation::Consultation),
    ("address.verify", Operation::Alteration),
    ("allocation.decide", Operation::Alteration),
    ("allocation.decide_all", Operation::Alteration),
    ("allocation.list", Operation::Consultation),
    ("allocation.read", Operation::Consultation),
    ("allocation_proposal.accept", Operation::Alteration),
    ("allocation_proposal.read", Operation::Consultation),
    ("arms_assessment.correct", Operation::Alteration),
    ("arms_assessment.enter", Operation::Collection),
    ("arms_assessment.list", Operation::Consultation),
    ("arms_assessment.read", Operation::Consultation),
    ("arrest.enter", Operation::Collection),
    ("arrest.list", Operation::Consultation),
    ("arrest.read", Operation::Consultation),
    ("attempt_log.disclose", Operation::Disclosure),
    ("audit.export", Operation::Disclosure),
    ("audit.read", Operation::Consultation),
    ("breach.confirm", Operation::Alteration),
    ("breach.crime_report", Operation::Alteration),
    ("breach.crime_report.cancel", Operation::Alteration),
    ("breach.decide", Operation::Alteration),
    ("breach.discount", Operation::Alteration),
    ("breach.enter", Operation::Collection),
    ("breach.investigate", Operation::Alteration),
    ("breach.list", Operation::Consultation),
    ("breach.obligations.read", Operation::Consultation),
    ("breach.read", Operation::Consultation),
    ("breach.suspect", Operation::Alteration),
    ("caseload.list", Operation::Consultation),
    ("circumstance.change", Operation::Alteration),
    ("circumstance.confirm", Operation::Alteration),
    ("circumstance.end", Operation::Alteration),
    ("circumstance.enter", Operation::Collection),
    ("circumstance.list", Operation::Consultation),
    ("circumstance.read", Operation::Consultation),
    ("conflict.list", Operation::Consultation),
    ("conflict.settle", Operation::Alteration),
    ("crime_report.list", Operation::Consultation),
    ("crime_report.read", Operation::Consultation),
    ("daily_list.read", Operation::Consultation),
    ("dashboard.force.read", Operation::Consultation),
    ("dashboard.team.read", Operation::Consultation),
    ("dip_sample.draw", Operation::Combination),
    ("dip_sample.grade", Operation::Alteration),
    ("dip_sample.list", Operation::Consultation),
    ("dip_sample.read", Operation::Consultation),
    ("dip_sample_grade.list", Operation::Consultation),
    ("dip_sample_grade.read", Operation::Consultation),
    ("disclosure_decision.list", Operation::Consultation),
    ("disclosure_decision.read", Operation::Consultation),
    ("disposal.change", Operation::Alteration),
    ("disposal.enter", Operation::Collection),
    ("disposal.list", Operation::Consultation),
    ("disposal.read", Operation::Consultation),
    ("drift.compare", Operation::Combination),
    ("drift.read", Operation::Consultation),
    ("drift.repair", Operation::Collection),
    ("extract.dry_run", Operation::Consultation),
    ("extract.import", Operation::Collection),
    ("extract_mapping.list", Operation::Operation),
    ("extract_mapping.read", Operation::Operation),
    ("extract_mapping.save", Operation::Operation),
    ("flag.acknowledge", Operation::Alteration),
    ("flag.evaluate", Operation::Combination),
    ("flag.list", Operation::Consultation),
    ("flag.read", Operation::Consultation),
    ("flag.summary", Operation::Consultation),
    ("forecast.made", Operation::Combination),
    ("forecast.read", Operation::Consultation),
    ("forecast.request", Operation::Combination),
    ("foreign_travel.change", Operation::Alteration),
    ("foreign_travel.enter", Operation::Collection),
    ("foreign_travel.list", Operation::Consultation),
    ("foreign_travel.read", Operation::Consultation),
    ("handover.check", Operation::Alteration),
    ("handover.complete", Operation::Alteration),
    ("handover.enter", Operation::Collection),
    ("handover.list", Operation::Consultation),
    ("handover.read", Operation::Consultation),
    ("import.read", Operation::Consultation),
    ("inspection_pack.disclose", Operation::Disclosure),
    ("intelligence.enter", Operation::Collection),
    ("intelligence.list", Operation::Consultation),
    ("intelligence.read", Operation::Consultation),
    ("job.list", Operation::Operation),
    ("job.run", Operation::Operation),
    ("legal_hold.list", Operation::Consultation),
    ("legal_hold.place", Operation::Alteration),
    ("legal_hold.read", Operation::Consultation),
    ("legal_hold.release", Operation::Alteration),
    ("lone_worker_alert.list", Operation::Consultation),
    ("merge.decide", Operation::Combination),
    ("merge.follow", Operation::Consultation),
    ("merge.list", Operation::Consultation),
    ("merge.read", Operation::Consultation),
    ("merge.undo", Operation::Alteration),
    ("neighbourhood.list", Operation::Consultation),
    ("neighbourhood.read", Operation::Consultation),
    ("neighbourhood_briefing.read", Operation::Disclosure),
    ("neighbourhood_briefing.receipts", Operation::Consultation),
    ("neighbourhood_intelligence.list", Operation::Consultation),
    ("neighbourhood_intelligence.send", Operation::Collection),
    ("notifiable_change.change", Operation::Alteration),
    ("notifiable_change.enter", Operation::Collection),
    ("notifiable_change.list", Operation::Consultation),
    ("notifiable_change.read", Operation::Consultation),
    ("notification.list", Operation::Consultation),
    ("notification.read", Operation::Consultation),
    ("notification.receive", Operation::Collection),
    ("offender.change", Operation::Alteration),
    ("offender.change_status", Operation::Alteration),
    ("offender.enter", Operation::Collection),
    ("offender.enter_alias", Operation::Alteration),
    ("offender.export", Operation::Disclosure),
    ("offender.list", Operation::Consultation),
    ("offender.notification_duties.read", Operation::Consultation),
    ("offender.provenance.read", Operation::Consultation),
    ("offender.reactive_eligibility.read", Operation::Consultation),
    ("offender.reactive_management.read", Operation::Consultation),
    ("offender.read", Operation::Consultation),
    ("offender.safeguarding.read", Operation::Consultation),
    ("offender.timeline.read", Operation::Consultation),
    ("officer.change", Operation::Alteration),
    ("officer.end_absence", Operation::Alteration),
    ("officer.end_loan", Operation::Alteration),
    ("officer.enter", Operation::Collection),
    ("officer.enter_absence", Operation::Alteration),
    ("officer.enter_training", Operation::Alteration),
    ("officer.leave_post", Operation::Alteration),
    ("officer.lend", Operation::Alteration),
    ("officer.list", Operation::Consultation),
    ("officer.read", Operation::Consultation),
    ("order.change", Operation::Alteration),
    ("order.discharge", Operation::Alteration),
    ("order.enter", Operation::Collection),
    ("order.list", Operation::Consultation),
    ("order.read", Operation::Consultation),
    ("other_assessment.correct", Operation::Alteration),
    ("other_assessment.enter", Operation::Collection),
    ("other_assessment.list", Operation::Consultation),
    ("other_assessment.read", Operation::Consultation),
    ("outward_event.list", Operation::Disclosure),
    ("outward_event.read", Operation::Disclosure),
    ("plan_action.check", Operation::Alteration),
    ("plan_action.complete", Operation::Alteration),
    ("plan_action.defer", Operation::Alteration),
    ("plan_action.list", Operation::Consultation),
    ("post.change", Operation::Alteration),
    ("post.enter", Operation::Collection),
    ("post.list", Operation::Consultation),
    ("post.read", Operation::Consultation),
    ("programmed_visits.list", Operation::Consultation),
    ("programmed_visits.read", Operation::Consultation),
    ("reactive_decision.list", Operation::Consultation),
    ("reactive_decision.read", Operation::Consultation),
    ("reactive_management.approve", Operation::Alteration),
    ("reactive_management.decide", Operation::Alteration),
    ("reactive_management.list", Operation::Consultation),
    ("reactive_management.propose", Operation::Alteration),
    ("reactive_management.read", Operation::Consultation),
    ("reactive_management.refuse", Operation::Alteration),
    ("reactive_management.remove", Operation::Alteration),
    ("reactive_management.review", Operation::Alteration),
    ("reactive_placement.list", Operation::Consultation),
    ("reactive_placement.read", Operation::Consultation),
    ("reactive_review.list", Operation::Consultation),
    ("reactive_review.read", Operation::Consultation),
    ("records.apply", Operation::Collection),
    ("records.folder", Operation::Operation),
    ("records.pull", Operation::Operation),
    ("risk_management_plan.approve", Operation::Alteration),
    ("risk_management_plan.draft", Operation::Alteration),
    ("risk_management_plan.edit", Operation::Alteration),
    ("risk_management_plan.list", Operation::Consultation),
    ("risk_management_plan.read", Operation::Consultation),
    ("risk_management_plan.reject", Operation::Alteration),
    ("road_service.approve", Operation::Operation),
    ("road_service.ask", Operation::Disclosure),
    ("road_service.read", Operation::Operation),
    ("road_service.withdraw", Operation::Operation),
    ("safeguarding.disclose", Operation::Alteration),
    ("safeguarding.not_needed", Operation::Alteration),
    ("safeguarding.refer", Operation::Alteration),
    ("safeguarding.reply", Operation::Alteration),
    ("safeguarding_decision.list", Operation::Consultation),
    ("safeguarding_decision.read", Operation::Consultation),
    ("safeguarding_referral.list", Operation::Consultation),
    ("safeguarding_referral.read", Operation::Consultation),
    ("schedule.accept", Operation::Alteration),
    ("schedule.check_move", Operation::Consultation),
    ("schedule.compare", Operation::Consultation),
    ("schedule.explain", Operation::Consultation),
    ("schedule.lift_pin", Operation::Alteration),
    ("schedule.list", Operation::Consultation),
    ("schedule.move", Operation::Alteration),
    ("schedule.planned", Operation::Combination),
    ("schedule.propose", Operation::Combination),
    ("schedule.read", Operation::Consultation),
    ("schedule.replay", Operation::Consultation),
    ("schedule.snapshot", Operation::Consultation),
    ("subscription.dead_letters", Operation::Operation),
    ("subscription.end", Operation::Operation),
    ("subscription.list", Operation::Operation),
    ("subscription.make", Operation::Operation),
    ("subscription.new_key", Operation::Operation),
    ("subscription.pause", Operation::Operation),
    ("subscription.read", Operation::Operation),
    ("subscription.redrive", Operation::Operation),
    ("subscription.replay", Operation::Operation),
    ("subscription.resume", Operation::Operation),
    ("team.change", Operation::Alteration),
    ("team.list", Operation::Consultation),
    ("team.read", Operation::Consultation),
    ("transfer.disclose", Operation::Disclosure),
    ("transfer.list", Operation::Consultation),
    ("transfer.list_received", Operation::Consultation),
    ("transfer.make", Operation::Combination),
    ("transfer.read", Operation::Consultation),
    ("transfer.take_in", Operation::Collection),
    ("transfer.take_receipt", Operation::Alteration),
    ("transfer.withdraw", Operation::Alteration),
    ("transfer_key.list", Operation::Operation),
    ("transfer_key.register", Operation::Operation),
    ("transfer_key.withdraw", Operation::Operation),
    ("unallocated.list", Operation::Consultation),
    ("visit.confirm", Operation::Alteration),
    ("visit.correct", Operation::Alteration),
    ("visit.finish", Operation::Alteration),
    ("visit.list", Operation::Consultation),
    ("visit.outcome", Operation::Collection),
    ("visit.read", Operation::Consultation),
    ("visit.record", Operation::Collection),
    ("visit.start", Operation::Alteration),
    ("visit_attendance.list", Operation::Consultation),
    ("visit_attendance.read", Operation::Consultation),
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
