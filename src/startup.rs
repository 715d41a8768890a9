//! Starting the service: its parts put together, its log, its listener, its end.

use std::fs;
use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use anyhow::Context;
use secrecy::ExposeSecret;
use tracing_actix_web::TracingLogger;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

use crate::api::auth::certificate::keep_names;
use crate::api::auth::key::VerifyingKey;
use crate::api::auth::token::Verifier;
use crate::api::metrics::Metrics;
use crate::api::records::feeds::Feeds;
use crate::api::respond::respond;
use crate::api::routes;
use crate::api::service::Service;
use crate::api::trace::RequestSpan;
use crate::casework::clock::Clock;
use crate::casework::roads::RoadService;
use crate::casework::subscriptions::Webhooks;
use crate::casework::subscriptions::key::WebhookKeys;
use crate::domain::policy::Policies;
use crate::jobs::Registry;
use crate::jobs::drive::drive;
use crate::jobs::worker::Worker;
use crate::settings::auth::SHORTEST_KEY;
use crate::settings::secret_file::{read, read_or_make};
use crate::settings::{AuditFiles, MutualTls, Settings, WebhookKeyFile};
use crate::store::Store;
use crate::store::audit::head::HeadKey;
use crate::store::audit::heads::{Heads, LATEST};
use crate::store::url::DatabaseUrl;

/// Opens the database, with the signed heads of its audit.
///
/// # Errors
/// When it cannot be reached, or the key or the directory of the heads can be neither used nor made.
pub fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    let (url, files) = (settings.database_url()?, settings.audit_files()?);
    if files.makes_key {
        set_aside_heads_of_another(&url, &files.heads)?;
    }
    let store = Store::open(&url)?;
    let key = head_key(&files)?;
    let shown = files.heads.display().to_string();
    let heads = Heads::open(files.heads, key, || Clock::System.now())
        .with_context(|| format!("the directory of the audit's heads {shown} cannot be used; set audit.heads_dir"))?;
    Ok(store.with_heads(heads))
}

/// A SQLite file that is made anew begins its heads anew; those of the one that was there are kept aside. Not
/// in production: there a database that is gone is what they tell of.
fn set_aside_heads_of_another(url: &DatabaseUrl, heads: &Path) -> anyhow::Result<()> {
    let is_new = matches!(url, DatabaseUrl::Sqlite(path) if !path.exists());
    if is_new && heads.join(LATEST).exists() {
        let aside = heads.with_extension(format!("{}.audit", Uuid::now_v7()));
        fs::rename(heads, &aside)
            .with_context(|| format!("{} is of another database and cannot be moved", heads.display()))?;
    }
    Ok(())
}

/// The key that signs the heads of the audit; made where there is none, outside production.
///
/// # Errors
/// When it can be neither read nor made, or is none.
pub fn head_key(files: &AuditFiles) -> anyhow::Result<HeadKey> {
    let path = &files.signing_key;
    let secret = if files.makes_key { read_or_make(path) } else { read(path) };
    let secret = secret.with_context(|| {
        format!("the audit's signing key {} cannot be read; `mosovo-visits audit key --make` makes one", path.display())
    })?;
    HeadKey::from_seed(secret.expose_secret()).with_context(|| format!("{} holds no signing key", path.display()))
}

/// Puts the service together.
///
/// # Errors
/// When there are no keys to check tokens with, or the policy cannot be read.
pub fn service(settings: &Settings, store: Store, roads: RoadService) -> anyhow::Result<Service> {
    let verifier = Verifier::new(VerifyingKey::of(settings)?, settings.auth());
    let service = Service::new(store, settings.clock(), Policies::built_in()?, verifier, Metrics::new()?);
    let feeds = Feeds::at_once(settings.http().feeds_at_once.get());
    let service = service.with_timetable(registry(settings)?.timetable()).with_feeds(feeds).with_roads(roads);
    let service = service.with_senders(settings.senders()?);
    let service = service.with_receipt_days(settings.transfers().receipt_days());
    Ok(match webhooks(settings)? {
        Some(webhooks) => service.with_webhooks(webhooks),
        None => service,
    })
}

/// Where callers come in.
pub struct Door {
    plain: TcpListener,
    mutual_tls: Option<MutualTls>,
}

impl Door {
    /// A door with one beside it for callers with certificates.
    #[must_use]
    pub const fn with(plain: TcpListener, mutual_tls: MutualTls) -> Self {
        Self { plain, mutual_tls: Some(mutual_tls) }
    }
}

impl From<TcpListener> for Door {
    fn from(plain: TcpListener) -> Self {
        Self { plain, mutual_tls: None }
    }
}

