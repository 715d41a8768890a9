//! From the members of an event's `data` to the domain's records, kind by kind.

use serde_json::Value;

use super::consistency;
use super::fault::{Fault, FaultCode};
use super::fields::{
    Fields, Reading, boolean, checked, date, distinct, free_text, instant, integer, list, non_empty, number, object,
    one_of, reference, table, text, time_of_day,
};
use crate::domain::address::Address;
use crate::domain::allocation::Allocation;
use crate::domain::arms_assessment::ArmsAssessment;
use crate::domain::breach::{Breach, BreachCrime, BreachDecision};
use crate::domain::crime_report::CrimeReport;
use crate::domain::intelligence::{Intelligence, IntelligenceCasework};
use crate::domain::merge::Merge;
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

/// Reads the `data` of an event about a record of that kind.
///
/// # Errors
/// The first fault found, with its pointer under `/data`.
pub fn read_record(kind: RecordKind, data: Value) -> Result<Record, Fault> {
    let record = match kind {
        RecordKind::Team => object(team)(data).map(Record::Team),
        RecordKind::Neighbourhood => object(neighbourhood)(data).map(Record::Neighbourhood),
        RecordKind::Officer => checked(object(officer), consistency::officer)(data).map(Record::Officer),
        RecordKind::Offender => object(offender)(data).map(Record::Offender),
        RecordKind::Address => checked(object(address), consistency::address)(data).map(Record::Address),
        RecordKind::Order => object(order)(data).map(Record::Order),
        RecordKind::Allocation => object(allocation)(data).map(Record::Allocation),
        RecordKind::ArmsAssessment => object(arms_assessment)(data).map(Record::ArmsAssessment),
        RecordKind::RiskManagementPlan => object(risk_management_plan)(data).map(Record::RiskManagementPlan),
        RecordKind::ProgrammedVisits => object(programmed_visits)(data).map(Record::ProgrammedVisits),
        RecordKind::Visit => object(visit)(data).map(Record::Visit),
        RecordKind::Notification => object(notification)(data).map(Record::Notification),
        RecordKind::Intelligence => object(intelligence)(data).map(Record::Intelligence),
        RecordKind::Breach => object(breach)(data).map(Record::Breach),
        RecordKind::CrimeReport => object(crime_report)(data).map(Record::CrimeReport),
        RecordKind::ReactiveManagement => {
            checked(object(reactive_management), consistency::reactive_management)(data).map(Record::ReactiveManagement)
        }
        RecordKind::Merge => checked(object(merge), consistency::merge)(data).map(Record::Merge),
        RecordKind::DipSample
        | RecordKind::DipSampleGrade
        | RecordKind::AccessRestriction
        | RecordKind::ReactivePlacement
        | RecordKind::ReactiveReview
        | RecordKind::ReactiveDecision
        | RecordKind::Arrest
        | RecordKind::SafeguardingReferral
        | RecordKind::SafeguardingDecision
        | RecordKind::DisclosureDecision
        | RecordKind::Disposal
        | RecordKind::NotifiableChange
        | RecordKind::ForeignTravel
        | RecordKind::OtherAssessment
        | RecordKind::VisitAttendance
        | RecordKind::Circumstance
        | RecordKind::Handover
        | RecordKind::Post
        | RecordKind::LegalHold => Err(Fault::here(FaultCode::UnknownType, "is not the records system's to send")),
    };
    record.map_err(|fault| fault.under("data"))
}

fn team(fields: &mut Fields) -> Reading<Team> {
    Ok(Team {
        name: fields.required("name", text)?,
        force: fields.required("force", text)?,
        base: fields.required("base", object(base))?,
        supervisor_ref: fields.optional_or_null("supervisor_ref", reference)?,
    })
}

fn base(fields: &mut Fields) -> Reading<Base> {
    Ok(Base {
        name: fields.required("name", text)?,
        latitude: fields.required("latitude", number(-90.0..=90.0))?,
        longitude: fields.required("longitude", number(-180.0..=180.0))?,
    })
}

fn neighbourhood(fields: &mut Fields) -> Reading<Neighbourhood> {
    Ok(Neighbourhood { name: fields.required("name", text)?, force: fields.required("force", text)? })
}

