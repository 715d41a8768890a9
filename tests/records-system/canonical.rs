//! The digest of a record, from the documents alone: docs/INTEGRATION.md ("Drift") and docs/AUDIT.md ("The encoding").

use chrono::{DateTime, Timelike};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 in lower-case hexadecimal over the writing, version 1, of a record's `data`.
pub fn digest(data: &Value) -> String {
    let mut text = String::new();
    write(&mut text, data);
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(is_so) => text.push_str(if *is_so { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&plain(number)),
        Value::String(words) => quote(text, &in_utc(words).unwrap_or_else(|| words.clone())),
        Value::Array(items) => list(text, ('[', ']'), items, write),
        Value::Object(members) => {
            let mut said: Vec<(&String, &Value)> = members.iter().filter(|(_, value)| says_something(value)).collect();
            said.sort_unstable_by_key(|(name, _)| *name);
            list(text, ('{', '}'), &said, |text, (name, value)| {
                quote(text, name);
                text.push(':');
                write(text, value);
            });
        }
    }
}

fn list<T>(text: &mut String, (begin, end): (char, char), items: &[T], write: impl Fn(&mut String, &T)) {
    text.push(begin);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write(text, item);
    }
    text.push(end);
}

/// What is null or an empty array means the same as what is absent.
fn says_something(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty())
}

/// A number by its value, in plain digits.
fn plain(number: &serde_json::Number) -> String {
    if number.is_i64() || number.is_u64() {
        return number.to_string();
    }
    let value = number.as_f64().unwrap_or_default();
    // A nought has no sign here; and `{}` writes no exponent.
    if value == 0.0 { "0".to_owned() } else { format!("{value}") }
}

/// An instant with an offset in UTC, with three, six or nine digits of a second where it has any but noughts.
fn in_utc(words: &str) -> Option<String> {
    let at = DateTime::parse_from_rfc3339(words).ok()?.to_utc();
    let nanoseconds = at.nanosecond();
    let fraction = match (nanoseconds % 1_000, nanoseconds % 1_000_000) {
        _ if nanoseconds == 0 => String::new(),
        (_, 0) => format!(".{:03}", nanoseconds / 1_000_000),
        (0, _) => format!(".{:06}", nanoseconds / 1_000),
        (_, _) => format!(".{nanoseconds:09}"),
    };
    Some(format!("{}{fraction}Z", at.format("%Y-%m-%dT%H:%M:%S")))
}

fn quote(text: &mut String, words: &str) {
    text.push('"');
    for character in words.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            '\0'..'\u{20}' => text.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => text.push(character),
        }
    }
    text.push('"');
}
