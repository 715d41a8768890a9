//! Shift: a crew's day fits in the hours that its officers share.
//!
//! The crew leaves its base no earlier than the shift begins, travels, makes each visit wholly within
//! one of its spans, takes its break, and is back at the base when the shift ends.

use super::Span;
use crate::domain::planning_policy::BreakPolicy;
use crate::planning::crew::Crew;

/// Where crews start and end, among the places.
pub const BASE: usize = 0;

/// A visit in a crew's day.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Its place.
    pub place: usize,
    /// How long it takes, in seconds.
    pub duration: u32,
    /// When it may be made, in order.
    pub spans: &'a [Span],
}

/// The break of a crew's day, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Break {
    length: u32,
    not_before: u32,
    begun_by: u32,
}

impl Break {
    /// When it ends if taken at once, or as soon as it may be; nothing where that is too late.
    fn taken_at(self, time: u32) -> Option<u32> {
        let begins = time.max(self.not_before);
        (begins <= self.begun_by).then(|| begins + self.length)
    }
}

/// When a crew can leave the place where it is, and whether its break is still to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// Seconds after midnight.
    pub time: u32,
    /// True while the break is still to be taken.
    pub owes_break: bool,
}

/// The latest that a crew may come to a place and still do all that follows, by whether its break has been taken;
/// nothing where it is too late whenever it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// The break taken.
    pub rested: Option<u32>,
    /// The break still to be taken.
    pub owing: Option<u32>,
}

impl Latest {
    /// True where a crew that comes as it does is not too late.
    #[must_use]
    pub fn allows(self, arrives: u32, owes_break: bool) -> bool {
        self.before(owes_break).is_some_and(|latest| arrives <= latest)
    }

    /// By whether the break is still to be taken.
    #[must_use]
    pub const fn before(self, owes_break: bool) -> Option<u32> {
        if owes_break { self.owing } else { self.rested }
    }
}

/// The hours of a crew's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    from: u32,
    until: u32,
    pause: Option<Break>,
}

impl Shift {
    /// A crew's hours.
    #[must_use]
    pub fn of(crew: &Crew, policy: &BreakPolicy) -> Self {
        let pause = (crew.seconds() > policy.if_longer_than_minutes * 60).then(|| Break {
            length: policy.minutes * 60,
            not_before: crew.from + policy.not_before_minutes * 60,
            begun_by: crew.from + policy.begun_by_minutes * 60,
        });
        Self { from: crew.from, until: crew.until, pause }
    }

    /// The same hours of a crew that stays at its base for so many seconds first.
    #[must_use]
    pub const fn setting_out(self, wait: u32) -> Self {
        Self { from: self.from + wait, ..self }
    }

    /// How long the hours are, without the break.
    #[must_use]
    pub fn room(&self) -> u32 {
        (self.until - self.from).saturating_sub(self.pause.map_or(0, |pause| pause.length))
    }

    /// A crew at its base as its day begins.
    #[must_use]
    pub const fn begins(&self) -> Free {
        Free { time: self.from, owes_break: self.pause.is_some() }
    }

    /// When a crew begins a visit that lies so far from where it is, and when it is free again. The break is taken as
    /// late as it may be, so that waiting serves for it.
    #[must_use]
    pub fn visit(&self, free: Free, road: u32, call: &Call<'_>) -> Option<(u32, Free)> {
        let begins = begin(call, free.time + road);
        if free.owes_break
            && let Some(pause) = self.pause
            && begins.is_none_or(|begins| begins + call.duration > pause.begun_by)
        {
            let begins = begin(call, pause.taken_at(free.time)? + road)?;
            return Some((begins, Free { time: begins + call.duration, owes_break: false }));
        }
        begins.map(|begins| (begins, Free { time: begins + call.duration, ..free }))
    }

    /// True where a crew so far from its base is back in time.
    #[must_use]
    pub fn ends_in_time(&self, free: Free, road: u32) -> bool {
        let leaves = match self.pause.filter(|_| free.owes_break) {
            Some(pause) => pause.taken_at(free.time),
            None => Some(free.time),
        };
        leaves.is_some_and(|leaves| leaves + road <= self.until)
    }

