//! The shape of each kind of record: one function a kind, as the contract's schema has it.

use super::fields::{Fields, Place, Reading};
use crate::domain::address::Address;
use crate::domain::allocation::Allocation;
use crate::domain::arms_assessment::ArmsAssessment;
use crate::domain::breach::{Breach, BreachCrime, BreachDecision};
use crate::domain::crime_report::CrimeReport;
use crate::domain::intelligence::Intelligence;
use crate::domain::notification::Notification;
use crate::domain::offender::{ExternalRef, Mappa, NotificationPeriod, Offender, StaticRisk};
use crate::domain::officer::{Absence, Officer, Shift, Training};
use crate::domain::order::Order;
use crate::domain::programmed_visits::ProgrammedVisits;
use crate::domain::reactive_management::ReactiveManagement;
use crate::domain::record::{Record, RecordKind};
use crate::domain::risk_management_plan::{
    PlanAction, RiskManagementPlan, TimeWindow, VisitInterval, VisitRequirement, VisitStep,
};
use crate::domain::team::{Base, Neighbourhood, Team};
use crate::domain::visit::Visit;

/// The longest interval a plan may set, in days (records feed, version 1).
const MAX_INTERVAL_DAYS: u32 = 1_100;

/// Reads the `data` of an event of that kind.
///
/// # Errors
/// The first fault in it.
pub fn read_record(kind: RecordKind, data: Place) -> Reading<Record> {
    data.object(|fields| {
        Ok(match kind {
            RecordKind::Team => Record::Team(team(fields)?),
            RecordKind::Neighbourhood => Record::Neighbourhood(Neighbourhood {
                name: fields.required("name", Place::text)?,
                force: fields.required("force", Place::text)?,
            }),
            RecordKind::Officer => Record::Officer(officer(fields)?),
            RecordKind::Offender => Record::Offender(offender(fields)?),
            RecordKind::Address => Record::Address(address(fields)?),
            RecordKind::Order => Record::Order(order(fields)?),
            RecordKind::Allocation => Record::Allocation(Allocation {
                officer_ref: fields.required_nullable("officer_ref", Place::reference)?,
                from: fields.required("from", Place::date)?,
            }),
            RecordKind::ArmsAssessment => Record::ArmsAssessment(arms_assessment(fields)?),
            RecordKind::RiskManagementPlan => Record::RiskManagementPlan(risk_management_plan(fields)?),
            RecordKind::ProgrammedVisits => Record::ProgrammedVisits(ProgrammedVisits {
                dates: fields.required("dates", |place| place.set(Place::date))?,
            }),
            RecordKind::Visit => Record::Visit(visit(fields)?),
            RecordKind::Notification => Record::Notification(notification(fields)?),
            RecordKind::Intelligence => Record::Intelligence(intelligence(fields)?),
            RecordKind::Breach => Record::Breach(breach(fields)?),
            RecordKind::CrimeReport => Record::CrimeReport(crime_report(fields)?),
            RecordKind::ReactiveManagement => Record::ReactiveManagement(reactive_management(fields)?),
        })
    })
}

fn team(fields: &mut Fields) -> Reading<Team> {
    Ok(Team {
        name: fields.required("name", Place::text)?,
        force: fields.required("force", Place::text)?,
        base: fields.required("base", |place| {
            place.object(|base| {
                Ok(Base {
                    name: base.required("name", Place::text)?,
                    latitude: base.required("latitude", latitude)?,
                    longitude: base.required("longitude", longitude)?,
                })
            })
        })?,
        supervisor_ref: fields.nullable("supervisor_ref", Place::reference)?,
    })
}

fn officer(fields: &mut Fields) -> Reading<Officer> {
    Ok(Officer {
        name: fields.required("name", Place::text)?,
        role: fields.required("role", Place::one_of)?,
        team_ref: fields.required_nullable("team_ref", Place::reference)?,
        in_post_from: fields.required("in_post_from", Place::date)?,
        neighbourhood_ref: fields.nullable("neighbourhood_ref", Place::reference)?,
        in_post_until: fields.nullable("in_post_until", Place::date)?,
        constable: fields.optional("constable", Place::boolean)?,
        max_caseload: fields.nullable("max_caseload", |place| place.integer(0, 500))?,
        skills: fields.optional("skills", |place| place.set(Place::text))?.unwrap_or_default(),
        training: fields.optional("training", |place| place.list(training))?.unwrap_or_default(),
        shifts: fields.optional("shifts", |place| place.list(shift))?.unwrap_or_default(),
        absences: fields.optional("absences", |place| place.list(absence))?.unwrap_or_default(),
    })
}

