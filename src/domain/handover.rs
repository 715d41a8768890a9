//! Handovers: what the new manager of a case has to be told and shown before the case is really theirs.
//!
//! Changes to records of cases that had passed from hand to hand went unseen in the inspected force (HMICFRS, Dorset 2021).
//! The list of items is a design reading \[I\].

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoverItem {
    /// The record was read.
    RecordRead,
    /// The risk management plan was read.
    PlanRead,
    /// The new manager was introduced to the offender at a visit.
    IntroducedAtVisit,
    /// The plan's open actions were passed on.
    OpenActionsPassed,
    /// The warnings for whoever visits were passed on.
    WarningsPassed,
}

impl HandoverItem {
    /// Every item.
    pub const ALL: [Self; 5] =
        [Self::RecordRead, Self::PlanRead, Self::IntroducedAtVisit, Self::OpenActionsPassed, Self::WarningsPassed];
}

/// An item, and whether it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverStep {
    /// Which.
    pub item: HandoverItem,
    /// When it was done; empty where it was not.
    pub done_on: Option<CivilDate>,
    /// What there is to say of it, such as why it does not apply.
    pub note: Option<String>,
}

/// What a supervisor found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverCheck {
    /// Who.
    pub checked_by: Ref,
    /// When.
    pub checked_on: CivilDate,
    /// Whether the handover stands; where not, it is open again.
    pub accepted: bool,
    /// What was found, in free text.
    pub finding: String,
}

/// The handover of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Whose case.
    pub offender_ref: Ref,
    /// Who had it; nobody where it was nobody's.
    pub from_ref: Option<Ref>,
    /// Who takes it.
    pub to_ref: Ref,
    /// First day of the new manager's responsibility.
    pub from: CivilDate,
    /// What is to be done.
    pub items: Vec<HandoverStep>,
    /// When the new manager said that all is done.
    pub completed_on: Option<CivilDate>,
    /// What the supervisor found; the newest.
    pub check: Option<HandoverCheck>,
    /// When the case passed on again before this was done.
    pub superseded_on: Option<CivilDate>,
}

/// Where a handover stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoverState {
    /// With the new manager.
    Open,
    /// With the supervisor.
    Completed,
    /// Checked, and found to stand.
    Checked,
    /// The case passed on again before it was done.
    Superseded,
}

impl Handover {
    /// A handover that begins.
    #[must_use]
    pub fn open(offender_ref: Ref, from_ref: Option<Ref>, to_ref: Ref, from: CivilDate) -> Self {
        let items = HandoverItem::ALL.map(|item| HandoverStep { item, done_on: None, note: None });
        let (completed_on, check, superseded_on) = (None, None, None);
        Self { offender_ref, from_ref, to_ref, from, items: items.into(), completed_on, check, superseded_on }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> HandoverState {
        if self.superseded_on.is_some() {
            HandoverState::Superseded
        } else if self.completed_on.is_none() {
            HandoverState::Open
        } else if self.check.as_ref().is_some_and(|check| check.accepted) {
            HandoverState::Checked
        } else {
            HandoverState::Completed
        }
    }

    fn in_state(&self, state: HandoverState, detail: &str) -> Result<(), Refusal> {
        if self.state() == state { Ok(()) } else { Err(Refusal::new(RefusalCode::WrongState, detail)) }
    }

    fn receiver(&self, officer: &Ref) -> Result<(), Refusal> {
        let detail = "the items are for the officer who takes the case over";
        if *officer == self.to_ref { Ok(()) } else { Err(Refusal::new(RefusalCode::NotQualified, detail)) }
    }

    /// The handover once its receiver has done these steps.
    ///
    /// # Errors
    /// When it is not open, they are not the receiver's, or a day lies after today.
    pub fn with_steps(mut self, steps: Vec<HandoverStep>, by: &Ref, today: CivilDate) -> Result<Self, Refusal> {
        self.in_state(HandoverState::Open, "the handover is not open")?;
        self.receiver(by)?;
        for (index, step) in steps.into_iter().enumerate() {
            if step.done_on.is_some_and(|on| on > today) {
                let detail = "what is done was done by today";
                return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(format!("/items/{index}/done_on")));
            }
            if let Some(known) = self.items.iter_mut().find(|known| known.item == step.item) {
                *known = step;
            }
        }
        Ok(self)
    }

