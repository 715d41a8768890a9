//! The timetable: which of the service's own jobs runs when. It reads no clock: told an instant, it
//! says which run is due and which comes next.
//!
//! A nightly job runs once each civil date in Europe/London that its schedule names, keyed by that
//! date: where the clock skips its time in spring it runs when the clock resumes, and where the time
//! comes twice in autumn it runs at the first. A frequent job runs at each instant, read in UTC.

use std::fmt;
use std::str::FromStr;

use chrono::{LocalResult, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone, Timelike};
use chrono_tz::Europe::London;
use cron::Schedule;
use thiserror::Error;

use crate::domain::calendar::Instant;

/// The service's own jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobName {
    /// Evaluates the flags of every force.
    NightlyFlags,
    /// Evaluates the flags of the forces whose records changed.
    PendingFlags,
    /// Proposes every team's schedule.
    NightlyProposal,
    /// Plans the proposals that were asked for and never finished.
    PendingProposals,
    /// Makes the forecasts that were asked for and that nobody is at.
    PendingForecasts,
    /// Delivers outward events to the subscriptions.
    Deliveries,
    /// Pulls records from the systems that are asked for them.
    PullRecords,
    /// Takes the files of the watched folders.
    RecordsFolder,
    /// Compares what the records systems that are pulled hold with what they told here.
    NightlyDrift,
}

impl JobName {
    /// Every job.
    pub const ALL: [Self; 9] = [
        Self::NightlyFlags,
        Self::PendingFlags,
        Self::NightlyProposal,
        Self::PendingProposals,
        Self::PendingForecasts,
        Self::Deliveries,
        Self::PullRecords,
        Self::RecordsFolder,
        Self::NightlyDrift,
    ];

    /// The name as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NightlyFlags => "nightly_flags",
            Self::PendingFlags => "pending_flags",
            Self::NightlyProposal => "nightly_proposal",
            Self::PendingProposals => "pending_proposals",
            Self::PendingForecasts => "pending_forecasts",
            Self::Deliveries => "deliveries",
            Self::PullRecords => "pull_records",
            Self::RecordsFolder => "records_folder",
            Self::NightlyDrift => "nightly_drift",
        }
    }

    /// What it does, for people.
    #[must_use]
    pub const fn does(self) -> &'static str {
        match self {
            Self::NightlyFlags => "evaluates the flags of every force",
            Self::PendingFlags => "evaluates the flags of the forces whose records changed",
            Self::NightlyProposal => "proposes every team's schedule",
            Self::PendingProposals => "plans the proposals that were asked for and never finished",
            Self::PendingForecasts => "makes the forecasts that were asked for and that nobody is at",
            Self::Deliveries => "delivers outward events to the subscriptions",
            Self::PullRecords => "pulls records from the systems that are asked for them",
            Self::RecordsFolder => "takes the files of the watched folders",
            Self::NightlyDrift => {
                "compares what pulled records systems hold with what they told, and asks again for what differs"
            }
        }
    }

    /// What makes two runs of it two.
    #[must_use]
    pub const fn keyed_by(self) -> KeyedBy {
        match self {
            Self::NightlyFlags | Self::NightlyProposal | Self::NightlyDrift => KeyedBy::LocalDate,
            Self::PendingFlags
            | Self::PendingProposals
            | Self::PendingForecasts
            | Self::Deliveries
            | Self::PullRecords
            | Self::RecordsFolder => KeyedBy::Instant,
        }
    }

    /// The job with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|job| job.as_str() == name)
    }
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What makes two runs of a job two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyedBy {
    /// The civil date in Europe/London: at most one run a date.
    LocalDate,
    /// The instant of the schedule.
    Instant,
}

/// A run that a schedule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRun {
    /// What tells it from the job's other runs.
    pub key: String,
    /// When it falls due.
    pub at: Instant,
}

/// A text that is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "jobs.{job} is no schedule: {detail}; six fields, second minute hour day month weekday, as in \"0 30 1 * * *\""
)]
pub struct ScheduleError {
    job: JobName,
    detail: String,
}

/// How far the wall clock jumps at most, twice over: runs are looked for that far around an instant.
const CLOCK_CHANGE: TimeDelta = TimeDelta::hours(2);

/// A job and when it runs.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The job.
    pub job: JobName,
    schedule: Schedule,
}

impl Entry {
    /// A job by its schedule.
    ///
    /// # Errors
    /// When the text is no schedule.
    pub fn new(job: JobName, schedule: &str) -> Result<Self, ScheduleError> {
        let schedule =
            Schedule::from_str(schedule).map_err(|error| ScheduleError { job, detail: error.to_string() })?;
        Ok(Self { job, schedule })
    }

    /// The schedule as it was written.
    #[must_use]
    pub fn schedule(&self) -> &str {
        self.schedule.source()
    }

    /// The latest run that has fallen due by `now`. Earlier ones that were missed stay missed.
    #[must_use]
    pub fn latest_due(&self, now: Instant) -> Option<PlannedRun> {
        self.wall_times_before(now).map(|wall| self.run_at(wall)).find(|run| run.at <= now)
    }

    /// The next run after `now`.
    #[must_use]
    pub fn next(&self, now: Instant) -> Option<PlannedRun> {
        let from = self.wall_clock(now) - CLOCK_CHANGE;
        self.schedule.after(&from.and_utc()).map(|wall| self.run_at(wall.naive_utc())).find(|run| run.at > now)
    }

