//! Flags as they are read: within a scope, filtered, the gravest and oldest first.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use serde_json::Value;
use uuid::Uuid;

use super::backend::{AnyConnection, MultiBackend};
use super::error::StoreError;
use super::evaluation::last_evaluated_at;
use super::flag::{code_of, severity_number, severity_of};
use super::limited_access::hidden;
use super::record::stored_ref;
use super::schema::{current_record, flag, flag_acknowledgement, offender_merge};
use super::scope::{Scope, TeamScope};
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::dashboard::StaffFlag;
use crate::domain::dashboard::past::PastFlag;
use crate::domain::dashboard::trend::FlagSpan;
use crate::domain::flag::{FlagCode, Severity, SubjectKind};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// Which flags are asked for, by what has become of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlagState {
    /// Those that hold, acknowledged or not: an acknowledgement hides nothing.
    #[default]
    Open,
    /// Of those that hold, the acknowledged ones.
    Acknowledged,
    /// Those that no longer hold.
    Cleared,
}

impl FlagState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Cleared];

    /// The state as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Cleared => "cleared",
        }
    }

    /// The state with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What narrows a list of flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlagFilter {
    /// Only this code.
    pub code: Option<FlagCode>,
    /// Only this team's: its own, and those on the offenders that are its now.
    pub team: Option<Ref>,
    /// Only those that concern this officer.
    pub officer: Option<Ref>,
    /// Only this severity.
    pub severity: Option<Severity>,
    /// Which, by what has become of them.
    pub state: FlagState,
    /// Only those raised since; of the cleared ones, those cleared since.
    pub since: Option<Instant>,
}

/// Where a page of flags ended: the next begins after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagPlace {
    /// The severity of the last flag.
    pub severity: Severity,
    /// When it was raised.
    pub raised_at: Instant,
    /// Its id.
    pub id: Uuid,
}

/// Who acknowledged a flag last, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
    /// Why, in free text: personal data.
    pub reason: String,
    /// When it is looked at again.
    pub review_on: CivilDate,
    /// True while it counts: its day of review has not passed, and the flag says what it said then.
    pub counts: bool,
}

/// A flag as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFlag {
    /// Its id.
    pub id: Uuid,
    /// The rule.
    pub code: FlagCode,
    /// What it is raised on.
    pub subject: String,
    /// The offender concerned.
    pub offender_ref: Option<String>,
    /// The team concerned.
    pub team_ref: Option<String>,
    /// The officer concerned.
    pub officer_ref: Option<String>,
    /// How serious it is.
    pub severity: Severity,
    /// Why, where the rule knows several reasons.
    pub reason: Option<String>,
    /// The facts used.
    pub evidence: Value,
    /// The policy whose numbers were used.
    pub policy_version: String,
    /// Since when it holds, as the service noticed.
    pub raised_at: Instant,
    /// When what it says changed last.
    pub changed_at: Instant,
    /// Since when it holds no longer.
    pub cleared_at: Option<Instant>,
    /// The last acknowledgement, if any.
    pub acknowledgement: Option<Acknowledgement>,
    /// Grows with every change.
    pub version: i32,
}

impl StoredFlag {
    /// Where this flag stands in the order of the list.
    #[must_use]
    pub const fn place(&self) -> FlagPlace {
        FlagPlace { severity: self.severity, raised_at: self.raised_at, id: self.id }
    }
}

#[derive(Queryable)]
struct Row {
    id: DbId,
    code: String,
    subject: String,
    offender_ref: Option<String>,
    team_ref: Option<String>,
    officer_ref: Option<String>,
    severity: i16,
    reason: Option<String>,
    evidence: DbJson,
    policy_version: String,
    raised_at: DbInstant,
    changed_at: DbInstant,
    cleared_at: Option<DbInstant>,
    acknowledged_until: Option<CivilDate>,
    version: i32,
}

macro_rules! columns {
    () => {
        (
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
            flag::raised_at,
            flag::changed_at,
            flag::cleared_at,
            flag::acknowledged_until,
            flag::version,
        )
    };
}

/// The scope, in the query: what is outside it is as if it were not there.
fn within<'a>(
    connection: &mut AnyConnection,
    scope: &'a Scope,
) -> Result<flag::BoxedQuery<'a, MultiBackend>, StoreError> {
    let mut flags = flag::table.filter(flag::force.eq(&scope.force)).into_boxed();
    if let TeamScope::Only(teams) = &scope.teams {
        flags = flags.filter(concerns(&scope.force, teams));
    }
    if let Some(hidden) = hidden(connection, scope)? {
        flags = flags.filter(flag::offender_ref.is_null().or(flag::offender_ref.ne_all(hidden)));
    }
    Ok(flags)
}

