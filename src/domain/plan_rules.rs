//! What a risk management plan must say to be drafted and approved.
//!
//! The shape of a visit requirement is that of the records feed, version 1; that a longer interval needs a reason is a
//! reading `[I]` of HMICFRS, Dorset 2021; two officers go unless a supervisor approved otherwise (APP, by way of HMICFRS) `[S]`.

use std::collections::BTreeSet;

use super::calendar::{CivilDate, plus_days};
use super::refusal::{Refusal, RefusalCode};
use super::risk_management_plan::{
    Lengthening, RiskManagementPlan, TimeWindow, VisitInterval, VisitRequirement, VisitStep,
};

/// The most days of an interval (records feed, version 1).
const MOST_DAYS: u32 = 1_100;

/// The minutes that a visit may take (records feed, version 1).
const VISIT_MINUTES: std::ops::RangeInclusive<u32> = 10..=480;

/// The officers who may go (records feed, version 1).
const CREW: std::ops::RangeInclusive<u32> = 1..=4;

/// The longest short text (records feed, version 1).
const SHORT_TEXT_CHARS: usize = 200;

fn not_acceptable(detail: impl Into<String>, at: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::NotAcceptable, detail).at(at)
}

/// Draft and approved plans alike: dates in order, a visit requirement that can be kept, distinct actions.
///
/// # Errors
/// The first thing that is otherwise.
pub fn is_sound(plan: &RiskManagementPlan) -> Result<(), Refusal> {
    if plan.review_on <= plan.effective_from {
        return Err(not_acceptable("a plan is reviewed after it takes effect", "/review_on"));
    }
    if let Some(requirement) = &plan.visit_requirement {
        requirement_is_sound(requirement, plan.effective_from)?;
    }
    let mut seen = BTreeSet::new();
    for (index, action) in plan.actions.iter().enumerate() {
        if !seen.insert(&action.reference) {
            return Err(not_acceptable("two actions have one reference", format!("/actions/{index}/ref")));
        }
        if action.due_on < plan.effective_from {
            let detail = "an action is due when the plan takes effect or later";
            return Err(not_acceptable(detail, format!("/actions/{index}/due_on")));
        }
    }
    Ok(())
}

fn requirement_is_sound(requirement: &VisitRequirement, from: CivilDate) -> Result<(), Refusal> {
    let under = "/visit_requirement";
    interval_is_sound(requirement.interval, under)?;
    if !VISIT_MINUTES.contains(&requirement.duration_minutes) {
        return Err(not_acceptable("a visit takes 10 to 480 minutes", format!("{under}/duration_minutes")));
    }
    if !CREW.contains(&requirement.crew) {
        return Err(not_acceptable("one to four officers go", format!("{under}/crew")));
    }
    for (index, window) in requirement.time_windows.iter().enumerate() {
        window_is_sound(window, requirement.duration_minutes, &format!("{under}/time_windows/{index}"))?;
    }
    for (index, VisitStep { until, interval }) in requirement.steps.iter().enumerate() {
        interval_is_sound(*interval, &format!("{under}/steps/{index}"))?;
        if *until < from {
            return Err(not_acceptable(
                "a step that ends before the plan takes effect never holds",
                format!("{under}/steps/{index}/until"),
            ));
        }
    }
    let distinct: BTreeSet<&String> = requirement.required_skills.iter().collect();
    let is_short =
        |text: &String| !text.trim().is_empty() && text.chars().count() <= SHORT_TEXT_CHARS && !text.contains('\0');
    if distinct.len() != requirement.required_skills.len() || !requirement.required_skills.iter().all(is_short) {
        return Err(not_acceptable("skills are distinct, of 1 to 200 characters", format!("{under}/required_skills")));
    }
    if requirement.joint_agency.as_ref().is_some_and(|agency| !is_short(agency)) {
        return Err(not_acceptable("an agency's name has 1 to 200 characters", format!("{under}/joint_agency")));
    }
    Ok(())
}

fn interval_is_sound(interval: VisitInterval, under: &str) -> Result<(), Refusal> {
    let VisitInterval { interval_days, earliest_after_days, latest_after_days } = interval;
    for (days, name) in [
        (earliest_after_days, "earliest_after_days"),
        (interval_days, "interval_days"),
        (latest_after_days, "latest_after_days"),
    ] {
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(not_acceptable("is from 1 to 1,100 days", format!("{under}/{name}")));
        }
    }
    if earliest_after_days > interval_days {
        return Err(not_acceptable("is not below earliest_after_days", format!("{under}/interval_days")));
    }
    if interval_days > latest_after_days {
        return Err(not_acceptable("is not below interval_days", format!("{under}/latest_after_days")));
    }
    Ok(())
}

