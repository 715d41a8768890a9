//! From the domain's records to events of the feed.

use std::io;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::domain::calendar::Instant;
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;

/// Members that the feed requires and lets be null; any other that is not known is left out.
const REQUIRED_OR_NULL: [&str; 5] = ["ends_on", "left_on", "officer_ref", "team_ref", "visit_requirement"];

/// Takes the events of one force.
pub(super) struct Feed<'a> {
    source: String,
    written: u64,
    write: &'a mut dyn FnMut(&Value) -> io::Result<()>,
}

impl<'a> Feed<'a> {
    pub(super) fn of(force: &str, write: &'a mut dyn FnMut(&Value) -> io::Result<()>) -> Self {
        Self { source: format!("/records/{force}/invented"), written: 0, write }
    }

    /// Events written so far.
    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    /// Says what a record is from an instant on.
    pub(super) fn put(&mut self, subject: &Ref, at: Instant, record: &Record) -> io::Result<()> {
        let mut data = record.to_json()?;
        leave_out_unknowns(&mut data);
        self.event(&format!("records.{}.v1", record.kind()), subject, at, data)
    }

    /// Withdraws a record.
    pub(super) fn withdraw(&mut self, kind: RecordKind, subject: &Ref, at: Instant, reason: &str) -> io::Result<()> {
        let data = json!({ "type": format!("records.{kind}.v1"), "subject": subject, "reason": reason });
        self.event("records.deleted.v1", subject, at, data)
    }

    fn event(&mut self, event_type: &str, subject: &Ref, at: Instant, data: Value) -> io::Result<()> {
        self.written += 1;
        (self.write)(&json!({
            "specversion": "1.0",
            "id": format!("e-{:08}", self.written),
            "source": self.source,
            "type": event_type,
            "subject": subject,
            "time": at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "datacontenttype": "application/json",
            "data": data,
        }))
    }
}

/// A reference made up here, which is always a good one.
pub(super) fn reference(text: impl Into<String>) -> io::Result<Ref> {
    Ref::new(text).map_err(io::Error::other)
}

fn leave_out_unknowns(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, member| !member.is_null() || REQUIRED_OR_NULL.contains(&name.as_str()));
            members.values_mut().for_each(leave_out_unknowns);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_unknowns),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
