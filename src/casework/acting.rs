//! Acting on a case: the one way in which people here change what is kept.
//!
//! In one transaction the case is loaded in the person's scope, the act decides on it, what it decides is entered beside what
//! the records system says, the act goes on record, and the force asks for its flags anew. Whatever fails,
//! nothing of it is kept. The same request sent twice is carried out once; a change that was decided on an older
//! version is refused with what has changed since.

use serde_json::{Value, json};
use thiserror::Error;

use super::actor::{Actor, Person};
use super::force_file;
use super::merges::sees;
use super::offenders::may_see;
use super::reading::Reader;
use crate::domain::allocation;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::caseload::Move;
use crate::domain::claim::Members;
use crate::domain::moment::Moment;
use crate::domain::officer::Officer;
use crate::domain::personal_data::offender_of;
use crate::domain::policy::{Policies, Policy, PolicyError};
use crate::domain::qualification::{is_detective_inspector_in_post, supervises};
use crate::domain::record::{Held, Kept, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::references::{Reference, references};
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, exists, is_known, one, records_in_scope};
use crate::store::error::StoreError;
use crate::store::idempotency::{self, CarriedOut, RequestKey};
use crate::store::own_entry::{self, NewEntry, OwnChange, RecordTag};
use crate::store::scope::Scope;
use crate::store::{Store, evaluation, legal_hold, limited_access, record};

/// Who acts, under which policies, and how the request is known again.
#[derive(Debug, Clone)]
pub struct Acting<'a> {
    /// Who, and when.
    pub reader: &'a Reader,
    /// The policies.
    pub policies: &'a Policies,
    /// The request's key, where its sender gave one.
    pub key: Option<&'a RequestKey>,
}

/// The case that an act decides on, and what it may take into account.
#[derive(Debug)]
pub struct CaseInHand<'a> {
    /// All that is known of the offender.
    pub case: &'a CaseFile,
    /// The force's officers and teams, and its crime reports; of its cases this one alone.
    pub force: &'a ForceFile,
    /// When.
    pub at: Moment,
    /// The policy of the day.
    pub policy: &'a Policy,
    /// Who acts.
    pub person: &'a Person,
}

impl CaseInHand<'_> {
    /// Who acts, among the force's officers.
    ///
    /// # Errors
    /// When the token names no officer, or one that is not on file or not in post.
    pub fn acting_officer(&self) -> Result<(&Ref, &Officer), Refusal> {
        acting_officer(self.person, self.force, self.at)
    }

    /// Who acts, where they are in post as a detective inspector; `whose` says what is theirs alone.
    ///
    /// # Errors
    /// As [`Self::acting_officer`], or when they are in post as somebody else.
    pub fn acting_inspector(&self, whose: &str) -> Result<&Ref, Refusal> {
        let (officer_ref, officer) = self.acting_officer()?;
        if is_detective_inspector_in_post(officer, self.at.today()) {
            return Ok(officer_ref);
        }
        Err(Refusal::new(RefusalCode::NotQualified, whose))
    }
}

fn acting_officer<'a>(person: &Person, force: &'a ForceFile, at: Moment) -> Result<(&'a Ref, &'a Officer), Refusal> {
    let on_file = person.officer_ref.as_ref().and_then(|named| force.officers.get_key_value(named));
    on_file.filter(|(_, officer)| officer.is_in_post(at.today())).ok_or_else(|| {
        let detail = "the act is put down to an officer: the token's officer_ref must be one in post today";
        Refusal::new(RefusalCode::OfficerNeeded, detail)
    })
}

/// What an act enters of one record.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The kind of record.
    pub kind: RecordKind,
    /// The record.
    pub subject: Ref,
    /// What it does to it.
    pub change: OwnChange,
    /// On which version it was decided.
    pub basis: Basis,
}

/// On which version of a record a change was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// On that there is none yet.
    New,
    /// On this version: the one that the person read.
    Read(RecordTag),
    /// On the version that the act itself has loaded.
    Loaded,
}

impl Draft {
    /// A record made here.
    #[must_use]
    pub fn new<T: Kept>(subject: Ref, record: T) -> Self {
        let change = OwnChange::Claim(members(record.into_record()));
        Self { kind: T::KIND, subject, change, basis: Basis::New }
    }

