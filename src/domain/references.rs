//! The records that a record names.

use std::collections::BTreeSet;

use super::record::{Record, RecordKind};
use super::reference::Ref;
use super::safeguarding::ConcernRef;

/// One record named by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where in the event it is named: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The kind of record named.
    pub to: RecordKind,
    /// Its key within the force.
    pub to_ref: Ref,
}

/// Every record that a record names, its own subject included where that is the offender.
///
/// The crime number of a breach is not among them: it answers to a crime report's `ref`, which is
/// not that record's key.
#[must_use]
pub fn references(kind: RecordKind, subject: &Ref, record: &Record) -> Vec<Reference> {
    let mut found = Found::default();
    if is_about_its_subject(kind) {
        found.at("/subject", RecordKind::Offender, Some(subject));
    }
    match record {
        Record::Team(team) => found.at("/data/supervisor_ref", RecordKind::Officer, &team.supervisor_ref),
        Record::Neighbourhood(_) | Record::ProgrammedVisits(_) => {}
        Record::Officer(officer) => {
            found.at("/data/team_ref", RecordKind::Team, &officer.team_ref);
            found.at("/data/neighbourhood_ref", RecordKind::Neighbourhood, &officer.neighbourhood_ref);
            for (index, loan) in officer.loans.iter().enumerate() {
                found.at(format!("/data/loans/{index}/team_ref"), RecordKind::Team, Some(&loan.team_ref));
                found.at(format!("/data/loans/{index}/approved_by"), RecordKind::Officer, Some(&loan.approved_by));
            }
        }
        Record::Offender(offender) => {
            found.at("/data/team_ref", RecordKind::Team, Some(&offender.team_ref));
            found.at("/data/neighbourhood_ref", RecordKind::Neighbourhood, &offender.neighbourhood_ref);
        }
        Record::Address(address) => {
            found.offender(Some(&address.offender_ref));
            found.at("/data/verified_by", RecordKind::Officer, &address.verified_by);
        }
        Record::Order(order) => found.offender(Some(&order.offender_ref)),
        Record::Allocation(allocation) => {
            found.at("/data/officer_ref", RecordKind::Officer, &allocation.officer_ref);
            found.at("/data/allocated_by", RecordKind::Officer, &allocation.allocated_by);
        }
        Record::ArmsAssessment(assessment) => {
            found.offender(Some(&assessment.offender_ref));
            found.at("/data/assessor_ref", RecordKind::Officer, &assessment.assessor_ref);
        }
        Record::RiskManagementPlan(plan) => {
            found.offender(Some(&plan.offender_ref));
            if let Some(requirement) = &plan.visit_requirement {
                let pointer = "/data/visit_requirement/single_crew_approved_by";
                found.at(pointer, RecordKind::Officer, &requirement.single_crew_approved_by);
            }
            for (index, action) in plan.actions.iter().enumerate() {
                found.at(format!("/data/actions/{index}/owner_ref"), RecordKind::Officer, &action.owner_ref);
            }
            found.at("/data/assessment_ref", RecordKind::ArmsAssessment, &plan.assessment_ref);
            found.at("/data/approved_by", RecordKind::Officer, &plan.approved_by);
        }
        Record::Visit(visit) => {
            found.offender(Some(&visit.offender_ref));
            for (index, officer) in visit.officer_refs.iter().enumerate() {
                found.at(format!("/data/officer_refs/{index}"), RecordKind::Officer, Some(officer));
            }
            found.at("/data/address_ref", RecordKind::Address, &visit.address_ref);
            found.at("/data/single_crew_approved_by", RecordKind::Officer, &visit.single_crew_approved_by);
        }
        Record::Notification(notification) => {
            found.offender(Some(&notification.offender_ref));
            found.at("/data/received_by", RecordKind::Officer, &notification.received_by);
        }
        Record::Intelligence(intelligence) => {
            found.offender(Some(&intelligence.offender_ref));
            found.at("/data/entered_by", RecordKind::Officer, &intelligence.casework.entered_by);
            let area = intelligence.casework.sighting.as_ref().map(|sighting| &sighting.neighbourhood_ref);
            found.at("/data/sighting/neighbourhood_ref", RecordKind::Neighbourhood, area);
        }
        Record::Breach(breach) => {
            found.offender(Some(&breach.offender_ref));
            found.at("/data/order_ref", RecordKind::Order, &breach.order_ref);
            let decided_by = breach.decision.as_ref().map(|decision| &decision.decided_by);
            found.at("/data/decision/decided_by", RecordKind::Officer, decided_by);
            let casework = &breach.casework;
            found.at("/data/entered_by", RecordKind::Officer, &casework.entered_by);
            let judge = casework.judgement.as_ref().map(|judgement| &judgement.decided_by);
            found.at("/data/judgement/decided_by", RecordKind::Officer, judge);
            let step = casework.investigative_step.as_ref().map(|step| &step.entered_by);
            found.at("/data/investigative_step/entered_by", RecordKind::Officer, step);
            let cancellation = breach.crime.as_ref().and_then(|crime| crime.cancellation.as_ref());
            let entered_by = cancellation.map(|cancellation| &cancellation.entered_by);
            found.at("/data/crime/cancellation/entered_by", RecordKind::Officer, entered_by);
        }
        Record::CrimeReport(report) => {
            found.at("/data/breach_ref", RecordKind::Breach, &report.breach_ref);
            found.offender(&report.offender_ref);
        }
        Record::ReactiveManagement(spell) => found.at("/data/approved_by", RecordKind::Officer, &spell.approved_by),
        Record::DipSample(sample) => {
            found.at("/data/team_ref", RecordKind::Team, Some(&sample.team_ref));
            found.at("/data/drawn_by", RecordKind::Officer, Some(&sample.drawn_by));
            for (index, drawn) in sample.cases.iter().enumerate() {
                let pointer = format!("/data/cases/{index}/offender_ref");
                found.at(pointer, RecordKind::Offender, Some(&drawn.offender_ref));
            }
        }
        Record::DipSampleGrade(grade) => {
            found.offender(Some(&grade.offender_ref));
            found.at("/data/sample_ref", RecordKind::DipSample, Some(&grade.sample_ref));
            found.at("/data/grader_ref", RecordKind::Officer, Some(&grade.grader_ref));
        }
        Record::AccessRestriction(restriction) => {
            found.offender(Some(&restriction.offender_ref));
            found.at("/data/restricted_to", RecordKind::Officer, &restriction.restricted_to);
            found.at("/data/excluded", RecordKind::Officer, &restriction.excluded);
            found.at("/data/decided_by", RecordKind::Officer, Some(&restriction.decided_by));
        }
        Record::ReactivePlacement(placement) => {
            found.offender(Some(&placement.offender_ref));
            found.at("/data/proposed_by", RecordKind::Officer, Some(&placement.proposed_by));
            let decided_by = placement.decision.as_ref().map(|decision| &decision.decided_by);
            found.at("/data/decision/decided_by", RecordKind::Officer, decided_by);
        }
        Record::ReactiveReview(review) => {
            found.offender(Some(&review.offender_ref));
            found.at("/data/reviewed_by", RecordKind::Officer, Some(&review.reviewed_by));
        }
        Record::ReactiveDecision(decision) => {
            found.offender(Some(&decision.offender_ref));
            found.at("/data/decided_by", RecordKind::Officer, Some(&decision.decided_by));
            for (index, trigger) in decision.answers.iter().enumerate() {
                let pointer = format!("/data/answers/{index}/ref");
                found.at(pointer, trigger.kind.record_kind(), Some(&trigger.reference));
            }
        }
        Record::Arrest(arrest) => {
            found.offender(Some(&arrest.offender_ref));
            found.at("/data/entered_by", RecordKind::Officer, Some(&arrest.entered_by));
        }
        Record::SafeguardingReferral(referral) => {
            found.offender(Some(&referral.offender_ref));
            found.concerns(&referral.concerns);
            found.at("/data/sent_by", RecordKind::Officer, Some(&referral.sent_by));
            let entered_by = referral.reply.as_ref().map(|reply| &reply.entered_by);
            found.at("/data/reply/entered_by", RecordKind::Officer, entered_by);
        }
        Record::SafeguardingDecision(decision) => {
            found.offender(Some(&decision.offender_ref));
            found.concerns(&decision.concerns);
            found.at("/data/decided_by", RecordKind::Officer, Some(&decision.decided_by));
        }
        Record::DisclosureDecision(decision) => {
            found.offender(Some(&decision.offender_ref));
            found.concerns(&decision.concerns);
            found.at("/data/decided_by", RecordKind::Officer, Some(&decision.decided_by));
        }
        Record::Disposal(disposal) => {
            found.offender(Some(&disposal.offender_ref));
            found.at("/data/entered_by", RecordKind::Officer, &disposal.entered_by);
        }
        Record::NotifiableChange(change) => {
            found.offender(Some(&change.offender_ref));
            found.at("/data/premises_ref", RecordKind::Address, &change.premises_ref);
            found.at("/data/notification_ref", RecordKind::Notification, &change.notification_ref);
            let advance = change.advance.as_ref().and_then(|notice| notice.notification_ref.as_ref());
            found.at("/data/advance/notification_ref", RecordKind::Notification, advance);
            found.at("/data/entered_by", RecordKind::Officer, &change.entered_by);
        }
        Record::ForeignTravel(travel) => {
            found.offender(Some(&travel.offender_ref));
            found.at("/data/entered_by", RecordKind::Officer, &travel.entered_by);
        }
        Record::OtherAssessment(assessment) => {
            found.offender(Some(&assessment.offender_ref));
            found.at("/data/assessor_ref", RecordKind::Officer, Some(&assessment.assessor_ref));
        }
        Record::VisitAttendance(attendance) => {
            found.offender(Some(&attendance.offender_ref));
            for (index, officer) in attendance.officer_refs.iter().enumerate() {
                found.at(format!("/data/officer_refs/{index}"), RecordKind::Officer, Some(officer));
            }
        }
        Record::Circumstance(circumstance) => {
            found.offender(Some(&circumstance.offender_ref));
            found.at("/data/confirmed_by", RecordKind::Officer, &circumstance.confirmed_by);
        }
        Record::Handover(handover) => {
            found.offender(Some(&handover.offender_ref));
            found.at("/data/from_ref", RecordKind::Officer, &handover.from_ref);
            found.at("/data/to_ref", RecordKind::Officer, Some(&handover.to_ref));
            let checked_by = handover.check.as_ref().map(|check| &check.checked_by);
            found.at("/data/check/checked_by", RecordKind::Officer, checked_by);
        }
        Record::Post(post) => {
            found.at("/data/team_ref", RecordKind::Team, Some(&post.team_ref));
            found.at("/data/holder_ref", RecordKind::Officer, &post.holder_ref);
            found.at("/data/last_holder_ref", RecordKind::Officer, &post.last_holder_ref);
        }
        Record::Merge(merge) => {
            found.at("/data/kept_ref", RecordKind::Offender, Some(&merge.kept_ref));
            found.at("/data/merged_ref", RecordKind::Offender, Some(&merge.merged_ref));
            found.at("/data/decided_by", RecordKind::Officer, &merge.decided_by);
            found.at("/data/undone_by", RecordKind::Officer, &merge.undone_by);
        }
        Record::LegalHold(hold) => {
            found.offender(Some(&hold.offender_ref));
            found.at("/data/placed_by", RecordKind::Officer, Some(&hold.placed_by));
            let released_by = hold.release.as_ref().map(|release| &release.released_by);
            found.at("/data/release/released_by", RecordKind::Officer, released_by);
        }
    }
    found.0
}

