//! The case file: all that is known of one offender, and the questions that the rules ask of it.

use std::collections::BTreeMap;

use super::access_restriction::AccessRestriction;
use super::address::Address;
use super::allocation::{self, Allocation};
use super::arms_assessment::ArmsAssessment;
use super::arrest::Arrest;
use super::breach::{Breach, BreachState};
use super::calendar::{CivilDate, Instant, london_time};
use super::circumstance::Circumstance;
use super::crime_report::CrimeReport;
use super::dip_sample::{DipSample, DipSampleGrade};
use super::disposal::Disposal;
use super::foreign_travel::ForeignTravel;
use super::handover::Handover;
use super::intelligence::Intelligence;
use super::legal_hold::{self, LegalHold};
use super::merge::Merge;
use super::merged_case::{MergedOffender, gather, in_order};
use super::moment::Moment;
use super::notifiable_change::NotifiableChange;
use super::notification::Notification;
use super::offender::{Offender, RiskLevel};
use super::officer::Officer;
use super::order::Order;
use super::other_assessment::OtherAssessment;
use super::post::Post;
use super::programmed_visits::ProgrammedVisits;
use super::reactive_management::ReactiveManagement;
use super::reactive_records::{ReactiveDecision, ReactivePlacement, ReactiveReview};
use super::record::{Held, Record};
use super::reference::Ref;
use super::risk_management_plan::{RiskManagementPlan, VisitRequirement};
use super::safeguarding::{DisclosureDecision, SafeguardingDecision, SafeguardingReferral};
use super::team::Team;
use super::visit::Visit;
use super::visit_attendance::VisitAttendance;
use super::visit_guess::SeenVisit;

/// All that is known of one offender.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// The offender's reference.
    pub offender_ref: Ref,
    /// The offender.
    pub offender: Offender,
    /// Everything else that is known, of those merged into this record too.
    pub records: CaseRecords,
    /// The records of the same person that were merged into this one, by reference.
    pub merged: Vec<MergedOffender>,
}

/// The records about one offender.
#[derive(Debug, Clone, Default)]
pub struct CaseRecords {
    /// Addresses.
    pub addresses: Vec<Held<Address>>,
    /// Orders.
    pub orders: Vec<Held<Order>>,
    /// Every version of the allocation that is newer than its newest withdrawal.
    pub allocations: Vec<Held<Allocation>>,
    /// Those of the records merged into this one: they manage nothing any more, and say who managed.
    pub allocations_of_merged: Vec<Held<Allocation>>,
    /// ARMS assessments.
    pub assessments: Vec<Held<ArmsAssessment>>,
    /// Assessments by other tools.
    pub other_assessments: Vec<Held<OtherAssessment>>,
    /// Versions of the risk management plan.
    pub plans: Vec<Held<RiskManagementPlan>>,
    /// Dates programmed in the records system.
    pub programmed: Option<ProgrammedVisits>,
    /// Visits and contacts.
    pub visits: Vec<Held<Visit>>,
    /// Planned visits as they were attended.
    pub attendances: Vec<Held<VisitAttendance>>,
    /// Notifications.
    pub notifications: Vec<Held<Notification>>,
    /// Intelligence.
    pub intelligence: Vec<Held<Intelligence>>,
    /// Breaches.
    pub breaches: Vec<Held<Breach>>,
    /// The latest spell in reactive management.
    pub reactive: Option<ReactiveManagement>,
    /// Proposals to place the offender in reactive management.
    pub reactive_placements: Vec<Held<ReactivePlacement>>,
    /// Desk reviews of reactive management.
    pub reactive_reviews: Vec<Held<ReactiveReview>>,
    /// Decisions on who stays in reactive management.
    pub reactive_decisions: Vec<Held<ReactiveDecision>>,
    /// Arrests entered by people.
    pub arrests: Vec<Held<Arrest>>,
    /// Referrals to children's social care.
    pub safeguarding_referrals: Vec<Held<SafeguardingReferral>>,
    /// Decisions that no referral is needed.
    pub safeguarding_decisions: Vec<Held<SafeguardingDecision>>,
    /// Decisions whether to disclose.
    pub disclosure_decisions: Vec<Held<DisclosureDecision>>,
    /// Who may see the case, where it is restricted; of merged records, see [`CaseRecords::admits`].
    pub access: Option<AccessRestriction>,
    /// The restrictions on the records merged into this one.
    pub access_of_merged: Vec<AccessRestriction>,
    /// Legal holds, those released too.
    pub legal_holds: Vec<Held<LegalHold>>,
    /// Circumstances.
    pub circumstances: Vec<Held<Circumstance>>,
    /// Handovers.
    pub handovers: Vec<Held<Handover>>,
    /// Disposals: what made the offender one.
    pub disposals: Vec<Held<Disposal>>,
    /// Notifiable changes.
    pub notifiable_changes: Vec<Held<NotifiableChange>>,
    /// Journeys abroad.
    pub travels: Vec<Held<ForeignTravel>>,
    /// Merges into this record, those undone too.
    pub merges: Vec<Held<Merge>>,
}

