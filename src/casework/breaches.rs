//! Breaches, from being entered or suspected to their decision. The tool asserts nothing: every state names a person
//! and a reason.

use serde_json::{Value, json};

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::case_records::in_scope;
use super::force_file::open_case;
use super::record_act::{new_reference, on_record};
use crate::domain::breach::{
    Breach, BreachCasework, BreachCrime, BreachDecision, BreachDecisionKind, BreachJudgement, BreachSource,
    BreachState, CrimeCancellation, InvestigativeStep, InvestigativeStepKind,
};
use crate::domain::breach_obligation::{Obliged, obligations};
use crate::domain::breach_provision::Provision;
use crate::domain::calendar::{CivilDate, Instant, london_date};
use crate::domain::case_file::CaseFile;
use crate::domain::crime_report::CrimeReportState;
use crate::domain::qualification::is_supervisor_or_above;
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// What did not happen yet is refused.
pub(super) fn has_happened(in_hand: &CaseInHand<'_>, at: Instant, pointer: &str) -> Result<(), Refusal> {
    if in_hand.at.has_happened(at) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::NotAcceptable, "lies in the future; give when it happened").at(pointer))
}

/// Only a supervisor or a detective inspector may.
pub(super) fn supervisor_or_above<'a>(in_hand: &'a CaseInHand<'_>, what: &str) -> Result<&'a Ref, Refusal> {
    let (reference, officer) = in_hand.acting_officer()?;
    if is_supervisor_or_above(officer, in_hand.at.today()) {
        return Ok(reference);
    }
    let detail = format!("{what} is for a supervisor or a detective inspector");
    Err(Refusal::new(RefusalCode::NotQualified, detail))
}

/// What is entered of a breach.
#[derive(Debug, Clone)]
pub struct EnteringBreach {
    /// Known to be one, or only suspected.
    pub is_confirmed: bool,
    /// The provision.
    pub provision: Provision,
    /// The order breached.
    pub order_ref: Option<Ref>,
    /// The first day of the failure.
    pub first_failure_on: CivilDate,
    /// When the police learned of it.
    pub discovered_at: Instant,
    /// How.
    pub source: BreachSource,
    /// What happened.
    pub summary: Words,
    /// Whether it shows contact with a child.
    pub shows_child_contact: bool,
    /// The children concerned.
    pub children: Vec<Words>,
}

/// Enters a breach.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    entering: EnteringBreach,
) -> Result<Written, ActError> {
    on_case(store, acting, "breach.enter", offender, |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        is_consistent(in_hand, &entering)?;
        fits_its_order(in_hand.case, &entering)?;
        let state = if entering.is_confirmed { BreachState::Confirmed } else { BreachState::Suspected };
        let breach = Breach {
            offender_ref: offender.clone(),
            kind: entering.provision.kind(),
            provision: entering.provision.as_str().to_owned(),
            first_failure_on: entering.first_failure_on,
            discovered_at: entering.discovered_at,
            summary: entering.summary.into(),
            order_ref: entering.order_ref,
            crime: None,
            decision: None,
            casework: Box::new(BreachCasework {
                state,
                source: Some(entering.source),
                entered_by: Some(entered_by.clone()),
                shows_child_contact: entering.shows_child_contact,
                children: entering.children.into_iter().map(String::from).collect(),
                ..BreachCasework::default()
            }),
        };
        Ok(vec![Draft::new(new_reference("breach")?, breach)])
    })
}

fn is_consistent(in_hand: &CaseInHand<'_>, entering: &EnteringBreach) -> Result<(), Refusal> {
    let refused = |detail: &str, at: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(at));
    has_happened(in_hand, entering.discovered_at, "/discovered_at")?;
    if entering.first_failure_on > london_date(entering.discovered_at) {
        return refused("is after the day of the discovery", "/first_failure_on");
    }
    if !entering.shows_child_contact && !entering.children.is_empty() {
        return refused("children are named, and shows_child_contact says that there was no contact", "/children");
    }
    Ok(())
}

/// The order is one of this case that the provision is about, and was in force on the first day of the failure.
fn fits_its_order(case: &CaseFile, entering: &EnteringBreach) -> Result<(), Refusal> {
    let fitting = entering.provision.orders();
    let refused = |code, detail: &str| Err(Refusal::new(code, detail).at("/order_ref"));
    let Some(named) = &entering.order_ref else {
        if fitting.is_empty() {
            return Ok(());
        }
        return refused(RefusalCode::NotAcceptable, "the provision is about an order; name the one that was breached");
    };
    let Some(order) = case.records.orders.iter().find(|held| held.subject == *named) else {
        return refused(RefusalCode::UnknownReference, "names no order against this offender");
    };
    if !fitting.contains(&order.record.kind) {
        return refused(RefusalCode::NotAcceptable, "the provision is not about an order of that kind");
    }
    if !order.record.is_in_force(entering.first_failure_on) {
        return refused(RefusalCode::NotAcceptable, "the order was not in force on the first day of the failure");
    }
    Ok(())
}

