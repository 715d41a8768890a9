//! A throw-away PostgreSQL cluster, started from the machine's own binaries once a test run.
//!
//! A shell keeps it: when this process ends, however it ends, the shell's standard input closes,
//! and it stops the server and takes its files away. Logins are SCRAM over loopback.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

/// Makes the cluster, starts it, says so, waits for the end of standard input, takes it all away.
const KEEPER: &str = r#"
set -e
"$@" "$BIN/initdb" -D "$DIR/data" -U mosovo --pwfile="$DIR/password" --auth=scram-sha-256 -E UTF8 --locale=C >"$DIR/log" 2>&1
echo "fsync = off" >>"$DIR/data/postgresql.conf"
"$@" "$BIN/pg_ctl" -D "$DIR/data" -l "$DIR/server.log" -w -o "-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=" start >>"$DIR/log" 2>&1
echo ready
cat >/dev/null
"$@" "$BIN/pg_ctl" -D "$DIR/data" -m immediate stop >/dev/null 2>&1
rm -rf "$DIR"
"#;

struct Cluster {
    port: u16,
    /// Held so that its standard input stays open as long as this process lives.
    _keeper: Child,
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();

/// The URL of a new, empty database; nothing where the machine has no PostgreSQL, which is said
/// loudly, or is a failure where `MOSOVO_TEST_REQUIRE=postgres` is set.
pub fn fresh_database() -> Option<String> {
    let cluster = CLUSTER.get_or_init(start).as_ref()?;
    let url = |database: &str| format!("postgres://mosovo:invented@127.0.0.1:{}/{database}", cluster.port);
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut connection = PgConnection::establish(&url("postgres")).unwrap();
    connection.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    Some(url(&name))
}

fn start() -> Option<Cluster> {
    let Some(binaries) = binaries() else {
        if std::env::var_os("MOSOVO_TEST_REQUIRE").is_some_and(|required| required == "postgres") {
            panic!("MOSOVO_TEST_REQUIRE=postgres is set and this machine has no initdb: install PostgreSQL");
        }
        eprintln!(
            "\n*** NOT TESTED ON POSTGRESQL: this machine has no initdb. Install PostgreSQL to test on both. ***\n"
        );
        return None;
    };
    let directory = std::env::temp_dir().join(format!("mosovo-visits-postgres-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("password"), "invented").unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("sh");
    command.args(["-c", KEEPER, "keeper"]).args(as_whom(&directory));
    command.env("BIN", binaries).env("DIR", &directory).env("PORT", port.to_string());
    let mut keeper = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    assert_eq!(ready, "ready\n", "PostgreSQL did not start; see {}", directory.display());
    Some(Cluster { port, _keeper: keeper })
}

/// PostgreSQL refuses to run as root: root runs it as the user that its package made.
fn as_whom(directory: &Path) -> Vec<&'static str> {
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout != b"0\n" {
        return Vec::new();
    }
    assert!(Command::new("chown").args(["-R", "postgres"]).arg(directory).status().unwrap().success());
    vec!["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
}

/// Where `initdb` is: on the path, or where Debian keeps it, the newest version first.
fn binaries() -> Option<PathBuf> {
    let on_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    debian.sort();
    on_path.chain(debian.into_iter().rev()).find(|directory| directory.join("initdb").is_file())
}
