//! A receiver of webhooks of the tests' own on a free loopback port, which can be told how to answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;
use standardwebhooks::Webhook;

/// What came.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether it was signed with a key, as the Standard Webhooks' own library sees it but for the time, which the scenario has frozen.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        let expected = Webhook::new(secret).unwrap().sign(self.header("webhook-id"), timestamp, self.body.as_bytes());
        let expected = expected.unwrap();
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}

/// How the receiver answers a request: its status line with further headers; nothing where it hangs up without a word.
type Answers = Arc<Mutex<Box<dyn Fn(&Received) -> String + Send>>>;

/// A receiver that runs.
pub struct Receiver {
    address: SocketAddr,
    answers: Answers,
    received: Arc<Mutex<Vec<Received>>>,
    stops: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Answers = Arc::new(Mutex::new(Box::new(|_| "204 No Content".to_owned())));
        let (received, stops) = (Arc::<Mutex<Vec<Received>>>::default(), Arc::<AtomicBool>::default());
        let (told, noted, ends) = (Arc::clone(&answers), Arc::clone(&received), Arc::clone(&stops));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                let mut stream = stream.unwrap();
                let Some(request) = request(&stream) else { continue };
                let head = told.lock().unwrap()(&request);
                noted.lock().unwrap().push(request);
                if head.is_empty() {
                    continue;
                }
                // Whoever asked may be gone.
                let _ = write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            }
        });
        Self { address, answers, received, stops, thread: Some(thread) }
    }

    /// From now on it answers so.
    pub fn answer(&self, head: impl Fn(&Received) -> String + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(head);
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    /// What has come, and forgets it.
    pub fn received(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

fn request(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received { headers, body: String::from_utf8(body).ok()? })
}
