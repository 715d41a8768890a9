use std::collections::BTreeSet;

use super::map::map;
use super::week::week;
use super::well_formed::{Element, read};
use super::*;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{dates, monday_of, plus_days};
use crate::planning::proposal::{Unplaced, propose};
use crate::planning::search::Budget;
use crate::planning::snapshot::Snapshot;
use crate::planning::worlds::world;

fn planned(seed: u64) -> (Snapshot, Proposal) {
    let snapshot = world(seed, 60, 4, 28);
    let proposal = propose(&snapshot, Budget { seed, iterations: 60 }, |_| {}).unwrap();
    assert!(proposal.visits.len() > 30 && proposal.unplaced.len() > 2, "a world with something in it");
    (snapshot, proposal)
}

fn week_of(snapshot: &Snapshot, proposal: &Proposal, of: CivilDate) -> Result<String, PlotError> {
    week(snapshot, proposal, &BankHolidays::built_in().unwrap(), Some(of))
}

/// What is told of the parts of a plot, the page's own title left out.
fn told(svg: &str) -> Vec<String> {
    let document = read(svg);
    let titles = document.all().into_iter().filter(|element| element.name == "title").skip(1);
    titles.map(|title| title.text.clone()).collect()
}

#[test]
fn every_visit_of_a_week_is_in_its_plot_once_and_no_other() {
    for seed in 0..3 {
        let (snapshot, proposal) = planned(seed);
        let mut shown = 0;
        for monday in (0..5).map(|week| plus_days(monday_of(proposal.horizon.from), 7 * week)) {
            let Ok(svg) = week_of(&snapshot, &proposal, plus_days(monday, 3)) else { continue };
            let told = told(&svg);
            for visit in &proposal.visits {
                let begins =
                    format!("{}, {}: {}", visit.offender_ref, mark::risk_words(visit.risk), visit_words(visit));
                let count = told.iter().filter(|title| title.starts_with(&begins)).count();
                assert_eq!(count, usize::from(monday_of(visit.date) == monday), "{begins}");
                shown += count;
            }
        }
        assert_eq!(shown, proposal.visits.len());
    }
}

#[test]
fn a_map_has_every_home_once_and_a_route_for_each_crew() {
    let (snapshot, proposal) = planned(1);
    let days: Vec<Option<CivilDate>> = [None].into_iter().chain(proposal.horizon.days().map(Some)).collect();
    for date in days {
        let svg = map(&snapshot, &proposal, date).unwrap();
        let told = told(&svg);
        let visits: Vec<&PlannedVisit> =
            proposal.visits.iter().filter(|visit| date.is_none_or(|date| visit.date == date)).collect();
        let homes: BTreeSet<&Ref> = visits.iter().map(|visit| &visit.offender_ref).collect();
        for home in homes {
            let begins = format!("{home}, ");
            assert_eq!(told.iter().filter(|title| title.starts_with(&begins)).count(), 1, "{home}");
        }
        for visit in &visits {
            assert!(told.iter().any(|title| title.contains(&visit_words(visit))), "{}", visit.offender_ref);
        }
        let routes: BTreeSet<String> = visits
            .iter()
            .map(|visit| format!("Route: {}, {}", day_words(visit.date), crew_words(&visit.crew)))
            .collect();
        let drawn: Vec<&String> = told.iter().filter(|title| title.starts_with("Route: ")).collect();
        assert_eq!((drawn.len(), drawn.into_iter().cloned().collect::<BTreeSet<_>>()), (routes.len(), routes));
    }
}

#[test]
fn a_visit_without_a_place_is_crossed_out_from_the_day_on_which_it_may_be_made() {
    let found = (0..20).map(planned).find_map(|(snapshot, proposal)| {
        let has_home = |offender: &Ref| {
            let demand = snapshot.demands.iter().find(|demand| demand.offender_ref == *offender);
            demand.is_some_and(|demand| demand.place.as_ref().is_some_and(|place| place.location.is_some()))
        };
        let from = proposal.horizon.from;
        let later = |row: &&Unplaced| row.window.is_some_and(|window| window.earliest > from);
        let unplaced = proposal.unplaced.iter().filter(later).find(|row| has_home(&row.offender_ref))?.clone();
        Some((snapshot, proposal, unplaced))
    });
    let (snapshot, proposal, unplaced) = found.unwrap();
    let window = unplaced.window.unwrap();
    let is_marked = |date| {
        let begins = format!("{}, ", unplaced.offender_ref);
        let told = told(&map(&snapshot, &proposal, date).unwrap());
        told.iter().any(|title| title.starts_with(&begins) && title.contains("without a place"))
    };
    assert!(is_marked(None) && is_marked(Some(window.earliest)));
    assert!(!is_marked(Some(proposal.horizon.from)));
}

