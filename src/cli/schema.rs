//! `schema`: the JSON Schemas of the files that `plan` writes and reads, and of the mappings of extracts.

use clap::{Args, ValueEnum};

use super::say_json;
use crate::planning::schema;
use crate::records::extract::schema::extract_mapping;

/// What `schema` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Of which file.
    #[arg(value_enum)]
    of: Document,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Document {
    /// What a proposal is made from.
    Snapshot,
    /// What the planner puts to a person.
    Proposal,
    /// How the rows of an extract become records.
    ExtractMapping,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    say_json(&match arguments.of {
        Document::Snapshot => schema::snapshot(),
        Document::Proposal => schema::proposal(),
        Document::ExtractMapping => extract_mapping(),
    })
}