/// The breach, among the case's.
fn breach_of<'a>(in_hand: &CaseInHand<'a>, subject: &Ref) -> Result<&'a Held<Breach>, Refusal> {
    let found = in_hand.case.records.breaches.iter().find(|held| held.subject == *subject);
    found.ok_or_else(|| Refusal::new(RefusalCode::UnknownReference, "the case has no such breach"))
}

fn wrong_state(detail: &str) -> Refusal {
    Refusal::new(RefusalCode::WrongState, detail)
}

/// Only a breach that stands as confirmed.
fn confirmed<'a>(in_hand: &CaseInHand<'a>, subject: &Ref) -> Result<&'a Held<Breach>, Refusal> {
    let breach = breach_of(in_hand, subject)?;
    match breach.record.casework.state {
        BreachState::Confirmed => Ok(breach),
        BreachState::Suspected => Err(wrong_state("the breach is only suspected; confirm or discount it first")),
        BreachState::Discounted => Err(wrong_state("the breach was discounted")),
    }
}

/// One claim on a breach, on the version that was read.
fn claim(subject: &Ref, read: RecordTag, claimed: impl IntoIterator<Item = (&'static str, Value)>) -> Vec<Draft> {
    vec![Draft::claim(RecordKind::Breach, subject.clone(), claimed, Basis::Read(read))]
}

/// Decides on a breach that is suspected: it is one, or it is none. To discount one is a supervisor's; so is to
/// confirm what was discounted.
///
/// # Errors
/// See [`ActError`].
pub fn judge(
    store: &Store,
    acting: &Acting<'_>,
    breach: &Ref,
    state: BreachState,
    rationale: Words,
    read: RecordTag,
) -> Result<Written, ActError> {
    let act = if state.is_confirmed() { "breach.confirm" } else { "breach.discount" };
    on_record(store, acting, act, (RecordKind::Breach, breach), |in_hand| {
        let held = breach_of(in_hand, breach)?;
        let decided_by = match (held.record.casework.state, state) {
            (BreachState::Suspected, BreachState::Confirmed) => in_hand.acting_officer()?.0,
            (BreachState::Suspected, BreachState::Discounted) => supervisor_or_above(in_hand, "discounting a breach")?,
            (BreachState::Discounted, BreachState::Confirmed) => {
                supervisor_or_above(in_hand, "confirming what was discounted")?
            }
            (BreachState::Confirmed | BreachState::Discounted, _) | (_, BreachState::Suspected) => {
                return Err(wrong_state("only a suspected breach is decided on; a confirmed one takes a decision"));
            }
        };
        let judgement = BreachJudgement {
            decided_by: decided_by.clone(),
            decided_at: in_hand.at.now(),
            rationale: rationale.into(),
        };
        Ok(claim(breach, read, [("state", json!(state)), ("judgement", json!(judgement))]))
    })
}

/// What is said of the investigative step.
#[derive(Debug, Clone)]
pub struct Stepping {
    /// What.
    pub kind: InvestigativeStepKind,
    /// What it is, or why there is none.
    pub rationale: Option<Words>,
    /// By when.
    pub due_on: Option<CivilDate>,
    /// When it was done.
    pub done_on: Option<CivilDate>,
}

/// Says how a breach is investigated, or why it is not.
///
/// # Errors
/// See [`ActError`].
pub fn investigate(
    store: &Store,
    acting: &Acting<'_>,
    breach: &Ref,
    stepping: Stepping,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "breach.investigate", (RecordKind::Breach, breach), |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        if breach_of(in_hand, breach)?.record.casework.state == BreachState::Discounted {
            return Err(wrong_state("the breach was discounted"));
        }
        is_a_step(in_hand, &stepping)?;
        let step = InvestigativeStep {
            kind: stepping.kind,
            rationale: stepping.rationale.map(String::from),
            due_on: stepping.due_on,
            done_on: stepping.done_on,
            entered_by: entered_by.clone(),
        };
        Ok(claim(breach, read, [("investigative_step", json!(step))]))
    })
}

fn is_a_step(in_hand: &CaseInHand<'_>, stepping: &Stepping) -> Result<(), Refusal> {
    let refused = |code, detail: &str, at: &str| Err(Refusal::new(code, detail).at(at));
    if stepping.kind == InvestigativeStepKind::None {
        if stepping.rationale.is_none() {
            return refused(RefusalCode::ReasonNeeded, "say why nothing is investigated", "/rationale");
        }
        if stepping.due_on.is_some() || stepping.done_on.is_some() {
            return refused(RefusalCode::NotAcceptable, "no step has no date", "/kind");
        }
    } else if stepping.due_on.is_none() {
        return refused(RefusalCode::NotAcceptable, "a step has a day by which it is done", "/due_on");
    }
    if stepping.done_on.is_some_and(|done| !in_hand.at.has_come(done)) {
        return refused(RefusalCode::NotAcceptable, "lies in the future; give when it was done", "/done_on");
    }
    Ok(())
}

