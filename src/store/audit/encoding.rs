//! How an entry, and the head of a chain, become bytes: always the same ones, whichever database kept
//! them. docs/AUDIT.md gives the encoding for whoever checks it with a program of their own.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Bytes of a hash.
const HASH_BYTES: usize = 32;

/// What stands for the hash before a chain's first entry: 64 noughts.
pub const BEFORE_THE_FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// JSON as it is hashed and signed: no white space, members in the order of their names' code points,
/// text escaped no more than JSON asks for, numbers in plain digits without an exponent.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value);
    text
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => write_number(text, number),
        Value::String(string) => write_text(text, string),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(text, index);
                write_value(text, item);
            }
            text.push(']');
        }
        Value::Object(members) => write_members(text, members),
    }
}

fn write_members(text: &mut String, members: &Map<String, Value>) {
    let mut names: Vec<&String> = members.keys().collect();
    names.sort_unstable();
    text.push('{');
    for (index, name) in names.into_iter().enumerate() {
        separate(text, index);
        write_text(text, name);
        text.push(':');
        write_value(text, members.get(name).unwrap_or(&Value::Null));
    }
    text.push('}');
}

fn separate(text: &mut String, index: usize) {
    if index > 0 {
        text.push(',');
    }
}

/// A database may write `1e3` as `1000` and `1.50` as `1.5`: a number goes by its value.
fn write_number(text: &mut String, number: &serde_json::Number) {
    let whole =
        number.as_i64().map(|whole| whole.to_string()).or_else(|| number.as_u64().map(|whole| whole.to_string()));
    let float = || {
        number.as_f64().map_or_else(String::new, |float| if float == 0.0 { "0".to_owned() } else { float.to_string() })
    };
    text.push_str(&whole.unwrap_or_else(float));
}

fn write_text(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                // Writing to a string does not fail.
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

/// The SHA-256 of a purpose's name, a line feed and a value, in lower-case hexadecimal.
#[must_use]
pub fn sha256(purpose: &str, value: &Value) -> String {
    hex(&Sha256::digest(labelled(purpose, value)))
}

/// A purpose's name, a line feed and a value: what is hashed or signed for one purpose is never taken
/// for what is meant for another.
#[must_use]
pub fn labelled(purpose: &str, value: &Value) -> Vec<u8> {
    format!("{purpose}\n{}", canonical(value)).into_bytes()
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(HASH_BYTES * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// So many bytes from lower-case hexadecimal; nothing where it is not that.
#[must_use]
pub fn from_hex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let is_lower_hex = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if !is_lower_hex || text.len() != BYTES * 2 {
        return None;
    }
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn members_are_in_order_and_text_is_escaped_no_more_than_needed() {
        let value = read(r#"{ "b" : [ true, null ], "a/é" : "\u0041\u00e9\u0001\n\"\\\/", "": {} }"#);
        assert_eq!(canonical(&value), "{\"\":{},\"a/é\":\"Aé\\u0001\\n\\\"\\\\/\",\"b\":[true,null]}");
    }

    #[test]
    fn a_number_goes_by_its_value_however_a_database_writes_it() {
        for (same, expected) in [
            (["1", "1.0", "1e0"], "1"),
            (["-0.0", "0", "0.00"], "0"),
            (["1e21", "1000000000000000000000", "1000000000000000000000.0"], "1000000000000000000000"),
            (["9007199254740992.0", "9007199254740992", "9.007199254740992e15"], "9007199254740992"),
            (["12345678901234567000", "1.2345678901234567e19", "12345678901234567000.0"], "12345678901234567000"),
            (["1e-7", "0.0000001", "0.00000010"], "0.0000001"),
            (["-1.50", "-1.5", "-15e-1"], "-1.5"),
        ] {
            for text in same {
                assert_eq!(canonical(&read(text)), expected, "{text}");
            }
        }
        assert_eq!(canonical(&read("18446744073709551615")), "18446744073709551615");
        assert_eq!(canonical(&read("-9223372036854775808")), "-9223372036854775808");
    }

    #[test]
    fn hexadecimal_goes_there_and_back_in_lower_case_alone() {
        assert_eq!(from_hex::<2>(&hex(&[0, 255])), Some([0, 255]));
        for wrong in ["00f", "00FF", "00fg", "", "+0ff", "00é"] {
            assert_eq!(from_hex::<2>(wrong), None, "{wrong}");
        }
    }
}
