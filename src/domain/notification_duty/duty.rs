//! One duty as a dated timer: what set it off, what the rule makes of that, and how it stands.

use chrono::{SecondsFormat, TimeDelta};
use serde::Serialize;

use super::clock_stop::{ClockStop, clock_stops, known_spells};
use super::code::DutyCode;
use super::count::{Counted, Step, beginning_with, running_on};
use super::facts::DutyFacts;
use super::period::subject_until;
use super::registration::{Unregistered, gaps};
use super::rules::{ClockRule, NotificationRules, Period, Rule};
use crate::domain::calendar::{CivilDate, Instant, london_date, london_midnight, minus_days, plus_days, plus_months};
use crate::domain::moment::Moment;
use crate::domain::notification::Notification;
use crate::domain::record::Held;
use crate::domain::reference::Ref;

/// The fact that set a duty off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// What it is.
    pub fact: &'static str,
    /// The kind of record that tells of it, where one does.
    pub record_kind: Option<&'static str>,
    /// That record.
    pub record_ref: Option<Ref>,
    /// Its date: of travel and absence, the day before which the duty falls.
    pub on: CivilDate,
}

/// How a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DutyState {
    /// Its time has not come.
    NotYetDue,
    /// To be met by the last day.
    Due,
    /// Met in time.
    MetOn {
        /// When.
        on: CivilDate,
    },
    /// Met, and late.
    MetLate {
        /// When.
        on: CivilDate,
        /// The first day of the failure.
        first_failure_on: CivilDate,
    },
    /// Not met in time, as far as is known. Never guilt: a person decides.
    LapsedSince {
        /// The first day of the failure.
        since: CivilDate,
    },
    /// The clock stands still, or this force no longer keeps it.
    Stopped {
        /// Why.
        why: &'static str,
    },
    /// There is nothing to do.
    NotRequired {
        /// Why.
        why: &'static str,
    },
}

/// One duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// Which.
    pub code: DutyCode,
    /// The same for the same duty however often it is asked for.
    pub key: String,
    /// The rule that made it, as in force when it was set off.
    pub rule: Rule,
    /// What set it off.
    pub trigger: Trigger,
    /// The clock stops that moved its last day.
    pub clock_stops: Vec<ClockStop>,
    /// The last day on which it could be met; empty while the clock stands still.
    pub last_day: Option<CivilDate>,
    /// The last instant, where hours count.
    pub last_instant: Option<Instant>,
    /// How it stands.
    #[serde(flatten)]
    pub state: DutyState,
    /// The notification that met it, where one is on record.
    pub met_by: Option<Ref>,
    /// Notifications given since that may have met it, which nobody has said.
    pub may_be_met_by: Vec<Ref>,
    /// How the last day was arrived at.
    pub arithmetic: Vec<Step>,
}

impl Duty {
    /// The first day on which it was not met, where there is one.
    #[must_use]
    pub const fn first_failure_on(&self) -> Option<CivilDate> {
        match self.state {
            DutyState::MetLate { first_failure_on, .. } => Some(first_failure_on),
            DutyState::LapsedSince { since } => Some(since),
            DutyState::NotYetDue
            | DutyState::Due
            | DutyState::MetOn { .. }
            | DutyState::Stopped { .. }
            | DutyState::NotRequired { .. } => None,
        }
    }
}

/// That a duty was met: when, and by which notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) at: Instant,
    pub(super) by: Option<Ref>,
}

impl Met {
    pub(super) fn by(held: &Held<Notification>) -> Self {
        Self { at: held.record.notified_at, by: Some(held.subject.clone()) }
    }

    pub(super) const fn told(at: Instant) -> Self {
        Self { at, by: None }
    }
}

/// A duty before its last day and its state are worked out.
pub(super) struct Draft {
    pub(super) code: DutyCode,
    /// What the key has after the code.
    pub(super) key: String,
    pub(super) trigger: Trigger,
    /// The instant from which hours count back, where they do.
    pub(super) instant: Option<Instant>,
    /// The instant at which it arose, where hours count back: where fewer were left, the event itself ends them.
    pub(super) arises_at: Option<Instant>,
    /// The day from which it can be due at all, where that is not the trigger's.
    pub(super) opens_on: Option<CivilDate>,
    /// Met already, or beforehand.
    pub(super) met: Option<Met>,
    pub(super) may_be_met_by: Vec<Ref>,
    /// There is nothing to do, and why.
    pub(super) not_required: Option<&'static str>,
    /// Met in advance: nothing is late.
    pub(super) covered_in_advance: bool,
    pub(super) steps: Vec<Step>,
}

