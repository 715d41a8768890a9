//! A records system to try the service with: the other side of `docs/INTEGRATION.md`, as a program of its own with a database of its own.
//!
//! It plays ViSOR or MAPPS: it holds records and tells of them, sent or offered page by page; it hears of what is entered at the service by
//! webhook, calls back for it, and tells of it too, as a records system does that has taken something over. It shares no code with the service: what
//! it knows of the protocol it knows from the documents. It is told under `/control` what to hold and what to do wrong; whatever it does wrong it
//! makes good by itself. All people in it are invented.

mod canonical;
mod echo;
mod faults;
mod ledger;
mod line;
mod schema;
mod serve;
mod tls;
mod work;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::{App, HttpServer, web};
use anyhow::Context;
use clap::{Args, Parser};

use faults::Faults;
use ledger::Ledger;
use line::{Line, LineArguments};

/// A records system to try the service with; all people in it are invented.
#[derive(Debug, Parser)]
#[command(name = "records-system")]
struct Arguments {
    /// Where it listens: webhooks (`/hooks`), its feed (`/feed`) and `/control`.
    #[arg(long, default_value = "127.0.0.1:0")]
    address: SocketAddr,
    /// The file of its database (SQLite), made where there is none.
    #[arg(long)]
    database: PathBuf,
    /// The force whose records it holds.
    #[arg(long)]
    force: String,
    /// Which of the force's systems it is, where it has several.
    #[arg(long)]
    system: Option<String>,
    /// What the service signs its webhooks with, as the answer to the subscription has it; read anew for each.
    #[arg(long)]
    webhook_secret_file: Option<PathBuf>,
    /// Offers its records as a feed alone, and sends none.
    #[arg(long)]
    feed_only: bool,
    #[command(flatten)]
    line: LineArguments,
    #[command(flatten)]
    door: DoorArguments,
}

/// A door of its own for callers with certificates: its feed over mutual TLS.
#[derive(Debug, Args)]
struct DoorArguments {
    /// Where the feed is offered to callers with certificates.
    #[arg(long, requires_all = ["door_certificate_file", "door_key_file", "door_client_ca_file"])]
    door_address: Option<SocketAddr>,
    /// What that door shows, as PEM.
    #[arg(long)]
    door_certificate_file: Option<PathBuf>,
    /// The key of that, as PEM.
    #[arg(long)]
    door_key_file: Option<PathBuf>,
    /// Who may vouch for callers, as PEM.
    #[arg(long)]
    door_client_ca_file: Option<PathBuf>,
}

/// All that a records system is.
struct System {
    ledger: Ledger,
    faults: Faults,
    line: Option<Line>,
    webhook_secret_file: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let source = match &arguments.system {
        Some(system) => format!("/records/{}/{system}", arguments.force),
        None => format!("/records/{}", arguments.force),
    };
    let system = Arc::new(System {
        ledger: Ledger::open(&arguments.database, source)?,
        faults: Faults::default(),
        line: arguments.line.line()?,
        webhook_secret_file: arguments.webhook_secret_file,
    });
    let listener = TcpListener::bind(arguments.address).context("--address cannot be listened on")?;
    let address = listener.local_addr()?;
    let door = door(&arguments.door)?;
    actix_web::rt::System::new().block_on(async {
        let shared = web::Data::from(Arc::clone(&system));
        let data = shared.clone();
        let all = HttpServer::new(move || App::new().app_data(data.clone()).configure(serve::everything));
        let mut servers = vec![all.workers(2).listen(listener)?.run()];
        if let Some((listener, config)) = door {
            tracing::info!(address = %listener.local_addr()?, "serving callers with certificates");
            let feed = HttpServer::new(move || App::new().app_data(shared.clone()).configure(serve::feed_alone));
            servers.push(feed.workers(1).listen_rustls_0_23(listener, config)?.run());
        }
        work::begin(&system, !arguments.feed_only);
        tracing::info!(%address, "serving");
        futures_util::future::try_join_all(servers).await
    })?;
    Ok(())
}

fn door(arguments: &DoorArguments) -> anyhow::Result<Option<(TcpListener, rustls::ServerConfig)>> {
    let DoorArguments { door_address, door_certificate_file, door_key_file, door_client_ca_file } = arguments;
    let (Some(address), Some(certificate), Some(key), Some(client_ca)) =
        (door_address, door_certificate_file, door_key_file, door_client_ca_file)
    else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).context("--door-address cannot be listened on")?;
    Ok(Some((listener, tls::asking_for_certificates(certificate, key, client_ca)?)))
}
