//! Signed messages that were taken, so that none is taken twice.

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::signed_message;

/// How long a message is remembered after the time that it was signed, in seconds: twice the five minutes by which the Standard Webhooks let
/// clocks differ, one way and the other. What is older is refused for its age.
const REMEMBERED_SECONDS: i64 = 600;

/// A signed message.
#[derive(Debug, Clone, Copy)]
pub struct SignedMessage<'a> {
    /// The sender's force.
    pub force: &'a str,
    /// The sender.
    pub sender: &'a str,
    /// Its id.
    pub id: &'a str,
    /// When it was signed, in seconds since 1970.
    pub sent_at: i64,
}

/// True for a message that was not taken before; from now on it was. Sent again it is signed anew, at another time.
///
/// # Errors
/// When a statement fails.
pub fn is_new(connection: &mut AnyConnection, message: SignedMessage<'_>) -> Result<bool, StoreError> {
    let SignedMessage { force, sender, id, sent_at } = message;
    let of_sender = signed_message::force.eq(force).and(signed_message::sender.eq(sender));
    let forgotten = signed_message::sent_at.lt(sent_at.saturating_sub(REMEMBERED_SECONDS));
    diesel::delete(signed_message::table.filter(of_sender).filter(forgotten)).execute(connection)?;
    let known: i64 = signed_message::table
        .filter(of_sender)
        .filter(signed_message::message_id.eq(id))
        .filter(signed_message::sent_at.eq(sent_at))
        .count()
        .get_result(connection)?;
    if known > 0 {
        return Ok(false);
    }
    diesel::insert_into(signed_message::table)
        .values((
            signed_message::force.eq(force),
            signed_message::sender.eq(sender),
            signed_message::message_id.eq(id),
            signed_message::sent_at.eq(sent_at),
        ))
        .execute(connection)?;
    Ok(true)
}
