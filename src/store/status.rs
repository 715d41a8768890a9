//! Where an offender stood over time: the status of every version of the offender's record.

use diesel::prelude::*;
use serde::Deserialize;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::record::{Age, unreadable};
use super::schema::record_version;
use super::types::{DbInstant, DbJson};
use crate::domain::calendar::CivilDate;
use crate::domain::offender::OffenderStatus;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::status_history::StatusVersion;

/// The part of an offender's record that is read; none of it is personal data.
#[derive(Deserialize)]
struct StatusContent {
    status: OffenderStatus,
    status_since: CivilDate,
}

/// The status by every version of an offender's record that is newer than its newest withdrawal, in no order.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn status_versions(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
) -> Result<Vec<StatusVersion>, StoreError> {
    type Row = (String, DbInstant, String, bool, Option<DbJson>);
    let rows: Vec<Row> = record_version::table
        .filter(record_version::force.eq(force))
        .filter(record_version::kind.eq(RecordKind::Offender.name()))
        .filter(record_version::subject.eq(offender.as_str()))
        .select((
            record_version::event_id,
            record_version::event_time,
            record_version::source,
            record_version::withdrawn,
            record_version::content,
        ))
        .load(connection)?;
    let aged = rows.into_iter().map(|(event_id, event_time, source, withdrawn, content)| {
        (Age { event_time: event_time.get(), event_id, source }, withdrawn, content)
    });
    let (withdrawals, versions): (Vec<_>, Vec<_>) = aged.partition(|(_, withdrawn, _)| *withdrawn);
    let newest_withdrawal = withdrawals.into_iter().map(|(age, _, _)| age).max();
    let live = versions.into_iter().filter(|(age, _, _)| newest_withdrawal.as_ref().is_none_or(|gone| gone < age));
    live.map(|(age, _, content)| {
        let content = content.map(|DbJson(content)| content).unwrap_or_default();
        let StatusContent { status, status_since } = serde_json::from_value(content).map_err(unreadable)?;
        let Age { event_time, event_id, source } = age;
        Ok(StatusVersion { event_time, event_id, source, status_since, status })
    })
    .collect()
}
