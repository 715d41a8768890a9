//! Changes of an offender's status, and what each does to duties, visits, flags and allocation.
//!
//! Time in custody, in hospital and outside the United Kingdom is disregarded: an annual date that falls within it runs
//! on to the end of three days beginning with the day the status ends (SOA 2003 s.85(3) and (4) \[S\]). Nobody returns to
//! the community unseen: the first visit is due again within the days of the policy \[M\].

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, plus_days};
use super::case_file::CaseFile;
use super::moment::Moment;
use super::notification_duty::period::subject_until;
use super::offender::OffenderStatus;
use super::policy::Policy;
use super::refusal::{Refusal, RefusalCode};

/// What the status becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewStatus {
    /// Returned to the community.
    Community,
    /// Taken into custody.
    Custody,
    /// Detained in hospital.
    Hospital,
    /// Gone abroad.
    Abroad,
    /// Missing.
    Missing,
    /// Passed to another force.
    TransferredOut,
    /// Come back from another force.
    TransferredIn,
    /// Deported.
    Deported,
    /// Died.
    Deceased,
    /// The notification period has ended.
    PeriodEnded,
}

impl NewStatus {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Community,
        Self::Custody,
        Self::Hospital,
        Self::Abroad,
        Self::Missing,
        Self::TransferredOut,
        Self::TransferredIn,
        Self::Deported,
        Self::Deceased,
        Self::PeriodEnded,
    ];

    /// The status that the record then has.
    #[must_use]
    pub const fn status(self) -> OffenderStatus {
        match self {
            Self::Community | Self::TransferredIn => OffenderStatus::Community,
            Self::Custody => OffenderStatus::Custody,
            Self::Hospital => OffenderStatus::Hospital,
            Self::Abroad => OffenderStatus::Abroad,
            Self::Missing => OffenderStatus::Missing,
            Self::TransferredOut => OffenderStatus::TransferredOut,
            Self::Deported => OffenderStatus::Deported,
            Self::Deceased => OffenderStatus::Deceased,
            Self::PeriodEnded => OffenderStatus::PeriodEnded,
        }
    }

    /// True where the change names the authority that it rests on: another force, a court, the Home Office.
    #[must_use]
    pub const fn needs_authority(self) -> bool {
        matches!(self, Self::TransferredOut | Self::TransferredIn | Self::Deported | Self::PeriodEnded)
    }

    /// True where the case leaves this force's management, which a supervisor decides.
    #[must_use]
    pub const fn needs_supervisor(self) -> bool {
        !self.status().is_managed()
    }
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusEffect {
    /// Notification duties run.
    DutiesRun,
    /// The clock of notification duties stands still (s.85(3)).
    DutyClockStops,
    /// The clock runs again; what fell due meanwhile is due within three days beginning with the change (s.85(4)).
    DutyClockRuns,
    /// The duties are owed to another force from now on.
    DutiesPassOn,
    /// No duty is left.
    DutiesEnd,
    /// No visit falls due any more.
    VisitDemandStops,
    /// Visits that are planned are in doubt.
    PlannedVisitsInDoubt,
    /// A first visit is due again by the day given.
    FirstVisitDue,
    /// The flag `whereabouts_unknown` is raised.
    WhereaboutsUnknownRaised,
    /// The flag `whereabouts_unknown` clears.
    WhereaboutsUnknownClears,
    /// The flag `notification_ended` clears.
    NotificationEndedClears,
    /// The flags on the case clear: nobody here manages it.
    FlagsClear,
    /// The case keeps its manager.
    ManagerStays,
    /// The case needs a manager of this force.
    ManagerNeeded,
    /// The case needs no manager any more; its history keeps who had it.
    ManagerDone,
}

impl StatusEffect {
    /// What it touches.
    #[must_use]
    pub const fn on(self) -> &'static str {
        match self {
            Self::DutiesRun | Self::DutyClockStops | Self::DutyClockRuns | Self::DutiesPassOn | Self::DutiesEnd => {
                "duties"
            }
            Self::VisitDemandStops | Self::PlannedVisitsInDoubt | Self::FirstVisitDue => "visits",
            Self::WhereaboutsUnknownRaised
            | Self::WhereaboutsUnknownClears
            | Self::NotificationEndedClears
            | Self::FlagsClear => "flags",
            Self::ManagerStays | Self::ManagerNeeded | Self::ManagerDone => "allocation",
        }
    }
}