/// True of a force's flags that are these teams' now. What concerns an offender goes with the offender's case, also
/// once it is cleared and its own row says no more than whose it was; what does not is its team's, and so is a planned
/// visit, whoever has the case by now. What is about the force is every team's, and nobody's who has none.
fn concerns<'a>(
    force: &'a str,
    teams: impl IntoIterator<Item = &'a Ref>,
) -> Box<dyn BoxableExpression<flag::table, MultiBackend, SqlType = Nullable<Bool>> + 'a> {
    let teams: Vec<&str> = teams.into_iter().map(Ref::as_str).collect();
    let is_merged = offender_merge::table
        .filter(offender_merge::force.eq(current_record::force))
        .filter(offender_merge::merged_ref.eq(current_record::subject));
    let offenders = current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(RecordKind::Offender.name()))
        .filter(current_record::withdrawn.eq(false))
        .filter(current_record::team_ref.eq_any(teams.clone()))
        .filter(diesel::dsl::not(diesel::dsl::exists(is_merged)))
        .select(current_record::subject.nullable());
    let merged_into_theirs = offender_merge::table
        .inner_join(
            current_record::table.on(current_record::force
                .eq(offender_merge::force)
                .and(current_record::kind.eq(RecordKind::Offender.name()))
                .and(current_record::subject.eq(offender_merge::home_ref))),
        )
        .filter(offender_merge::force.eq(force))
        .filter(current_record::withdrawn.eq(false))
        .filter(current_record::team_ref.eq_any(teams.clone()))
        .select(offender_merge::merged_ref.nullable());
    let is_its_own = flag::offender_ref.is_null().or(flag::subject_kind.eq(SubjectKind::PlannedVisit.as_str()));
    let of_force = Some(SubjectKind::Force.as_str()).filter(|_| !teams.is_empty());
    let by_itself = is_its_own.and(flag::team_ref.eq_any(teams));
    let of_case = flag::offender_ref.eq_any(offenders).or(flag::offender_ref.eq_any(merged_into_theirs));
    let is_of_force = flag::subject_kind.nullable().eq(of_force);
    Box::new(by_itself.or(of_case).or(is_of_force))
}