impl CaseRecords {
    /// Puts every list in the order of references, so that nothing told of them depends on how they came.
    pub(super) fn put_in_order(&mut self) {
        in_order(&mut self.addresses);
        in_order(&mut self.orders);
        in_order(&mut self.allocations);
        in_order(&mut self.allocations_of_merged);
        in_order(&mut self.assessments);
        in_order(&mut self.other_assessments);
        in_order(&mut self.plans);
        in_order(&mut self.visits);
        in_order(&mut self.attendances);
        in_order(&mut self.notifications);
        in_order(&mut self.intelligence);
        in_order(&mut self.breaches);
        in_order(&mut self.reactive_placements);
        in_order(&mut self.reactive_reviews);
        in_order(&mut self.reactive_decisions);
        in_order(&mut self.arrests);
        in_order(&mut self.safeguarding_referrals);
        in_order(&mut self.safeguarding_decisions);
        in_order(&mut self.disclosure_decisions);
        in_order(&mut self.legal_holds);
        in_order(&mut self.circumstances);
        in_order(&mut self.handovers);
        in_order(&mut self.disposals);
        in_order(&mut self.notifiable_changes);
        in_order(&mut self.travels);
        in_order(&mut self.merges);
    }
}

/// All that is known in one force.
#[derive(Debug, Clone, Default)]
pub struct ForceFile {
    /// Officers.
    pub officers: BTreeMap<Ref, Officer>,
    /// Teams.
    pub teams: BTreeMap<Ref, Team>,
    /// Posts.
    pub posts: BTreeMap<Ref, Post>,
    /// Crime reports.
    pub crime_reports: Vec<CrimeReport>,
    /// Dip samples.
    pub dip_samples: Vec<Held<DipSample>>,
    /// The grades of their cases.
    pub dip_sample_grades: Vec<Held<DipSampleGrade>>,
    /// Case files, by offender. One whose record is merged has none.
    pub cases: BTreeMap<Ref, CaseFile>,
    /// Under which offender the case of each merged one goes on.
    pub homes: BTreeMap<Ref, Ref>,
}

impl ForceFile {
    /// The case of an offender, under whichever record it goes on.
    #[must_use]
    pub fn case(&self, offender: &Ref) -> Option<&CaseFile> {
        self.cases.get(self.homes.get(offender).unwrap_or(offender))
    }
}

/// Gathers records, in any order, into case files.
#[derive(Debug, Default)]
pub struct ForceFileBuilder {
    file: ForceFile,
    offenders: BTreeMap<Ref, Offender>,
    records: BTreeMap<Ref, CaseRecords>,
}

impl ForceFileBuilder {
    fn of(&mut self, offender: &Ref) -> &mut CaseRecords {
        self.records.entry(offender.clone()).or_default()
    }

