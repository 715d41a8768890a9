//! The contract's own JSON Schema.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::support::fixture;

/// One event of the feed, version 1.
pub static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(&fixture("feed.schema.json.gz")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});
