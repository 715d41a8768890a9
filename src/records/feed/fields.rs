//! Readers of JSON values, and the members of an object taken out one by one.
//!
//! A reader is a function from a JSON value to a domain value or a [`Fault`]; readers compose, and
//! the containers add their part of the pointer to a fault on its way out.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde::de::{self, DeserializeOwned, IntoDeserializer};
use serde_json::{Map, Number, Value};

use super::fault::{Fault, FaultCode};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::Ref;
use crate::domain::working_time::TimeOfDay;

/// The longest text with a `minLength`, in Unicode characters.
pub const MAX_TEXT_CHARS: usize = 200;

/// The longest free text, in Unicode characters.
pub const MAX_FREE_TEXT_CHARS: usize = 10_000;

/// What a reader gives.
pub type Reading<T> = Result<T, Fault>;

/// The members of an object not yet read.
#[derive(Debug)]
pub struct Fields {
    members: Map<String, Value>,
}

impl Fields {
    /// The members of a value.
    ///
    /// # Errors
    /// [`FaultCode::NotAnObject`].
    pub fn of(value: Value) -> Reading<Self> {
        match value {
            Value::Object(members) => Ok(Self { members }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(Fault::here(FaultCode::NotAnObject, "must be a JSON object"))
            }
        }
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// [`FaultCode::MissingMember`], or the reader's fault.
    pub fn required<T>(&mut self, name: &str, read: impl Fn(Value) -> Reading<T>) -> Reading<T> {
        self.optional(name, read)?.ok_or_else(|| {
            Fault::here(FaultCode::MissingMember, "is required and absent; send the whole record").under(name)
        })
    }

    /// A member that must be there and may be null.
    ///
    /// # Errors
    /// [`FaultCode::MissingMember`], or the reader's fault.
    pub fn required_or_null<T>(&mut self, name: &str, read: impl Fn(Value) -> Reading<T>) -> Reading<Option<T>> {
        self.required(name, nullable(read))
    }

    /// A member that may be absent but not null.
    ///
    /// # Errors
    /// The reader's fault.
    pub fn optional<T>(&mut self, name: &str, read: impl Fn(Value) -> Reading<T>) -> Reading<Option<T>> {
        self.members.remove(name).map(read).transpose().map_err(|fault| fault.under(name))
    }

    /// A member that may be absent or null, which mean the same.
    ///
    /// # Errors
    /// The reader's fault.
    pub fn optional_or_null<T>(&mut self, name: &str, read: impl Fn(Value) -> Reading<T>) -> Reading<Option<T>> {
        Ok(self.optional(name, nullable(read))?.flatten())
    }

    /// Ends the reading of the object.
    ///
    /// # Errors
    /// [`FaultCode::UnknownMember`] when anything is left.
    pub fn finish(self) -> Reading<()> {
        self.members.keys().next().map_or(Ok(()), |name| {
            let detail = "is not a member of this object in version 1 of the feed; leave it out";
            Err(under_foreign(Fault::here(FaultCode::UnknownMember, detail), name))
        })
    }
}

/// Points at a member whose name the sender made up, or at its object where the name is not fit
/// for a report: over the limit of a text, or with control characters, which no column could hold.
fn under_foreign(fault: Fault, name: &str) -> Fault {
    if exceeds(name, MAX_TEXT_CHARS) || name.chars().any(char::is_control) { fault } else { fault.under(name) }
}

fn exceeds(text: &str, max_chars: usize) -> bool {
    text.len() > max_chars && text.chars().count() > max_chars
}

fn nullable<T>(read: impl Fn(Value) -> Reading<T>) -> impl Fn(Value) -> Reading<Option<T>> {
    move |value| if value.is_null() { Ok(None) } else { read(value).map(Some) }
}

/// Reads an object of which every member is known.
pub fn object<T>(read: impl Fn(&mut Fields) -> Reading<T>) -> impl Fn(Value) -> Reading<T> {
    move |value| {
        let mut fields = Fields::of(value)?;
        let read = read(&mut fields)?;
        fields.finish()?;
        Ok(read)
    }
}

/// Reads a value, then judges what was read as a whole.
pub fn checked<T>(
    read: impl Fn(Value) -> Reading<T>,
    check: impl Fn(&T) -> Reading<()>,
) -> impl Fn(Value) -> Reading<T> {
    move |value| {
        let read = read(value)?;
        check(&read)?;
        Ok(read)
    }
}

/// Reads an object whose member names and values are both of closed sets.
///
/// # Errors
/// When a name or a value is none of those allowed.
pub fn table<K: DeserializeOwned + Ord, V: DeserializeOwned>(value: Value) -> Reading<BTreeMap<K, V>> {
    let entry = |(name, value): (String, Value)| {
        let key = named(&name).map_err(|Unnamed(allowed)| {
            under_foreign(Fault::here(FaultCode::UnknownMember, must_be_one_of(allowed)), &name)
        })?;
        Ok((key, one_of(value).map_err(|fault| fault.under(&name))?))
    };
    Fields::of(value)?.members.into_iter().map(entry).collect()
}

/// Reads an array of any length.
pub fn list<T>(read: impl Fn(Value) -> Reading<T>) -> impl Fn(Value) -> Reading<Vec<T>> {
    move |value| match value {
        Value::Array(items) => {
            let item = |(index, item): (usize, Value)| read(item).map_err(|fault| fault.under(&index.to_string()));
            items.into_iter().enumerate().map(item).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(wrong_type("an array"))
        }
    }
}

/// Refuses an array without items.
pub fn non_empty<T>(read: impl Fn(Value) -> Reading<Vec<T>>) -> impl Fn(Value) -> Reading<Vec<T>> {
    checked(read, |items: &Vec<T>| {
        if items.is_empty() { Err(Fault::here(FaultCode::TooFew, "must have at least one item")) } else { Ok(()) }
    })
}

/// Refuses an array that lists an item twice. Every item that must be unique is a text with one
/// spelling a value, so equal values are equal JSON.
pub fn distinct<T: Eq + Hash>(read: impl Fn(Value) -> Reading<Vec<T>>) -> impl Fn(Value) -> Reading<Vec<T>> {
    checked(read, |items: &Vec<T>| {
        let mut seen = HashSet::with_capacity(items.len());
        items.iter().position(|item| !seen.insert(item)).map_or(Ok(()), |index| {
            let detail = "is in the array already; list it once";
            Err(Fault::here(FaultCode::NotUnique, detail).under(&index.to_string()))
        })
    })
}

fn wrong_type(wanted: &str) -> Fault {
    Fault::here(FaultCode::WrongType, format!("must be {wanted}"))
}

/// Reads any string that can be stored.
///
/// # Errors
/// [`FaultCode::WrongType`], or [`FaultCode::NulCharacter`].
pub fn string(value: Value) -> Reading<String> {
    match value {
        Value::String(text) if text.contains('\0') => {
            Err(Fault::here(FaultCode::NulCharacter, "contains U+0000, which cannot be stored; remove it"))
        }
        Value::String(text) => Ok(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(wrong_type("a string"))
        }
    }
}

fn string_up_to(max_chars: usize, value: Value) -> Reading<String> {
    let text = string(value)?;
    if exceeds(&text, max_chars) {
        let detail = format!("must have at most {max_chars} characters; shorten it");
        return Err(Fault::here(FaultCode::TooLong, detail));
    }
    Ok(text)
}

/// Reads a text of 1 to [`MAX_TEXT_CHARS`] characters that is not white space alone.
///
/// # Errors
/// [`FaultCode::Blank`] or [`FaultCode::TooLong`], besides those of [`string`].
pub fn text(value: Value) -> Reading<String> {
    let text = string_up_to(MAX_TEXT_CHARS, value)?;
    if text.trim().is_empty() {
        return Err(Fault::here(FaultCode::Blank, "must not be empty or white space alone"));
    }
    Ok(text)
}

/// Reads a text of up to [`MAX_FREE_TEXT_CHARS`] characters, blank or not.
///
/// # Errors
/// [`FaultCode::TooLong`], besides those of [`string`].
pub fn free_text(value: Value) -> Reading<String> {
    string_up_to(MAX_FREE_TEXT_CHARS, value)
}

/// Reads a reference.
///
/// # Errors
/// Those of [`text`].
pub fn reference(value: Value) -> Reading<Ref> {
    Ref::new(text(value)?).map_err(|error| Fault::here(FaultCode::Blank, error.to_string()))
}

/// Reads a boolean.
///
/// # Errors
/// [`FaultCode::WrongType`].
pub fn boolean(value: Value) -> Reading<bool> {
    value.as_bool().ok_or_else(|| wrong_type("true or false"))
}

/// Reads a whole number within limits. As in JSON Schema, 30.0 is whole.
pub fn integer<T>(range: RangeInclusive<T>) -> impl Fn(Value) -> Reading<T>
where
    T: TryFrom<i64> + PartialOrd + fmt::Display,
{
    move |value| {
        let number = json_number(value, "a whole number")?;
        let float = number.as_f64().filter(|float| float.fract() == 0.0).ok_or_else(|| wrong_type("a whole number"))?;
        // A float is written without an exponent, so a whole one reads back as an integer.
        let whole = number.as_i64().or_else(|| float.to_string().parse().ok());
        let within = whole.and_then(|whole| T::try_from(whole).ok()).filter(|whole| range.contains(whole));
        within.ok_or_else(|| out_of_range(&range))
    }
}

/// Reads a number within limits.
pub fn number(range: RangeInclusive<f64>) -> impl Fn(Value) -> Reading<f64> {
    move |value| {
        let number = json_number(value, "a number")?.as_f64();
        number.filter(|number| range.contains(number)).ok_or_else(|| out_of_range(&range))
    }
}

fn json_number(value: Value, wanted: &str) -> Reading<Number> {
    match value {
        Value::Number(number) => Ok(number),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Err(wrong_type(wanted)),
    }
}

fn out_of_range<T: fmt::Display>(range: &RangeInclusive<T>) -> Fault {
    let detail = format!("must be from {} to {}", range.start(), range.end());
    Fault::here(FaultCode::OutOfRange, detail)
}

/// Reads one of the names that serde knows a domain enum's values by.
///
/// # Errors
/// [`FaultCode::NotAllowed`], besides those of [`string`].
pub fn one_of<T: DeserializeOwned>(value: Value) -> Reading<T> {
    named(&string(value)?).map_err(|Unnamed(allowed)| Fault::here(FaultCode::NotAllowed, must_be_one_of(allowed)))
}

fn must_be_one_of(allowed: &[&str]) -> String {
    format!("must be one of {}", allowed.join(", "))
}

fn named<T: DeserializeOwned>(name: &str) -> Result<T, Unnamed> {
    T::deserialize(name.into_deserializer())
}

/// Serde's complaint about a name, reduced to the names it would take: its message repeats the
/// name received, which may be personal.
#[derive(Debug)]
struct Unnamed(&'static [&'static str]);