/// True where the clock of notification duties stands still.
const fn stops_the_clock(status: OffenderStatus) -> bool {
    matches!(status, OffenderStatus::Custody | OffenderStatus::Hospital | OffenderStatus::Abroad)
}

/// What a change from one status to another does: the table.
#[must_use]
pub fn effects(from: OffenderStatus, to: NewStatus) -> Vec<StatusEffect> {
    use StatusEffect::{
        DutiesEnd, DutiesPassOn, DutiesRun, DutyClockRuns, DutyClockStops, FirstVisitDue, FlagsClear, ManagerDone,
        ManagerNeeded, ManagerStays, NotificationEndedClears, PlannedVisitsInDoubt, VisitDemandStops,
        WhereaboutsUnknownClears, WhereaboutsUnknownRaised,
    };
    let mut effects = match to {
        NewStatus::Community => {
            let duties = if stops_the_clock(from) { DutyClockRuns } else { DutiesRun };
            let manager = if from.is_managed() { ManagerStays } else { ManagerNeeded };
            vec![duties, FirstVisitDue, manager]
        }
        NewStatus::TransferredIn => vec![DutiesRun, FirstVisitDue, ManagerNeeded],
        NewStatus::Custody | NewStatus::Hospital | NewStatus::Abroad => {
            let manager = if from.is_managed() { ManagerStays } else { ManagerNeeded };
            vec![DutyClockStops, VisitDemandStops, PlannedVisitsInDoubt, manager]
        }
        NewStatus::Missing => {
            vec![DutiesRun, VisitDemandStops, PlannedVisitsInDoubt, WhereaboutsUnknownRaised, ManagerStays]
        }
        NewStatus::TransferredOut => {
            vec![DutiesPassOn, VisitDemandStops, PlannedVisitsInDoubt, FlagsClear, ManagerDone]
        }
        NewStatus::Deported => {
            vec![DutyClockStops, VisitDemandStops, PlannedVisitsInDoubt, FlagsClear, ManagerDone]
        }
        NewStatus::Deceased => vec![DutiesEnd, VisitDemandStops, PlannedVisitsInDoubt, FlagsClear, ManagerDone],
        NewStatus::PeriodEnded => {
            vec![DutiesEnd, VisitDemandStops, PlannedVisitsInDoubt, NotificationEndedClears, FlagsClear, ManagerDone]
        }
    };
    if from == OffenderStatus::Missing && to.status() != OffenderStatus::Missing {
        effects.push(WhereaboutsUnknownClears);
    }
    effects
}

/// The day by which the first visit is due again after a return on a day.
#[must_use]
pub fn first_visit_by(since: CivilDate, policy: &Policy) -> CivilDate {
    plus_days(since, policy.first_visit_days)
}

