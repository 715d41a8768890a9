//! What the records system says that it holds: one record a line, by type, key and digest.

use serde_json::Value;
use thiserror::Error;

use super::feed::fault::{Fault, FaultCode};
use super::feed::fields::{Fields, Reading, instant, reference, string};
use crate::casework::drift::HeldThere;
use crate::domain::drift::Digested;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::audit::encoding::from_hex;

/// Bytes of a digest.
const DIGEST_BYTES: usize = 32;

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Reads the lines, in any order. Of a type that a line names, they are all that there are.
///
/// # Errors
/// With the first line that cannot be read, or names a record again.
pub fn read_digests(lines: &[u8]) -> Result<HeldThere, BadLine> {
    let mut held = HeldThere::new();
    for (index, line) in lines.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        let bad = |fault| BadLine { line: index.saturating_add(1), fault };
        let (kind, subject, digested) = read_line(line).map_err(bad)?;
        if held.entry(kind).or_default().insert(subject, digested).is_some() {
            return Err(bad(
                Fault::here(FaultCode::NotUnique, "a line before names that record; name each once").under("subject")
            ));
        }
    }
    Ok(held)
}

fn read_line(line: &[u8]) -> Reading<(RecordKind, Ref, Digested)> {
    let value: Value = serde_json::from_slice(line)
        .map_err(|_| Fault::here(FaultCode::InvalidJson, "is not JSON in UTF-8; send one object a line"))?;
    read_digest(value)
}

/// Reads what names one record.
///
/// # Errors
/// The first fault found.
pub(super) fn read_digest(value: Value) -> Reading<(RecordKind, Ref, Digested)> {
    let mut fields = Fields::of(value)?;
    let kind = fields.required("type", kind)?;
    let subject = fields.required("subject", reference)?;
    let digest = fields.required("digest", digest)?;
    let time = fields.required("time", instant)?;
    fields.finish()?;
    Ok((kind, subject, Digested { digest, time }))
}

fn kind(value: Value) -> Reading<RecordKind> {
    RecordKind::of_event_type(&string(value)?).ok_or_else(|| {
        Fault::here(FaultCode::UnknownType, "must be an event type of the feed, such as records.visit.v1")
    })
}

fn digest(value: Value) -> Reading<String> {
    let digest = string(value)?;
    if from_hex::<DIGEST_BYTES>(&digest).is_some() {
        return Ok(digest);
    }
    Err(Fault::here(FaultCode::NotAllowed, "must be a SHA-256 in 64 lower-case hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(member: &str, value: Value) -> Value {
        let mut line = json!({"type": "records.visit.v1", "subject": "v", "digest": "0f".repeat(32), "time": "2021-05-01T10:00:00Z"});
        line[member] = value;
        line
    }

    #[test]
    fn lines_are_read_in_any_order_and_each_record_once() {
        let (v, w, o) =
            (line("subject", json!("v")), line("subject", json!("w")), line("type", json!("records.offender.v1")));
        let held = read_digests(format!("{w}\n{o}\n\n{v}\n").as_bytes()).unwrap();
        let sizes: Vec<(RecordKind, usize)> = held.iter().map(|(kind, held)| (*kind, held.len())).collect();
        assert_eq!(sizes, [(RecordKind::Offender, 1), (RecordKind::Visit, 2)]);
        let twice = read_digests(format!("{v}\n{v}").as_bytes()).unwrap_err();
        assert_eq!((twice.line, twice.fault.code, twice.fault.pointer.as_str()), (2, FaultCode::NotUnique, "/subject"));
    }

    #[test]
    fn a_line_that_cannot_be_read_says_where_and_repeats_nothing() {
        for (member, value, code) in [
            ("type", json!("records.deleted.v1"), FaultCode::UnknownType),
            ("type", json!("records.dip_sample.v1"), FaultCode::UnknownType),
            ("subject", json!(" "), FaultCode::Blank),
            ("digest", json!("0F".repeat(32)), FaultCode::NotAllowed),
            ("digest", json!("0f"), FaultCode::NotAllowed),
            ("time", json!("2021-05-01"), FaultCode::BadInstant),
            ("secret", json!(1), FaultCode::UnknownMember),
        ] {
            let good = line("subject", json!("first"));
            let bad = read_digests(format!("{good}\n{}", line(member, value)).as_bytes()).unwrap_err();
            assert_eq!((bad.line, bad.fault.code, bad.fault.pointer), (2, code, format!("/{member}")));
        }
        assert_eq!(read_digests(b"{").unwrap_err().fault.code, FaultCode::InvalidJson);
        assert_eq!(read_digests(b"\xff").unwrap_err().fault.code, FaultCode::InvalidJson);
    }
}
