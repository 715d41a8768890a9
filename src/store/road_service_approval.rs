//! Approvals of road services outside of private networks. Appended; an approval changes once, when it is withdrawn.

use diesel::prelude::*;
use uuid::Uuid;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::road_service_approval;
use super::types::{DbId, DbInstant};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::road_service_approval::NewApproval;

/// An approval as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: Uuid,
    /// The host.
    pub host: String,
    /// Why it was given.
    pub reason: String,
    /// The last day on which it holds.
    pub expires_on: CivilDate,
    /// When it was given.
    pub approved_at: Instant,
    /// By whom, as the audit names them.
    pub approved_by: String,
    /// Its end before that day, where it was withdrawn.
    pub withdrawal: Option<Withdrawal>,
}

/// The withdrawal of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// When.
    pub at: Instant,
    /// By whom, as the audit names them.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Approval {
    /// True where it holds on a day.
    #[must_use]
    pub fn holds_on(&self, today: CivilDate) -> bool {
        self.withdrawal.is_none() && today <= self.expires_on
    }
}

/// Appends a force's approval.
///
/// # Errors
/// When the statement fails.
pub fn append(
    connection: &mut AnyConnection,
    force: &str,
    new: &NewApproval,
    (at, by): (Instant, &str),
) -> Result<Approval, StoreError> {
    let approval = Approval {
        id: Uuid::now_v7(),
        host: new.host.to_ascii_lowercase(),
        reason: new.reason.to_string(),
        expires_on: new.expires_on,
        approved_at: at,
        approved_by: by.to_owned(),
        withdrawal: None,
    };
    diesel::insert_into(road_service_approval::table)
        .values((
            road_service_approval::id.eq(DbId(approval.id)),
            road_service_approval::force.eq(force),
            road_service_approval::host.eq(&approval.host),
            road_service_approval::reason.eq(&approval.reason),
            road_service_approval::expires_on.eq(approval.expires_on),
            road_service_approval::approved_at.eq(DbInstant::from(at)),
            road_service_approval::approved_by.eq(by),
        ))
        .execute(connection)?;
    Ok(approval)
}

type Row = (DbId, String, String, CivilDate, (DbInstant, String), (Option<DbInstant>, Option<String>, Option<String>));

fn approval(row: Row) -> Approval {
    let (DbId(id), host, reason, expires_on, (approved_at, approved_by), (at, by, why)) = row;
    let withdrawal = at.zip(by).zip(why).map(|((at, by), reason)| Withdrawal { at: at.get(), by, reason });
    Approval { id, host, reason, expires_on, approved_at: approved_at.get(), approved_by, withdrawal }
}

/// A force's approvals, the newest first.
///
/// # Errors
/// When the statement fails.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<Approval>, StoreError> {
    let rows: Vec<Row> = road_service_approval::table
        .filter(road_service_approval::force.eq(force))
        .order((road_service_approval::approved_at.desc(), road_service_approval::id.desc()))
        .select((
            road_service_approval::id,
            road_service_approval::host,
            road_service_approval::reason,
            road_service_approval::expires_on,
            (road_service_approval::approved_at, road_service_approval::approved_by),
            (
                road_service_approval::withdrawn_at,
                road_service_approval::withdrawn_by,
                road_service_approval::withdrawal_reason,
            ),
        ))
        .load(connection)?;
    Ok(rows.into_iter().map(approval).collect())
}

/// True where a force's approval of a host holds on a day.
///
/// # Errors
/// When the statement fails.
pub fn holds(connection: &mut AnyConnection, force: &str, host: &str, today: CivilDate) -> Result<bool, StoreError> {
    let of_host = of_force(connection, force)?;
    Ok(of_host.iter().any(|approval| approval.host == host && approval.holds_on(today)))
}

/// Withdraws a force's approval; false where it has none of that id that was not withdrawn already.
///
/// # Errors
/// When the statement fails.
pub fn withdraw(
    connection: &mut AnyConnection,
    force: &str,
    id: Uuid,
    withdrawal: &Withdrawal,
) -> Result<bool, StoreError> {
    let standing = road_service_approval::table
        .filter(road_service_approval::force.eq(force))
        .filter(road_service_approval::id.eq(DbId(id)))
        .filter(road_service_approval::withdrawn_at.is_null());
    let changed = diesel::update(standing)
        .set((
            road_service_approval::withdrawn_at.eq(Some(DbInstant::from(withdrawal.at))),
            road_service_approval::withdrawn_by.eq(Some(&withdrawal.by)),
            road_service_approval::withdrawal_reason.eq(Some(&withdrawal.reason)),
        ))
        .execute(connection)?;
    Ok(changed == 1)
}