fn training(place: Place) -> Reading<Training> {
    place.object(|fields| {
        Ok(Training {
            course: fields.required("course", Place::one_of)?,
            completed_on: fields.required("completed_on", Place::date)?,
            expires_on: fields.nullable("expires_on", Place::date)?,
        })
    })
}

fn shift(place: Place) -> Reading<Shift> {
    place.object(|fields| {
        Ok(Shift {
            weekday: fields.required("weekday", Place::one_of)?,
            start: fields.required("start", Place::time_of_day)?,
            end: fields.required("end", Place::time_of_day)?,
        })
    })
}

fn absence(place: Place) -> Reading<Absence> {
    place.object(|fields| {
        Ok(Absence {
            from: fields.required("from", Place::date)?,
            until: fields.required("until", Place::date)?,
            reason: fields.required("reason", Place::one_of)?,
        })
    })
}

fn offender(fields: &mut Fields) -> Reading<Offender> {
    Ok(Offender {
        given_name: fields.required("given_name", Place::text)?,
        family_name: fields.required("family_name", Place::text)?,
        status: fields.required("status", Place::one_of)?,
        status_since: fields.required("status_since", Place::date)?,
        team_ref: fields.required("team_ref", Place::reference)?,
        lead_agency: fields.required("lead_agency", Place::one_of)?,
        lead_agency_since: fields.required("lead_agency_since", Place::date)?,
        mappa: fields.required("mappa", |place| {
            place.object(|mappa| {
                Ok(Mappa {
                    category: mappa.required("category", |place| small_integer(place, 4))?,
                    level: mappa.required("level", |place| small_integer(place, 3))?,
                })
            })
        })?,
        notification: fields.required("notification", |place| {
            place.object(|period| {
                Ok(NotificationPeriod {
                    relevant_date: period.required("relevant_date", Place::date)?,
                    ends_on: period.required_nullable("ends_on", Place::date)?,
                    regime: period.required("regime", Place::one_of)?,
                    under_18_at_relevant_date: period.required("under_18_at_relevant_date", Place::boolean)?,
                })
            })
        })?,
        external_refs: fields.optional("external_refs", |place| place.list(external_ref))?.unwrap_or_default(),
        aliases: fields.optional("aliases", |place| place.list(Place::text))?.unwrap_or_default(),
        date_of_birth: fields.nullable("date_of_birth", Place::date)?,
        sex: fields.nullable("sex", Place::one_of)?,
        community_since: fields.nullable("community_since", Place::date)?,
        licence_until: fields.nullable("licence_until", Place::date)?,
        static_risk: fields.nullable("static_risk", static_risk)?,
        neighbourhood_ref: fields.nullable("neighbourhood_ref", Place::reference)?,
        warning_markers: fields.optional("warning_markers", |place| place.list(Place::text))?.unwrap_or_default(),
    })
}

fn external_ref(place: Place) -> Reading<ExternalRef> {
    place.object(|fields| {
        Ok(ExternalRef { system: fields.required("system", Place::text)?, id: fields.required("id", Place::text)? })
    })
}

fn static_risk(place: Place) -> Reading<StaticRisk> {
    place.object(|fields| {
        Ok(StaticRisk {
            tool: fields.required("tool", Place::text)?,
            band: fields.required("band", Place::one_of)?,
            assessed_on: fields.required("assessed_on", Place::date)?,
        })
    })
}

fn address(fields: &mut Fields) -> Reading<Address> {
    Ok(Address {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        kind: fields.required("kind", Place::one_of)?,
        lines: fields.required("lines", |place| place.at_least_one()?.list(Place::text))?,
        resident_from: fields.required("resident_from", Place::date)?,
        postcode: fields.nullable("postcode", Place::text)?,
        latitude: fields.nullable("latitude", latitude)?,
        longitude: fields.nullable("longitude", longitude)?,
        resident_until: fields.nullable("resident_until", Place::date)?,
        child_in_household: fields.optional("child_in_household", Place::boolean)?,
    })
}

