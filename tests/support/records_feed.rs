//! A records system of the tests' own on a free loopback port, which is asked for its events page by page, for what it holds by digest and for single
//! records, and can be told how to answer.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::records::drift::DriftLines;
use mosovo_visits::records::pull::PulledFeed;
use mosovo_visits::records::pull::line::{Line, Trust};
use mosovo_visits::store::drift::digest;
use serde_json::{Value, json};
use ureq::tls::RootCerts;

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub after: Option<String>,
    /// 0 where none is named.
    pub limit: usize,
    pub of_type: Option<String>,
    pub subject: Option<String>,
    pub authorization: Option<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status line with further headers.
    pub head: String,
    pub body: String,
    /// As how long the body is announced.
    pub length: usize,
}

impl Answer {
    pub fn of(head: &str, body: impl Into<String>) -> Self {
        let body = body.into();
        Self { head: head.to_owned(), length: body.len(), body }
    }

    pub fn event(event: &Value) -> Self {
        Self::of("200 OK\r\nContent-Type: application/cloudevents+json", event.to_string())
    }

    pub fn page(body: &Value) -> Self {
        Self::of("200 OK\r\nContent-Type: application/json; charset=utf-8", body.to_string())
    }
}

type Answers = Arc<Mutex<Box<dyn Fn(&Asked) -> Answer + Send>>>;

/// A records system that runs.
pub struct RecordsFeed {
    address: SocketAddr,
    answers: Answers,
    asked: Arc<Mutex<Vec<Asked>>>,
    stops: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A page of these events: the cursor of one is its place from 1.
pub fn page_of(events: &[Value], asked: &Asked) -> Answer {
    let from: usize = asked.after.as_deref().map_or(0, |after| after.parse().unwrap());
    let page: Vec<&Value> = events.iter().skip(from).take(asked.limit).collect();
    let next = from + page.len();
    let next_cursor = Some(next.to_string()).filter(|_| next > 0);
    Answer::page(&json!({ "events": page, "next": next_cursor, "more": next < events.len() }))
}

/// A page of the digests of those of these events that are of the type that is asked for; the cursor of one is its place from 1.
pub fn digests_of(events: &[Value], asked: &Asked) -> Answer {
    let from: usize = asked.after.as_deref().map_or(0, |after| after.parse().unwrap());
    let of_type: Vec<Value> = events
        .iter()
        .filter(|event| event["type"].as_str() == asked.of_type.as_deref())
        .map(|event| {
            let (of_type, subject, time) = (&event["type"], &event["subject"], &event["time"]);
            json!({"type": of_type, "subject": subject, "digest": digest(event["data"].clone()), "time": time})
        })
        .collect();
    let page: Vec<&Value> = of_type.iter().skip(from).take(asked.limit).collect();
    let next = from + page.len();
    Answer::page(&json!({ "digests": page, "next": next.to_string(), "more": next < of_type.len() }))
}

/// The event of the record that is asked for, out of these; that there is none where none of them is its.
pub fn event_of(events: &[Value], asked: &Asked) -> Answer {
    let is_it = |event: &&Value| {
        event["type"].as_str() == asked.of_type.as_deref() && event["subject"].as_str() == asked.subject.as_deref()
    };
    events.iter().find(is_it).map_or_else(|| Answer::of("204 No Content", ""), Answer::event)
}

impl RecordsFeed {
    pub fn start(events: Vec<Value>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Answers = Arc::new(Mutex::new(Box::new(move |asked| page_of(&events, asked))));
        let (asked, stops) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicBool>::default());
        let (told, noted, ends) = (Arc::clone(&answers), Arc::clone(&asked), Arc::clone(&stops));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                let mut stream = stream.unwrap();
                let Some(request) = request(&stream) else { continue };
                let Answer { head, body, length } = told.lock().unwrap()(&request);
                noted.lock().unwrap().push(request);
                // Whoever asked may be gone.
                let _ =
                    write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
            }
        });
        Self { address, answers, asked, stops, thread: Some(thread) }
    }

    /// From now on it answers so.
    pub fn answer(&self, answer: impl Fn(&Asked) -> Answer + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answer);
    }

    pub fn url(&self) -> String {
        format!("http://{}/feed?system=invented", self.address)
    }

    /// The feed of Wessex, with two events in a page.
    pub fn of_wessex(&self) -> PulledFeed {
        self.with_token(None)
    }

    /// The same, with a token in a file.
    pub fn with_token(&self, token_file: Option<&str>) -> PulledFeed {
        let trust = Trust { roots: RootCerts::WebPki, client: None };
        let line = Line::new(self.url(), token_file.map(Into::into), Duration::from_secs(5), trust);
        PulledFeed { force: "wessex".to_owned(), page_events: 2, line, drift: None }
    }

    /// The feed of Wessex, whose digests are compared, two in a page, and of whose records so many are asked for again.
    pub fn compared(&self, most_again: usize) -> PulledFeed {
        let feed = self.of_wessex();
        let of = |path: &str| feed.line.to(format!("http://{}/{path}?system=invented", self.address));
        let (digests, records) = (of("digests"), Some(of("records")));
        let kinds = RecordKind::OF_FEED.iter().copied().collect();
        let drift = DriftLines { digests, records, kinds, page_digests: 2, most_again };
        PulledFeed { drift: Some(drift), ..feed }
    }

    /// What has been asked for, and forgets it.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// After which cursors it has been asked, and forgets it.
    pub fn cursors(&self) -> Vec<Option<String>> {
        self.asked().into_iter().map(|asked| asked.after).collect()
    }
}

impl Drop for RecordsFeed {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

fn request(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut authorization = None;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("authorization") {
            authorization = Some(value.trim().to_owned());
        }
    }
    let (path, query) = path.split_once('?')?;
    let parameter = |name: &str| {
        query
            .split('&')
            .find_map(|part| part.split_once('=').filter(|(known, _)| *known == name))
            .map(|(_, value)| value)
    };
    assert_eq!(parameter("system"), Some("invented"), "the URL's own query is kept");
    Some(Asked {
        path: path.to_owned(),
        after: parameter("after").map(str::to_owned),
        limit: parameter("limit").map_or(0, |limit| limit.parse().unwrap()),
        of_type: parameter("type").map(str::to_owned),
        subject: parameter("subject").map(str::to_owned),
        authorization,
    })
}
