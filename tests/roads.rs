//! The road service's client: what is asked and how much of it, what is kept, and what each failure leads to.

use std::net::TcpListener;
use std::time::Duration;

use mosovo_visits::casework::roads::{Asked, RoadService, RoadServiceConfig};
use mosovo_visits::domain::planning_policy::TravelPolicy;
use mosovo_visits::domain::team::Location;
use mosovo_visits::planning::road_matrix::{FallBack, RoadMatrix, RoadSource, Roads};
use mosovo_visits::planning::travel::travel_seconds;
use serde_json::json;

use crate::support::osrm::{Behaviour, Osrm, config, parts, road_service, seconds};

const POLICY: TravelPolicy = TravelPolicy { detour_percent: 130, town_kmh: 25, open_kmh: 45, town_metres: 5_000 };

/// Invented places, the more the farther to the north.
fn places(count: u8) -> Vec<Location> {
    let place = |at: u8| Location {
        latitude: 50.5 + f64::from(at) * 0.01,
        longitude: -2.0 + f64::from(at.wrapping_mul(37) % 50) * 0.01,
    };
    (0..count).map(place).collect()
}

fn ask(service: &RoadService, places: &[Location]) -> Asked {
    service.roads(&POLICY, places, false).unwrap()
}

fn matrix(asked: Asked) -> (RoadMatrix, Option<String>, usize) {
    match asked.roads {
        Roads { source: RoadSource::Osrm { data_version, pairs_by_built_in }, matrix: Some(matrix) } => {
            (matrix, data_version, pairs_by_built_in)
        }
        other => panic!("{other:?}"),
    }
}

fn fall_back(asked: &Asked) -> FallBack {
    match &asked.roads {
        Roads { source: RoadSource::BuiltIn { fall_back }, matrix: None } => *fall_back,
        other => panic!("{other:?}"),
    }
}

/// What the matrix of these places is: the longer of there and back, in whole seconds.
fn expected(places: &[Location]) -> RoadMatrix {
    let point = |place: &Location| {
        let rounded = |degrees: f64| format!("{degrees:.6}").parse::<f64>().unwrap();
        (rounded(place.longitude), rounded(place.latitude))
    };
    let told = |from: usize, to: usize| {
        let (from, to) = (point(&places[from]), point(&places[to]));
        let longer = seconds(from, to).max(seconds(to, from));
        format!("{:.0}", longer.ceil()).parse().ok()
    };
    RoadMatrix::of(&POLICY, places, told).0
}

#[test]
fn a_large_table_is_asked_for_in_parts_longitude_first_and_put_together() {
    let osrm = Osrm::start(Behaviour::Tells(Some("map-1")));
    let service = RoadService::new(RoadServiceConfig { places_a_request: 10, ..config(&osrm.url()) });
    let mut places = places(23);
    // Two who live at one address.
    places.push(places[5]);
    let asked = ask(&service, &places);
    assert!(!asked.went_outside);
    let (told, version, by_built_in) = matrix(asked);
    assert_eq!(told, expected(&places));
    assert_eq!((version.as_deref(), by_built_in, told.seconds(5, 23)), (Some("map-1"), 0, Some(0)));
    let requests = osrm.asked();
    assert!(requests.len() > 20);
    for target in requests {
        assert!(target.starts_with("/table/v1/driving/"), "{target}");
        let (places, sources, destinations) = parts(&target);
        assert!(places.len() <= 10 && sources.len() + destinations.len() == places.len());
        assert!(places.iter().all(|(longitude, latitude)| *longitude < 0.0 && *latitude > 50.0), "{target}");
    }
    assert_eq!((service.host(), service.last_fall_back()), (Some("127.0.0.1"), None));
}

#[test]
fn what_is_known_is_not_asked_again_until_the_map_is_another() {
    let osrm = Osrm::start(Behaviour::Tells(Some("map-1")));
    let service = road_service(&osrm.url());
    let (old, all) = (places(12), places(13));
    matrix(ask(&service, &old));
    assert_eq!(osrm.asked().len(), 1 + 1, "from the new to all, and from the first to the new");
    assert_eq!(matrix(ask(&service, &old)).0, expected(&old));
    assert_eq!(osrm.asked(), [""; 0], "all of it is known");
    assert_eq!(matrix(ask(&service, &all)).0, expected(&all));
    let about_the_new: Vec<usize> =
        osrm.asked().iter().map(|target| parts(target).1.len() * parts(target).2.len()).collect();
    assert_eq!(about_the_new, [13, 12], "one new place: to all, and from each that is known");

    osrm.behave(Behaviour::Tells(Some("map-2")));
    let (told, version, _) = matrix(ask(&service, &places(14)));
    assert_eq!((told, version.as_deref()), (expected(&places(14)), Some("map-2")));
    assert!(osrm.asked().iter().any(|target| parts(target).1.len() * parts(target).2.len() > 13), "all is asked anew");

    let forgetful = RoadService::new(RoadServiceConfig { cache_for: Duration::ZERO, ..config(&osrm.url()) });
    matrix(ask(&forgetful, &old));
    let first = osrm.asked().len();
    matrix(ask(&forgetful, &old));
    assert_eq!(osrm.asked().len(), first, "nothing is kept for no time");
}

