//! `replay`: a stored proposal planned again from what it was made from, and held against what is stored.

use anyhow::Context;
use clap::Args;
use uuid::Uuid;

use super::plan::Progress;
use super::{Format, say, say_json};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::schedules::replay::{Kept, Replayed, Verdict};
use crate::store::Store;

/// What `replay` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The proposal's id.
    id: Uuid,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// True when planning again gives the same bytes and no rule is broken.
pub(super) fn run(arguments: &Arguments, store: &Store, clock: Clock) -> anyhow::Result<bool> {
    let shown = arguments.id;
    let kept = Kept::read(store, clock, &Actor::Operator, shown).with_context(|| format!("proposal {shown}"))?;
    let progress = Progress::new(1, kept.budget().iterations);
    let replayed = kept.replay(|done| progress.tell(0, done)).with_context(|| format!("proposal {shown}"))?;
    progress.bar.finish_and_clear();
    match arguments.format {
        Format::Json => say_json(&replayed)?,
        Format::Text => text(&replayed).iter().try_for_each(|line| say(line))?,
    }
    Ok(replayed.verdict == Verdict::Same)
}

fn text(replayed: &Replayed) -> Vec<String> {
    let Replayed { id, force, team_ref, engine, engine_here, visits, visits_alike, .. } = replayed;
    let mut lines = vec![format!("{force} / {team_ref}, proposal {id}")];
    if !replayed.is_snapshot_whole {
        lines.push("  what is stored as its snapshot is not what it was made from: its hash is another".to_owned());
    }
    lines.extend(replayed.violations.iter().map(|violation| format!("  {violation}")));
    if replayed.is_same {
        lines.push("  planned again it is the same, byte for byte".to_owned());
    } else {
        lines.push(format!("  planned again it differs in: {}", in_words(&replayed.differs_in)));
        lines.push(format!("  {visits_alike} of its {visits} visits are planned alike"));
    }
    lines.push(match replayed.verdict {
        Verdict::Same => "  the checker finds nothing broken".to_owned(),
        Verdict::Broken => "  what is stored is broken".to_owned(),
        Verdict::PlansOtherwise => {
            let because = match engine {
                None => format!("which engine planned it was not kept; this release's is {engine_here}"),
                Some(engine) if engine == engine_here => {
                    format!("engine {engine} planned it, as this release would: one of the two programs is not what its name says")
                }
                Some(engine) => format!("engine {engine} planned it, this release's is {engine_here}"),
            };
            format!("  the checker finds nothing broken, but this release plans differently: {because}")
        }
    });
    lines
}

fn in_words(members: &[String]) -> String {
    if members.is_empty() { "nothing but how it is written".to_owned() } else { members.join(", ") }
}
