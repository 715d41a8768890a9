//! Flags as they are stored: one row from being raised to being cleared.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::backend::{AnyConnection, ROWS_A_STATEMENT, insert_all};
use super::error::StoreError;
use super::merge::refs_of_case;
use super::schema::{flag, flag_acknowledgement};
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::flag::{Flag, FlagCode, FlagKey, Severity};
use crate::domain::reference::Ref;

/// A flag that holds, as it was last found.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldingFlag {
    /// The row.
    pub id: Uuid,
    /// What it says of offender, team, officer, severity, reason, facts and policy.
    pub said: Said,
}

/// All that a flag says beside its code and subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    offender_ref: Option<String>,
    team_ref: Option<String>,
    officer_ref: Option<String>,
    severity: i16,
    reason: Option<String>,
    evidence: Value,
    policy_version: String,
}

impl From<&Flag> for Said {
    fn from(flag: &Flag) -> Self {
        let text = |reference: &Option<Ref>| reference.as_ref().map(ToString::to_string);
        Self {
            offender_ref: text(&flag.offender_ref),
            team_ref: text(&flag.team_ref),
            officer_ref: text(&flag.officer_ref),
            severity: severity_number(flag.code.severity()),
            reason: flag.reason.map(str::to_owned),
            evidence: flag.evidence.clone(),
            policy_version: flag.policy_version.clone(),
        }
    }
}

impl Said {
    /// True when an acknowledgement of this flag is not one of the other: it has another reason or
    /// another severity.
    #[must_use]
    pub fn differs_in_kind(&self, other: &Self) -> bool {
        (self.severity, &self.reason) != (other.severity, &other.reason)
    }
}

/// The number that stands for a severity: the gravest first.
pub(super) const fn severity_number(severity: Severity) -> i16 {
    match severity {
        Severity::High => 1,
        Severity::Medium => 2,
        Severity::Info => 3,
    }
}

/// The severity that a number stands for.
pub(super) fn severity_of(number: i16) -> Result<Severity, StoreError> {
    Severity::ALL
        .into_iter()
        .find(|severity| severity_number(*severity) == number)
        .ok_or_else(|| StoreError::Unreadable { what: "flag", detail: format!("{number} stands for no severity") })
}

#[derive(Insertable)]
#[diesel(table_name = flag, treat_none_as_default_value = false)]
struct FlagRow<'a> {
    id: DbId,
    force: &'a str,
    code: &'static str,
    subject_kind: &'static str,
    subject: &'a str,
    offender_ref: Option<String>,
    team_ref: Option<String>,
    officer_ref: Option<String>,
    severity: i16,
    reason: Option<String>,
    evidence: DbJson,
    policy_version: String,
    raised_at: DbInstant,
    changed_at: DbInstant,
    version: i32,
}

type HoldingRow =
    (DbId, String, String, Option<String>, Option<String>, Option<String>, i16, Option<String>, DbJson, String);