#[test]
fn each_way_to_fail_is_told_apart_and_falls_back() {
    let elsewhere = Osrm::start(Behaviour::Tells(None));
    let to_elsewhere: &'static str = format!("302 Found\r\nLocation: {}/table", elsewhere.url()).leak();
    let with = |value| json!({ "code": "Ok", "durations": [[0, value, 1], [1, 0, 1]] });
    let osrm = Osrm::start(Behaviour::Silent);
    for (behaviour, reason) in [
        (Behaviour::Silent, FallBack::TooSlow),
        (Behaviour::Says("500 Internal Server Error", ""), FallBack::ServiceError),
        (Behaviour::Says("400 Bad Request", r#"{"code": "TooBig"}"#), FallBack::ServiceError),
        (Behaviour::Says(to_elsewhere, ""), FallBack::ServiceError),
        (Behaviour::Says("200 OK", r#"{"code": "NoTable"}"#), FallBack::ServiceError),
        (Behaviour::Says("200 OK", "<html>"), FallBack::InvalidAnswer),
        (Behaviour::Says("200 OK", ""), FallBack::InvalidAnswer),
        (Behaviour::Says("200 OK", r#"{"code": "Ok"}"#), FallBack::InvalidAnswer),
        (Behaviour::TableOf(json!({ "code": "Ok", "durations": [[0, 1, 2]] })), FallBack::InvalidAnswer),
        (Behaviour::TableOf(json!({ "code": "Ok", "durations": [[0], [1], [2], [3]] })), FallBack::InvalidAnswer),
        (Behaviour::TableOf(with(json!(-1))), FallBack::InvalidAnswer),
        (Behaviour::TableOf(with(json!("1"))), FallBack::InvalidAnswer),
        (
            Behaviour::TableOf(json!({ "code": "Ok", "durations": [[0, 1, 1], [1, 0, 1]], "sources": [{}] })),
            FallBack::InvalidAnswer,
        ),
        (Behaviour::Endless, FallBack::InvalidAnswer),
    ] {
        osrm.behave(behaviour.clone());
        let is_slow = behaviour == Behaviour::Silent;
        let limit = if is_slow { Duration::from_millis(100) } else { Duration::from_secs(20) };
        let service = RoadService::new(RoadServiceConfig { request_limit: limit, ..config(&osrm.url()) });
        assert_eq!(fall_back(&ask(&service, &places(3))), reason, "{behaviour:?}");
        assert_eq!(service.last_fall_back(), Some(reason));
        osrm.behave(Behaviour::Tells(None));
        // With a limit that a busy machine keeps to.
        let service = if is_slow { road_service(&osrm.url()) } else { service };
        assert_eq!(matrix(ask(&service, &places(3))).0, expected(&places(3)), "and is used again after {behaviour:?}");
        assert_eq!(service.last_fall_back(), None);
    }
    assert_eq!(elsewhere.asked(), [""; 0], "no redirect is followed");
}

#[test]
fn a_service_that_is_not_there_is_left_alone_for_a_while() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let service = road_service(&format!("http://{closed}"));
    assert_eq!(fall_back(&ask(&service, &places(3))), FallBack::Unreachable);

    let osrm = Osrm::start(Behaviour::Says("503 Service Unavailable", ""));
    let pause = Duration::from_secs(3_600);
    let service = RoadService::new(RoadServiceConfig { pause, ..config(&osrm.url()) });
    assert_eq!(fall_back(&ask(&service, &places(3))), FallBack::ServiceError);
    osrm.asked();
    osrm.behave(Behaviour::Tells(None));
    assert_eq!(fall_back(&ask(&service, &places(3))), FallBack::ServiceError);
    assert_eq!(osrm.asked(), [""; 0]);
}

#[test]
fn all_requests_of_a_snapshot_have_one_limit_together() {
    let osrm = Osrm::start(Behaviour::Tells(None));
    let service = RoadService::new(RoadServiceConfig { snapshot_limit: Duration::ZERO, ..config(&osrm.url()) });
    assert_eq!(fall_back(&ask(&service, &places(3))), FallBack::TooSlow);
    assert_eq!(osrm.asked(), [""; 0]);
}

#[test]
fn a_place_without_a_road_has_the_built_in_times() {
    let osrm = Osrm::start(Behaviour::NoRoadNorth);
    let places = places(6);
    for behaviour in [Behaviour::NoRoadNorth, Behaviour::FarFromRoads] {
        osrm.behave(behaviour.clone());
        let (told, _, by_built_in) = matrix(ask(&road_service(&osrm.url()), &places));
        assert_eq!(by_built_in, 5, "{behaviour:?}: the most northern place, to each of the others");
        let known = expected(&places);
        for other in 0..5 {
            assert_eq!(told.seconds(5, other), Some(travel_seconds(&POLICY, places[5], places[other])));
            assert_eq!(told.0[other], known.0[other]);
        }
    }
}

#[test]
fn a_host_outside_of_private_networks_is_not_asked_without_approval_and_then_not_in_the_clear() {
    for url in ["http://203.0.113.7:5000", "http://[2001:db8::7]:5000", "http://[::ffff:203.0.113.7]:5000"] {
        let service = road_service(url);
        let asked = ask(&service, &places(3));
        assert_eq!((fall_back(&asked), asked.went_outside), (FallBack::HostNotPrivate, false), "{url}");
        let approved = service.roads(&POLICY, &places(3), true).unwrap();
        assert_eq!((fall_back(&approved), approved.went_outside), (FallBack::NotEncrypted, false), "{url}");
    }
    let encrypted = road_service("https://203.0.113.7");
    assert_eq!(fall_back(&ask(&encrypted, &places(3))), FallBack::HostNotPrivate);
    assert!(ask(&encrypted, &places(2)).roads.matrix.is_none());
}

#[test]
fn where_nobody_is_to_be_visited_nothing_is_asked() {
    let osrm = Osrm::start(Behaviour::Tells(None));
    assert!(road_service(&osrm.url()).roads(&POLICY, &places(1), false).is_none());
    assert!(RoadService::default().roads(&POLICY, &places(3), true).is_none());
    assert_eq!(osrm.asked(), [""; 0]);
}