fn order(fields: &mut Fields) -> Reading<Order> {
    Ok(Order {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        kind: fields.required("kind", Place::one_of)?,
        made_on: fields.required("made_on", Place::date)?,
        conditions: fields.required("conditions", |place| place.list(Place::free_text))?,
        ends_on: fields.nullable("ends_on", Place::date)?,
        discharged_on: fields.nullable("discharged_on", Place::date)?,
    })
}

fn arms_assessment(fields: &mut Fields) -> Reading<ArmsAssessment> {
    Ok(ArmsAssessment {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        assessed_on: fields.required("assessed_on", Place::date)?,
        overall: fields.required("overall", Place::one_of)?,
        factors: fields
            .required("factors", |place| place.entries(|name, level| Ok((name.one_of()?, level.one_of()?))))?
            .into_iter()
            .collect(),
        assessor_ref: fields.nullable("assessor_ref", Place::reference)?,
        next_review_on: fields.nullable("next_review_on", Place::date)?,
        rationale: fields.optional("rationale", Place::free_text)?,
    })
}

fn risk_management_plan(fields: &mut Fields) -> Reading<RiskManagementPlan> {
    Ok(RiskManagementPlan {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        effective_from: fields.required("effective_from", Place::date)?,
        review_on: fields.required("review_on", Place::date)?,
        visit_requirement: fields.required_nullable("visit_requirement", |place| place.object(visit_requirement))?,
        actions: fields.required("actions", |place| place.list(plan_action))?,
        assessment_ref: fields.nullable("assessment_ref", Place::reference)?,
        approved_by: fields.nullable("approved_by", Place::reference)?,
        approved_on: fields.nullable("approved_on", Place::date)?,
        contingency: fields.optional("contingency", Place::free_text)?,
    })
}

fn visit_requirement(fields: &mut Fields) -> Reading<VisitRequirement> {
    Ok(VisitRequirement {
        interval: interval(fields)?,
        duration_minutes: fields.required("duration_minutes", |place| place.integer(10, 480))?,
        crew: fields.required("crew", |place| place.integer(1, 4))?,
        unannounced: fields.required("unannounced", Place::boolean)?,
        time_windows: fields.required("time_windows", |place| place.list(time_window))?,
        required_skills: fields.required("required_skills", |place| place.set(Place::text))?,
        joint_agency: fields.nullable("joint_agency", Place::text)?,
        single_crew_approved_by: fields.nullable("single_crew_approved_by", Place::reference)?,
        steps: fields
            .optional("steps", |place| {
                place.list(|step| {
                    step.object(|step| {
                        Ok(VisitStep { until: step.required("until", Place::date)?, interval: interval(step)? })
                    })
                })
            })?
            .unwrap_or_default(),
    })
}

fn interval(fields: &mut Fields) -> Reading<VisitInterval> {
    let days = |place: Place| place.integer(1, MAX_INTERVAL_DAYS);
    Ok(VisitInterval {
        interval_days: fields.required("interval_days", days)?,
        earliest_after_days: fields.required("earliest_after_days", days)?,
        latest_after_days: fields.required("latest_after_days", days)?,
    })
}

fn time_window(place: Place) -> Reading<TimeWindow> {
    place.object(|fields| {
        Ok(TimeWindow {
            weekdays: fields.required("weekdays", |place| place.at_least_one()?.set(Place::one_of))?,
            from: fields.required("from", Place::time_of_day)?,
            until: fields.required("until", Place::time_of_day)?,
        })
    })
}

fn plan_action(place: Place) -> Reading<PlanAction> {
    place.object(|fields| {
        Ok(PlanAction {
            reference: fields.required("ref", Place::reference)?,
            pillar: fields.required("pillar", Place::one_of)?,
            description: fields.required("description", Place::free_text)?,
            due_on: fields.required("due_on", Place::date)?,
            owner_ref: fields.nullable("owner_ref", Place::reference)?,
            completed_on: fields.nullable("completed_on", Place::date)?,
        })
    })
}