/// Checks that a status may become another from a day.
///
/// # Errors
/// With the rule that stands against it, at `/status` or `/since`.
pub fn check(case: &CaseFile, to: NewStatus, since: CivilDate, at: Moment) -> Result<(), Refusal> {
    let refused = |code, detail: &str, pointer: &str| Err(Refusal::new(code, detail).at(pointer));
    let offender = &case.offender;
    let from = offender.status;
    if from == OffenderStatus::Deceased {
        let detail = "the record says that the offender has died; a mistake is corrected in the records system";
        return refused(RefusalCode::WrongState, detail, "/status");
    }
    if from == to.status() && to != NewStatus::TransferredIn {
        return refused(RefusalCode::WrongState, "the offender has that status already", "/status");
    }
    if to == NewStatus::TransferredIn && from != OffenderStatus::TransferredOut {
        let detail = "only a case that was transferred out is transferred in again; enter a new offender otherwise";
        return refused(RefusalCode::WrongState, detail, "/status");
    }
    if !at.has_come(since) {
        return refused(RefusalCode::NotAcceptable, "a status begins today or earlier", "/since");
    }
    if since < offender.status_since {
        let detail = "the present status began after that day; correct its beginning in the records system first";
        return refused(RefusalCode::NotAcceptable, detail, "/since");
    }
    // An order that keeps its subject notifiable outlasts the period: SOA 2003 s.103G.
    let ends_on = subject_until(offender, &case.records.orders, at);
    if to == NewStatus::PeriodEnded && ends_on.is_none_or(|ends| ends >= since) {
        let detail = "the notification period, or an order that prolongs it, has not ended by that day";
        return refused(RefusalCode::WrongState, detail, "/since");
    }
    if to.status().is_managed() && ends_on.is_some_and(|ends| ends < since) {
        let detail = "the notification period ended before that day; record the new period first";
        return refused(RefusalCode::WrongState, detail, "/status");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::record::RecordKind;
    use serde_json::json;

    /// What a change does on duties, visits, flags and allocation.
    fn told(from: OffenderStatus, to: NewStatus) -> [Vec<StatusEffect>; 4] {
        let found = effects(from, to);
        ["duties", "visits", "flags", "allocation"]
            .map(|on| found.iter().copied().filter(|effect| effect.on() == on).collect())
    }

    #[test]
    fn each_status_does_what_the_table_says_to_duties_visits_flags_and_allocation() {
        use OffenderStatus as From;
        use StatusEffect as E;
        let stops = vec![E::VisitDemandStops, E::PlannedVisitsInDoubt];
        for (from, to, duties, visits, flags, allocation) in [
            (From::Custody, NewStatus::Community, E::DutyClockRuns, vec![E::FirstVisitDue], vec![], E::ManagerStays),
            (From::Abroad, NewStatus::Community, E::DutyClockRuns, vec![E::FirstVisitDue], vec![], E::ManagerStays),
            (
                From::Missing,
                NewStatus::Community,
                E::DutiesRun,
                vec![E::FirstVisitDue],
                vec![E::WhereaboutsUnknownClears],
                E::ManagerStays,
            ),
            (From::Deported, NewStatus::Community, E::DutiesRun, vec![E::FirstVisitDue], vec![], E::ManagerNeeded),
            (From::Community, NewStatus::Custody, E::DutyClockStops, stops.clone(), vec![], E::ManagerStays),
            (From::Community, NewStatus::Hospital, E::DutyClockStops, stops.clone(), vec![], E::ManagerStays),
            (From::Community, NewStatus::Abroad, E::DutyClockStops, stops.clone(), vec![], E::ManagerStays),
            (
                From::Missing,
                NewStatus::Custody,
                E::DutyClockStops,
                stops.clone(),
                vec![E::WhereaboutsUnknownClears],
                E::ManagerStays,
            ),
            (
                From::Community,
                NewStatus::Missing,
                E::DutiesRun,
                stops.clone(),
                vec![E::WhereaboutsUnknownRaised],
                E::ManagerStays,
            ),
            (
                From::Community,
                NewStatus::TransferredOut,
                E::DutiesPassOn,
                stops.clone(),
                vec![E::FlagsClear],
                E::ManagerDone,
            ),
            (
                From::TransferredOut,
                NewStatus::TransferredIn,
                E::DutiesRun,
                vec![E::FirstVisitDue],
                vec![],
                E::ManagerNeeded,
            ),
            (From::Custody, NewStatus::Deported, E::DutyClockStops, stops.clone(), vec![E::FlagsClear], E::ManagerDone),
            (From::Community, NewStatus::Deceased, E::DutiesEnd, stops.clone(), vec![E::FlagsClear], E::ManagerDone),
            (
                From::Community,
                NewStatus::PeriodEnded,
                E::DutiesEnd,
                stops,
                vec![E::NotificationEndedClears, E::FlagsClear],
                E::ManagerDone,
            ),
        ] {
            assert_eq!(told(from, to), [vec![duties], visits, flags, vec![allocation]], "{from:?} {to:?}");
        }
    }

    #[test]
    fn the_table_has_one_word_on_duties_and_one_on_allocation_for_every_change() {
        for from in OffenderStatus::ALL {
            for to in NewStatus::ALL {
                let [duties, visits, _, allocation] = told(from, to);
                assert_eq!((duties.len(), allocation.len()), (1, 1), "{from:?} {to:?}");
                assert!(!visits.is_empty(), "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn impossible_changes_are_refused() {
        use RefusalCode::{NotAcceptable, WrongState};
        let since = "2015-06-01";
        for (members, to, on, refused) in [
            (json!({}), NewStatus::Custody, "2021-04-15", None),
            (json!({}), NewStatus::Custody, since, None),
            (json!({}), NewStatus::Custody, "2021-04-16", Some((NotAcceptable, "/since"))),
            (json!({}), NewStatus::Custody, "2015-05-31", Some((NotAcceptable, "/since"))),
            (json!({}), NewStatus::Community, "2021-04-15", Some((WrongState, "/status"))),
            (json!({}), NewStatus::TransferredIn, "2021-04-15", Some((WrongState, "/status"))),
            (json!({"status": "transferred_out"}), NewStatus::TransferredIn, "2021-04-15", None),
            (json!({"status": "deceased"}), NewStatus::Community, "2021-04-15", Some((WrongState, "/status"))),
            (json!({"status": "deceased"}), NewStatus::Deceased, "2021-04-15", Some((WrongState, "/status"))),
            (json!({}), NewStatus::PeriodEnded, "2021-04-15", Some((WrongState, "/since"))),
        ] {
            let world = World::in_order().set(RecordKind::Offender, "o", members.clone());
            let force = world.force_file();
            let found = check(&force.cases["o"], to, on.parse().unwrap(), world.moment()).err();
            assert_eq!(found.as_ref().map(|it| (it.code, it.pointer.as_str())), refused, "{members} {to:?} {on}");
        }
    }

    #[test]
    fn a_period_that_has_ended_and_no_other_is_ended() {
        for (ends_on, to, on, possible) in [
            ("2021-04-14", NewStatus::PeriodEnded, "2021-04-15", true),
            ("2021-04-14", NewStatus::PeriodEnded, "2021-04-14", false),
            ("2021-04-15", NewStatus::PeriodEnded, "2021-04-15", false),
            ("2021-04-14", NewStatus::Custody, "2021-04-15", false),
            ("2021-04-15", NewStatus::Custody, "2021-04-15", true),
            ("2021-04-14", NewStatus::Deceased, "2021-04-15", true),
        ] {
            let notification = json!({"relevant_date": "2015-06-01", "ends_on": ends_on, "regime": "annual",
                "under_18_at_relevant_date": false});
            let world = World::in_order().set(RecordKind::Offender, "o", json!({"notification": notification}));
            let force = world.force_file();
            let found = check(&force.cases["o"], to, on.parse().unwrap(), world.moment());
            assert_eq!(found.is_ok(), possible, "{ends_on} {to:?} {on}");
        }
    }

    #[test]
    fn a_period_that_an_order_prolongs_has_not_ended() {
        let notification = json!({"relevant_date": "2015-06-01", "ends_on": "2021-04-10", "regime": "annual",
            "under_18_at_relevant_date": false});
        for (order, to, possible) in [
            (json!({"kind": "shpo", "made_on": "2016-01-01"}), NewStatus::PeriodEnded, false),
            (json!({"kind": "shpo", "made_on": "2016-01-01", "ends_on": "2021-04-15"}), NewStatus::PeriodEnded, false),
            (json!({"kind": "shpo", "made_on": "2016-01-01", "ends_on": "2021-04-14"}), NewStatus::PeriodEnded, true),
            (
                json!({"kind": "shpo", "made_on": "2016-01-01", "discharged_on": "2021-04-15"}),
                NewStatus::PeriodEnded,
                true,
            ),
            (json!({"kind": "sro", "made_on": "2016-01-01"}), NewStatus::PeriodEnded, true),
            (json!({"kind": "shpo", "made_on": "2016-01-01"}), NewStatus::Custody, true),
            (json!({"kind": "sro", "made_on": "2016-01-01"}), NewStatus::Custody, false),
        ] {
            let world = World::in_order().set(RecordKind::Offender, "o", json!({ "notification": notification })).set(
                RecordKind::Order,
                "x",
                order.clone(),
            );
            let force = world.force_file();
            let found = check(&force.cases["o"], to, "2021-04-15".parse().unwrap(), world.moment());
            assert_eq!(found.is_ok(), possible, "section 1.2, s.103G: {order} {to:?}");
        }
    }
}