fn window_is_sound(window: &TimeWindow, minutes: u32, under: &str) -> Result<(), Refusal> {
    let days: BTreeSet<_> = window.weekdays.iter().collect();
    if days.is_empty() || days.len() != window.weekdays.len() {
        return Err(not_acceptable("names one weekday or more, each once", format!("{under}/weekdays")));
    }
    if u32::from(window.until.minutes()) < u32::from(window.from.minutes()).saturating_add(minutes) {
        return Err(not_acceptable("a window is as long as the visit or longer", format!("{under}/until")));
    }
    Ok(())
}

/// Where a plan that takes effect on a day asks for visits less often than the current one, its own counts and
/// its steps: the first such day. Where the current one asks for none there is nothing to fall short of.
#[must_use]
pub fn lengthening(
    current: Option<&VisitRequirement>,
    new: Option<&VisitRequirement>,
    from: CivilDate,
) -> Option<Lengthening> {
    let current = current?;
    // The counts change on the day after a step ends, and on no other.
    let ends = current.steps.iter().chain(new.into_iter().flat_map(|new| &new.steps)).map(|step| step.until);
    let days: BTreeSet<CivilDate> = ends.filter(|until| *until >= from).map(|until| plus_days(until, 1)).collect();
    std::iter::once(from).chain(days).find_map(|on| {
        let (was, _) = current.interval_on(on);
        let becomes = new.map(|new| new.interval_on(on).0);
        let is_longer = becomes.is_none_or(|becomes| {
            becomes.interval_days > was.interval_days || becomes.latest_after_days > was.latest_after_days
        });
        is_longer.then_some(Lengthening { on, was, becomes })
    })
}

/// A plan that asks for visits less often says why.
///
/// # Errors
/// When it does not.
pub fn says_why_it_lengthens(plan: &RiskManagementPlan, lengthening: Option<&Lengthening>) -> Result<(), Refusal> {
    let says_why = plan.drafting.as_ref().is_some_and(|drafting| drafting.interval_reason.is_some());
    match lengthening {
        Some(Lengthening { on, .. }) if !says_why => {
            let detail = format!("from {on} it asks for visits less often than the current plan; say why");
            Err(Refusal::new(RefusalCode::ReasonNeeded, detail).at("/interval_reason"))
        }
        Some(_) | None => Ok(()),
    }
}

/// A plan that sends one officer alone says what makes that safe.
///
/// # Errors
/// When it does not.
pub fn says_why_one_goes_alone(plan: &RiskManagementPlan) -> Result<(), Refusal> {
    let says_why = plan.drafting.as_ref().is_some_and(|drafting| drafting.single_crew_risk_assessment.is_some());
    if sends_one_alone(plan) && !says_why {
        let detail = "one officer goes alone only where a risk assessment says what makes that safe";
        return Err(Refusal::new(RefusalCode::ReasonNeeded, detail).at("/single_crew_risk_assessment"));
    }
    Ok(())
}

