//! `serve` and `token` as the operator runs them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};

use crate::support::{caseload, import, on_both_databases, on_both_databases_by_url, program};
use mosovo_visits::store::Store;

fn command(url: &str, arguments: &[&str]) -> Command {
    let mut command = program(url, arguments);
    command.env("MOSOVO__HTTP__BIND", "127.0.0.1:0");
    command.env("MOSOVO__AUTH__DEVELOPMENT_KEY", "a key of the tests, long enough to be one");
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Where the service listens, as soon as its log says so.
fn address(log: &mut impl BufRead) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "it ended before it served");
        if let Some((_, address)) = line.split_once("serving address=") {
            return address.split_whitespace().next().unwrap().to_owned();
        }
    }
}

#[test]
fn a_service_is_served_read_with_a_token_and_stopped_and_its_log_names_nobody() {
    on_both_databases_by_url(|url| {
        let store = Store::open(&url.parse().unwrap()).unwrap();
        store.migrate().unwrap();
        import(&store, &caseload::feed());
        let mut child = command(url, &["serve", "--migrate"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = address(&mut log);
        let minted = command(url, &["token", "--role", "supervisor", "--force", "wessex", "--team", "north"]).output();
        let token = String::from_utf8(minted.unwrap().stdout).unwrap();
        let read = |path: &str| {
            ureq::get(format!("http://{address}{path}"))
                .header("authorization", format!("Bearer {}", token.trim()))
                .call()
                .unwrap()
                .body_mut()
                .read_to_string()
                .unwrap()
        };
        assert!(read("/v1/offenders/n-1").contains("Nestor"));
        assert!(read("/v1/offenders?search=Nestor").contains("n-1"));
        let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(stopped.success() && child.wait().unwrap().success());
        let mut logged = String::new();
        log.read_to_string(&mut logged).unwrap();
        assert!(logged.contains("route=\"/v1/offenders/{ref}\"") && logged.contains("stopped"), "{logged}");
        for personal in ["n-1", "Nestor", "search", "north"] {
            assert!(!logged.contains(personal), "{personal}: {logged}");
        }
    });
}

#[test]
fn a_database_that_is_behind_is_not_served() {
    on_both_databases_by_url(|url| {
        let output = command(url, &["serve"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains("run `mosovo-visits migrate`"), "{}", told(&output));
    });
}

#[test]
fn a_token_needs_its_force_named_where_there_are_several() {
    on_both_databases_by_url(|url| {
        let store = Store::open(&url.parse().unwrap()).unwrap();
        store.migrate().unwrap();
        let token = || command(url, &["token", "--role", "auditor"]).output().unwrap();
        assert!(told(&token()).contains("--force"));
        let wessex = caseload::feed();
        let wessex: Vec<&str> = wessex.lines().filter(|line| line.contains("/records/wessex")).collect();
        import(&store, &wessex.join("\n"));
        assert_eq!(token().stdout.iter().filter(|byte| **byte == b'.').count(), 2);
        import(&store, &caseload::feed());
        assert!(told(&token()).contains("--force: mercia, wessex"));
    });
}

#[test]
fn production_has_no_development_key() {
    on_both_databases_by_url(|url| {
        let production = |arguments: &[&str]| {
            let mut command = command(url, arguments);
            command.env("MOSOVO__ENVIRONMENT", "production");
            assert!(program(url, &["audit", "key", "--make"]).output().unwrap().status.success());
            command
        };
        let with_a_key = production(&["serve", "--migrate"]).output().unwrap();
        assert!(told(&with_a_key).contains("auth.development_key"), "{}", told(&with_a_key));
        let token = ["token", "--role", "auditor", "--force", "wessex"];
        let minted = production(&token).env_remove("MOSOVO__AUTH__DEVELOPMENT_KEY").output().unwrap();
        assert_eq!((minted.status.code(), minted.stdout.len()), (Some(2), 0));
        assert!(told(&minted).contains("no development key in production"), "{}", told(&minted));
        let without = production(&["serve", "--migrate"]).env_remove("MOSOVO__AUTH__DEVELOPMENT_KEY").output().unwrap();
        assert!(told(&without).contains("auth.public_keys_file is not set"), "{}", told(&without));
    });
}

#[test]
fn a_development_key_that_can_be_guessed_is_refused() {
    on_both_databases(|store| {
        let short = command(&store.url().to_string(), &["token", "--role", "auditor"])
            .env("MOSOVO__AUTH__DEVELOPMENT_KEY", "short")
            .output()
            .unwrap();
        assert!(told(&short).contains("too short"), "{}", told(&short));
    });
}