    /// Members of a record claimed anew.
    #[must_use]
    pub fn claim(
        kind: RecordKind,
        subject: Ref,
        claimed: impl IntoIterator<Item = (&'static str, Value)>,
        basis: Basis,
    ) -> Self {
        let claimed = claimed.into_iter().map(|(member, value)| (member.to_owned(), value)).collect();
        Self { kind, subject, change: OwnChange::Claim(claimed), basis }
    }

    /// A whole record that takes the place of what is claimed of it so far.
    #[must_use]
    pub fn whole<T: Kept>(subject: Ref, record: T, basis: Basis) -> Self {
        Self { kind: T::KIND, subject, change: OwnChange::Claim(members(record.into_record())), basis }
    }
}

/// A record's members; a record of ours is an object of plain values, which serde always writes.
fn members(record: Record) -> Members {
    match record.to_json() {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Members::new(),
    }
}

/// A record as an act left it.
#[derive(Debug, Clone)]
pub struct Written {
    /// The record.
    pub held: Held<Record>,
    /// Its version.
    pub tag: RecordTag,
    /// True where the same request had been carried out before.
    pub replayed: bool,
}

/// What somebody else changed since a version was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChangedSince {
    /// The version it stands at; none where it is gone.
    pub tag: Option<RecordTag>,
    /// The members that differ from those of the version read.
    pub members: Vec<String>,
    /// Who entered what since: who, when, which act. Empty where the records system alone has spoken.
    pub entries: Vec<(String, Instant, String)>,
}

/// Why an act was not carried out.
#[derive(Debug, Error)]
pub enum ActError {
    /// There is no such case or record, as far as this person may see.
    #[error("there is none")]
    NotFound,
    /// The record has changed since the person read it.
    #[error("the record has changed since it was read")]
    Changed(ChangedSince),
    /// The key was given to another request.
    #[error("the key was given to another request within a day; give each request its own")]
    KeyReused,
    /// A rule of the field forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No policy holds today.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for ActError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Acts on a case in the person's scope. `decide` says what is entered; the first of it is the act's result.
///
/// # Errors
/// See [`ActError`]; nothing of the act is kept then.
pub fn on_case(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    offender: &Ref,
    decide: impl FnOnce(&CaseInHand<'_>) -> Result<Vec<Draft>, Refusal>,
) -> Result<Written, ActError> {
    let may_act = |connection: &mut AnyConnection| may_see(connection, acting.reader, offender, act);
    on_case_where(store, acting, act, offender, may_act, decide)
}

/// The same, on a case that somebody may act on without seeing it: `may_act` says so, and puts on record where not.
///
/// # Errors
/// See [`ActError`]; nothing of the act is kept then.
pub fn on_case_where(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    offender: &Ref,
    may_act: impl FnOnce(&mut AnyConnection) -> Result<bool, StoreError>,
    decide: impl FnOnce(&CaseInHand<'_>) -> Result<Vec<Draft>, Refusal>,
) -> Result<Written, ActError> {
    let (reader, at) = (acting.reader, acting.reader.clock.moment());
    let policy = acting.policies.in_force(at.today())?;
    let done = store.transaction_that_writes(|connection| -> Result<Option<Written>, ActError> {
        record::take_turn(connection)?;
        if !may_act(connection)? {
            return Ok(None);
        }
        if let Some(written) = carried_out_before(connection, acting, act, Some(offender))? {
            return Ok(Some(written));
        }
        let force = force_file::open_case(connection, &reader.person.force, offender)?;
        let Some(case) = force.cases.get(offender) else { return Ok(None) };
        let in_hand = CaseInHand { case, force: &force, at, policy, person: &reader.person };
        let drafts = decide(&in_hand)?;
        enter(connection, acting, act, Some(offender), drafts).map(Some)
    });
    on_record_where_refused(store, reader, act, Some((RecordKind::Offender, offender)), done)
}

/// Puts on record that an act was not carried out: which, on what, and by which rule or for which change; of what was sent,
/// no more than where the fault lies.
pub(super) fn on_record_where_refused<T>(
    store: &Store,
    reader: &Reader,
    act: &str,
    about: Option<(RecordKind, &Ref)>,
    done: Result<Option<T>, ActError>,
) -> Result<T, ActError> {
    let detail = match &done {
        Err(ActError::Refused(refusal)) => {
            json!({ "act": act, "why": refusal.code.as_str(), "pointer": refusal.pointer })
        }
        Err(ActError::Changed(_)) => json!({ "act": act, "why": "changed" }),
        Err(ActError::KeyReused) => json!({ "act": act, "why": "key_reused" }),
        // What was not found is on record already, within the act; what failed leaves no trace but the log's.
        Ok(_) | Err(ActError::NotFound | ActError::Policy(_) | ActError::Store(_)) => {
            return done?.ok_or(ActError::NotFound);
        }
    };
    store.transaction_that_writes(|connection| reader.note(connection, "act.refused", about, detail))?;
    done?.ok_or(ActError::NotFound)
}

/// The force that an act decides on, where it is about no one case.
#[derive(Debug)]
pub struct ForceInHand<'a> {
    /// All that is known in the force, limited-access cases included: show none of it to the person.
    pub force: &'a ForceFile,
    /// When.
    pub at: Moment,
    /// The policy of the day.
    pub policy: &'a Policy,
    /// Who acts.
    pub person: &'a Person,
    /// What the person may see.
    pub scope: &'a Scope,
}

impl<'a> ForceInHand<'a> {
    /// True where the person may see a case: one of their teams', and not hidden from them.
    #[must_use]
    pub fn shows(&self, case: &CaseFile) -> bool {
        self.scope.covers(&case.offender.team_ref) && case.records.admits(self.person.officer_ref.as_ref())
    }

    /// A case that the person may see; what is hidden from them is as if it were not there.
    #[must_use]
    pub fn case(&self, offender: &Ref) -> Option<&'a CaseFile> {
        self.force.cases.get(offender).filter(|case| self.shows(case))
    }

    /// The cases that an officer is to hold on a day, hidden ones included: what was allocated by then.
    #[must_use]
    pub fn cases_of(&self, officer: &Ref, day: CivilDate) -> Vec<&'a CaseFile> {
        let holds = |case: &&CaseFile| {
            let allocation = allocation::on_day(&case.records.allocations, day);
            allocation.is_some_and(|held| held.record.officer_ref.as_ref() == Some(officer))
        };
        self.force.cases.values().filter(|case| case.is_managed(self.at)).filter(holds).collect()
    }