impl fmt::Display for Unnamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of the names allowed")
    }
}

impl std::error::Error for Unnamed {}

impl de::Error for Unnamed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(expected)
    }
}

/// Reads a civil date, `YYYY-MM-DD` and nothing else.
///
/// # Errors
/// [`FaultCode::BadDate`], besides those of [`string`].
pub fn date(value: Value) -> Reading<CivilDate> {
    parse_date(&string(value)?)
        .ok_or_else(|| Fault::here(FaultCode::BadDate, "must be a date that exists, written YYYY-MM-DD"))
}

fn parse_date(text: &str) -> Option<CivilDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let all_digits = [y1, y2, y3, y4, m1, m2, d1, d2].into_iter().all(u8::is_ascii_digit);
    if all_digits { text.parse().ok() } else { None }
}

/// Reads an RFC 3339 instant with its offset; a leap second is refused.
///
/// # Errors
/// [`FaultCode::BadInstant`], besides those of [`string`].
pub fn instant(value: Value) -> Reading<Instant> {
    parse_instant(&string(value)?).ok_or_else(|| {
        let detail = "must be an RFC 3339 instant with an offset, and not a leap second";
        Fault::here(FaultCode::BadInstant, detail)
    })
}

/// Closes what chrono leaves open beyond RFC 3339 (another separator, U+2212 for a minus) and the
/// leap second that the contract refuses; chrono judges the rest.
fn parse_instant(text: &str) -> Option<Instant> {
    let (day, rest) = text.split_at_checked(10)?;
    parse_date(day)?;
    let (clock, _) = rest.strip_prefix(['T', 't'])?.split_at_checked(8)?;
    if !text.is_ascii() || clock.ends_with("60") {
        return None;
    }
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}

/// Reads a time of day, `HH:MM`.
///
/// # Errors
/// [`FaultCode::BadTime`], besides those of [`string`].
pub fn time_of_day(value: Value) -> Reading<TimeOfDay> {
    TimeOfDay::parse(&string(value)?).map_err(|error| Fault::here(FaultCode::BadTime, error.to_string()))
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