fn visit(fields: &mut Fields) -> Reading<Visit> {
    Ok(Visit {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        attempted_at: fields.required("attempted_at", Place::instant)?,
        mode: fields.required("mode", Place::one_of)?,
        outcome: fields.required("outcome", Place::one_of)?,
        officer_refs: fields.required("officer_refs", |place| place.set(Place::reference))?,
        address_ref: fields.nullable("address_ref", Place::reference)?,
        announced: fields.optional("announced", Place::boolean)?,
        home_inspected: fields.optional("home_inspected", Place::boolean)?,
        entry_sought_for_risk_assessment: fields.optional("entry_sought_for_risk_assessment", Place::boolean)?,
        single_crew_approved_by: fields.nullable("single_crew_approved_by", Place::reference)?,
        summary: fields.optional("summary", Place::free_text)?,
    })
}

fn notification(fields: &mut Fields) -> Reading<Notification> {
    Ok(Notification {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        kind: fields.required("kind", Place::one_of)?,
        notified_at: fields.required("notified_at", Place::instant)?,
        moves_periodic_date: fields.required("moves_periodic_date", Place::boolean)?,
        provision: fields.nullable("provision", Place::text)?,
        detail: fields.optional("detail", Place::free_text)?,
    })
}

fn intelligence(fields: &mut Fields) -> Reading<Intelligence> {
    Ok(Intelligence {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        received_at: fields.required("received_at", Place::instant)?,
        risk_relevant: fields.required("risk_relevant", Place::boolean)?,
        summary: fields.required("summary", Place::free_text)?,
        source_force: fields.nullable("source_force", Place::text)?,
    })
}

fn breach(fields: &mut Fields) -> Reading<Breach> {
    Ok(Breach {
        offender_ref: fields.required("offender_ref", Place::reference)?,
        kind: fields.required("kind", Place::one_of)?,
        provision: fields.required("provision", Place::text)?,
        first_failure_on: fields.required("first_failure_on", Place::date)?,
        discovered_at: fields.required("discovered_at", Place::instant)?,
        summary: fields.required("summary", Place::free_text)?,
        order_ref: fields.nullable("order_ref", Place::reference)?,
        crime: fields.nullable("crime", |place| {
            place.object(|crime| {
                Ok(BreachCrime {
                    reference: crime.required("ref", Place::reference)?,
                    recorded_at: crime.required("recorded_at", Place::instant)?,
                })
            })
        })?,
        decision: fields.nullable("decision", |place| {
            place.object(|decision| {
                Ok(BreachDecision {
                    kind: decision.required("kind", Place::one_of)?,
                    rationale: decision.required("rationale", Place::free_text)?,
                    decided_by: decision.required("decided_by", Place::reference)?,
                    decided_at: decision.required("decided_at", Place::instant)?,
                })
            })
        })?,
    })
}

fn crime_report(fields: &mut Fields) -> Reading<CrimeReport> {
    Ok(CrimeReport {
        reference: fields.required("ref", Place::reference)?,
        state: fields.required("state", Place::one_of)?,
        recorded_at: fields.required("recorded_at", Place::instant)?,
        breach_ref: fields.nullable("breach_ref", Place::reference)?,
        offender_ref: fields.nullable("offender_ref", Place::reference)?,
        cancelled_at: fields.nullable("cancelled_at", Place::instant)?,
        reason: fields.optional("reason", Place::free_text)?,
    })
}

fn reactive_management(fields: &mut Fields) -> Reading<ReactiveManagement> {
    Ok(ReactiveManagement {
        entered_on: fields.required("entered_on", Place::date)?,
        left_on: fields.required_nullable("left_on", Place::date)?,
        approved_by: fields.nullable("approved_by", Place::reference)?,
        rationale: fields.optional("rationale", Place::free_text)?,
        last_reviewed_on: fields.nullable("last_reviewed_on", Place::date)?,
    })
}

fn small_integer(place: Place, most: u8) -> Reading<u8> {
    Ok(u8::try_from(place.integer(1, u32::from(most))?).unwrap_or(most))
}

fn latitude(place: Place) -> Reading<f64> {
    place.number(-90.0, 90.0)
}

fn longitude(place: Place) -> Reading<f64> {
    place.number(-180.0, 180.0)
}