/// The flags that hold in a force, by what tells them from each other.
///
/// # Errors
/// When the statement fails, or a stored flag cannot be read.
pub fn holding(connection: &mut AnyConnection, force: &str) -> Result<BTreeMap<FlagKey, HoldingFlag>, StoreError> {
    let rows: Vec<HoldingRow> = flag::table
        .filter(flag::force.eq(force))
        .filter(flag::cleared_at.is_null())
        .select((
            flag::id,
            flag::code,
            flag::subject,
            flag::offender_ref,
            flag::team_ref,
            flag::officer_ref,
            flag::severity,
            flag::reason,
            flag::evidence,
            flag::policy_version,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|row| {
            let (DbId(id), code, subject, offender_ref, team_ref, officer_ref, severity, reason, evidence, policy) =
                row;
            let said = Said {
                offender_ref,
                team_ref,
                officer_ref,
                severity,
                reason,
                evidence: evidence.0,
                policy_version: policy,
            };
            let key = FlagKey::of(code_of(&code)?, &subject, said.team_ref.as_deref());
            Ok((key, HoldingFlag { id, said }))
        })
        .collect()
}

/// True where a flag of a code holds in a force.
///
/// # Errors
/// When the statement fails.
pub fn is_held(connection: &mut AnyConnection, force: &str, code: FlagCode) -> Result<bool, StoreError> {
    let holding = flag::table
        .filter(flag::force.eq(force))
        .filter(flag::code.eq(code.as_str()))
        .filter(flag::cleared_at.is_null());
    Ok(holding.count().get_result::<i64>(connection)? > 0)
}

/// Keeps flags that were not there before.
///
/// # Errors
/// When a statement fails.
pub fn raise(connection: &mut AnyConnection, force: &str, at: Instant, flags: &[&Flag]) -> Result<(), StoreError> {
    let at = DbInstant::from(at);
    let rows: Vec<FlagRow<'_>> = flags
        .iter()
        .map(|flag| {
            let said = Said::from(*flag);
            FlagRow {
                id: DbId(Uuid::now_v7()),
                force,
                code: flag.code.as_str(),
                subject_kind: flag.code.subject_kind().as_str(),
                subject: flag.subject.as_str(),
                offender_ref: said.offender_ref,
                team_ref: said.team_ref,
                officer_ref: said.officer_ref,
                severity: said.severity,
                reason: said.reason,
                evidence: DbJson(said.evidence),
                policy_version: said.policy_version,
                raised_at: at,
                changed_at: at,
                version: 1,
            }
        })
        .collect();
    insert_all!(connection, flag::table, rows);
    Ok(())
}

/// Brings a flag that holds up to what it says now; where that is of another kind, nobody has
/// acknowledged it.
///
/// # Errors
/// When the statement fails.
pub fn amend(connection: &mut AnyConnection, held: &HoldingFlag, now: Said, at: Instant) -> Result<(), StoreError> {
    let row = flag::table.filter(flag::id.eq(DbId(held.id)));
    if held.said.differs_in_kind(&now) {
        diesel::update(row).set(flag::acknowledged_until.eq(None::<CivilDate>)).execute(connection)?;
    }
    diesel::update(row)
        .set((
            flag::offender_ref.eq(now.offender_ref),
            flag::team_ref.eq(now.team_ref),
            flag::officer_ref.eq(now.officer_ref),
            flag::severity.eq(now.severity),
            flag::reason.eq(now.reason),
            flag::evidence.eq(DbJson(now.evidence)),
            flag::policy_version.eq(now.policy_version),
            flag::changed_at.eq(DbInstant::from(at)),
            flag::version.eq(flag::version + 1),
        ))
        .execute(connection)?;
    Ok(())
}

/// Clears flags; their rows stay.
///
/// # Errors
/// When a statement fails.
pub fn clear(connection: &mut AnyConnection, ids: &[Uuid], at: Instant) -> Result<(), StoreError> {
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let ids: Vec<DbId> = ids.iter().copied().map(DbId).collect();
        diesel::update(flag::table.filter(flag::id.eq_any(ids)))
            .set((flag::cleared_at.eq(Some(DbInstant::from(at))), flag::version.eq(flag::version + 1)))
            .execute(connection)?;
    }
    Ok(())
}

/// An acknowledgement, to be appended.
#[derive(Debug, Clone)]
pub struct NewAcknowledgement<'a> {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: &'a str,
    /// Why, in free text.
    pub reason: &'a str,
    /// When it is looked at again.
    pub review_on: CivilDate,
}

/// Appends an acknowledgement of a flag that holds and stands at this version. False, and nothing
/// is done, where it does not any more.
///
/// # Errors
/// When a statement fails.
pub fn acknowledge(
    connection: &mut AnyConnection,
    id: Uuid,
    version: i32,
    new: &NewAcknowledgement<'_>,
) -> Result<bool, StoreError> {
    let as_read =
        flag::table.filter(flag::id.eq(DbId(id))).filter(flag::version.eq(version)).filter(flag::cleared_at.is_null());
    let changed = diesel::update(as_read)
        .set((flag::acknowledged_until.eq(Some(new.review_on)), flag::version.eq(flag::version + 1)))
        .execute(connection)?;
    if changed == 0 {
        return Ok(false);
    }
    let (severity, reason): (i16, Option<String>) =
        flag::table.filter(flag::id.eq(DbId(id))).select((flag::severity, flag::reason)).first(connection)?;
    diesel::insert_into(flag_acknowledgement::table)
        .values((
            flag_acknowledgement::id.eq(DbId(Uuid::now_v7())),
            flag_acknowledgement::flag_id.eq(DbId(id)),
            flag_acknowledgement::acknowledged_at.eq(DbInstant::from(new.at)),
            flag_acknowledgement::acknowledged_by.eq(new.by),
            flag_acknowledgement::reason.eq(new.reason),
            flag_acknowledgement::review_on.eq(new.review_on),
            flag_acknowledgement::flag_severity.eq(severity),
            flag_acknowledgement::flag_reason.eq(reason),
        ))
        .execute(connection)?;
    Ok(true)
}