    /// Adds a current record. Allocations come by [`Self::add_allocation`], version by version.
    pub fn add(&mut self, held: Held<Record>) {
        let Held { subject, event_time, event_id, record } = held;
        macro_rules! file {
            ($list:ident, $record:ident) => {{
                let offender = $record.offender_ref.clone();
                self.of(&offender).$list.push(Held { subject, event_time, event_id, record: $record });
            }};
        }
        match record {
            Record::Team(team) => {
                self.file.teams.insert(subject, team);
            }
            Record::Officer(officer) => {
                self.file.officers.insert(subject, officer);
            }
            Record::Offender(offender) => {
                self.offenders.insert(subject, offender);
            }
            Record::DipSample(record) => {
                self.file.dip_samples.push(Held { subject, event_time, event_id, record });
            }
            Record::DipSampleGrade(record) => {
                self.file.dip_sample_grades.push(Held { subject, event_time, event_id, record });
            }
            Record::CrimeReport(report) => self.file.crime_reports.push(report),
            Record::ProgrammedVisits(programmed) => self.of(&subject).programmed = Some(programmed),
            Record::ReactiveManagement(spell) => self.of(&subject).reactive = Some(spell),
            Record::Address(record) => file!(addresses, record),
            Record::Order(record) => file!(orders, record),
            Record::ArmsAssessment(record) => file!(assessments, record),
            Record::RiskManagementPlan(record) => file!(plans, record),
            Record::Visit(record) => file!(visits, record),
            Record::Notification(record) => file!(notifications, record),
            Record::Intelligence(record) => file!(intelligence, record),
            Record::Breach(record) => file!(breaches, record),
            Record::ReactivePlacement(record) => file!(reactive_placements, record),
            Record::ReactiveReview(record) => file!(reactive_reviews, record),
            Record::ReactiveDecision(record) => file!(reactive_decisions, record),
            Record::Arrest(record) => file!(arrests, record),
            Record::SafeguardingReferral(record) => file!(safeguarding_referrals, record),
            Record::SafeguardingDecision(record) => file!(safeguarding_decisions, record),
            Record::DisclosureDecision(record) => file!(disclosure_decisions, record),
            Record::Disposal(record) => file!(disposals, record),
            Record::NotifiableChange(record) => file!(notifiable_changes, record),
            Record::ForeignTravel(record) => file!(travels, record),
            Record::OtherAssessment(record) => file!(other_assessments, record),
            Record::VisitAttendance(record) => file!(attendances, record),
            Record::Circumstance(record) => file!(circumstances, record),
            Record::LegalHold(record) => file!(legal_holds, record),
            Record::Handover(record) => file!(handovers, record),
            Record::Merge(record) => {
                let merge = Held { subject, event_time, event_id, record };
                self.of(&merge.record.kept_ref.clone()).merges.push(merge);
            }
            Record::AccessRestriction(access) => self.of(&subject).access = Some(access),
            Record::Post(post) => {
                self.file.posts.insert(subject, post);
            }
            Record::Neighbourhood(_) | Record::Allocation(_) => {}
        }
    }

    /// Adds a version of an offender's allocation that is newer than its newest withdrawal.
    pub fn add_allocation(&mut self, held: Held<Allocation>) {
        let offender = held.subject.clone();
        self.of(&offender).allocations.push(held);
    }

    /// The case files, the same whatever the order in which records were added. Records of somebody of whom there
    /// is no offender record have none.
    #[must_use]
    pub fn build(mut self) -> ForceFile {
        self.file.crime_reports.sort_by(|a, b| a.reference.cmp(&b.reference));
        in_order(&mut self.file.dip_samples);
        in_order(&mut self.file.dip_sample_grades);
        (self.file.cases, self.file.homes) = gather(self.offenders, self.records);
        self.file
    }
}

/// "Newest": the latest date; with equal dates the newest event time, then the greater subject.
fn newest<'a, T>(records: impl Iterator<Item = &'a Held<T>>, date: impl Fn(&T) -> CivilDate) -> Option<&'a Held<T>> {
    records.max_by(|a, b| (date(&a.record), a.event_time, &a.subject).cmp(&(date(&b.record), b.event_time, &b.subject)))
}

impl CaseFile {
    /// Managed by this force.
    #[must_use]
    pub fn is_managed(&self, at: Moment) -> bool {
        self.offender.is_managed(at.today())
    }

    /// Managed, in the community.
    #[must_use]
    pub fn is_in_community(&self, at: Moment) -> bool {
        self.offender.is_in_community(at.today())
    }

    /// On legal hold: its record is kept as it is.
    #[must_use]
    pub fn is_on_legal_hold(&self) -> bool {
        legal_hold::any_holds(&self.records.legal_holds)
    }

    /// The spell of reactive management that holds: managed, entered and not left.
    #[must_use]
    pub fn reactive_spell(&self, at: Moment) -> Option<&ReactiveManagement> {
        self.records.reactive.as_ref().filter(|spell| self.is_managed(at) && spell.holds_on(at.today()))
    }

    /// The breaches that count in the rules: of those suspected and discounted none does.
    pub fn confirmed_breaches(&self) -> impl Iterator<Item = &Held<Breach>> {
        self.breaches_in(BreachState::Confirmed)
    }

    /// The breaches in a state.
    pub fn breaches_in(&self, state: BreachState) -> impl Iterator<Item = &Held<Breach>> {
        self.records.breaches.iter().filter(move |held| held.record.casework.state == state)
    }

    /// The current allocation: the newest version by event time, then the greater id, whose `from`
    /// has come. One dated in the future does not end today's.
    #[must_use]
    pub fn current_allocation(&self, at: Moment) -> Option<&Allocation> {
        allocation::current(&self.records.allocations, at)
    }

    /// The current address: a residence lived at today, with the newest `resident_from`.
    #[must_use]
    pub fn current_address(&self, at: Moment) -> Option<&Held<Address>> {
        self.residence_on(at.today())
    }

