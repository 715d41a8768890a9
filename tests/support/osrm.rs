//! A road service of the tests' own on a free loopback port, which can be told to fail in each way that one can.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use mosovo_visits::casework::roads::url::RoadUrl;
use mosovo_visits::casework::roads::{RoadService, RoadServiceConfig};
use serde_json::{Value, json};
use ureq::tls::RootCerts;

/// How the service behaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Behaviour {
    /// Tells the seconds of [`seconds`], by this version of its map.
    Tells(Option<&'static str>),
    /// The same, but knows no road to or from the most northern place of a table.
    NoRoadNorth,
    /// The same, but finds no road within five kilometres of the most northern place.
    FarFromRoads,
    /// Takes the request and never answers.
    Silent,
    /// Answers with this status, headers and body.
    Says(&'static str, &'static str),
    /// Answers with this table whatever is asked.
    TableOf(Value),
    /// Never stops answering.
    Endless,
}

/// The seconds from one place to another: a minute more northwards than back, and never a whole number.
pub fn seconds(from: (f64, f64), to: (f64, f64)) -> f64 {
    let metres = (to.0 - from.0).abs() * 70_000.0 + (to.1 - from.1).abs() * 111_000.0;
    let uphill = if to.1 > from.1 { 60.0 } else { 0.0 };
    if from == to { 0.0 } else { (metres / 15.0).floor() + uphill + 0.4 }
}

/// A service that runs.
pub struct Osrm {
    address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    asked: Arc<Mutex<Vec<String>>>,
    reached: Arc<AtomicUsize>,
    stops: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Osrm {
    pub fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let behaviour = Arc::new(Mutex::new(behaviour));
        let (asked, stops) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicBool>::default());
        let (told, noted, ends) = (Arc::clone(&behaviour), Arc::clone(&asked), Arc::clone(&stops));
        let reached = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&reached);
        let thread = std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                let stream = stream.unwrap();
                counted.fetch_add(1, Ordering::Relaxed);
                if let Some(target) = request(&stream) {
                    noted.lock().unwrap().push(target.clone());
                    let behaviour = told.lock().unwrap().clone();
                    // What it says may not be heard any more.
                    let _ = answer(&stream, &behaviour, &target);
                }
                held.push(stream);
                held.retain(|_| *told.lock().unwrap() == Behaviour::Silent);
            }
        });
        Self { address, behaviour, asked, reached, stops, thread: Some(thread) }
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens on.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections have come, whatever came over them.
    pub fn reached(&self) -> usize {
        self.reached.load(Ordering::Relaxed)
    }

    /// What has been asked, and forgets it.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Drop for Osrm {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

/// The target of a request; its headers are read and left.
fn request(stream: &TcpStream) -> Option<String> {
    // Who begins a handshake of TLS (RFC 8446, 5.1) is not answered.
    const HANDSHAKE: u8 = 22;
    let mut first = [0];
    if stream.peek(&mut first).ok()? == 0 || first == [HANDSHAKE] {
        return None;
    }
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    lines.find(|line| line.as_ref().is_ok_and(String::is_empty))?.ok()?;
    first.split(' ').nth(1).map(str::to_owned)
}

fn answer(mut stream: &TcpStream, behaviour: &Behaviour, target: &str) -> std::io::Result<()> {
    let body = match behaviour {
        Behaviour::Silent => return Ok(()),
        Behaviour::Says(head, body) => {
            return write!(
                stream,
                "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
        }
        Behaviour::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{{\"code\": \"Ok\", \"durations\": [[")?;
            let much = vec![b' '; 1 << 20];
            // A reader with a limit goes away long before the end.
            return (0..1_000).try_for_each(|_| stream.write_all(&much));
        }
        Behaviour::TableOf(table) => table.clone(),
        Behaviour::Tells(_) | Behaviour::NoRoadNorth | Behaviour::FarFromRoads => table(behaviour, target),
    };
    let body = body.to_string();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The places of a request: longitude, latitude; and which of them are its sources and destinations.
pub fn parts(target: &str) -> (Vec<(f64, f64)>, Vec<usize>, Vec<usize>) {
    let (path, query) = target.split_once('?').unwrap();
    let place = |text: &str| {
        let (longitude, latitude) = text.split_once(',').unwrap();
        (longitude.parse().unwrap(), latitude.parse().unwrap())
    };
    let places = path.rsplit('/').next().unwrap().split(';').map(place).collect();
    let listed = |name: &str| -> Vec<usize> {
        let found = query.split('&').find_map(|member| member.strip_prefix(name)).unwrap();
        found.split(';').map(|at| at.parse().unwrap()).collect()
    };
    (places, listed("sources="), listed("destinations="))
}

fn table(behaviour: &Behaviour, target: &str) -> Value {
    let (places, sources, destinations) = parts(target);
    let north = places.iter().map(|place| place.1).fold(f64::MIN, f64::max);
    let is_cut_off = |place: &(f64, f64)| *behaviour == Behaviour::NoRoadNorth && place.1 == north;
    let row = |from: &usize| -> Value {
        let seconds = destinations.iter().map(|to| {
            let (from, to) = (places[*from], places[*to]);
            if is_cut_off(&from) || is_cut_off(&to) { Value::Null } else { json!(seconds(from, to)) }
        });
        seconds.collect()
    };
    let is_far = |place: (f64, f64)| *behaviour == Behaviour::FarFromRoads && place.1 == north;
    let found = |at: &usize| json!({ "name": "", "distance": if is_far(places[*at]) { 5_000.0 } else { 3.5 } });
    let mut table = json!({
        "code": "Ok",
        "durations": sources.iter().map(row).collect::<Value>(),
        "sources": sources.iter().map(found).collect::<Value>(),
        "destinations": destinations.iter().map(found).collect::<Value>(),
    });
    if let Behaviour::Tells(Some(version)) = behaviour {
        table["data_version"] = json!(version);
    }
    table
}

/// A service as it is configured at that URL, whose time limits are short.
pub fn config(url: &str) -> RoadServiceConfig {
    RoadServiceConfig {
        url: RoadUrl::new(url, "driving").unwrap(),
        request_limit: Duration::from_secs(20),
        snapshot_limit: Duration::from_secs(60),
        pause: Duration::ZERO,
        places_a_request: 100,
        farthest_from_road_metres: 1_000,
        cache_for: Duration::from_secs(3_600),
        cache_pairs: 500_000,
        roots: RootCerts::WebPki,
    }
}

/// A road service at that URL.
pub fn road_service(url: &str) -> RoadService {
    RoadService::new(config(url))
}