/// A page of the flags in scope, at most `limit`, after `after`. `today` tells which
/// acknowledgements still count.
///
/// # Errors
/// When a statement fails, or a stored flag cannot be read.
pub fn list(
    connection: &mut AnyConnection,
    scope: &Scope,
    filter: &FlagFilter,
    today: CivilDate,
    after: Option<FlagPlace>,
    limit: usize,
) -> Result<Vec<StoredFlag>, StoreError> {
    let mut query = within(connection, scope)?;
    if let Some(code) = filter.code {
        query = query.filter(flag::code.eq(code.as_str()));
    }
    if let Some(team) = &filter.team {
        query = query.filter(concerns(&scope.force, [team]));
    }
    if let Some(officer) = &filter.officer {
        query = query.filter(flag::officer_ref.eq(officer.as_str()));
    }
    if let Some(severity) = filter.severity {
        query = query.filter(flag::severity.eq(severity_number(severity)));
    }
    query = match filter.state {
        FlagState::Open => query.filter(flag::cleared_at.is_null()),
        FlagState::Acknowledged => query.filter(flag::cleared_at.is_null()).filter(flag::acknowledged_until.ge(today)),
        FlagState::Cleared => query.filter(flag::cleared_at.is_not_null()),
    };
    if let Some(since) = filter.since.map(DbInstant::from) {
        query = match filter.state {
            FlagState::Open | FlagState::Acknowledged => query.filter(flag::raised_at.ge(since)),
            FlagState::Cleared => query.filter(flag::cleared_at.ge(since)),
        };
    }
    if let Some(FlagPlace { severity, raised_at, id }) = after {
        let (severity, raised_at) = (severity_number(severity), DbInstant::from(raised_at));
        let later_at_once = flag::raised_at.eq(raised_at).and(flag::id.gt(DbId(id)));
        let as_grave = flag::severity.eq(severity).and(flag::raised_at.gt(raised_at).or(later_at_once));
        query = query.filter(flag::severity.gt(severity).or(as_grave));
    }
    let rows: Vec<Row> = query
        .order((flag::severity, flag::raised_at, flag::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(columns!())
        .load(connection)?;
    with_acknowledgements(connection, rows, today)
}

/// One flag in scope; nothing where there is none.
///
/// # Errors
/// When a statement fails, or the stored flag cannot be read.
pub fn one(
    connection: &mut AnyConnection,
    scope: &Scope,
    id: Uuid,
    today: CivilDate,
) -> Result<Option<StoredFlag>, StoreError> {
    let rows: Vec<Row> =
        within(connection, scope)?.filter(flag::id.eq(DbId(id))).select(columns!()).load(connection)?;
    Ok(with_acknowledgements(connection, rows, today)?.pop())
}

/// True when the force has a flag with that id, whoever may see it.
///
/// # Errors
/// When the statement fails.
pub fn is_there(connection: &mut AnyConnection, force: &str, id: Uuid) -> Result<bool, StoreError> {
    let wanted = flag::table.filter(flag::force.eq(force)).filter(flag::id.eq(DbId(id)));
    Ok(wanted.count().get_result::<i64>(connection)? > 0)
}

type AcknowledgementRow = (DbId, DbInstant, String, String, CivilDate);

fn with_acknowledgements(
    connection: &mut AnyConnection,
    rows: Vec<Row>,
    today: CivilDate,
) -> Result<Vec<StoredFlag>, StoreError> {
    let ids: Vec<DbId> = rows.iter().map(|row| row.id).collect();
    let found: Vec<AcknowledgementRow> = flag_acknowledgement::table
        .filter(flag_acknowledgement::flag_id.eq_any(ids))
        .order((flag_acknowledgement::acknowledged_at, flag_acknowledgement::id))
        .select((
            flag_acknowledgement::flag_id,
            flag_acknowledgement::acknowledged_at,
            flag_acknowledgement::acknowledged_by,
            flag_acknowledgement::reason,
            flag_acknowledgement::review_on,
        ))
        .load(connection)?;
    let mut newest: HashMap<DbId, AcknowledgementRow> = found.into_iter().map(|row| (row.0, row)).collect();
    rows.into_iter()
        .map(|row| {
            let counts = row.cleared_at.is_none() && row.acknowledged_until.is_some_and(|until| until >= today);
            let acknowledgement = newest.remove(&row.id).map(|(_, at, by, reason, review_on)| Acknowledgement {
                at: at.get(),
                by,
                reason,
                review_on,
                counts,
            });
            Ok(StoredFlag {
                id: row.id.0,
                code: code_of(&row.code)?,
                subject: row.subject,
                offender_ref: row.offender_ref,
                team_ref: row.team_ref,
                officer_ref: row.officer_ref,
                severity: severity_of(row.severity)?,
                reason: row.reason,
                evidence: row.evidence.0,
                policy_version: row.policy_version,
                raised_at: row.raised_at.get(),
                changed_at: row.changed_at.get(),
                cleared_at: row.cleared_at.map(DbInstant::get),
                acknowledgement,
                version: row.version,
            })
        })
        .collect()
}

/// How many flags hold, and of which sort.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlagSummary {
    /// All that hold.
    pub open: i64,
    /// Of those, the acknowledged ones.
    pub acknowledged: i64,
    /// By code.
    pub by_code: BTreeMap<String, i64>,
    /// By severity.
    pub by_severity: BTreeMap<&'static str, i64>,
    /// By team; what concerns no team stands under none.
    pub by_team: BTreeMap<String, i64>,
    /// When the force's flags were last evaluated.
    pub evaluated_at: Option<Instant>,
}

/// Counts the flags in scope that hold.
///
/// # Errors
/// When a statement fails, or a stored flag cannot be read.
pub fn summary(connection: &mut AnyConnection, scope: &Scope, today: CivilDate) -> Result<FlagSummary, StoreError> {
    let mut by_sort = flag::table
        .filter(flag::force.eq(&scope.force))
        .filter(flag::cleared_at.is_null())
        .group_by((flag::code, flag::severity, flag::team_ref))
        .select((flag::code, flag::severity, flag::team_ref, count_star()))
        .into_boxed();
    if let TeamScope::Only(teams) = &scope.teams {
        by_sort = by_sort.filter(concerns(&scope.force, teams));
    }
    if let Some(hidden) = hidden(connection, scope)? {
        by_sort = by_sort.filter(flag::offender_ref.is_null().or(flag::offender_ref.ne_all(hidden)));
    }
    let counts: Vec<(String, i16, Option<String>, i64)> = by_sort.load(connection)?;
    let mut summary = FlagSummary {
        acknowledged: within(connection, scope)?
            .filter(flag::cleared_at.is_null())
            .filter(flag::acknowledged_until.ge(today))
            .count()
            .get_result(connection)?,
        evaluated_at: last_evaluated_at(connection, &scope.force)?,
        ..FlagSummary::default()
    };
    for (code, severity, team, count) in counts {
        summary.open += count;
        *summary.by_code.entry(code).or_default() += count;
        *summary.by_severity.entry(severity_of(severity)?.as_str()).or_default() += count;
        if let Some(team) = team {
            *summary.by_team.entry(team).or_default() += count;
        }
    }
    Ok(summary)
}

/// How many flags in scope were raised since an instant and hold, by code; and how many were cleared
/// since, by code.
///
/// # Errors
/// When a statement fails, or a stored flag cannot be read.
pub fn changes_since(
    connection: &mut AnyConnection,
    scope: &Scope,
    since: Instant,
) -> Result<[BTreeMap<FlagCode, u32>; 2], StoreError> {
    let since = DbInstant::from(since);
    let raised = within(connection, scope)?.filter(flag::cleared_at.is_null()).filter(flag::raised_at.ge(since));
    let cleared = within(connection, scope)?.filter(flag::cleared_at.ge(since));
    let mut count = |flags: flag::BoxedQuery<'_, MultiBackend>| -> Result<BTreeMap<FlagCode, u32>, StoreError> {
        let codes: Vec<String> = flags.select(flag::code).load(connection)?;
        let mut counts = BTreeMap::new();
        for code in codes {
            *counts.entry(code_of(&code)?).or_default() += 1;
        }
        Ok(counts)
    };
    Ok([count(raised)?, count(cleared)?])
}

