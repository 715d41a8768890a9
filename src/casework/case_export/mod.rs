//! The export of a whole case, sealed: what a review after a serious further offence, a court or an inquiry asks for.
//! It is a disclosure, put on record in the transaction that reads the case, with the digest of what was handed out.

mod document;
pub mod proof;
mod seal;

use serde_json::json;
use thiserror::Error;

use super::case_records::is_in_scope;
use super::reading::Reader;
use crate::domain::as_at::AsAt;
use crate::domain::policy::Policies;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::{Store, legal_hold, limited_access, record};
use document::{Export, document};
pub(super) use document::{audit, planned_visits};
use seal::sealed;

/// The act.
const ACT: &str = "offender.export";

/// Why a case was not exported; nothing was disclosed then.
#[derive(Debug, Error)]
pub enum CaseExportError {
    /// There is no such case, as far as this person may see.
    #[error("there is none")]
    NotFound,
    /// There is no key to seal it with.
    #[error("the service has no key to sign with; nothing was disclosed")]
    NoKey,
    /// The reader does not say why. A whole case goes out for a reason that is on record. `[I]`
    #[error("say why the case is exported")]
    ReasonNeeded,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for CaseExportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Exports a case as JSON in canonical form: `{"document": …, "seal": …}`. Everything that was ever recorded of it is in
/// it; `as_at` says for when it shows the records as they stood. `recipient`: for whom it is, where that is said; section 62(3) asks for
/// the recipients of a disclosure `[S]`.
///
/// # Errors
/// See [`CaseExportError`].
pub fn export(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    offender: &Ref,
    (as_at, recipient): (AsAt, Option<&Words>),
) -> Result<String, CaseExportError> {
    let key = store.signing_key().ok_or(CaseExportError::NoKey)?;
    let reason = reader.person.reason.ok_or(CaseExportError::ReasonNeeded)?;
    let exported = store.transaction_that_writes(|connection| -> Result<Option<String>, CaseExportError> {
        record::take_turn(connection)?;
        if !may_export(connection, reader, offender)? {
            reader.note_refusal(connection, ACT, RecordKind::Offender, offender)?;
            return Ok(None);
        }
        let export = Export { reader, policies, offender, as_at, reason, recipient };
        let (text, sha256) = sealed(document(connection, &export)?, key);
        let detail = json!({
            "sha256": sha256, "public_key": key.public().to_text(), "as_at": document::at(as_at),
            "recipient": recipient.map_or(reader.person.subject.as_str(), Words::as_str),
        });
        reader.note(connection, ACT, Some((RecordKind::Offender, offender)), detail)?;
        Ok(Some(text))
    })?;
    exported.ok_or(CaseExportError::NotFound)
}

/// Whether the case is in the reader's scope; or held, where the records system has withdrawn the offender meanwhile. Nobody
/// exports whose scope is not the whole force.
fn may_export(connection: &mut AnyConnection, reader: &Reader, offender: &Ref) -> Result<bool, StoreError> {
    let scope = reader.person.case_scope();
    let is_held = legal_hold::is_held(connection, &scope.force, offender)?
        && !limited_access::is_hidden(connection, &scope, offender)?;
    Ok(is_held || is_in_scope(connection, reader, offender)?)
}