    /// The wall times that the schedule names, latest first, from a little after `now` back.
    fn wall_times_before(&self, now: Instant) -> impl Iterator<Item = NaiveDateTime> {
        let until = self.wall_clock(now) + CLOCK_CHANGE;
        self.schedule.after(&until.and_utc()).rev().map(|wall| wall.naive_utc())
    }

    fn wall_clock(&self, at: Instant) -> NaiveDateTime {
        match self.job.keyed_by() {
            KeyedBy::LocalDate => at.with_timezone(&London).naive_local(),
            KeyedBy::Instant => at.naive_utc(),
        }
    }

    fn run_at(&self, wall: NaiveDateTime) -> PlannedRun {
        match self.job.keyed_by() {
            KeyedBy::LocalDate => PlannedRun { key: wall.date().to_string(), at: first_instant(wall) },
            KeyedBy::Instant => {
                let at = wall.and_utc();
                PlannedRun { key: at.to_rfc3339_opts(SecondsFormat::Secs, true), at }
            }
        }
    }
}

/// The first instant at which London's clocks show this time, or the one at which they resume where
/// they skip it.
fn first_instant(wall: NaiveDateTime) -> Instant {
    match London.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => {
            let past_the_gap = wall.with_minute(0).and_then(|wall| wall.with_second(0)).unwrap_or(wall);
            London
                .from_local_datetime(&(past_the_gap + TimeDelta::hours(1)))
                .earliest()
                .map_or_else(|| wall.and_utc(), |at| at.to_utc())
        }
    }
}

/// Every job that is run, with its schedule.
#[derive(Debug, Clone, Default)]
pub struct Timetable(Vec<Entry>);

impl Timetable {
    /// A timetable of these jobs.
    #[must_use]
    pub const fn new(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    /// Its jobs.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    /// The entry of a job.
    #[must_use]
    pub fn entry(&self, job: JobName) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.job == job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn nightly() -> Entry {
        Entry::new(JobName::NightlyFlags, "0 30 1 * * *").unwrap()
    }

    /// The latest run due and the next one, as key and instant.
    fn around(entry: &Entry, now: &str) -> [(String, String); 2] {
        [entry.latest_due(at(now)), entry.next(at(now))]
            .map(|run| run.map(|run| (run.key, run.at.to_rfc3339_opts(SecondsFormat::Secs, true))).unwrap())
    }

    fn runs(due: (&str, &str), next: (&str, &str)) -> [(String, String); 2] {
        [due, next].map(|(key, at)| (key.to_owned(), at.to_owned()))
    }

    #[test]
    fn a_nightly_job_is_due_from_its_wall_time_on_and_keyed_by_the_local_date() {
        let before = runs(("2021-06-09", "2021-06-09T00:30:00Z"), ("2021-06-10", "2021-06-10T00:30:00Z"));
        let after = runs(("2021-06-10", "2021-06-10T00:30:00Z"), ("2021-06-11", "2021-06-11T00:30:00Z"));
        assert_eq!(around(&nightly(), "2021-06-10T00:29:59Z"), before);
        assert_eq!(around(&nightly(), "2021-06-10T00:30:00Z"), after);
        assert_eq!(around(&nightly(), "2021-06-10T00:30:00.5Z"), after);
        assert_eq!(around(&nightly(), "2021-06-10T23:59:59Z"), after);
    }

    #[test]
    fn on_the_spring_day_that_skips_its_time_it_runs_when_the_clock_resumes() {
        let eve = ("2021-03-27", "2021-03-27T01:30:00Z");
        let day = ("2021-03-28", "2021-03-28T01:00:00Z");
        assert_eq!(around(&nightly(), "2021-03-28T00:59:59Z"), runs(eve, day));
        assert_eq!(around(&nightly(), "2021-03-28T01:00:00Z"), runs(day, ("2021-03-29", "2021-03-29T00:30:00Z")));
    }

    #[test]
    fn on_the_autumn_day_that_has_its_time_twice_it_runs_once_at_the_first() {
        let eve = ("2021-10-30", "2021-10-30T00:30:00Z");
        let day = ("2021-10-31", "2021-10-31T00:30:00Z");
        let next = ("2021-11-01", "2021-11-01T01:30:00Z");
        assert_eq!(around(&nightly(), "2021-10-31T00:29:59Z"), runs(eve, day));
        for later in ["2021-10-31T00:30:00Z", "2021-10-31T01:15:00Z", "2021-10-31T01:30:00Z", "2021-10-31T12:00:00Z"] {
            assert_eq!(around(&nightly(), later), runs(day, next), "{later}");
        }
    }

    #[test]
    fn a_frequent_job_runs_at_every_instant_through_both_clock_changes() {
        let entry = Entry::new(JobName::PendingFlags, "0 * * * * *").unwrap();
        for changing in ["2021-03-28T00:00:00Z", "2021-10-31T00:00:00Z"] {
            for minute in 0..180 {
                let minute_before = at(changing) + TimeDelta::minutes(minute);
                let now = minute_before + TimeDelta::seconds(59);
                assert_eq!(entry.latest_due(now).unwrap().at, minute_before);
                assert_eq!(entry.next(now).unwrap().at, minute_before + TimeDelta::minutes(1));
            }
        }
        assert_eq!(entry.latest_due(at("2021-03-28T01:00:30Z")).unwrap().key, "2021-03-28T01:00:00Z");
    }

    #[test]
    fn a_text_that_is_no_schedule_is_refused_by_the_name_of_its_job() {
        let error = Entry::new(JobName::NightlyFlags, "at night").unwrap_err();
        assert!(error.to_string().starts_with("jobs.nightly_flags is no schedule"), "{error}");
    }
}
