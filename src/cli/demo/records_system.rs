//! The other side of the demonstration: the records system of `tests/records-system`, a program of its own, run beside the service and wired to it.

use std::collections::BTreeSet;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};
use ureq::Agent;

use super::say;
use crate::casework::actor::{Person, Role};
use crate::casework::clock::Clock;
use crate::casework::reading::Reader;
use crate::casework::subscriptions::manage::{NewSubscription, make};
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::settings::Settings;
use crate::startup::{self, webhook_keys};
use crate::store::Store;

/// Where it listens. `[I]`
const ADDRESS: &str = "127.0.0.1:8090";

/// What it keeps, beside the demonstration's database.
const DATABASE: &str = "mosovo-demo.records-system.sqlite";
const TOKEN: &str = "mosovo-demo.records-token";
const SECRET: &str = "mosovo-demo.webhook-secret";

/// How long anything that is waited for may take, and how long between two looks. `[I]`
const PATIENCE: Duration = Duration::from_secs(180);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The records system that runs beside the demonstration; it ends with it.
pub(super) struct RecordsSystem {
    child: Child,
    service: SocketAddr,
    agent: Agent,
}

impl Drop for RecordsSystem {
    fn drop(&mut self) {
        // One that is gone already needs no ending.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the program lies: beside this one.
pub(super) fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(format!("records-system{EXE_SUFFIX}"));
    if !program.is_file() {
        bail!(
            "{} is not there; build it with `cargo build --bin records-system` (with --release where this program was built so)",
            program.display()
        );
    }
    Ok(program)
}

/// The settings with its feed among those that are pulled.
pub(super) fn pulled(settings: &Settings, force: &str) -> Settings {
    settings.pulling_also(force, format!("http://{ADDRESS}/feed"))
}

impl RecordsSystem {
    /// Starts it anew with the records of a force, subscribed to all that is told of that force.
    ///
    /// # Errors
    /// When it is not there or does not start, or the settings do not let the two speak to each other.
    pub(super) fn begin(
        settings: &Settings,
        store: &Store,
        (force, caseload): (&str, &[u8]),
        token: &str,
    ) -> anyhow::Result<Self> {
        let service = settings.http().bind;
        ensure!(
            service.port() != 0,
            "the records system has to know where the service listens: name a port in http.bind"
        );
        ensure!(
            settings.clock() == Clock::System,
            "the records system checks when webhooks were signed: take clock.fixed_at out of the settings"
        );
        for ending in ["", "-wal", "-shm"] {
            let path = format!("{DATABASE}{ending}");
            if Path::new(&path).exists() {
                fs::remove_file(&path).with_context(|| format!("cannot take away {path}"))?;
            }
        }
        fs::write(TOKEN, token).context("cannot keep the records system's token")?;
        fs::write(SECRET, subscribe(settings, store, force)?).context("cannot keep the subscription's key")?;
        let mut command = Command::new(program()?);
        command.args(["--address", ADDRESS, "--database", DATABASE, "--force", force, "--system", "invented"]);
        command.args(["--service", &format!("http://{service}"), "--token-file", TOKEN]);
        command.args(["--webhook-secret-file", SECRET]);
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let config = Agent::config_builder().http_status_as_error(false).proxy(None).timeout_global(Some(PATIENCE));
        let mut system = Self { child, service, agent: config.build().new_agent() };
        system.waited("the records system to serve", |system| {
            if let Some(status) = system.child.try_wait()? {
                bail!("the records system ended ({status}); is {ADDRESS} taken?");
            }
            Ok(system.state().ok())
        })?;
        system.tell("/control/records", caseload)?;
        Ok(system)
    }

    /// What to look at, and what to type.
    pub(super) fn what_to_try(&self) -> String {
        format!(
            "\nA records system runs beside it on http://{ADDRESS} and holds the same records. What is entered at the service it hears of by webhook,\n\
             looks up, and tells of in turn; see docs/INTEGRATION.md.\n\
             Look:    curl http://{ADDRESS}/control/state\n\
             Type:    curl http://{ADDRESS}/control/records -d '{{\"type\": \"records.neighbourhood.v1\", \"subject\": \"typed\", \
             \"data\": {{\"name\": \"Typed\", \"force\": \"invented\"}}}}'\n\
             Faults:  curl http://{ADDRESS}/control/faults -H 'Content-Type: application/json' \\\n           \
             -d '{{\"seed\": 1, \"slow_milliseconds\": 500, \"probabilities\": {{\"error\": 0.5, \"cut\": 0.2, \"slow\": 1.0}}}}'\n\
             Compare: curl -X POST http://{ADDRESS}/control/compare"
        )
    }

