//! Reading JSON with a finger on the place: every fault carries its JSON pointer.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault::{Fault, FaultCode};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::{MAX_REFERENCE_CHARS, Ref};
use crate::domain::working_time::TimeOfDay;

/// The longest free text, in Unicode characters (records feed, version 1).
const MAX_FREE_TEXT_CHARS: usize = 10_000;

/// What a reading gives.
pub type Reading<T> = Result<T, Fault>;

/// A value and where it stands.
#[derive(Debug)]
pub struct Place {
    value: Value,
    pointer: String,
}

impl Place {
    /// A value at a JSON pointer.
    pub fn new(value: Value, pointer: impl Into<String>) -> Self {
        Self { value, pointer: pointer.into() }
    }

    fn fault<T>(&self, code: FaultCode, detail: impl Into<String>) -> Reading<T> {
        Err(Fault::new(code, self.pointer.clone(), detail))
    }

    fn wrong_type<T>(&self, wanted: &str) -> Reading<T> {
        self.fault(FaultCode::WrongType, format!("must be {wanted}"))
    }

    fn string(self) -> Reading<(String, String)> {
        match self.value {
            Value::String(text) if text.contains('\0') => {
                Err(Fault::new(FaultCode::NulCharacter, self.pointer, "must not hold U+0000: take it out"))
            }
            Value::String(text) => Ok((text, self.pointer)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.wrong_type("a string")
            }
        }
    }

    /// A text of 1 to 200 characters, not of white space alone.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn text(self) -> Reading<String> {
        let (text, pointer) = self.string()?;
        if text.trim().is_empty() {
            return Err(Fault::new(FaultCode::Blank, pointer, "must say something: it is empty or white space alone"));
        }
        if text.chars().count() > MAX_REFERENCE_CHARS {
            let detail = format!("must have at most {MAX_REFERENCE_CHARS} characters");
            return Err(Fault::new(FaultCode::TooLong, pointer, detail));
        }
        Ok(text)
    }

    /// A reference.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn reference(self) -> Reading<Ref> {
        let pointer = self.pointer.clone();
        Ref::new(self.text()?).map_err(|error| Fault::new(FaultCode::Blank, pointer, error.to_string()))
    }

    /// Free text of at most 10,000 characters; it may be empty.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn free_text(self) -> Reading<String> {
        let (text, pointer) = self.string()?;
        if text.chars().count() > MAX_FREE_TEXT_CHARS {
            let detail = format!("must have at most {MAX_FREE_TEXT_CHARS} characters");
            return Err(Fault::new(FaultCode::TooLong, pointer, detail));
        }
        Ok(text)
    }

    /// True or false.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn boolean(self) -> Reading<bool> {
        self.value.as_bool().map_or_else(|| self.wrong_type("true or false"), Ok)
    }

    /// A number within limits, both included.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn number(self, least: f64, most: f64) -> Reading<f64> {
        let Some(number) = self.value.as_f64() else { return self.wrong_type("a number") };
        if number < least || number > most {
            return self.fault(FaultCode::OutOfRange, format!("must be from {least} to {most}"));
        }
        Ok(number)
    }

    /// An integer within limits, both included. A number without a fraction, such as `30.0`, is an
    /// integer (JSON Schema).
    ///
    /// # Errors
    /// A fault at this place.
    pub fn integer(self, least: u32, most: u32) -> Reading<u32> {
        let Some(number) = self.value.as_f64() else { return self.wrong_type("an integer") };
        if number.fract() != 0.0 {
            return self.wrong_type("an integer");
        }
        let within = (number >= f64::from(least) && number <= f64::from(most)).then(|| format!("{number:.0}").parse());
        match within {
            Some(Ok(integer)) => Ok(integer),
            Some(Err(_)) | None => self.fault(FaultCode::OutOfRange, format!("must be from {least} to {most}")),
        }
    }

    /// One of the names of an enumeration.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn one_of<T: DeserializeOwned>(self) -> Reading<T> {
        if !self.value.is_string() {
            return self.wrong_type("a string");
        }
        serde_json::from_value(self.value).map_err(|_| {
            Fault::new(FaultCode::NotAllowed, self.pointer, "is not one of the values that the contract allows here")
        })
    }

    /// A civil date, written `YYYY-MM-DD`.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn date(self) -> Reading<CivilDate> {
        let (text, pointer) = self.string()?;
        let well_formed = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        well_formed.then(|| text.parse().ok()).flatten().ok_or_else(|| {
            Fault::new(FaultCode::BadDate, pointer, "must be a date of the calendar, written YYYY-MM-DD")
        })
    }

    /// An instant, written as RFC 3339 has it, with an offset. A leap second is refused.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn instant(self) -> Reading<Instant> {
        let (text, pointer) = self.string()?;
        well_formed_instant(&text)
            .then(|| DateTime::parse_from_rfc3339(&text).ok())
            .flatten()
            .map(|at| at.with_timezone(&Utc))
            .ok_or_else(|| {
                let detail = "must be an instant with an offset, such as 2021-04-15T09:00:00+01:00; no leap second";
                Fault::new(FaultCode::BadInstant, pointer, detail)
            })
    }

    /// A time of day, written `HH:MM`.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn time_of_day(self) -> Reading<TimeOfDay> {
        let (text, pointer) = self.string()?;
        TimeOfDay::parse(&text).map_err(|error| Fault::new(FaultCode::BadTime, pointer, error.to_string()))
    }

    /// A list, each item read in turn.
    ///
    /// # Errors
    /// The first fault in it.
    pub fn list<T>(self, read: impl Fn(Self) -> Reading<T>) -> Reading<Vec<T>> {
        match self.value {
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| read(Self::new(item, format!("{}/{index}", self.pointer))))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                self.wrong_type("a list")
            }
        }
    }

    /// A list that says nothing twice.
    ///
    /// # Errors
    /// The first fault in it.
    pub fn set<T: PartialEq>(self, read: impl Fn(Self) -> Reading<T>) -> Reading<Vec<T>> {
        let pointer = self.pointer.clone();
        let items = self.list(read)?;
        let twice = items.iter().enumerate().any(|(at, item)| items.iter().take(at).any(|before| before == item));
        if twice {
            return Err(Fault::new(FaultCode::NotUnique, pointer, "must not say the same twice"));
        }
        Ok(items)
    }

    /// Refuses an empty list.
    ///
    /// # Errors
    /// A fault at this place.
    pub fn at_least_one(self) -> Reading<Self> {
        if self.value.as_array().is_some_and(Vec::is_empty) {
            return self.fault(FaultCode::TooFew, "must have at least one item");
        }
        Ok(self)
    }

    /// An object, its members read by `read`; a member left over is refused.
    ///
    /// # Errors
    /// The first fault in it.
    pub fn object<T>(self, read: impl FnOnce(&mut Fields) -> Reading<T>) -> Reading<T> {
        match self.value {
            Value::Object(members) => {
                let mut fields = Fields { members, pointer: self.pointer };
                let value = read(&mut fields)?;
                fields.finish()?;
                Ok(value)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.wrong_type("an object")
            }
        }
    }

    /// A map: each name and value read by `read`.
    ///
    /// # Errors
    /// The first fault in it.
    pub fn entries<T>(self, read: impl Fn(Self, Self) -> Reading<T>) -> Reading<Vec<T>> {
        match self.value {
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| {
                    let pointer = member_pointer(&self.pointer, &name);
                    read(Self::new(Value::String(name), pointer.clone()), Self::new(value, pointer))
                })
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.wrong_type("an object")
            }
        }
    }
}