    /// Checks that the cases that pass on are the officer's to pass on.
    ///
    /// # Errors
    /// With the first that is not, at `/reassign`.
    pub fn check_held_by(&self, officer: &Ref, moves: &[Move], day: CivilDate) -> Result<(), Refusal> {
        let held = self.cases_of(officer, day);
        let is_held = |made: &Move| held.iter().any(|case| case.offender_ref == made.offender_ref);
        match moves.iter().position(|made| !is_held(made)) {
            None => Ok(()),
            Some(at) => {
                let detail = "the case is not the officer's on that day; allocate it by itself";
                let pointer = format!("/reassign/{at}/offender_ref");
                Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(pointer))
            }
        }
    }

    /// Who acts, where they are in post as somebody who decides on the work of others.
    ///
    /// # Errors
    /// As [`Self::acting_officer`], or when they are in post as somebody else.
    pub fn acting_supervisor(&self) -> Result<&'a Ref, Refusal> {
        let (officer_ref, officer) = acting_officer(self.person, self.force, self.at)?;
        supervises(officer, self.at.today())?;
        Ok(officer_ref)
    }

    /// Who acts, among the force's officers.
    ///
    /// # Errors
    /// As [`CaseInHand::acting_officer`].
    pub fn acting_officer(&self) -> Result<(&'a Ref, &'a Officer), Refusal> {
        acting_officer(self.person, self.force, self.at)
    }
}