/// Links a breach to its crime report.
///
/// # Errors
/// See [`ActError`].
pub fn record_crime(
    store: &Store,
    acting: &Acting<'_>,
    breach: &Ref,
    (number, recorded_at): (Ref, Instant),
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "breach.crime_report", (RecordKind::Breach, breach), |in_hand| {
        in_hand.acting_officer()?;
        has_happened(in_hand, recorded_at, "/recorded_at")?;
        let own = confirmed(in_hand, breach)?.record.crime.as_ref();
        if own.is_some_and(|crime| crime.cancellation.is_none()) {
            return Err(wrong_state("the breach has a crime report; cancel that one first"));
        }
        let mut cancelled = in_hand.force.crime_reports.iter().filter(|it| it.state == CrimeReportState::Cancelled);
        let was_own = own.is_some_and(|crime| crime.reference == number);
        if was_own || cancelled.any(|report| report.reference == number) {
            let detail = "the crime report of that number was cancelled";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/crime_ref"));
        }
        let crime = BreachCrime { reference: number, recorded_at, cancellation: None };
        Ok(claim(breach, read, [("crime", json!(crime))]))
    })
}

/// Says that a breach's crime report was cancelled: the breach is then without one, and its clock still runs from the
/// discovery.
///
/// # Errors
/// See [`ActError`].
pub fn cancel_crime(
    store: &Store,
    acting: &Acting<'_>,
    breach: &Ref,
    (cancelled_at, reason): (Instant, Words),
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "breach.crime_report.cancel", (RecordKind::Breach, breach), |in_hand| {
        let entered_by = supervisor_or_above(in_hand, "entering that a crime report was cancelled")?;
        has_happened(in_hand, cancelled_at, "/cancelled_at")?;
        let crime = confirmed(in_hand, breach)?.record.crime.as_ref().filter(|crime| crime.cancellation.is_none());
        let crime = crime.ok_or_else(|| wrong_state("the breach names no crime report that stands"))?;
        if cancelled_at < crime.recorded_at {
            let detail = "is before the crime was recorded";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/cancelled_at"));
        }
        let cancellation = CrimeCancellation { cancelled_at, reason: reason.into(), entered_by: entered_by.clone() };
        let crime = BreachCrime { cancellation: Some(cancellation), ..crime.clone() };
        Ok(claim(breach, read, [("crime", json!(crime))]))
    })
}

/// Decides on a breach. Everything but a charge is decided by a supervisor or a detective inspector.
///
/// # Errors
/// See [`ActError`].
pub fn decide(
    store: &Store,
    acting: &Acting<'_>,
    breach: &Ref,
    (kind, rationale): (BreachDecisionKind, Words),
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "breach.decide", (RecordKind::Breach, breach), |in_hand| {
        let decided_by = if kind.needs_supervisor() {
            supervisor_or_above(in_hand, "this decision on a breach")?
        } else {
            in_hand.acting_officer()?.0
        };
        confirmed(in_hand, breach)?;
        let decision = BreachDecision {
            kind,
            rationale: rationale.into(),
            decided_by: decided_by.clone(),
            decided_at: in_hand.at.now(),
        };
        Ok(claim(breach, read, [("decision", json!(decision))]))
    })
}

/// What a breach that the reader may see obliges; nothing where there is none.
///
/// # Errors
/// When there is no policy for today, or the store fails.
pub fn obliged(store: &Store, acting: &Acting<'_>, breach: &Ref) -> Result<Option<Vec<Obliged>>, ActError> {
    let (reader, at) = (acting.reader, acting.reader.clock.moment());
    let policy = acting.policies.in_force(at.today())?;
    let act = "breach.obligations.read";
    store.transaction_that_writes(|connection| -> Result<_, ActError> {
        let force = &reader.person.force;
        let Some((_, offender)) = in_scope(connection, reader, RecordKind::Breach, breach)? else {
            reader.note_refusal(connection, act, RecordKind::Breach, breach)?;
            return Ok(None);
        };
        let opened = open_case(connection, force, &offender)?;
        let case = opened.cases.get(&offender);
        let found = case.and_then(|case| {
            let held = case.records.breaches.iter().find(|held| held.subject == *breach)?;
            Some(obligations(case, &opened, held, at, policy))
        });
        reader.note(connection, act, Some((RecordKind::Breach, breach)), json!({}))?;
        Ok(found)
    })
}
