//! The service and a records system to try it with, each a process of its own, wired to each other; either can be killed and started again.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

/// How long anything that is waited for may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(40);

/// Where the two programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    pub service: PathBuf,
    pub records_system: PathBuf,
}

impl Default for Programs {
    fn default() -> Self {
        Self {
            service: env!("CARGO_BIN_EXE_mosovo-visits").into(),
            records_system: env!("CARGO_BIN_EXE_records-system").into(),
        }
    }
}

/// How the two are set up.
#[derive(Debug, Default)]
pub struct Setting {
    pub programs: Programs,
    /// Further settings of the service, as variables.
    pub service: Vec<(&'static str, String)>,
    /// Further arguments of the records system.
    pub records_system: Vec<String>,
    /// Where the records system listens, where that is to be known beforehand.
    pub system_port: Option<u16>,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Service,
    RecordsSystem,
}

/// Both, with what they keep.
pub struct BothSides {
    pub force: String,
    pub directory: PathBuf,
    url: String,
    setting: Setting,
    ports: [u16; 2],
    running: [Mutex<Option<Child>>; 2],
    starts: AtomicU32,
    agent: Agent,
}

/// A port on which nothing listens, from below those that the system gives to whoever calls.
pub fn free_port() -> u16 {
    loop {
        let chance = uuid::Uuid::now_v7().as_u128() % 12_000;
        let port = 20_000 + u16::try_from(chance).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl BothSides {
    /// Starts both on an empty database of the service's, in an empty directory, and has the records system told of everything.
    pub fn start(url: &str, force: &str, directory: &Path, setting: Setting) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        let sides = Self {
            force: force.to_owned(),
            directory: directory.to_owned(),
            url: url.to_owned(),
            ports: [free_port(), setting.system_port.unwrap_or_else(free_port)],
            setting,
            running: [Mutex::default(), Mutex::default()],
            starts: AtomicU32::new(0),
            agent: agent.into(),
        };
        fs::create_dir_all(directory.join("heads")).unwrap();
        sides.start_again(Side::Service);
        fs::write(sides.file("token"), sides.token("records_system", &[])).unwrap();
        sides.start_again(Side::RecordsSystem);
        sides
    }

    pub fn file(&self, name: &str) -> String {
        self.directory.join(name).to_str().unwrap().to_owned()
    }

    pub fn address(&self, side: Side) -> String {
        format!("http://127.0.0.1:{}", self.ports[usize::from(side == Side::RecordsSystem)])
    }

    /// The service's program on its database.
    pub fn service_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.setting.programs.service);
        command
            .args(arguments)
            .env("MOSOVO__DATABASE__URL", &self.url)
            .env("MOSOVO__HTTP__BIND", format!("127.0.0.1:{}", self.ports[0]))
            .env("MOSOVO__AUTH__DEVELOPMENT_KEY", "a key of the tests, long enough to be one")
            .env("MOSOVO__WEBHOOKS__KEY_FILE", self.file("webhook-key"))
            .env("MOSOVO__AUDIT__SIGNING_KEY_FILE", self.file("audit-key"))
            .env("MOSOVO__AUDIT__HEADS_DIR", self.file("heads"))
            .env("MOSOVO__JOBS__DELIVERIES", "* * * * * *")
            .envs(self.setting.service.iter().map(|(name, value)| (name, value)));
        command
    }

    fn system_command(&self) -> Command {
        let mut command = Command::new(&self.setting.programs.records_system);
        let address = format!("127.0.0.1:{}", self.ports[1]);
        command.args(["--address", &address, "--force", &self.force]);
        command.args(["--database", &self.file("records-system.sqlite")]);
        command.args(["--webhook-secret-file", &self.file("webhook-secret")]);
        if !self.setting.records_system.iter().any(|argument| argument == "--service") {
            command.args(["--service", &self.address(Side::Service), "--token-file", &self.file("token")]);
        }
        command.args(&self.setting.records_system);
        command
    }