/// A plan that sends one officer alone.
#[must_use]
pub fn sends_one_alone(plan: &RiskManagementPlan) -> bool {
    plan.visit_requirement.as_ref().is_some_and(|requirement| requirement.crew == 1)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn interval(interval: u32, earliest: u32, latest: u32) -> Value {
        json!({ "interval_days": interval, "earliest_after_days": earliest, "latest_after_days": latest })
    }

    fn requirement(changes: &Value) -> Value {
        let mut all = json!({ "interval_days": 60, "earliest_after_days": 45, "latest_after_days": 75,
            "duration_minutes": 45, "crew": 2, "unannounced": true, "time_windows": [], "required_skills": [],
            "joint_agency": null, "single_crew_approved_by": null, "steps": [] });
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        all
    }

    fn plan(members: &Value) -> RiskManagementPlan {
        let mut all = json!({ "offender_ref": "o", "effective_from": "2021-04-15", "review_on": "2021-10-15",
            "visit_requirement": requirement(&json!({})), "actions": [] });
        all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    fn step(until: &str, counts: &Value) -> Value {
        let mut step = json!({ "until": until });
        step.as_object_mut().unwrap().extend(counts.as_object().unwrap().clone());
        step
    }

    #[test]
    fn a_plan_is_sound_or_says_where_it_is_not() {
        let action =
            |name: &str, due: &str| json!({ "ref": name, "pillar": "supervision", "description": "", "due_on": due });
        let asks = |changes: Value| json!({ "visit_requirement": requirement(&changes) });
        let window = |days: &[&str], from: &str, until: &str| {
            asks(json!({ "time_windows": [{ "weekdays": days, "from": from, "until": until }] }))
        };
        let under = |rest: &str| Some(format!("/visit_requirement/{rest}"));
        let rows: Vec<(Value, Option<String>)> = vec![
            (json!({}), None),
            (json!({ "visit_requirement": null }), None),
            (json!({ "review_on": "2021-04-15" }), Some("/review_on".into())),
            (asks(interval(60, 60, 60)), None),
            (asks(interval(60, 61, 75)), under("interval_days")),
            (asks(interval(60, 45, 59)), under("latest_after_days")),
            (asks(interval(60, 0, 75)), under("earliest_after_days")),
            (asks(interval(60, 45, 1_101)), under("latest_after_days")),
            (asks(json!({ "duration_minutes": 9 })), under("duration_minutes")),
            (asks(json!({ "duration_minutes": 481 })), under("duration_minutes")),
            (asks(json!({ "crew": 0 })), under("crew")),
            (asks(json!({ "crew": 5 })), under("crew")),
            (window(&["mon"], "10:00", "10:45"), None),
            (window(&["mon"], "10:00", "10:44"), under("time_windows/0/until")),
            (window(&[], "10:00", "12:00"), under("time_windows/0/weekdays")),
            (window(&["mon", "mon"], "10:00", "12:00"), under("time_windows/0/weekdays")),
            (asks(json!({ "steps": [step("2021-04-15", &interval(7, 5, 9))] })), None),
            (asks(json!({ "steps": [step("2021-04-14", &interval(7, 5, 9))] })), under("steps/0/until")),
            (asks(json!({ "steps": [step("2021-04-15", &interval(7, 8, 9))] })), under("steps/0/interval_days")),
            (asks(json!({ "required_skills": ["a", "a"] })), under("required_skills")),
            (asks(json!({ "required_skills": [" "] })), under("required_skills")),
            (asks(json!({ "joint_agency": " " })), under("joint_agency")),
            (json!({ "actions": [action("a", "2021-04-15"), action("b", "2021-05-01")] }), None),
            (json!({ "actions": [action("a", "2021-04-14")] }), Some("/actions/0/due_on".into())),
            (
                json!({ "actions": [action("a", "2021-05-01"), action("a", "2021-05-01")] }),
                Some("/actions/1/ref".into()),
            ),
        ];
        for (members, pointer) in rows {
            let refused = is_sound(&plan(&members)).err();
            assert_eq!(refused.map(|refusal| refusal.pointer), pointer, "{members}");
        }
    }

    #[test]
    fn a_longer_interval_is_found_in_the_counts_and_in_the_steps() {
        let read = |changes: &Value| serde_json::from_value::<VisitRequirement>(requirement(changes)).unwrap();
        let steps = |steps: &[Value]| json!({ "steps": steps });
        let week = |until: &str| steps(&[step(until, &interval(7, 5, 9))]);
        let rows: Vec<(Value, Option<Value>, Option<&str>)> = vec![
            (json!({}), Some(json!({})), None),
            (json!({}), Some(interval(50, 45, 75)), None),
            (json!({}), Some(interval(60, 60, 75)), None),
            (json!({}), Some(interval(61, 45, 75)), Some("2021-04-15")),
            (json!({}), Some(interval(60, 45, 76)), Some("2021-04-15")),
            (json!({}), None, Some("2021-04-15")),
            // The same step, a shorter one, a longer one, one that the new plan adds.
            (week("2021-06-30"), Some(week("2021-06-30")), None),
            (week("2021-06-30"), Some(week("2021-05-31")), Some("2021-06-01")),
            (week("2021-06-30"), Some(week("2021-07-31")), None),
            (week("2021-06-30"), Some(json!({})), Some("2021-04-15")),
            (json!({}), Some(week("2021-06-30")), None),
            (json!({}), Some(steps(&[step("2021-06-30", &interval(90, 45, 100))])), Some("2021-04-15")),
            // A step that is past counts no more.
            (week("2021-04-14"), Some(json!({})), None),
        ];
        for (current, new, on) in rows {
            let new = new.map(|new| read(&new));
            let found = lengthening(Some(&read(&current)), new.as_ref(), "2021-04-15".parse().unwrap());
            assert_eq!(found.map(|found| found.on.to_string()).as_deref(), on, "{current} {new:?}");
            assert_eq!(lengthening(None, new.as_ref(), "2021-04-15".parse().unwrap()), None);
        }
    }
}