/// The members of an object, taken out one by one.
#[derive(Debug)]
pub struct Fields {
    members: Map<String, Value>,
    pointer: String,
}

impl Fields {
    /// The members of an object, which is at a JSON pointer.
    pub fn new(members: Map<String, Value>, pointer: impl Into<String>) -> Self {
        Self { members, pointer: pointer.into() }
    }

    fn take(&mut self, name: &str) -> Option<Place> {
        self.members.remove(name).map(|value| Place::new(value, member_pointer(&self.pointer, name)))
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// When it is not, or `read` finds a fault in it.
    pub fn required<T>(&mut self, name: &str, read: impl FnOnce(Place) -> Reading<T>) -> Reading<T> {
        match self.take(name) {
            Some(place) => read(place),
            None => {
                let detail = format!("`{name}` must be given");
                Err(Fault::new(FaultCode::MissingMember, member_pointer(&self.pointer, name), detail))
            }
        }
    }

    /// A member that may be absent, but not null.
    ///
    /// # Errors
    /// When `read` finds a fault in it.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(Place) -> Reading<T>) -> Reading<Option<T>> {
        self.take(name).map(read).transpose()
    }

    /// A member that may be absent or null; both say the same.
    ///
    /// # Errors
    /// When `read` finds a fault in it.
    pub fn nullable<T>(&mut self, name: &str, read: impl FnOnce(Place) -> Reading<T>) -> Reading<Option<T>> {
        self.take(name).filter(|place| !place.value.is_null()).map(read).transpose()
    }

    /// A member that must be there and may be null.
    ///
    /// # Errors
    /// When it is absent, or `read` finds a fault in it.
    pub fn required_nullable<T>(&mut self, name: &str, read: impl FnOnce(Place) -> Reading<T>) -> Reading<Option<T>> {
        self.required(name, |place| if place.value.is_null() { Ok(None) } else { read(place).map(Some) })
    }

    fn finish(self) -> Reading<()> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => {
                let detail = "is not a member that the contract knows: take it out";
                Err(Fault::new(FaultCode::UnknownMember, member_pointer(&self.pointer, name), detail))
            }
        }
    }
}

/// The pointer of a member, its name escaped (RFC 6901).
fn member_pointer(object: &str, name: &str) -> String {
    format!("{object}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The shape `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)` of RFC 3339, without leap seconds.
fn well_formed_instant(text: &str) -> bool {
    let Some((head, rest)) = text.split_at_checked(19) else { return false };
    let shape = head.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        10 => matches!(byte, b'T' | b't'),
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => rest,
    };
    let offset = match zone.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            [h1, h2, m1, m2].iter().all(|digit| digit.is_ascii_digit())
                && (*h1 < b'2' || (*h1 == b'2' && *h2 < b'4'))
                && *m1 < b'6'
        }
        _ => false,
    };
    shape && offset && !head.ends_with("60")
}