fn officer(fields: &mut Fields) -> Reading<Officer> {
    Ok(Officer {
        name: fields.required("name", text)?,
        role: fields.required("role", one_of)?,
        team_ref: fields.required_or_null("team_ref", reference)?,
        in_post_from: fields.required("in_post_from", date)?,
        neighbourhood_ref: fields.optional_or_null("neighbourhood_ref", reference)?,
        in_post_until: fields.optional_or_null("in_post_until", date)?,
        constable: fields.optional("constable", boolean)?,
        max_caseload: fields.optional_or_null("max_caseload", integer(0..=500))?,
        skills: fields.optional("skills", distinct(list(text)))?.unwrap_or_default(),
        training: fields.optional("training", list(object(training)))?.unwrap_or_default(),
        shifts: fields.optional("shifts", list(checked(object(shift), consistency::shift)))?.unwrap_or_default(),
        absences: fields
            .optional("absences", list(checked(object(absence), consistency::absence)))?
            .unwrap_or_default(),
        loans: Vec::new(),
    })
}

fn training(fields: &mut Fields) -> Reading<Training> {
    Ok(Training {
        course: fields.required("course", one_of)?,
        completed_on: fields.required("completed_on", date)?,
        expires_on: fields.optional_or_null("expires_on", date)?,
    })
}

fn shift(fields: &mut Fields) -> Reading<Shift> {
    Ok(Shift {
        weekday: fields.required("weekday", one_of)?,
        start: fields.required("start", time_of_day)?,
        end: fields.required("end", time_of_day)?,
    })
}

fn absence(fields: &mut Fields) -> Reading<Absence> {
    Ok(Absence {
        from: fields.required("from", date)?,
        until: fields.required("until", date)?,
        reason: fields.required("reason", one_of)?,
    })
}

fn offender(fields: &mut Fields) -> Reading<Offender> {
    Ok(Offender {
        given_name: fields.required("given_name", text)?,
        family_name: fields.required("family_name", text)?,
        status: fields.required("status", one_of)?,
        status_since: fields.required("status_since", date)?,
        team_ref: fields.required("team_ref", reference)?,
        lead_agency: fields.required("lead_agency", one_of)?,
        lead_agency_since: fields.required("lead_agency_since", date)?,
        mappa: fields.required("mappa", object(mappa))?,
        notification: fields.required("notification", object(notification_period))?,
        external_refs: fields.optional("external_refs", list(object(external_ref)))?.unwrap_or_default(),
        aliases: fields.optional("aliases", list(text))?.unwrap_or_default(),
        date_of_birth: fields.optional_or_null("date_of_birth", date)?,
        sex: fields.optional_or_null("sex", one_of)?,
        community_since: fields.optional_or_null("community_since", date)?,
        licence_until: fields.optional_or_null("licence_until", date)?,
        static_risk: fields.optional_or_null("static_risk", object(static_risk))?,
        neighbourhood_ref: fields.optional_or_null("neighbourhood_ref", reference)?,
        warning_markers: fields.optional("warning_markers", list(text))?.unwrap_or_default(),
        alias_details: Vec::new(),
        status_reason: None,
        status_authority: None,
    })
}

fn mappa(fields: &mut Fields) -> Reading<Mappa> {
    Ok(Mappa {
        category: fields.required("category", integer(1..=4))?,
        level: fields.required("level", integer(1..=3))?,
    })
}

fn notification_period(fields: &mut Fields) -> Reading<NotificationPeriod> {
    Ok(NotificationPeriod {
        relevant_date: fields.required("relevant_date", date)?,
        ends_on: fields.required_or_null("ends_on", date)?,
        regime: fields.required("regime", one_of)?,
        under_18_at_relevant_date: fields.required("under_18_at_relevant_date", boolean)?,
    })
}

fn external_ref(fields: &mut Fields) -> Reading<ExternalRef> {
    Ok(ExternalRef { system: fields.required("system", text)?, id: fields.required("id", text)? })
}

fn static_risk(fields: &mut Fields) -> Reading<StaticRisk> {
    Ok(StaticRisk {
        tool: fields.required("tool", text)?,
        band: fields.required("band", one_of)?,
        assessed_on: fields.required("assessed_on", date)?,
    })
}

fn address(fields: &mut Fields) -> Reading<Address> {
    Ok(Address {
        offender_ref: fields.required("offender_ref", reference)?,
        kind: fields.required("kind", one_of)?,
        lines: fields.required("lines", non_empty(list(text)))?,
        resident_from: fields.required("resident_from", date)?,
        postcode: fields.optional_or_null("postcode", text)?,
        latitude: fields.optional_or_null("latitude", number(-90.0..=90.0))?,
        longitude: fields.optional_or_null("longitude", number(-180.0..=180.0))?,
        resident_until: fields.optional_or_null("resident_until", date)?,
        child_in_household: fields.optional("child_in_household", boolean)?,
        verified_on: None,
        verified_by: None,
        verified_how: None,
    })
}