/// The server at a door: not yet running, and deaf to signals unless it is told otherwise.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(
    door: impl Into<Door>,
    service: &Service,
    shutdown_seconds: u64,
    hears_signals: bool,
) -> io::Result<Server> {
    let service = web::Data::new(service.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(service.clone())
            .configure(routes::configure)
            .wrap(from_fn(respond))
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    .on_connect(keep_names)
    .shutdown_timeout(shutdown_seconds);
    let server = if hears_signals { server } else { server.disable_signals() };
    let Door { plain, mutual_tls } = door.into();
    let server = server.listen(plain)?;
    let server = match mutual_tls {
        Some(MutualTls { listener, config }) => server.listen_rustls_0_23(listener, config)?,
        None => server,
    };
    Ok(server.run())
}

/// The jobs that this program runs.
///
/// # Errors
/// When a schedule is none.
pub fn registry(settings: &Settings) -> anyhow::Result<Registry> {
    Ok(Registry::new(&settings.timetable()?))
}

/// The keys of subscriptions and senders; nothing where production names none.
///
/// # Errors
/// When the file that is named cannot be read, or made.
pub fn webhook_keys(settings: &Settings) -> anyhow::Result<Option<WebhookKeys>> {
    let Some(WebhookKeyFile { path, is_made }) = settings.webhook_key_file()? else { return Ok(None) };
    let secret = if is_made { read_or_make(&path) } else { read(&path) };
    let secret = secret.with_context(|| format!("the webhooks' key {} cannot be read", path.display()))?;
    let length = secret.expose_secret().len();
    anyhow::ensure!(
        length >= SHORTEST_KEY,
        "the webhooks' key {} is shorter than {SHORTEST_KEY} characters",
        path.display()
    );
    Ok(Some(WebhookKeys::of(secret.expose_secret())))
}

/// What outward events are delivered with; nothing where production names no key.
fn webhooks(settings: &Settings) -> anyhow::Result<Option<Webhooks>> {
    let Some(keys) = webhook_keys(settings)? else { return Ok(None) };
    Ok(Some(Webhooks::new(settings.webhooks().line()?, keys)))
}

/// A worker for the service's own jobs.
///
/// # Errors
/// When a schedule is none, the policy cannot be read, or something cannot be used as it is set.
pub fn worker(settings: &Settings, store: Store, roads: RoadService) -> anyhow::Result<Worker> {
    let worker = Worker::new(store, settings.clock(), Policies::built_in()?, registry(settings)?).with_roads(roads);
    let worker = worker.with_records(settings.records_sources()?);
    Ok(match webhooks(settings)? {
        Some(webhooks) => worker.with_webhooks(webhooks),
        None => worker,
    })
}

/// Serves until told to stop, and runs the service's own jobs beside it unless told otherwise;
/// requests and jobs under way are brought to their end.
///
/// # Errors
/// When the service cannot be put together, cannot listen, or fails.
pub fn serve(settings: &Settings, store: Store, with_jobs: bool) -> anyhow::Result<()> {
    begin_log(settings)?;
    // One for both, so that what one of them was told the other knows.
    let roads = settings.road_service()?;
    let service = service(settings, store.clone(), roads.clone())?;
    let worker = if with_jobs { Some(Arc::new(worker(settings, store, roads)?)) } else { None };
    let http = settings.http();
    let listener =
        TcpListener::bind(http.bind).with_context(|| format!("cannot listen on {}; set http.bind", http.bind))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let door = match settings.mutual_tls()? {
        Some(mutual_tls) => {
            tracing::info!(address = %mutual_tls.listener.local_addr()?, "serving callers with certificates");
            Door::with(listener, mutual_tls)
        }
        None => listener.into(),
    };
    actix_web::rt::System::new().block_on(async {
        let server = server(door, &service, http.shutdown_seconds, true)?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let jobs = worker.map(|worker| tokio::spawn(drive(worker, async { stopped.await.unwrap_or_default() })));
        tracing::info!(%address, database = %service.store().url(), with_jobs, "serving");
        let served = server.await;
        drop(stop);
        if let Some(jobs) = jobs {
            jobs.await?;
        }
        served
    })?;
    tracing::info!("stopped");
    Ok(())
}

/// Runs the service's own jobs until told to stop, without HTTP; those under way are brought to their
/// end.
///
/// # Errors
/// When the worker cannot be put together.
pub fn work(settings: &Settings, store: Store) -> anyhow::Result<()> {
    begin_log(settings)?;
    let worker = Arc::new(worker(settings, store, settings.road_service()?)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tracing::info!("working");
    runtime.block_on(drive(worker, told_to_stop()));
    tracing::info!("stopped");
    Ok(())
}

/// Done when the process is told to stop: by Ctrl-C, or as a service manager does.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            let (interrupt, terminate) = (pin!(interrupt.recv()), pin!(terminate.recv()));
            futures_util::future::select(interrupt, terminate).await;
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        tracing::warn!("the process cannot hear of Ctrl-C");
        std::future::pending::<()>().await;
    }
}

/// Logs to standard error: JSON in production, text elsewhere.
fn begin_log(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log().filter).context("log.filter is not a filter")?;
    // The web framework's own lines may quote a request.
    let filter = filter.add_directive("actix_http=warn".parse()?).add_directive("actix_web=warn".parse()?);
    // The client of the road service's own lines quote what is asked: where offenders live.
    let filter = filter.add_directive("ureq=off".parse()?).add_directive("ureq_proto=off".parse()?);
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let begun = if settings.is_production() {
        log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    } else {
        log.try_init()
    };
    begun.map_err(|error| anyhow::anyhow!("the log cannot begin: {error}"))
}
