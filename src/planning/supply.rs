//! Who can go: offender managers of the team and those lent to it, in post and on shift, less absences, bank holidays
//! and days on loan to another team.

use super::snapshot::{Duty, Horizon, OnDuty};
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::CivilDate;
use crate::domain::case_file::ForceFile;
use crate::domain::officer::{Officer, OfficerRole};
use crate::domain::reference::Ref;
use crate::domain::working_time::DayOfWeek;

/// The team's offender managers who are on duty at all within the horizon, by reference.
#[must_use]
pub fn on_duty(force: &ForceFile, team: &Ref, horizon: Horizon, bank_holidays: &BankHolidays) -> Vec<OnDuty> {
    force
        .officers
        .iter()
        .filter(|(_, officer)| officer.role == OfficerRole::OffenderManager)
        .map(|(officer_ref, officer)| OnDuty {
            officer_ref: officer_ref.clone(),
            skills: officer.skills.clone(),
            duties: horizon
                .days()
                .filter(|day| officer.team_on(*day) == Some(team))
                .filter(|day| officer.is_in_post(*day) && !officer.is_absent(*day) && !bank_holidays.contains(*day))
                .filter_map(|day| spell(officer, day))
                .collect(),
        })
        .filter(|officer| !officer.duties.is_empty())
        .collect()
}

/// The officer's spell of duty on a day: shifts that overlap or adjoin are one, and of several
/// spells the longest is the one in which visits are made.
fn spell(officer: &Officer, day: CivilDate) -> Option<Duty> {
    let weekday = DayOfWeek::of(day);
    let mut shifts: Vec<_> = officer.shifts.iter().filter(|shift| shift.weekday == weekday).collect();
    shifts.sort_by_key(|shift| (shift.start, shift.end));
    let mut spells: Vec<Duty> = Vec::new();
    for shift in shifts {
        match spells.last_mut() {
            Some(spell) if shift.start <= spell.until => spell.until = spell.until.max(shift.end),
            Some(_) | None => spells.push(Duty { date: day, from: shift.start, until: shift.end }),
        }
    }
    spells
        .into_iter()
        .rev()
        .max_by_key(|spell| spell.until.minutes() - spell.from.minutes())
        .filter(|spell| spell.until > spell.from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::officer::{Absence, AbsenceReason, Loan, Shift};
    use crate::domain::working_time::TimeOfDay;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn shift(weekday: DayOfWeek, start: &str, end: &str) -> Shift {
        Shift { weekday, start: TimeOfDay::parse(start).unwrap(), end: TimeOfDay::parse(end).unwrap() }
    }

    fn officer(role: OfficerRole) -> Officer {
        Officer {
            name: "Invented Officer".into(),
            role,
            team_ref: Some(Ref::new("west").unwrap()),
            in_post_from: date("2021-04-01"),
            neighbourhood_ref: None,
            in_post_until: Some(date("2021-04-15")),
            constable: None,
            max_caseload: None,
            skills: vec![],
            training: vec![],
            shifts: vec![
                shift(DayOfWeek::Thu, "12:00", "16:00"),
                shift(DayOfWeek::Thu, "08:00", "12:00"),
                shift(DayOfWeek::Fri, "08:00", "16:00"),
                shift(DayOfWeek::Mon, "06:00", "07:00"),
                shift(DayOfWeek::Mon, "12:00", "20:00"),
            ],
            absences: vec![Absence {
                from: date("2021-04-08"),
                until: date("2021-04-08"),
                reason: AbsenceReason::Court,
            }],
            loans: vec![],
        }
    }

    #[test]
    fn shifts_less_absences_bank_holidays_and_days_out_of_post_are_duty() {
        let mut force = ForceFile::default();
        force.officers.insert(Ref::new("om").unwrap(), officer(OfficerRole::OffenderManager));
        force.officers.insert(Ref::new("ds").unwrap(), officer(OfficerRole::Supervisor));
        let horizon = Horizon { from: date("2021-03-25"), until: date("2021-04-30") };
        let holidays = BankHolidays::built_in().unwrap();
        let found = on_duty(&force, &Ref::new("west").unwrap(), horizon, &holidays);
        assert_eq!(found.len(), 1);
        let duties: Vec<String> =
            found[0].duties.iter().map(|duty| format!("{} {}-{}", duty.date, duty.from, duty.until)).collect();
        // 2 and 5 April are Good Friday and Easter Monday, the 8th is at court, the post ends on the 15th.
        assert_eq!(
            duties,
            ["2021-04-01 08:00-16:00", "2021-04-09 08:00-16:00", "2021-04-12 12:00-20:00", "2021-04-15 08:00-16:00"]
        );
        assert_eq!(on_duty(&force, &Ref::new("east").unwrap(), horizon, &holidays), []);
        let lent = Loan {
            team_ref: Ref::new("east").unwrap(),
            from: date("2021-04-09"),
            until: date("2021-04-14"),
            approved_by: Ref::new("ds").unwrap(),
        };
        force.officers.get_mut("om").unwrap().loans.push(lent);
        let days = |team: &str| -> Vec<String> {
            let found = on_duty(&force, &Ref::new(team).unwrap(), horizon, &holidays);
            found[0].duties.iter().map(|duty| duty.date.to_string()).collect()
        };
        assert_eq!(days("west"), ["2021-04-01", "2021-04-15"]);
        assert_eq!(days("east"), ["2021-04-09", "2021-04-12"]);
    }
}