    /// Serves, and shows one round trip: a telephone call that an officer records, which comes to the records system and back.
    ///
    /// # Errors
    /// When the two do not come to hold the same.
    pub(super) fn round_trip(
        mut self,
        settings: &Settings,
        store: Store,
        token: &str,
        (officer, offender): (&Ref, &str),
    ) -> anyhow::Result<()> {
        say("\nOne round trip")?;
        let served = settings.clone();
        let serving = thread::spawn(move || startup::serve(&served, store, true));
        self.waited("the service to answer", |system| system.is_ready(&serving))?;
        let before = self.waited("the records system to have sent what it holds", |system| system.quiet(0))?;
        let at = (Clock::System.now() - TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let contact = json!({
            "attempted_at": at, "mode": "phone", "outcome": "seen", "officer_refs": [officer], "observations": "invented",
            "shows_child_contact": false,
        });
        let path = format!("/v1/offenders/{offender}/visits");
        let made = self.ask(&format!("http://{}{path}", self.service), Some(token), contact.to_string().as_bytes())?;
        let reference = made.get("ref").and_then(Value::as_str).context("the visit has no reference")?;
        say(&format!("  {officer} records at the service that they telephoned {offender}: visit {reference}"))?;
        let after = self.waited("the records system to hear of it", |system| system.quiet(1))?;
        let events = |state: &Value| state.pointer("/counts/events").and_then(Value::as_i64).unwrap_or_default();
        say("  the records system heard of it by a signed webhook, and called back for it")?;
        say(&format!(
            "  it took the visit over under the same reference, and sent {} event of it",
            events(&after) - events(&before)
        ))?;
        let compared = self.tell("/control/compare", b"")?;
        let again = compared.get("send_again").and_then(Value::as_array).map_or(usize::MAX, Vec::len);
        ensure!(again == 0, "the two differ in {again} records");
        say("  both compared by digest: they hold the same")
    }

    /// Whether the service answers; an error where it has ended.
    fn is_ready(&self, serving: &JoinHandle<anyhow::Result<()>>) -> anyhow::Result<Option<()>> {
        ensure!(!serving.is_finished(), "the service ended; is {} taken?", self.service);
        let answer = self.agent.get(format!("http://{}/readyz", self.service)).call();
        Ok(answer.is_ok_and(|answer| answer.status().is_success()).then_some(()))
    }

    /// How it stands, once it has nothing left to send or to look up and has been told so much.
    fn quiet(&self, received: i64) -> anyhow::Result<Option<Value>> {
        let state = self.state()?;
        let count = |name: &str| state.pointer(&format!("/counts/{name}")).and_then(Value::as_i64);
        let is_quiet = count("to_be_sent") == Some(0) && count("to_be_dealt_with") == Some(0);
        Ok((is_quiet && count("received").is_some_and(|told| told >= received)).then(|| state.clone()))
    }

    fn state(&self) -> anyhow::Result<Value> {
        let mut response = self.agent.get(format!("http://{ADDRESS}/control/state")).call()?;
        Ok(serde_json::from_str(&response.body_mut().read_to_string()?)?)
    }

    fn tell(&self, path: &str, body: &[u8]) -> anyhow::Result<Value> {
        self.ask(&format!("http://{ADDRESS}{path}"), None, body)
    }

    fn ask(&self, url: &str, token: Option<&str>, body: &[u8]) -> anyhow::Result<Value> {
        let mut request = self.agent.post(url).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.send(body)?;
        let (status, text) = (response.status(), response.body_mut().read_to_string()?);
        ensure!(status.is_success(), "{status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Looks until there is something.
    fn waited<T>(&mut self, what: &str, look: impl Fn(&mut Self) -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
        let began = Instant::now();
        loop {
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            ensure!(began.elapsed() < PATIENCE, "waited in vain for {what}");
            thread::sleep(BETWEEN_LOOKS);
        }
    }
}

/// Subscribes it to all that is told of a force; the key that signs.
fn subscribe(settings: &Settings, store: &Store, force: &str) -> anyhow::Result<String> {
    let keys = webhook_keys(settings)?.context("there is no key to sign webhooks with; set webhooks.key_file")?;
    let person = Person {
        subject: "demonstration-administrator".to_owned(),
        role: Role::Administrator,
        force: force.to_owned(),
        teams: BTreeSet::new(),
        officer_ref: None,
        neighbourhoods: BTreeSet::new(),
        sends: None,
        reason: None,
    };
    let reader = Reader { person, clock: settings.clock() };
    let name = Words::fixed("records system of the demonstration");
    let new = NewSubscription { name, url: format!("http://{ADDRESS}/hooks"), events: Vec::new() };
    let (_, secret) = make(store, &reader, &keys, &new)?;
    Ok(secret)
}
