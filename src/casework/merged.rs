//! A record as it would be with members changed, so that the whole can be checked before it is entered.

use serde_json::Value;

use crate::domain::record::{Kept, Record};
use crate::domain::refusal::{Refusal, RefusalCode};

/// Members of a record that are to be changed.
pub type Changed = Vec<(&'static str, Value)>;

/// The record with these members changed.
///
/// # Errors
/// When it would not be one of its kind.
pub fn merged<T: Kept + Clone>(record: &T, changed: &[(&'static str, Value)]) -> Result<T, Refusal> {
    let wrong = || Refusal::new(RefusalCode::NotAcceptable, "the record would not be one of its kind");
    let Ok(Value::Object(mut members)) = record.clone().into_record().to_json() else { return Err(wrong()) };
    members.extend(changed.iter().map(|(member, value)| ((*member).to_owned(), value.clone())));
    let merged = Record::from_json(T::KIND, Value::Object(members)).map_err(|_| wrong())?;
    T::of(merged).ok_or_else(wrong)
}