/// References as they are kept, each under a pointer of its own: members of a set, which have no order that whoever sent them would know, share
/// theirs otherwise.
#[must_use]
pub fn under_pointers_of_their_own(references: Vec<Reference>) -> Vec<Reference> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut apart = Vec::with_capacity(references.len());
    for (index, mut reference) in references.into_iter().enumerate() {
        if taken.contains(&reference.pointer) {
            reference.pointer = format!("{}/{index}", reference.pointer);
        }
        taken.insert(reference.pointer.clone());
        apart.push(reference);
    }
    apart
}

const fn is_about_its_subject(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Allocation | RecordKind::ProgrammedVisits | RecordKind::ReactiveManagement)
}

#[derive(Default)]
struct Found(Vec<Reference>);

impl Found {
    fn at<'a>(&mut self, pointer: impl Into<String>, to: RecordKind, named: impl IntoIterator<Item = &'a Ref>) {
        let pointer = pointer.into();
        self.0.extend(named.into_iter().map(|named| Reference { pointer: pointer.clone(), to, to_ref: named.clone() }));
    }

    fn offender<'a>(&mut self, named: impl IntoIterator<Item = &'a Ref>) {
        self.at("/data/offender_ref", RecordKind::Offender, named);
    }

    fn concerns(&mut self, concerns: &[ConcernRef]) {
        for (index, concern) in concerns.iter().enumerate() {
            let pointer = format!("/data/concerns/{index}/ref");
            self.at(pointer, concern.kind.record_kind(), Some(&concern.reference));
        }
    }
}