#[test]
fn what_is_hidden_from_a_reader_is_on_no_plot() {
    let (snapshot, proposal) = planned(0);
    let hidden: BTreeSet<Ref> = proposal
        .visits
        .iter()
        .map(|visit| visit.offender_ref.clone())
        .step_by(3)
        .chain(proposal.unplaced.iter().map(|unplaced| unplaced.offender_ref.clone()).take(2))
        .collect();
    let seen = proposal.clone().without(&hidden);
    let mut plots = vec![map(&snapshot, &seen, None).unwrap()];
    for date in proposal.horizon.days() {
        plots.push(map(&snapshot, &seen, Some(date)).unwrap());
        plots.push(week_of(&snapshot, &seen, date).unwrap());
    }
    for svg in plots {
        let document = read(&svg);
        for text in document.all().into_iter().map(|element| &element.text) {
            assert!(!hidden.iter().any(|hidden| text.contains(hidden.as_str())), "{text}");
        }
    }
}

#[test]
fn plots_name_nobody_load_nothing_need_no_styles_and_say_what_they_are() {
    let (snapshot, proposal) = planned(1);
    for svg in [map(&snapshot, &proposal, None).unwrap(), week_of(&snapshot, &proposal, proposal.horizon.from).unwrap()]
    {
        let document = read(&svg);
        assert_eq!(document.attribute("role"), Some("graphics-document document"));
        let begins: Vec<&str> = document.children.iter().take(2).map(|child| child.name.as_str()).collect();
        assert_eq!(begins, ["title", "desc"]);
        assert!(document.children[0].text.contains("team west of wessex"), "{}", document.children[0].text);
        let forbidden = ["style", "script", "image", "a", "use", "foreignObject", "link"];
        for element in document.all() {
            assert!(!forbidden.contains(&element.name.as_str()), "{}", element.name);
            for (name, value) in &element.attributes {
                let is_elsewhere =
                    value.contains("://") && name != "xmlns" || value.contains("url(") && value != "url(#road)";
                assert!(
                    !is_elsewhere && name != "style" && !name.starts_with("on") && name != "href",
                    "{name}: {value}"
                );
            }
        }
        let texts: String = document.all().iter().map(|element| element.text.as_str()).collect();
        assert!(texts.contains(MARKING) && texts.contains(&proposal.id.to_string()));
        assert_eq!(
            svg,
            if texts.contains("Week of") {
                week_of(&snapshot, &proposal, proposal.horizon.from).unwrap()
            } else {
                map(&snapshot, &proposal, None).unwrap()
            },
            "the same again"
        );
    }
}

#[test]
fn any_reference_can_be_drawn() {
    let (mut snapshot, mut proposal) = planned(1);
    let odd = Ref::new("<b>&\"'\u{1}\u{202e}]]>é\n end of a very long reference indeed").unwrap();
    let was = proposal.visits[0].offender_ref.clone();
    for visit in proposal.visits.iter_mut().filter(|visit| visit.offender_ref == was) {
        visit.offender_ref = odd.clone();
        visit.crew[0] = odd.clone();
    }
    for demand in snapshot.demands.iter_mut().filter(|demand| demand.offender_ref == was) {
        demand.offender_ref = odd.clone();
    }
    let date = proposal.visits[0].date;
    for svg in
        [map(&snapshot, &proposal, None), map(&snapshot, &proposal, Some(date)), week_of(&snapshot, &proposal, date)]
    {
        let told = told(&svg.unwrap());
        assert!(told.iter().any(|title| title.starts_with("<b>&\"'\u{fffd}")), "{told:?}");
    }
}