    /// Where the offender lives, or is to live, on a day, as far as is known today.
    #[must_use]
    pub fn residence_on(&self, day: CivilDate) -> Option<&Held<Address>> {
        newest(self.records.addresses.iter().filter(|held| held.record.is_residence_on(day)), |address| {
            address.resident_from
        })
    }

    /// The current assessment: the newest `assessed_on` that has come.
    #[must_use]
    pub fn current_assessment(&self, at: Moment) -> Option<&ArmsAssessment> {
        let made = self.records.assessments.iter().filter(|held| at.has_come(held.record.assessed_on));
        newest(made, |assessment| assessment.assessed_on).map(|held| &held.record)
    }

    /// The newest assessment by another tool that has come.
    #[must_use]
    pub fn current_other_assessment(&self, at: Moment) -> Option<&OtherAssessment> {
        let made = self.records.other_assessments.iter().filter(|held| at.has_come(held.record.assessed_on));
        newest(made, |assessment| assessment.assessed_on).map(|held| &held.record)
    }

    /// The assessments made so far, newest first.
    #[must_use]
    pub fn assessments_newest_first(&self, at: Moment) -> Vec<&Held<ArmsAssessment>> {
        let mut made: Vec<_> =
            self.records.assessments.iter().filter(|held| at.has_come(held.record.assessed_on)).collect();
        made.sort_by(|a, b| {
            (b.record.assessed_on, b.event_time, &b.subject).cmp(&(a.record.assessed_on, a.event_time, &a.subject))
        });
        made
    }

    /// The ARMS level of the current assessment.
    #[must_use]
    pub fn arms_level(&self, at: Moment) -> Option<RiskLevel> {
        self.current_assessment(at).map(|assessment| assessment.overall)
    }

    /// The current plan: approved, in effect, with the newest `effective_from`.
    #[must_use]
    pub fn current_plan(&self, at: Moment) -> Option<&RiskManagementPlan> {
        self.current_plan_held(at).map(|held| &held.record)
    }

    /// The current plan with its reference.
    #[must_use]
    pub fn current_plan_held(&self, at: Moment) -> Option<&Held<RiskManagementPlan>> {
        let in_effect = self.records.plans.iter().filter(|held| held.record.is_in_effect(at.today()));
        newest(in_effect, |plan| plan.effective_from)
    }

    /// What the current plan says of visits.
    #[must_use]
    pub fn visit_requirement(&self, at: Moment) -> Option<&VisitRequirement> {
        self.current_plan(at)?.visit_requirement.as_ref()
    }

    /// The visits that have happened.
    pub fn visits_made(&self, at: Moment) -> impl Iterator<Item = &Visit> {
        self.records.visits.iter().map(|held| &held.record).filter(move |visit| at.has_happened(visit.attempted_at))
    }

    /// The newest visits at which the offender was seen at the door, in the order of their days: what the next can be guessed from.
    #[must_use]
    pub fn seen_visits(&self, at: Moment) -> Vec<SeenVisit> {
        /// Two years of visits every three months, or most of a year of monthly ones `[I]`.
        const NEWEST: usize = 8;
        let at_the_door = |visit: &&Visit| visit.mode.is_at_the_door() && !visit.outcome.is_failed();
        let mut seen: Vec<SeenVisit> = self
            .visits_made(at)
            .filter(at_the_door)
            .map(|visit| SeenVisit { date: visit.date(), start: london_time(visit.attempted_at) })
            .collect();
        seen.sort_by_key(|visit| (visit.date, visit.start));
        seen.dedup_by_key(|visit| visit.date);
        seen.split_off(seen.len().saturating_sub(NEWEST))
    }

    /// True when a qualifying visit was made at an address since the offender moved in.
    #[must_use]
    pub fn has_been_seen_at(&self, address: &Held<Address>, at: Moment) -> bool {
        self.visits_made(at).any(|visit| {
            visit.is_qualifying()
                && visit.address_ref.as_ref() == Some(&address.subject)
                && visit.date() >= address.record.resident_from
        })
    }

    /// The last qualifying visit.
    #[must_use]
    pub fn last_qualifying_visit(&self, at: Moment) -> Option<&Visit> {
        self.visits_made(at).filter(|visit| visit.is_qualifying()).max_by_key(|visit| visit.attempted_at)
    }

    /// The visits and contacts after the last qualifying visit; all, where there is none.
    pub fn visits_since_qualifying(&self, at: Moment) -> impl Iterator<Item = &Visit> {
        let last: Option<Instant> = self.last_qualifying_visit(at).map(|visit| visit.attempted_at);
        self.visits_made(at).filter(move |visit| last.is_none_or(|last| visit.attempted_at > last))
    }
}