/// A flag on an offender, or on what is theirs, from being raised to being cleared, with who acknowledged it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlagRecord {
    /// The row.
    pub id: Uuid,
    /// The rule.
    pub code: String,
    /// What it is raised on: the kind.
    pub subject_kind: String,
    /// What it is raised on: the reference.
    pub subject: String,
    /// Why, where the rule knows several reasons.
    pub reason: Option<String>,
    /// The facts used, as they were last found.
    pub evidence: Value,
    /// The policy whose numbers were used.
    pub policy_version: String,
    /// When it was raised.
    pub raised_at: Instant,
    /// When what it says changed last.
    pub changed_at: Instant,
    /// When it was cleared; it holds where empty.
    pub cleared_at: Option<Instant>,
    /// Every acknowledgement, oldest first.
    pub acknowledgements: Vec<AcknowledgementRecord>,
}

/// One acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AcknowledgementRecord {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
    /// Why, in free text.
    pub reason: String,
    /// When it is looked at again.
    pub review_on: CivilDate,
}

/// Every flag there ever was on an offender, or on one merged into them, in the order in which they were raised.
///
/// # Errors
/// When a statement fails.
pub fn ever_raised(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<Vec<FlagRecord>, StoreError> {
    type Row = (DbId, String, String, String, Option<String>, DbJson, String, DbInstant, DbInstant, Option<DbInstant>);
    let refs = refs_of_case(connection, force, offender)?;
    let of_offender =
        || flag::table.filter(flag::force.eq(force.to_owned())).filter(flag::offender_ref.eq_any(refs.clone()));
    let rows: Vec<Row> = of_offender()
        .order((flag::raised_at, flag::id))
        .select((
            flag::id,
            flag::code,
            flag::subject_kind,
            flag::subject,
            flag::reason,
            flag::evidence,
            flag::policy_version,
            flag::raised_at,
            flag::changed_at,
            flag::cleared_at,
        ))
        .load(connection)?;
    let acknowledged: Vec<(DbId, DbInstant, String, String, CivilDate)> = flag_acknowledgement::table
        .filter(flag_acknowledgement::flag_id.eq_any(of_offender().select(flag::id)))
        .order((flag_acknowledgement::acknowledged_at, flag_acknowledgement::id))
        .select((
            flag_acknowledgement::flag_id,
            flag_acknowledgement::acknowledged_at,
            flag_acknowledgement::acknowledged_by,
            flag_acknowledgement::reason,
            flag_acknowledgement::review_on,
        ))
        .load(connection)?;
    let mut acknowledgements: BTreeMap<Uuid, Vec<AcknowledgementRecord>> = BTreeMap::new();
    for (id, at, by, reason, review_on) in acknowledged {
        let record = AcknowledgementRecord { at: at.get(), by, reason, review_on };
        acknowledgements.entry(id.0).or_default().push(record);
    }
    let record =
        |(id, code, subject_kind, subject, reason, evidence, policy_version, raised, changed, cleared): Row| {
            FlagRecord {
                id: id.0,
                code,
                subject_kind,
                subject,
                reason,
                evidence: evidence.0,
                policy_version,
                raised_at: raised.get(),
                changed_at: changed.get(),
                cleared_at: cleared.map(DbInstant::get),
                acknowledgements: acknowledgements.remove(&id.0).unwrap_or_default(),
            }
        };
    Ok(rows.into_iter().map(record).collect())
}

/// The code that is stored so.
pub(super) fn code_of(name: &str) -> Result<FlagCode, StoreError> {
    FlagCode::named(name)
        .ok_or_else(|| StoreError::Unreadable { what: "flag", detail: "its code is none of this program's".to_owned() })
}