    fn running(&self, side: Side) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.running[usize::from(side == Side::RecordsSystem)].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills one side where it runs (SIGKILL).
    pub fn kill(&self, side: Side) {
        if let Some(mut child) = self.running(side).take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts one side where it left off, and waits until it serves.
    pub fn start_again(&self, side: Side) {
        let log = self.file(&format!("{side:?}-{}.log", self.starts.fetch_add(1, Ordering::Relaxed)));
        let mut command = match side {
            Side::Service => self.service_command(&["serve", "--migrate"]),
            Side::RecordsSystem => self.system_command(),
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let mut running = self.running(side);
        let child = running.insert(command.spawn().unwrap());
        waited("it to serve", || {
            let told = fs::read_to_string(&log).unwrap();
            assert_eq!(child.try_wait().unwrap(), None, "{side:?} ended before it served: {told}");
            told.contains("serving address=").then_some(())
        });
    }

    /// A token of a role at the service.
    pub fn token(&self, role: &str, further: &[&str]) -> String {
        let arguments = [&["token", "--role", role, "--force", &self.force], further].concat();
        let Output { stdout, stderr, status } = self.service_command(&arguments).output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap().trim().to_owned()
    }

    /// Calls one side; nothing where no whole answer came.
    pub fn call(
        &self,
        side: Side,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<(u16, Value)> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.address(side)));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let has_type = headers.iter().any(|(name, _)| *name == "content-type");
        if !body.is_empty() && !has_type {
            request = request.header("content-type", "application/json");
        }
        let mut response = self.agent.run(request.body(body.to_owned()).unwrap()).ok()?;
        let text = response.body_mut().with_config().limit(u64::MAX).read_to_string().ok()?;
        Some((response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
    }

    /// What the service answers somebody; it must answer well.
    pub fn read(&self, token: &str, path: &str) -> Value {
        let token = format!("Bearer {token}");
        let (status, answer) = self.call(Side::Service, ("GET", path), &[("authorization", &token)], "").unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Somebody acts at the service, under a key by which the act is known again; nothing where no whole answer came.
    pub fn act(&self, token: &str, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let token = format!("Bearer {token}");
        let headers = [("authorization", token.as_str()), ("idempotency-key", key)];
        self.call(Side::Service, ("POST", path), &headers, &body.to_string())
    }

    /// Has the records system subscribed to these types, or to all; the subscription's id.
    pub fn subscribe(&self, types: &[&str]) -> String {
        let url = format!("{}/hooks", self.address(Side::RecordsSystem));
        let body = json!({ "name": "records system", "url": url, "event_types": types });
        let (status, made) =
            self.act(&self.token("administrator", &[]), "/v1/subscriptions", "subscription", &body).unwrap();
        assert_eq!(status, 201, "{made}");
        fs::write(self.file("webhook-secret"), made["secret"].as_str().unwrap()).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// Tells the records system something; nothing where no whole answer came.
    pub fn tell_system(&self, path: &str, body: &str) -> Option<Value> {
        let (status, answer) =
            self.call(Side::RecordsSystem, ("POST", path), &[("content-type", "application/json")], body)?;
        assert!(status < 300, "{path}: {status} {answer}");
        Some(answer)
    }

    /// How the records system stands.
    pub fn state(&self) -> Value {
        self.call(Side::RecordsSystem, ("GET", "/control/state"), &[], "").unwrap().1
    }

    /// Waits until the records system stands so.
    pub fn wait(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        waited(what, || Some(self.state()).filter(|state| is_so(&state["counts"])))
    }

    /// Waits until it has sent everything and dealt with everything that it was told, and has been told so much.
    pub fn wait_for_quiet(&self, received: u64) -> Value {
        self.wait("everything to be sent and dealt with", |counts| {
            counts["to_be_sent"] == 0 && counts["to_be_dealt_with"] == 0 && counts["received"] == received
        })
    }

    /// How many records the two hold otherwise, as the service sees it: it is told by digest.
    pub fn differing(&self) -> u64 {
        let compared = self.tell_system("/control/compare", "").unwrap();
        let counts = |one: &Value| ["only_there", "only_here", "differs"].map(|member| one[member].as_u64().unwrap());
        compared["types"].as_array().unwrap().iter().flat_map(counts).sum()
    }
}

impl Drop for BothSides {
    fn drop(&mut self) {
        self.kill(Side::RecordsSystem);
        self.kill(Side::Service);
    }
}

/// Looks until there is something.
pub fn waited<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(BETWEEN_LOOKS);
    }
}