#[test]
fn offenders_at_one_place_stand_apart() {
    let (snapshot, mut proposal) = planned(1);
    let date = proposal.visits[0].date;
    let (latitude, longitude) = (proposal.visits[0].latitude, proposal.visits[0].longitude);
    for visit in proposal.visits.iter_mut().filter(|visit| visit.date == date) {
        (visit.latitude, visit.longitude, visit.risk) = (latitude, longitude, None);
    }
    proposal.unplaced.clear();
    let document = read(&map(&snapshot, &proposal, Some(date)).unwrap());
    let marks = document.all().into_iter().filter(|element| {
        element.name == "g"
            && element.children.iter().any(|child| child.name == "title" && !child.text.contains("Route"))
    });
    let places: Vec<(&str, &str)> = marks
        .flat_map(|mark| &mark.children)
        .filter(|child| child.name == "circle" && child.attribute("r") == Some("6.0"))
        .map(|circle| (circle.attribute("cx").unwrap(), circle.attribute("cy").unwrap()))
        .collect();
    assert!(places.len() > 1);
    assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), places.len());
}

#[test]
fn days_that_are_not_worked_are_named_and_days_that_are_not_planned_refused() {
    let (mut snapshot, mut proposal) = planned(0);
    // 3 May 2021 was the early May bank holiday, a Monday.
    let svg = week_of(&snapshot, &proposal, "2021-05-05".parse().unwrap()).unwrap();
    let texts: Vec<String> = read(&svg).all().into_iter().map(|element| element.text.clone()).collect();
    for heading in ["Mon 3 May 2021 (bank holiday)", "Sat 8 May 2021 (weekend)", "Tue 4 May 2021"] {
        assert!(texts.iter().any(|text| text == heading), "{heading}");
    }
    let first = week_of(&snapshot, &proposal, proposal.horizon.from).unwrap();
    assert!(first.contains("Wed 14 April 2021 (not planned)") && first.contains("Thu 15 April 2021<"));
    let refused = Err(PlotError::OutsideHorizon(proposal.horizon));
    for day in ["2021-04-14", "2021-05-13"].map(|day| day.parse::<CivilDate>().unwrap()) {
        assert_eq!(map(&snapshot, &proposal, Some(day)), refused, "{day}");
    }
    for day in ["2021-04-11", "2021-05-17"].map(|day| day.parse::<CivilDate>().unwrap()) {
        assert_eq!(week_of(&snapshot, &proposal, day), refused, "{day}");
    }
    // Nothing planned at all still is a page.
    proposal.visits.clear();
    proposal.unplaced.clear();
    snapshot.officers.clear();
    snapshot.base = None;
    for svg in [map(&snapshot, &proposal, None).unwrap(), week_of(&snapshot, &proposal, proposal.horizon.from).unwrap()]
    {
        assert!(told(&svg).is_empty());
    }
}

#[test]
fn shifts_roads_and_visits_are_as_long_as_they_last() {
    let (snapshot, proposal) = planned(1);
    let visit = proposal.visits.iter().find(|visit| visit.travel_seconds_before > 600).unwrap();
    let document = read(&week_of(&snapshot, &proposal, visit.date).unwrap());
    let begins = format!("{}, {}: {}", visit.offender_ref, mark::risk_words(visit.risk), visit_words(visit));
    let group = document.all().into_iter().find(|element| {
        element.children.first().is_some_and(|title| title.name == "title" && title.text.starts_with(&begins))
    });
    let number = |element: &Element, name: &str| element.attribute(name).unwrap().parse::<f64>().unwrap();
    let rects: Vec<&Element> = group.unwrap().children.iter().filter(|child| child.name == "rect").collect();
    let (road, block) = (rects[0], rects[1]);
    let seconds = f64::from(visit.end.seconds() - visit.start.seconds());
    let per_second = number(block, "width") / seconds;
    let on_the_road = f64::from(visit.travel_seconds_before) * per_second;
    assert!((number(road, "width") - on_the_road).abs() < 0.5, "{road:?} {on_the_road}");
    assert!((number(road, "x") + number(road, "width") - number(block, "x")).abs() < 0.2);
    let bands = document.all().into_iter().filter(|element| element.attribute("fill") == Some("#dce9dc"));
    let in_week = dates(monday_of(visit.date), plus_days(monday_of(visit.date), 6));
    let on_duty = in_week.flat_map(|day| {
        snapshot.officers.iter().flat_map(move |officer| officer.duties.iter().filter(move |duty| duty.date == day))
    });
    // One band for each officer and day, and the legend's.
    assert_eq!(bands.count(), on_duty.count() + 1);
}
