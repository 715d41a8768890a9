//! `check`: the independent checker's judgement of a proposal.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::plan::{Proposals, read_snapshots};
use super::{Format, say, say_json};
use crate::domain::dashboard::risk::named;
use crate::planning::achieved::{Achieved, achieved};
use crate::planning::checker::{Findings, Rule, Violation, judge};
use crate::planning::predictability::{Guessed, guessed};
use crate::planning::proposal::Summary;

/// What `check` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What the proposal was made from.
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
    /// The proposal, as `plan --format json` prints it; `-` for standard input.
    proposal: PathBuf,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// True when no hard rule is broken.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let snapshots = read_snapshots(&arguments.snapshot)?;
    let proposals = read_proposals(&arguments.proposal)?;
    let (mut violations, mut kept, mut planned) = (Vec::new(), Vec::new(), Vec::new());
    let mut judged: BTreeMap<String, usize> = BTreeMap::new();
    for proposal in &proposals.proposals {
        // By its hash; a proposal of another snapshot is held against its team's, and so condemned.
        let of_team = |force: &str, team| force == proposal.force && team == &proposal.team_ref;
        let snapshot = snapshots
            .iter()
            .find(|snapshot| snapshot.sha256().is_ok_and(|sha256| sha256 == proposal.snapshot_sha256))
            .or_else(|| snapshots.iter().find(|snapshot| of_team(&snapshot.force, &snapshot.team_ref)))
            .or_else(|| snapshots.first())
            .context("the snapshot file holds no snapshot")?;
        *judged.entry(snapshot.sha256()?).or_default() += 1;
        planned.push((snapshot, proposal));
        let Findings { violations: broken, kept_against_advice } = judge(snapshot, proposal);
        violations.extend(broken);
        kept.extend(kept_against_advice);
    }
    let mut broken = |at: String, detail: &str| {
        violations.push(Violation { rule: Rule::Accounting, at, detail: detail.to_owned() });
    };
    for snapshot in &snapshots {
        let at = format!("{} / {}", snapshot.force, snapshot.team_ref);
        match judged.get(&snapshot.sha256()?) {
            Some(1) => {}
            Some(_) => broken(at, "has several proposals"),
            None => broken(at, "has no proposal"),
        }
    }
    if proposals.summary != Summary::of(&proposals.proposals) {
        broken("summary".to_owned(), "is not the sum of the proposals'");
    }
    let (guessed, achieved) = (guessed(planned), achieved(&proposals.proposals));
    match arguments.format {
        Format::Json => say_json(&json!({
            "proposals": proposals.proposals.len(), "violations": violations, "kept_against_advice": kept,
            "guessed": guessed, "intervals": achieved,
        }))?,
        Format::Text => {
            violations.iter().try_for_each(|violation| say(&violation.to_string()))?;
            kept.iter().try_for_each(|kept| say(&format!("kept against advice: {kept}")))?;
            if violations.is_empty() {
                say(&format!("{} proposals checked, no rule broken", proposals.proposals.len()))?;
            }
            say(&qualities(&guessed, &achieved))?;
        }
    }
    Ok(violations.is_empty())
}

/// How well unannounced visits could be guessed, and which intervals are achieved, line by line.
fn qualities(guessed: &[Guessed], achieved: &[Achieved]) -> String {
    let guesser = |one: &Guessed| {
        let (name, hits, chance) = (one.guesser.as_str(), one.hit_percent(), one.chance_percent());
        format!("  {name:<16} {:>6} guesses, {hits:5.1} % right, {chance:5.1} % by chance", one.guesses)
    };
    let interval = |one: &Achieved| {
        let risk = named(one.risk);
        format!("  {risk:<16} {:>6} visits, {:.3} of the interval that the plans ask for", one.visits, one.mean_ratio)
    };
    let heads = ["How unannounced visits could be guessed:".to_owned()];
    let lines = heads.into_iter().chain(guessed.iter().map(guesser)).chain(["Intervals, by risk:".to_owned()]);
    lines.chain(achieved.iter().map(interval)).collect::<Vec<_>>().join("\n")
}

/// The proposals of a file, or of standard input.
///
/// # Errors
/// When it cannot be read, or holds something else.
pub(super) fn read_proposals(path: &Path) -> anyhow::Result<Proposals> {
    let shown = path.display();
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    }
    .with_context(|| format!("cannot read the proposal {shown}"))?;
    let value: serde_json::Value = serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))?;
    let wrong = || format!("{shown} is not a proposal as `plan --format json` prints it");
    if value.get("proposals").is_some() {
        serde_json::from_value(value).with_context(wrong)
    } else {
        Ok(Proposals::of(vec![serde_json::from_value(value).with_context(wrong)?]))
    }
}