/// Acts on a record of the force, such as an officer: `about` is the record in whose scope the act stands.
///
/// # Errors
/// See [`ActError`]; nothing of the act is kept then.
pub fn on_force(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    about: (RecordKind, &Ref),
    decide: impl FnOnce(&ForceInHand<'_>) -> Result<Vec<Draft>, Refusal>,
) -> Result<Written, ActError> {
    within_force(store, acting, act, Some(about), decide)
}

/// Acts on records of the force that no one record stands for, such as one that is not there yet: `decide` sees to it
/// that each of them is the person's to act on.
///
/// # Errors
/// See [`ActError`]; nothing of the act is kept then.
pub fn on_whole_force(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    decide: impl FnOnce(&ForceInHand<'_>) -> Result<Vec<Draft>, Refusal>,
) -> Result<Written, ActError> {
    within_force(store, acting, act, None, decide)
}

/// What an act would come to: decided as [`on_force`] or [`on_whole_force`] would, and nothing entered but that it was asked.
///
/// # Errors
/// See [`ActError`].
pub fn weigh<T>(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    about: Option<(RecordKind, &Ref)>,
    decide: impl FnOnce(&ForceInHand<'_>) -> Result<T, Refusal>,
) -> Result<T, ActError> {
    let (reader, at) = (acting.reader, acting.reader.clock.moment());
    let policy = acting.policies.in_force(at.today())?;
    let done = store.transaction_that_writes(|connection| -> Result<Option<T>, ActError> {
        let scope = reader.person.case_scope();
        if !is_about_what_is_in_scope(connection, reader, &scope, act, about)? {
            return Ok(None);
        }
        let force = force_file::load(connection, &reader.person.force)?;
        let weighed = decide(&ForceInHand { force: &force, at, policy, person: &reader.person, scope: &scope })?;
        reader.note(connection, act, about, json!({ "dry_run": true }))?;
        Ok(Some(weighed))
    });
    on_record_where_refused(store, reader, act, about, done)
}

fn is_about_what_is_in_scope(
    connection: &mut AnyConnection,
    reader: &Reader,
    scope: &Scope,
    act: &str,
    about: Option<(RecordKind, &Ref)>,
) -> Result<bool, StoreError> {
    let Some((kind, subject)) = about else { return Ok(true) };
    let is_in_scope = !records_in_scope(connection, Wanted::one(kind, scope, subject))?.is_empty();
    if !is_in_scope {
        reader.note_refusal(connection, act, kind, subject)?;
    }
    Ok(is_in_scope)
}

fn within_force(
    store: &Store,
    acting: &Acting<'_>,
    act: &str,
    about: Option<(RecordKind, &Ref)>,
    decide: impl FnOnce(&ForceInHand<'_>) -> Result<Vec<Draft>, Refusal>,
) -> Result<Written, ActError> {
    let (reader, at) = (acting.reader, acting.reader.clock.moment());
    let policy = acting.policies.in_force(at.today())?;
    let done = store.transaction_that_writes(|connection| -> Result<Option<Written>, ActError> {
        record::take_turn(connection)?;
        let scope = reader.person.case_scope();
        if !is_about_what_is_in_scope(connection, reader, &scope, act, about)? {
            return Ok(None);
        }
        if let Some(written) = carried_out_before(connection, acting, act, None)? {
            return Ok(Some(written));
        }
        let force = force_file::load(connection, &reader.person.force)?;
        let in_hand = ForceInHand { force: &force, at, policy, person: &reader.person, scope: &scope };
        let drafts = decide(&in_hand)?;
        enter(connection, acting, act, None, drafts).map(Some)
    });
    on_record_where_refused(store, reader, act, about, done)
}

/// What came of the same request, where it was carried out before.
fn carried_out_before(
    connection: &mut AnyConnection,
    acting: &Acting<'_>,
    act: &str,
    offender: Option<&Ref>,
) -> Result<Option<Written>, ActError> {
    let Some(RequestKey { key, digest }) = acting.key else { return Ok(None) };
    let (reader, force) = (acting.reader, &acting.reader.person.force);
    let actor = Actor::Person(reader.person.clone()).to_string();
    let now = reader.clock.now();
    let Some(before) = idempotency::carried_out(connection, force, &actor, key, now)? else { return Ok(None) };
    if before.digest != *digest || before.act != act {
        return Err(ActError::KeyReused);
    }
    let (kind, subject) = (before.kind, before.subject);
    let Some(written) = written(connection, force, kind, &subject)? else {
        let detail = "the request was carried out, and what it entered has been taken out since";
        return Err(Refusal::new(RefusalCode::WrongState, detail).into());
    };
    // Where no case has been asked for yet, the record may have passed out of the reader's scope since.
    let is_in_scope = offender.is_some() || is_within_reach(connection, reader, &subject, &written.held.record)?;
    if !is_in_scope {
        reader.note_refusal(connection, act, kind, &subject)?;
        return Err(ActError::NotFound);
    }
    let detail = json!({ "act": act, "replayed": true, "offender": offender });
    reader.note(connection, "act.replay", Some((kind, &subject)), detail)?;
    Ok(Some(written))
}

/// True where a record, and the case that it is of, is in the reader's scope.
fn is_within_reach(
    connection: &mut AnyConnection,
    reader: &Reader,
    subject: &Ref,
    record: &Record,
) -> Result<bool, StoreError> {
    let scope = reader.person.case_scope();
    let is_shown = !records_in_scope(connection, Wanted::one(record.kind(), &scope, subject))?.is_empty();
    match offender_of(subject, record) {
        Some(offender) => Ok(is_shown && sees(connection, reader, offender)?),
        None => Ok(is_shown),
    }
}

fn written(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<Written>, ActError> {
    let Some(held) = one(connection, force, kind, subject)? else { return Ok(None) };
    let Some(tag) = own_entry::current_tag(connection, force, kind, subject)? else { return Ok(None) };
    Ok(Some(Written { held, tag, replayed: true }))
}

/// Enters what an act decided, puts it on record and asks for the force's flags.
fn enter(
    connection: &mut AnyConnection,
    acting: &Acting<'_>,
    act: &str,
    offender: Option<&Ref>,
    drafts: Vec<Draft>,
) -> Result<Written, ActError> {
    let (reader, force) = (acting.reader, &acting.reader.person.force);
    let actor = Actor::Person(reader.person.clone()).to_string();
    let now = reader.clock.now();
    let mut entered = Vec::with_capacity(drafts.len());
    for Draft { kind, subject, change, basis } in drafts {
        check_basis(connection, force, (kind, &subject), basis, offender)?;
        if let OwnChange::Claim(claimed) = &change {
            check_references(connection, force, kind, &subject, claimed)?;
        }
        let new = NewEntry { force, kind, subject: &subject, change, act, entered_at: now, entered_by: &actor };
        let tag = own_entry::append(connection, new)?;
        if matches!(kind, RecordKind::AccessRestriction | RecordKind::LegalHold) {
            keep_beside(connection, force, kind, &subject)?;
        }
        entered.push((kind, subject, tag));
    }
    let Some((kind, subject, tag)) = entered.first() else {
        return Err(StoreError::Unreadable { what: "act", detail: "enters nothing".to_owned() }.into());
    };
    let records: Vec<Value> =
        entered.iter().map(|(kind, subject, tag)| json!({ "kind": kind, "ref": subject, "entry": tag.own })).collect();
    let mut detail = json!({ "offender": offender, "entered": records });
    if touches_a_held_case(connection, force, &entered)?
        && let Some(members) = detail.as_object_mut()
    {
        members.insert("legal_hold".to_owned(), true.into());
    }
    reader.note(connection, act, Some((*kind, subject)), detail)?;
    // Each case that passes on beside it has an entry of its own, by which what was decided in the case is found.
    for (kind, subject, tag) in entered.iter().skip(1).filter(|(kind, ..)| *kind == RecordKind::Allocation) {
        let detail = json!({ "entered": [{ "kind": kind, "ref": subject, "entry": tag.own }] });
        reader.note(connection, act, Some((*kind, subject)), detail)?;
    }
    evaluation::request(connection, force, now)?;
    if let Some(RequestKey { key, digest }) = acting.key {
        let done = CarriedOut { digest: digest.clone(), act: act.to_owned(), kind: *kind, subject: subject.clone() };
        idempotency::remember(connection, force, &actor, key, &done, now)?;
    }
    let held = one(connection, force, *kind, subject)?;
    let held = held.ok_or_else(|| StoreError::Unreadable { what: "act", detail: "left no record".to_owned() })?;
    Ok(Written { held, tag: *tag, replayed: false })
}

/// What is kept beside a record as it now stands: a restriction decides who sees the case, a hold what the database keeps of it.
fn keep_beside(connection: &mut AnyConnection, force: &str, kind: RecordKind, subject: &Ref) -> Result<(), StoreError> {
    let Some(Held { record, .. }) = one(connection, force, kind, subject)? else { return Ok(()) };
    if let Record::AccessRestriction(restriction) = &record {
        limited_access::replace(connection, force, restriction)?;
    }
    if let Record::LegalHold(hold) = &record {
        legal_hold::keep(connection, force, subject, hold)?;
    }
    Ok(())
}

/// True where an act entered something of a case on legal hold, or placed or released a hold.
fn touches_a_held_case(
    connection: &mut AnyConnection,
    force: &str,
    entered: &[(RecordKind, Ref, RecordTag)],
) -> Result<bool, StoreError> {
    for (kind, subject, _) in entered {
        if *kind == RecordKind::LegalHold || legal_hold::is_of_a_held_case(connection, force, *kind, subject)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn check_basis(
    connection: &mut AnyConnection,
    force: &str,
    (kind, subject): (RecordKind, &Ref),
    basis: Basis,
    offender: Option<&Ref>,
) -> Result<(), ActError> {
    let read = match basis {
        Basis::Loaded => return Ok(()),
        Basis::New => None,
        Basis::Read(tag) => Some(tag),
    };
    let current = own_entry::current_tag(connection, force, kind, subject)?;
    // Whose record it is, and what it says, is told to nobody whose case it may not be; nor is one that was taken out
    // revived. A record that goes by its case's own reference is that case's.
    if basis == Basis::New && offender != Some(subject) && is_known(connection, force, kind, subject)? {
        let detail = "another record has that reference, or had it; choose another, or leave it out";
        return Err(Refusal::new(RefusalCode::WrongState, detail).at("/ref").into());
    }
    if current == read {
        return Ok(());
    }
    let then = match read {
        Some(tag) => own_entry::members_at(connection, force, kind, subject, tag)?,
        None => None,
    };
    let now = one(connection, force, kind, subject)?.map(|held| members(held.record));
    let entries = own_entry::entered_since(connection, force, kind, subject, read.and_then(|tag| tag.own))?;
    Err(ActError::Changed(ChangedSince { tag: current, members: differing(then, now), entries }))
}

/// The members that differ, in order.
fn differing(then: Option<Members>, now: Option<Members>) -> Vec<String> {
    let (then, now) = (then.unwrap_or_default(), now.unwrap_or_default());
    let mut members: Vec<String> = then.keys().chain(now.keys()).cloned().collect();
    members.sort();
    members.dedup();
    let said = |of: &Members, member: &String| of.get(member).cloned().unwrap_or_default();
    members.retain(|member| said(&then, member) != said(&now, member));
    members
}

/// What is entered names records that are there.
fn check_references(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
    claimed: &Members,
) -> Result<(), ActError> {
    let standing = own_entry::with_claimed(connection, force, kind, subject, claimed)?;
    let record = Record::from_json(kind, Value::Object(standing)).map_err(|error| {
        let detail = format!("the record cannot be kept: {:?}", error.classify());
        StoreError::Unreadable { what: "record", detail }
    })?;
    for reference in references(kind, subject, &record) {
        let pointer = reference.pointer.strip_prefix("/data").unwrap_or(&reference.pointer);
        let member = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        let is_missing = claimed.contains_key(member) && !exists(connection, force, reference.to, &reference.to_ref)?;
        if is_missing && !is_named_already(connection, force, (kind, subject), &reference)? {
            let detail = format!("names a record of kind {} that the force does not have", reference.to);
            return Err(Refusal::new(RefusalCode::UnknownReference, detail).at(pointer).into());
        }
    }
    Ok(())
}

/// True where the record names that already, as it stands: an officer of another force, say, in a case that came from there.
fn is_named_already(
    connection: &mut AnyConnection,
    force: &str,
    (kind, subject): (RecordKind, &Ref),
    named: &Reference,
) -> Result<bool, ActError> {
    let standing = own_entry::with_claimed(connection, force, kind, subject, &Members::new())?;
    // What cannot be read as a record yet is one that is being made.
    let Ok(record) = Record::from_json(kind, Value::Object(standing)) else { return Ok(false) };
    let is_it = |known: &Reference| known.to == named.to && known.to_ref == named.to_ref;
    Ok(references(kind, subject, &record).iter().any(is_it))
}