/// From when until when each flag of these codes held that is in scope and was not cleared before an
/// instant.
///
/// # Errors
/// When the statement fails, or a stored flag cannot be read.
pub fn spans(
    connection: &mut AnyConnection,
    scope: &Scope,
    codes: &[FlagCode],
    from: Instant,
) -> Result<Vec<FlagSpan>, StoreError> {
    let rows: Vec<(String, DbInstant, Option<DbInstant>)> = within(connection, scope)?
        .filter(flag::code.eq_any(codes.iter().map(|code| code.as_str())))
        .filter(flag::cleared_at.is_null().or(flag::cleared_at.ge(DbInstant::from(from))))
        .select((flag::code, flag::raised_at, flag::cleared_at))
        .load(connection)?;
    rows.into_iter()
        .map(|(code, raised_at, cleared_at)| {
            Ok(FlagSpan {
                code: code_of(&code)?,
                raised_at: raised_at.get(),
                cleared_at: cleared_at.map(DbInstant::get),
            })
        })
        .collect()
}

/// A flag's id, code, subject, offender, team, and from when until when it held.
type PastRow = (DbId, String, String, Option<String>, Option<String>, DbInstant, Option<DbInstant>);

/// The flags in scope that held at some time between two instants, both included, the longest-standing first.
///
/// # Errors
/// When the statement fails, or a stored flag cannot be read.
pub fn held_between(
    connection: &mut AnyConnection,
    scope: &Scope,
    from: Instant,
    until: Instant,
) -> Result<Vec<PastFlag>, StoreError> {
    let rows: Vec<PastRow> = within(connection, scope)?
        .filter(flag::raised_at.le(DbInstant::from(until)))
        .filter(flag::cleared_at.is_null().or(flag::cleared_at.ge(DbInstant::from(from))))
        .order((flag::raised_at, flag::id))
        .select((
            flag::id,
            flag::code,
            flag::subject,
            flag::offender_ref,
            flag::team_ref,
            flag::raised_at,
            flag::cleared_at,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(DbId(id), code, subject, offender_ref, team_ref, raised_at, cleared_at)| {
            let (raised_at, cleared_at) = (raised_at.get(), cleared_at.map(DbInstant::get));
            Ok(PastFlag {
                id: id.to_string(),
                subject: stored_ref(subject)?,
                offender_ref: offender_ref.map(stored_ref).transpose()?,
                team_ref: team_ref.map(stored_ref).transpose()?,
                span: FlagSpan { code: code_of(&code)?, raised_at, cleared_at },
            })
        })
        .collect()
}

/// The flags in scope that hold on officers and teams.
///
/// # Errors
/// When the statement fails, or a stored flag cannot be read.
pub fn on_staff(connection: &mut AnyConnection, scope: &Scope) -> Result<Vec<StaffFlag>, StoreError> {
    let rows: Vec<(String, String, Option<String>, DbJson)> = within(connection, scope)?
        .filter(flag::offender_ref.is_null())
        .filter(flag::cleared_at.is_null())
        .order((flag::code, flag::subject))
        .select((flag::code, flag::subject, flag::team_ref, flag::evidence))
        .load(connection)?;
    rows.into_iter()
        .map(|(code, subject, team_ref, DbJson(evidence))| {
            let (subject, team_ref) = (stored_ref(subject)?, team_ref.map(stored_ref).transpose()?);
            Ok(StaffFlag { code: code_of(&code)?, subject, team_ref, evidence })
        })
        .collect()
}