impl Draft {
    pub(super) fn of(code: DutyCode, key: impl Into<String>, trigger: Trigger) -> Self {
        Self {
            code,
            key: key.into(),
            trigger,
            instant: None,
            arises_at: None,
            opens_on: None,
            met: None,
            may_be_met_by: Vec::new(),
            not_required: None,
            covered_in_advance: false,
            steps: Vec::new(),
        }
    }
}

/// What every family of duties works with.
pub(super) struct Desk<'a> {
    pub(super) facts: DutyFacts<'a>,
    pub(super) at: Moment,
    pub(super) rules: &'a NotificationRules,
    pub(super) stops: Vec<ClockStop>,
    pub(super) given: Vec<&'a Held<Notification>>,
    unregistered: Vec<Unregistered>,
    /// The first day on which the offender was subject to the requirements, as far back as is known.
    subject_since: CivilDate,
    left_on: Option<CivilDate>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(facts: DutyFacts<'a>, at: Moment, rules: &'a NotificationRules) -> Self {
        let left = known_spells(facts).into_iter().rev().take_while(|spell| !spell.status.is_managed()).last();
        let left_on = left.map(|spell| spell.from);
        let (stops, given) = (clock_stops(facts, at), facts.given(at));
        let subject_since = facts.offender.notification.relevant_date;
        let mut desk = Self { facts, at, rules, stops, given, unregistered: gaps(facts), subject_since, left_on };
        // Who had notified before the relevant date was subject already: s.83(2).
        let before = desk.first_given(CivilDate::MIN, |_| true);
        desk.subject_since =
            before.map_or(subject_since, |held| london_date(held.record.notified_at).min(subject_since));
        desk
    }

    /// The first day of the registration that held on a day, as far back as is known.
    pub(super) fn registered_since(&self, day: CivilDate) -> CivilDate {
        let ended = self.unregistered.iter().map(|gap| gap.until).filter(|until| *until <= day);
        ended.max().unwrap_or(CivilDate::MIN)
    }

    /// The first notification that was given and is so, by its London date on or after a day.
    pub(super) fn first_given(
        &self,
        from: CivilDate,
        is_so: impl Fn(&Notification) -> bool,
    ) -> Option<&'a Held<Notification>> {
        let mut given = self.given.iter().copied();
        given.find(|held| london_date(held.record.notified_at) >= from && is_so(&held.record))
    }

    /// The duty of a draft; none where no rule was in force for it.
    pub(super) fn settle(&self, draft: Draft) -> Option<Duty> {
        let rule = self.rules.in_force(draft.code, draft.trigger.on)?;
        let (counted, last_instant) = self.count(rule, &draft);
        let met = draft.met.as_ref().filter(|met| self.at.has_happened(met.at));
        let state = self.state(rule, &draft, &counted, last_instant, met);
        let mut arithmetic = vec![Step::to(draft.trigger.on, draft.trigger.fact.replace('_', " "))];
        arithmetic.extend(draft.steps);
        arithmetic.extend(counted.steps);
        Some(Duty {
            code: draft.code,
            key: format!("{}:{}", draft.code, draft.key),
            rule: rule.clone(),
            trigger: draft.trigger,
            clock_stops: counted.applied,
            last_day: counted.last_day,
            last_instant,
            state,
            met_by: met.and_then(|met| met.by.clone()),
            may_be_met_by: draft.may_be_met_by,
            arithmetic,
        })
    }

    fn count(&self, rule: &Rule, draft: &Draft) -> (Counted, Option<Instant>) {
        let on = draft.trigger.on;
        let stops: &[ClockStop] = if rule.clock == ClockRule::Disregard { &self.stops } else { &[] };
        let fixed = |last_day, text: String| Counted {
            last_day: Some(last_day),
            applied: Vec::new(),
            steps: vec![Step::to(last_day, text)],
        };
        match rule.period {
            Period::BeginningWith { days } => (beginning_with(on, days, stops), None),
            Period::AfterDays { days } => {
                (self.run_on(rule, fixed(plus_days(on, days), format!("{days} days after it"))), None)
            }
            Period::AfterMonths { months } => {
                let text = format!("{months} months after it, clamped to the month's end");
                (self.run_on(rule, fixed(plus_months(on, months), text)), None)
            }
            Period::DaysBefore { days } => {
                let (last_day, text) = (minus_days(on, days), format!("{days} days before it"));
                (self.once_subject(on, fixed(last_day, text)), None)
            }
            Period::HoursBefore { hours } => {
                let Some(instant) = draft.instant else { return (fixed(on, "the day itself".to_owned()), None) };
                let last = instant.checked_sub_signed(TimeDelta::hours(i64::from(hours))).unwrap_or(instant);
                let at = last.to_rfc3339_opts(SecondsFormat::Secs, true);
                let text = format!("{hours} hours before it, at {at}");
                let arises_at = draft.arises_at.max(Some(london_midnight(self.subject_since)));
                match arises_at.filter(|arises| *arises > last) {
                    Some(_) => {
                        (fixed(london_date(instant), "fewer hours were left: before it".to_owned()), Some(instant))
                    }
                    None => (fixed(london_date(last), text), Some(last)),
                }
            }
        }
    }

    /// Nobody gives notice before being subject to the requirements: at the latest on the first day of that. `[I]`
    fn once_subject(&self, on: CivilDate, mut counted: Counted) -> Counted {
        if let Some(last_day) =
            counted.last_day.filter(|last_day| *last_day < self.subject_since && self.subject_since <= on)
        {
            counted.last_day = Some(self.subject_since);
            counted
                .steps
                .push(Step::to(self.subject_since, format!("later than {last_day}: the first day subject to it")));
        }
        counted
    }

    fn run_on(&self, rule: &Rule, mut counted: Counted) -> Counted {
        if let (ClockRule::RunOn, Some(due)) = (rule.clock, counted.last_day) {
            let running = running_on(due, self.rules.confirmation_after_stop.days, &self.stops);
            counted.last_day = running.last_day;
            counted.applied = running.applied;
            counted.steps.extend(running.steps);
        }
        counted
    }

    fn state(
        &self,
        rule: &Rule,
        draft: &Draft,
        counted: &Counted,
        last_instant: Option<Instant>,
        met: Option<&Met>,
    ) -> DutyState {
        let (today, ends_on) = (self.at.today(), subject_until(self.facts.offender, self.facts.orders, self.at));
        if let Some(why) = draft.not_required {
            return DutyState::NotRequired { why };
        }
        if ends_on.is_some_and(|ends| draft.trigger.on > ends) {
            return DutyState::NotRequired { why: "the notification period had ended" };
        }
        if draft.trigger.on < self.subject_since {
            return DutyState::NotRequired { why: "the offender was not yet subject to the requirements" };
        }
        let failure = |last_day| if last_instant.is_some() { last_day } else { plus_days(last_day, 1) };
        let met_on = met.map(|met| london_date(met.at));
        let late = met.is_some_and(|met| match (last_instant, counted.last_day) {
            (Some(last), _) => met.at > last,
            (None, Some(last_day)) => london_date(met.at) > last_day,
            (None, None) => false,
        });
        if let Some(on) = met_on.filter(|_| !late || draft.covered_in_advance) {
            return DutyState::MetOn { on };
        }
        let Some(last_day) = counted.last_day else {
            return DutyState::Stopped { why: "the clock stands still and what stops it has not ended" };
        };
        let is_of_another_registration = |gap: &Unregistered| draft.trigger.on < gap.until && gap.from <= last_day;
        if self.unregistered.iter().any(is_of_another_registration) {
            return DutyState::NotRequired { why: "it is of a registration that ended before its last day" };
        }
        if self.left_on.is_some_and(|left| left <= last_day && left <= today) {
            return DutyState::Stopped { why: "the offender is no longer this force's to manage" };
        }
        if ends_on.is_some_and(|ends| ends < last_day && (today > ends || rule.clock == ClockRule::RunOn)) {
            return DutyState::NotRequired { why: "the notification period ends before its last day" };
        }
        if let Some(on) = met_on {
            return DutyState::MetLate { on, first_failure_on: failure(last_day) };
        }
        let overdue = last_instant.map_or_else(|| self.at.is_overdue(last_day), |last| self.at.now() > last);
        if overdue {
            return DutyState::LapsedSince { since: failure(last_day) };
        }
        let stands_still = rule.clock != ClockRule::None && counted.applied.iter().any(|stop| stop.covers(today));
        if stands_still {
            return DutyState::Stopped { why: "the clock stands still" };
        }
        let due_from = rule.notice_days.map(|days| minus_days(last_day, days));
        let due_from = due_from.or(draft.opens_on).unwrap_or(draft.trigger.on);
        if today >= due_from { DutyState::Due } else { DutyState::NotYetDue }
    }
}
