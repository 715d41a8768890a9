//! What is wrong with a snapshot that somebody else wrote: told before it is planned from, each fault with its place.

use std::collections::BTreeSet;

use super::road_matrix;
use super::snapshot::{FORMAT, Snapshot, Window};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;

/// The longest span that is planned at once, in days: a year of visits `[I]`.
const LONGEST_HORIZON_DAYS: usize = 366;

/// Something that the planner cannot work from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl Snapshot {
    /// Every fault; none in a snapshot that the service takes.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |pointer: String, detail: &str| faults.push(Fault { pointer, detail: detail.to_owned() });
        if self.format != FORMAT {
            fault("/format".to_owned(), &format!("is {FORMAT}"));
        }
        if self.horizon.from > self.horizon.until {
            fault("/horizon".to_owned(), "begins no later than it ends");
        }
        if self.horizon.days().take(LONGEST_HORIZON_DAYS + 1).count() > LONGEST_HORIZON_DAYS {
            fault("/horizon".to_owned(), &format!("has at most {LONGEST_HORIZON_DAYS} days"));
        }
        if let Err(error) = road_matrix::check(self) {
            let told = error.to_string();
            let (pointer, detail) = told.split_once(": ").unwrap_or(("/roads", &told));
            fault(pointer.to_owned(), detail);
        }
        let breaks = &self.policy.breaks;
        for (member, minutes) in [
            ("shortest_crew_day_minutes", self.policy.shortest_crew_day_minutes),
            ("breaks/if_longer_than_minutes", breaks.if_longer_than_minutes),
            ("breaks/minutes", breaks.minutes),
            ("breaks/not_before_minutes", breaks.not_before_minutes),
            ("breaks/begun_by_minutes", breaks.begun_by_minutes),
        ] {
            if minutes >= 24 * 60 {
                fault(format!("/policy/{member}"), "is less than 1440");
            }
        }
        self.officer_faults(&mut fault);
        self.demand_faults(&mut fault);
        self.crew_faults(&mut fault);
        faults
    }

    fn officer_faults(&self, fault: &mut impl FnMut(String, &str)) {
        let mut known = BTreeSet::new();
        for (at, officer) in self.officers.iter().enumerate() {
            if !known.insert(&officer.officer_ref) {
                fault(format!("/officers/{at}/officer_ref"), "is listed once");
            }
            let mut days = BTreeSet::new();
            for (spell, duty) in officer.duties.iter().enumerate() {
                if !days.insert(duty.date) {
                    fault(format!("/officers/{at}/duties/{spell}/date"), "has one spell of duty a day");
                }
                if duty.from >= duty.until {
                    fault(format!("/officers/{at}/duties/{spell}"), "begins before it ends");
                }
            }
        }
    }

    fn demand_faults(&self, fault: &mut impl FnMut(String, &str)) {
        let mut known: BTreeSet<&Ref> = BTreeSet::new();
        for (at, demand) in self.demands.iter().enumerate() {
            if !known.insert(&demand.offender_ref) {
                fault(format!("/demands/{at}/offender_ref"), "is listed once: further visits follow by its recurrence");
            }
            let Window { earliest, ideal, latest } = demand.window;
            if earliest > latest || ideal > latest || ideal < earliest {
                fault(format!("/demands/{at}/window"), "has its earliest, ideal and latest day in that order");
            }
            if earliest > self.horizon.until {
                fault(
                    format!("/demands/{at}/window/earliest"),
                    "is no later than the horizon's end: leave out what is not due in it",
                );
            }
            let counts = demand.recurrence.iter().flat_map(|recurrence| {
                std::iter::once(&recurrence.interval).chain(recurrence.steps.iter().map(|step| &step.interval))
            });
            for interval in counts {
                if interval.earliest_after_days > interval.interval_days
                    || interval.interval_days > interval.latest_after_days
                    || interval.interval_days == 0
                {
                    fault(
                        format!("/demands/{at}/recurrence"),
                        "has intervals of a day or more, with earliest, ideal and latest in that order",
                    );
                }
            }
            if !(1..24 * 60).contains(&demand.needs.duration_minutes) {
                fault(format!("/demands/{at}/needs/duration_minutes"), "is from 1 to 1439");
            }
        }
        for (at, offender) in self.without_requirement.iter().enumerate() {
            if !known.insert(offender) {
                fault(format!("/without_requirement/{at}"), "is listed once, and among no demand's");
            }
        }
    }

    fn crew_faults(&self, fault: &mut impl FnMut(String, &str)) {
        let is_on_duty = |named: &Ref, date: CivilDate| {
            let mut officers = self.officers.iter().filter(|officer| officer.officer_ref == *named);
            officers.any(|officer| officer.duties.iter().any(|duty| duty.date == date))
        };
        let mut busy = BTreeSet::new();
        for (at, crew) in self.crews.iter().flatten().enumerate() {
            if crew.officer_refs.is_empty() {
                fault(format!("/crews/{at}/officer_refs"), "names an officer or more");
            }
            for (member, officer) in crew.officer_refs.iter().enumerate() {
                if !is_on_duty(officer, crew.date) {
                    fault(format!("/crews/{at}/officer_refs/{member}"), "is an officer on duty that day");
                }
                if !busy.insert((crew.date, officer)) {
                    fault(format!("/crews/{at}/officer_refs/{member}"), "is in one crew a day");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::calendar::{minus_days, plus_days};
    use crate::planning::snapshot::{GivenCrew, Snapshot, Window};
    use crate::planning::worlds::{today, world};

    #[test]
    fn every_fault_is_told_with_its_place() {
        let good = world(3, 10, 4, 14);
        assert_eq!(good.faults(), []);
        type Spoil = fn(&mut Snapshot);
        let spoils: [(&str, Spoil); 14] = [
            ("/policy/breaks/minutes", |snapshot| snapshot.policy.breaks.minutes = 24 * 60),
            ("/format", |snapshot| snapshot.format = "other/9".into()),
            ("/horizon", |snapshot| snapshot.horizon.until = minus_days(today(), 1)),
            ("/horizon", |snapshot| snapshot.horizon.from = minus_days(today(), 400)),
            ("/officers/1/officer_ref", |snapshot| {
                snapshot.officers[1].officer_ref = snapshot.officers[0].officer_ref.clone();
            }),
            ("/officers/0/duties/1/date", |snapshot| {
                snapshot.officers[0].duties[1].date = snapshot.officers[0].duties[0].date;
            }),
            ("/officers/0/duties/0", |snapshot| {
                snapshot.officers[0].duties[0].until = snapshot.officers[0].duties[0].from;
            }),
            ("/demands/2/offender_ref", |snapshot| {
                snapshot.demands[2].offender_ref = snapshot.demands[0].offender_ref.clone();
            }),
            ("/demands/0/window", |snapshot| snapshot.demands[0].window.ideal = minus_days(today(), 999)),
            ("/demands/0/window/earliest", |snapshot| {
                let after = plus_days(snapshot.horizon.until, 1);
                snapshot.demands[0].window = Window { earliest: after, ideal: after, latest: after };
            }),
            ("/demands/0/needs/duration_minutes", |snapshot| snapshot.demands[0].needs.duration_minutes = 0),
            ("/without_requirement/0", |snapshot| {
                snapshot.without_requirement = vec![snapshot.demands[0].offender_ref.clone()];
            }),
            ("/crews/0/officer_refs", |snapshot| {
                snapshot.crews = Some(vec![GivenCrew { date: today(), officer_refs: vec![] }]);
            }),
            ("/crews/0/officer_refs/0", |snapshot| {
                let officer_refs = vec![snapshot.officers[0].officer_ref.clone()];
                snapshot.crews = Some(vec![GivenCrew { date: minus_days(today(), 1), officer_refs }]);
            }),
        ];
        for (pointer, spoil) in spoils {
            let mut snapshot = good.clone();
            spoil(&mut snapshot);
            let found: Vec<String> = snapshot.faults().into_iter().map(|fault| fault.pointer).collect();
            assert!(found.contains(&pointer.to_owned()), "{pointer}: {found:?}");
        }
    }
}
