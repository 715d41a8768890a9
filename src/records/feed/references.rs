//! Which other records a record names. Crime numbers are matched by number and are not listed here:
//! a breach may name a crime long before the crime system speaks of it.

use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;

/// A place in a record that names another: its pointer, the kind and the reference.
pub type NamedRecord = (String, RecordKind, Ref);

/// The records that a record names.
#[must_use]
pub fn references(subject: &Ref, record: &Record) -> Vec<NamedRecord> {
    use RecordKind::{Address, ArmsAssessment, Breach, Neighbourhood, Offender, Officer, Order, Team};
    let mut named = Named::default();
    match record {
        Record::Team(team) => named.maybe("/data/supervisor_ref", Officer, team.supervisor_ref.as_ref()),
        Record::Neighbourhood(_) => {}
        Record::Officer(officer) => {
            named.maybe("/data/team_ref", Team, officer.team_ref.as_ref());
            named.maybe("/data/neighbourhood_ref", Neighbourhood, officer.neighbourhood_ref.as_ref());
        }
        Record::Offender(offender) => {
            named.one("/data/team_ref", Team, &offender.team_ref);
            named.maybe("/data/neighbourhood_ref", Neighbourhood, offender.neighbourhood_ref.as_ref());
        }
        Record::Address(address) => named.one("/data/offender_ref", Offender, &address.offender_ref),
        Record::Order(order) => named.one("/data/offender_ref", Offender, &order.offender_ref),
        Record::Allocation(allocation) => {
            named.one("/subject", Offender, subject);
            named.maybe("/data/officer_ref", Officer, allocation.officer_ref.as_ref());
        }
        Record::ArmsAssessment(assessment) => {
            named.one("/data/offender_ref", Offender, &assessment.offender_ref);
            named.maybe("/data/assessor_ref", Officer, assessment.assessor_ref.as_ref());
        }
        Record::RiskManagementPlan(plan) => {
            named.one("/data/offender_ref", Offender, &plan.offender_ref);
            named.maybe("/data/assessment_ref", ArmsAssessment, plan.assessment_ref.as_ref());
            named.maybe("/data/approved_by", Officer, plan.approved_by.as_ref());
            let alone = plan.visit_requirement.as_ref().and_then(|it| it.single_crew_approved_by.as_ref());
            named.maybe("/data/visit_requirement/single_crew_approved_by", Officer, alone);
            for (index, action) in plan.actions.iter().enumerate() {
                named.maybe(&format!("/data/actions/{index}/owner_ref"), Officer, action.owner_ref.as_ref());
            }
        }
        Record::ProgrammedVisits(_) => named.one("/subject", Offender, subject),
        Record::Visit(visit) => {
            named.one("/data/offender_ref", Offender, &visit.offender_ref);
            named.maybe("/data/address_ref", Address, visit.address_ref.as_ref());
            named.maybe("/data/single_crew_approved_by", Officer, visit.single_crew_approved_by.as_ref());
            for (index, officer) in visit.officer_refs.iter().enumerate() {
                named.one(&format!("/data/officer_refs/{index}"), Officer, officer);
            }
        }
        Record::Notification(notification) => named.one("/data/offender_ref", Offender, &notification.offender_ref),
        Record::Intelligence(intelligence) => named.one("/data/offender_ref", Offender, &intelligence.offender_ref),
        Record::Breach(breach) => {
            named.one("/data/offender_ref", Offender, &breach.offender_ref);
            named.maybe("/data/order_ref", Order, breach.order_ref.as_ref());
            let decided_by = breach.decision.as_ref().map(|decision| &decision.decided_by);
            named.maybe("/data/decision/decided_by", Officer, decided_by);
        }
        Record::CrimeReport(report) => {
            named.maybe("/data/breach_ref", Breach, report.breach_ref.as_ref());
            named.maybe("/data/offender_ref", Offender, report.offender_ref.as_ref());
        }
        Record::ReactiveManagement(spell) => {
            named.one("/subject", Offender, subject);
            named.maybe("/data/approved_by", Officer, spell.approved_by.as_ref());
        }
    }
    named.0
}

#[derive(Default)]
struct Named(Vec<NamedRecord>);

impl Named {
    fn one(&mut self, pointer: &str, kind: RecordKind, reference: &Ref) {
        self.0.push((pointer.to_owned(), kind, reference.clone()));
    }

    fn maybe(&mut self, pointer: &str, kind: RecordKind, reference: Option<&Ref>) {
        if let Some(reference) = reference {
            self.one(pointer, kind, reference);
        }
    }
}