    /// Begins each visit of a crew's day as soon as it can, in the order given, and tells `start` when. Nothing where the
    /// day does not fit; then some visits may have been told already.
    pub fn arrange<'a>(
        &self,
        calls: impl Iterator<Item = Call<'a>>,
        travel: impl Fn(usize, usize) -> u32,
        mut start: impl FnMut(u32),
    ) -> Option<()> {
        let (mut at, mut free) = (BASE, self.begins());
        for call in calls {
            let begins;
            (begins, free) = self.visit(free, travel(at, call.place), &call)?;
            start(begins);
            at = call.place;
        }
        self.ends_in_time(free, travel(at, BASE)).then_some(())
    }

    /// The latest that a crew may come back to its base.
    #[must_use]
    pub fn latest_home(&self) -> Latest {
        let owing = self.pause.and_then(|pause| self.until.checked_sub(pause.length));
        Latest { rested: Some(self.until), owing }
    }

    /// The latest that a crew may come to a visit, where it goes on by so long a road to what has its latest time too.
    #[must_use]
    pub fn latest_at(&self, call: &Call<'_>, road: u32, next: Latest) -> Latest {
        let leaving = |latest: Option<u32>| latest.and_then(|latest| latest.checked_sub(road));
        let rested = leaving(next.rested).and_then(|leaves| latest_begin(call, leaves));
        let owing = self.pause.and_then(|pause| {
            let first_rests = rested.and_then(|latest| latest.checked_sub(pause.length));
            let rests_later = leaving(next.owing).and_then(|leaves| latest_begin(call, leaves.min(pause.begun_by)));
            first_rests.max(rests_later)
        });
        Latest { rested, owing }
    }
}

/// The first whole minute at which the visit can begin, having arrived at a time.
fn begin(call: &Call<'_>, arrived: u32) -> Option<u32> {
    call.spans.iter().find_map(|span| {
        let start = arrived.max(span.from).div_ceil(60) * 60;
        (start + call.duration <= span.until).then_some(start)
    })
}

/// The last whole minute at which the visit can begin so that it has ended by a time.
fn latest_begin(call: &Call<'_>, ended_by: u32) -> Option<u32> {
    let within = |span: &Span| {
        let start = ended_by.min(span.until).checked_sub(call.duration)? / 60 * 60;
        (start >= span.from).then_some(start)
    };
    call.spans.iter().filter_map(within).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u32 = 3_600;
    const BREAKS: BreakPolicy =
        BreakPolicy { if_longer_than_minutes: 360, minutes: 30, not_before_minutes: 120, begun_by_minutes: 300 };

    /// A day from 8 to `until`, half an hour of road between any two places, one-hour visits.
    fn starts(until: u32, spans: &[(u32, u32)]) -> Option<Vec<u32>> {
        let crew = Crew { officers: vec![0, 1], from: 8 * HOUR, until: until * HOUR };
        let spans: Vec<[Span; 1]> =
            spans.iter().map(|(from, until)| [Span { from: from * HOUR, until: until * HOUR }]).collect();
        let calls = spans.iter().enumerate().map(|(at, spans)| Call { place: at + 1, duration: HOUR, spans });
        let mut starts = Vec::new();
        let road = |from: usize, to: usize| if from == to { 0 } else { HOUR / 2 };
        Shift::of(&crew, &BREAKS).arrange(calls, road, |start| starts.push(start / 60))?;
        Some(starts)
    }

    #[test]
    fn a_day_begins_and_ends_at_the_base_and_holds_its_break() {
        // 8:30, 10:00, 11:30 to 12:30; the break before 13:00; 13:30 to 14:30; home at 15:00.
        assert_eq!(starts(15, &[(0, 24); 4]), Some(vec![510, 600, 690, 810]));
        assert_eq!(starts(15, &[(0, 24); 5]), None);
    }

    #[test]
    fn a_short_day_has_no_break() {
        // Six hours: 8:30, 10:00, 11:30 to 12:30, home at 13:00.
        assert_eq!(starts(14, &[(0, 24); 3]), Some(vec![510, 600, 690]));
        assert_eq!(starts(13, &[(0, 24); 3]), Some(vec![510, 600, 690]));
    }

    #[test]
    fn waiting_for_a_window_serves_as_the_break() {
        assert_eq!(starts(16, &[(0, 12), (13, 15)]), Some(vec![510, 780]));
    }

    #[test]
    fn a_visit_is_made_within_its_span_wholly() {
        assert_eq!(starts(16, &[(0, 9)]), None);
        assert_eq!(starts(16, &[(15, 16)]), None);
        assert_eq!(starts(16, &[(14, 15)]), Some(vec![840]));
    }

    #[test]
    fn a_break_that_cannot_be_begun_in_time_refuses_the_day() {
        let late = Call { place: 1, duration: 6 * HOUR, spans: &[Span::WHOLE_DAY] };
        let crew = Crew { officers: vec![0, 1], from: 8 * HOUR, until: 17 * HOUR };
        // Six hours from 8:00 would pass 13:00; a break no earlier than 10:00 leaves no room for it.
        assert_eq!(Shift::of(&crew, &BREAKS).arrange([late].into_iter(), |_, _| 0, |_| {}), Some(()));
        let crew = Crew { until: 16 * HOUR, ..crew };
        assert_eq!(Shift::of(&crew, &BREAKS).arrange([late].into_iter(), |_, _| 0, |_| {}), None);
    }
}
