//! The JSON Schema of a mapping, made from its types: `docs/schema/extract-mapping.schema.json`.

use serde_json::Value;

use super::mapping::MappingDocument;
use crate::planning::schema;

/// The schema of a mapping (draft 2020-12).
#[must_use]
pub fn extract_mapping() -> Value {
    schema::of::<MappingDocument>()
}