fn order(fields: &mut Fields) -> Reading<Order> {
    Ok(Order {
        offender_ref: fields.required("offender_ref", reference)?,
        kind: fields.required("kind", one_of)?,
        made_on: fields.required("made_on", date)?,
        conditions: fields.required("conditions", list(free_text))?,
        ends_on: fields.optional_or_null("ends_on", date)?,
        discharged_on: fields.optional_or_null("discharged_on", date)?,
        checkable_conditions: Vec::new(),
        discharge_reason: None,
    })
}

fn allocation(fields: &mut Fields) -> Reading<Allocation> {
    Ok(Allocation {
        officer_ref: fields.required_or_null("officer_ref", reference)?,
        from: fields.required("from", date)?,
        reason: None,
        allocated_by: None,
    })
}

fn arms_assessment(fields: &mut Fields) -> Reading<ArmsAssessment> {
    Ok(ArmsAssessment {
        offender_ref: fields.required("offender_ref", reference)?,
        assessed_on: fields.required("assessed_on", date)?,
        overall: fields.required("overall", one_of)?,
        factors: fields.required("factors", table)?,
        assessor_ref: fields.optional_or_null("assessor_ref", reference)?,
        next_review_on: fields.optional_or_null("next_review_on", date)?,
        rationale: fields.optional("rationale", free_text)?,
        adult_male: None,
        corrections: Vec::new(),
    })
}

fn risk_management_plan(fields: &mut Fields) -> Reading<RiskManagementPlan> {
    let requirement = checked(object(visit_requirement), consistency::visit_requirement);
    Ok(RiskManagementPlan {
        offender_ref: fields.required("offender_ref", reference)?,
        effective_from: fields.required("effective_from", date)?,
        review_on: fields.required("review_on", date)?,
        visit_requirement: fields.required_or_null("visit_requirement", requirement)?,
        actions: fields.required("actions", list(object(plan_action)))?,
        assessment_ref: fields.optional_or_null("assessment_ref", reference)?,
        approved_by: fields.optional_or_null("approved_by", reference)?,
        approved_on: fields.optional_or_null("approved_on", date)?,
        contingency: fields.optional("contingency", free_text)?,
        pillars: None,
        licence_conditions: Vec::new(),
        drafting: None,
        action_progress: Vec::new(),
    })
}

fn visit_requirement(fields: &mut Fields) -> Reading<VisitRequirement> {
    let window = checked(object(time_window), consistency::time_window);
    let step = checked(object(visit_step), consistency::visit_step);
    Ok(VisitRequirement {
        interval: visit_interval(fields)?,
        duration_minutes: fields.required("duration_minutes", integer(10..=480))?,
        crew: fields.required("crew", integer(1..=4))?,
        unannounced: fields.required("unannounced", boolean)?,
        time_windows: fields.required("time_windows", list(window))?,
        required_skills: fields.required("required_skills", distinct(list(text)))?,
        joint_agency: fields.optional_or_null("joint_agency", text)?,
        single_crew_approved_by: fields.optional_or_null("single_crew_approved_by", reference)?,
        steps: fields.optional("steps", list(step))?.unwrap_or_default(),
    })
}

fn visit_interval(fields: &mut Fields) -> Reading<VisitInterval> {
    Ok(VisitInterval {
        interval_days: fields.required("interval_days", integer(1..=1100))?,
        earliest_after_days: fields.required("earliest_after_days", integer(1..=1100))?,
        latest_after_days: fields.required("latest_after_days", integer(1..=1100))?,
    })
}

fn time_window(fields: &mut Fields) -> Reading<TimeWindow> {
    Ok(TimeWindow {
        weekdays: fields.required("weekdays", non_empty(distinct(list(one_of))))?,
        from: fields.required("from", time_of_day)?,
        until: fields.required("until", time_of_day)?,
    })
}

fn visit_step(fields: &mut Fields) -> Reading<VisitStep> {
    Ok(VisitStep { until: fields.required("until", date)?, interval: visit_interval(fields)? })
}

fn plan_action(fields: &mut Fields) -> Reading<PlanAction> {
    Ok(PlanAction {
        reference: fields.required("ref", reference)?,
        pillar: fields.required("pillar", one_of)?,
        description: fields.required("description", free_text)?,
        due_on: fields.required("due_on", date)?,
        owner_ref: fields.optional_or_null("owner_ref", reference)?,
        completed_on: fields.optional_or_null("completed_on", date)?,
    })
}

fn programmed_visits(fields: &mut Fields) -> Reading<ProgrammedVisits> {
    Ok(ProgrammedVisits { dates: fields.required("dates", distinct(list(date)))? })
}