    /// The handover once its receiver says that all is done. An item that does not apply is done with a note.
    ///
    /// # Errors
    /// When it is not open, they are not the receiver, or an item is not done.
    pub fn completed(self, by: &Ref, today: CivilDate) -> Result<Self, Refusal> {
        self.in_state(HandoverState::Open, "the handover is not open")?;
        self.receiver(by)?;
        if let Some(at) = self.items.iter().position(|step| step.done_on.is_none()) {
            let detail = "an item is not done; one that does not apply is marked done with a note that says why";
            return Err(Refusal::new(RefusalCode::WrongState, detail).at(format!("/items/{at}/done_on")));
        }
        Ok(Self { completed_on: Some(today), check: None, ..self })
    }

    /// The handover once a supervisor has checked it: it stands, or is open again.
    ///
    /// # Errors
    /// When it is not completed, or they took the case over themselves.
    pub fn checked(self, check: HandoverCheck) -> Result<Self, Refusal> {
        self.in_state(HandoverState::Completed, "the handover is checked once its receiver has completed it")?;
        if check.checked_by == self.to_ref || Some(&check.checked_by) == self.from_ref.as_ref() {
            let detail = "nobody checks a handover that they were a side of";
            return Err(Refusal::new(RefusalCode::OwnWork, detail));
        }
        let completed_on = self.completed_on.filter(|_| check.accepted);
        Ok(Self { completed_on, check: Some(check), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Ref {
        Ref::new(text).unwrap()
    }

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn done() -> Handover {
        let open = Handover::open(named("o"), Some(named("a")), named("b"), day("2021-04-15"));
        let steps = HandoverItem::ALL.map(|item| HandoverStep { item, done_on: Some(day("2021-04-15")), note: None });
        open.with_steps(steps.into(), &named("b"), day("2021-04-15")).unwrap()
    }

    fn check(by: &str, accepted: bool) -> HandoverCheck {
        HandoverCheck { checked_by: named(by), checked_on: day("2021-04-16"), accepted, finding: String::new() }
    }

    #[test]
    fn a_handover_is_completed_by_its_receiver_and_checked_by_somebody_else() {
        let (today, b) = (day("2021-04-15"), named("b"));
        let open = Handover::open(named("o"), Some(named("a")), named("b"), today);
        let completed = done().completed(&b, today).unwrap();
        let checked = completed.clone().checked(check("sup", true)).unwrap();
        let returned = completed.clone().checked(check("sup", false)).unwrap();
        let superseded = Handover { superseded_on: Some(today), ..open.clone() };
        for (handover, state) in [
            (&open, HandoverState::Open),
            (&completed, HandoverState::Completed),
            (&checked, HandoverState::Checked),
            (&returned, HandoverState::Open),
            (&superseded, HandoverState::Superseded),
        ] {
            assert_eq!(handover.state(), state);
        }
        let code = |refused: Result<Handover, Refusal>| refused.unwrap_err().code;
        let late = vec![HandoverStep { item: HandoverItem::PlanRead, done_on: Some(day("2021-04-16")), note: None }];
        for (refused, expected) in [
            (open.clone().completed(&b, today), RefusalCode::WrongState),
            (done().completed(&named("a"), today), RefusalCode::NotQualified),
            (open.clone().with_steps(vec![], &named("a"), today), RefusalCode::NotQualified),
            (open.clone().with_steps(late, &b, today), RefusalCode::NotAcceptable),
            (open.clone().checked(check("sup", true)), RefusalCode::WrongState),
            (completed.clone().checked(check("b", true)), RefusalCode::OwnWork),
            (completed.clone().checked(check("a", true)), RefusalCode::OwnWork),
            (checked.clone().completed(&b, today), RefusalCode::WrongState),
            (checked.checked(check("sup", true)), RefusalCode::WrongState),
            (superseded.completed(&b, today), RefusalCode::WrongState),
        ] {
            assert_eq!(code(refused), expected);
        }
        assert!(returned.completed(&b, today).is_ok(), "what was returned is completed again");
    }
}