fn visit(fields: &mut Fields) -> Reading<Visit> {
    Ok(Visit {
        offender_ref: fields.required("offender_ref", reference)?,
        attempted_at: fields.required("attempted_at", instant)?,
        mode: fields.required("mode", one_of)?,
        outcome: fields.required("outcome", one_of)?,
        officer_refs: fields.required("officer_refs", distinct(list(reference)))?,
        address_ref: fields.optional_or_null("address_ref", reference)?,
        announced: fields.optional("announced", boolean)?,
        home_inspected: fields.optional("home_inspected", boolean)?,
        entry_sought_for_risk_assessment: fields.optional("entry_sought_for_risk_assessment", boolean)?,
        single_crew_approved_by: fields.optional_or_null("single_crew_approved_by", reference)?,
        summary: fields.optional("summary", free_text)?,
        write_up: None,
        corrections: Vec::new(),
    })
}

fn notification(fields: &mut Fields) -> Reading<Notification> {
    Ok(Notification {
        offender_ref: fields.required("offender_ref", reference)?,
        kind: fields.required("kind", one_of)?,
        notified_at: fields.required("notified_at", instant)?,
        moves_periodic_date: fields.required("moves_periodic_date", boolean)?,
        provision: fields.optional_or_null("provision", text)?,
        detail: fields.optional("detail", free_text)?,
        received_by: None,
        periodic_date_reason: None,
    })
}

fn intelligence(fields: &mut Fields) -> Reading<Intelligence> {
    Ok(Intelligence {
        offender_ref: fields.required("offender_ref", reference)?,
        received_at: fields.required("received_at", instant)?,
        risk_relevant: fields.required("risk_relevant", boolean)?,
        summary: fields.required("summary", free_text)?,
        source_force: fields.optional_or_null("source_force", text)?,
        casework: IntelligenceCasework::default(),
    })
}

fn breach(fields: &mut Fields) -> Reading<Breach> {
    Ok(Breach {
        offender_ref: fields.required("offender_ref", reference)?,
        kind: fields.required("kind", one_of)?,
        provision: fields.required("provision", text)?,
        first_failure_on: fields.required("first_failure_on", date)?,
        discovered_at: fields.required("discovered_at", instant)?,
        summary: fields.required("summary", free_text)?,
        order_ref: fields.optional_or_null("order_ref", reference)?,
        crime: fields.optional_or_null("crime", object(breach_crime))?,
        decision: fields.optional_or_null("decision", object(breach_decision))?,
        casework: Box::default(),
    })
}

fn breach_crime(fields: &mut Fields) -> Reading<BreachCrime> {
    Ok(BreachCrime {
        reference: fields.required("ref", reference)?,
        recorded_at: fields.required("recorded_at", instant)?,
        cancellation: None,
    })
}

fn breach_decision(fields: &mut Fields) -> Reading<BreachDecision> {
    Ok(BreachDecision {
        kind: fields.required("kind", one_of)?,
        rationale: fields.required("rationale", free_text)?,
        decided_by: fields.required("decided_by", reference)?,
        decided_at: fields.required("decided_at", instant)?,
    })
}

fn crime_report(fields: &mut Fields) -> Reading<CrimeReport> {
    Ok(CrimeReport {
        reference: fields.required("ref", reference)?,
        state: fields.required("state", one_of)?,
        recorded_at: fields.required("recorded_at", instant)?,
        breach_ref: fields.optional_or_null("breach_ref", reference)?,
        offender_ref: fields.optional_or_null("offender_ref", reference)?,
        cancelled_at: fields.optional_or_null("cancelled_at", instant)?,
        reason: fields.optional("reason", free_text)?,
    })
}

fn reactive_management(fields: &mut Fields) -> Reading<ReactiveManagement> {
    Ok(ReactiveManagement {
        entered_on: fields.required("entered_on", date)?,
        left_on: fields.required_or_null("left_on", date)?,
        approved_by: fields.optional_or_null("approved_by", reference)?,
        rationale: fields.optional("rationale", free_text)?,
        last_reviewed_on: fields.optional_or_null("last_reviewed_on", date)?,
    })
}

fn merge(fields: &mut Fields) -> Reading<Merge> {
    Ok(Merge {
        kept_ref: fields.required("kept_ref", reference)?,
        merged_ref: fields.required("merged_ref", reference)?,
        merged_on: fields.required("merged_on", date)?,
        reason: fields.required("reason", free_text)?,
        undone: fields.required("undone", boolean)?,
        decided_by: None,
        undone_by: None,
        undone_reason: None,
    })
}
