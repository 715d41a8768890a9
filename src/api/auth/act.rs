//! The one table of roles and acts: who may do what. Scope, which of a force's records, comes on
//! top of it and goes into the query: see [`crate::store::scope`].

use crate::casework::actor::{Person, Role};

/// An act and the roles that may carry it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// The act's stable name.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Who may.
    pub roles: &'static [Role],
}

impl Permission {
    /// True where somebody may carry the act out. A sender that is limited to types of records is no whole records system: it sends, and reads what
    /// came of that, and is told of nothing else.
    #[must_use]
    pub fn admits(&self, person: &Person) -> bool {
        self.roles.contains(&person.role) && (person.sends.is_none() || !OF_A_WHOLE_SYSTEM.contains(self))
    }
}

/// The acts of a records system that may send every type.
const OF_A_WHOLE_SYSTEM: [Permission; 2] = [ReadOutwardEvents::PERMISSION, CompareDigests::PERMISSION];

/// An act, as a handler's signature names it: `Permit<ReadOffenders>`.
pub trait Act: 'static {
    /// Its row of the table.
    const PERMISSION: Permission;
}

macro_rules! acts {
    ($($act:ident, $name:literal, $what:literal: [$($role:ident),*];)*) => {
        $(
            #[doc = $what]
            #[derive(Debug, Clone, Copy)]
            pub struct $act;

            impl Act for $act {
                const PERMISSION: Permission =
                    Permission { name: $name, what: $what, roles: &[$(Role::$role),*] };
            }
        )*

        /// The table: every act, with its roles.
        pub const PERMISSIONS: &[Permission] = &[$($act::PERMISSION),*];
    };
}

acts! {
    SendRecords, "records.send", "Send records of the force": [RecordsSystem];
    ReadImports, "imports.read", "Read what came of an import of the force's records": [RecordsSystem, Administrator];
    SendExtracts, "extracts.send", "Send extracts of the force's records, and try them out": [RecordsSystem];
    ReadExtractMappings, "extract_mappings.read", "Read the mappings of the force's extracts": [RecordsSystem, Administrator];
    SaveExtractMappings, "extract_mappings.save", "Save a mapping of the force's extracts": [Administrator];
    ReadOutwardEvents, "outward_events.read", "Read what the records system is told of, and what it is about": [RecordsSystem];
    CompareDigests, "drift.compare", "Compare what the records system holds with what it told here": [RecordsSystem];
    ReadDrift, "drift.read", "Read where the records system and this service do not hold the same, by reference":
        [DetectiveInspector, Administrator];
    ReadSubscriptions, "subscriptions.read", "Read the subscriptions to outward events, and what could not be delivered": [Administrator];
    ManageSubscriptions, "subscriptions.manage",
        "Make, pause, resume and end subscriptions, give them new keys, and have events delivered again": [Administrator];
    ReadOffenders, "offenders.read", "Read case files, their history and reactive eligibility":
        [OffenderManager, Supervisor, DetectiveInspector];
    ReadNotificationDuties, "notification_duties.read", "Read an offender's notification duties, with their arithmetic":
        [OffenderManager, Supervisor, DetectiveInspector];
    ProposeSchedules, "schedules.propose", "Ask for a proposal of a team's schedule": [Supervisor, DetectiveInspector];
    ReadSchedules, "schedules.read", "Read proposals of a team's schedule, their plots and what they were made from, and compare them with the accepted one":
        [Supervisor, DetectiveInspector];
    AcceptSchedules, "schedules.accept", "Accept a proposal of a team's schedule": [Supervisor, DetectiveInspector];
    MoveVisits, "schedules.move", "Check and make one's own move of a planned visit of a team, and lift its pin":
        [Supervisor, DetectiveInspector];
    AskForecasts, "forecasts.ask", "Ask what the weeks to come bring a team, as things stand and under changes":
        [Supervisor, DetectiveInspector];
    ReadForecasts, "forecasts.read", "Read a forecast": [Supervisor, DetectiveInspector];
    ReadDailyLists, "daily_lists.read", "Read an officer's visits on a day; an offender manager, their own":
        [OffenderManager, Supervisor, DetectiveInspector];
    ReadOfficers, "officers.read", "Read officers, with their posts, shifts and absences":
        [OffenderManager, Supervisor, DetectiveInspector];
    ReadTeams, "teams.read", "Read the force's teams": [OffenderManager, Supervisor, DetectiveInspector];
    ReadNeighbourhoods, "neighbourhoods.read", "Read the force's neighbourhood policing areas":
        [OffenderManager, Supervisor, DetectiveInspector, NeighbourhoodOfficer];
    ReadDipSamples, "dip_samples.read", "Read a team's dip samples and their grades": [Supervisor, DetectiveInspector];
    DrawDipSamples, "dip_samples.draw", "Draw this month's dip sample of a team": [Supervisor, DetectiveInspector];
    GradeDipSamples, "dip_samples.grade", "Grade a case of a dip sample": [Supervisor, DetectiveInspector];
    ReadBriefings, "briefings.read", "Read a neighbourhood's briefing; a neighbourhood officer, those of their own areas":
        [Supervisor, DetectiveInspector, NeighbourhoodOfficer];
    ReadBriefingReceipts, "briefings.receipts", "Read when a neighbourhood's briefing was read":
        [Supervisor, DetectiveInspector];
    SendIntelligence, "neighbourhood_intelligence.send",
        "Send intelligence about somebody in the briefing of one's own area, and read the receipts": [NeighbourhoodOfficer];
    ReadFlags, "flags.read", "Read what the service noticed": [OffenderManager, Supervisor, DetectiveInspector];
    AcknowledgeFlags, "flags.acknowledge", "Acknowledge a flag, with a reason and a day of review":
        [Supervisor, DetectiveInspector];
    ReadAccess, "access_restrictions.read", "Read who may see a limited-access case": [Supervisor, DetectiveInspector];
    DecideAccess, "access_restrictions.decide", "Decide who may see a limited-access case": [DetectiveInspector];
    ReadLegalHolds, "legal_holds.read", "Read the legal holds on a case": [DetectiveInspector];
    DecideLegalHolds, "legal_holds.decide", "Place a legal hold on a case, and release one that somebody else placed":
        [DetectiveInspector];
    ExportCases, "cases.export", "Export a whole case, sealed": [DetectiveInspector];
    ReadTransfers, "transfers.read", "Read the transfers of cases to and from other forces": [Supervisor, DetectiveInspector];
    MakeTransfers, "transfers.make",
        "Make the package of a case for another force, hand it out, take its receipt, withdraw it": [DetectiveInspector];
    TakeInTransfers, "transfers.take_in", "Take a case in that another force has sent": [Supervisor, DetectiveInspector];
    ManageTransferKeys, "transfer_keys.manage", "Read, register and withdraw the keys of other forces": [Administrator];
    AssessRisk, "assessments.enter", "Enter and put right assessments, ARMS as a trained assessor":
        [OffenderManager, Supervisor, DetectiveInspector];
    DraftPlans, "plans.draft", "Draft risk management plans and edit the drafts":
        [OffenderManager, Supervisor, DetectiveInspector];
    ApprovePlans, "plans.approve", "Approve risk management plans or send them back": [Supervisor, DetectiveInspector];
    CompleteActions, "plan_actions.complete", "Complete an action of a plan as its owner or the case's manager":
        [OffenderManager, Supervisor, DetectiveInspector];
    CheckActions, "plan_actions.check", "Check that actions were completed, and defer them":
        [Supervisor, DetectiveInspector];
    RecordVisits, "visits.record", "Record, confirm and put right visits, and say when they begin and end":
        [OffenderManager, Supervisor, DetectiveInspector];
    ReadAttemptLog, "attempt_logs.disclose", "Read the log of failed attempts for a warrant application":
        [OffenderManager, Supervisor, DetectiveInspector];
    ReadLoneWorkerAlerts, "lone_worker_alerts.read", "Read which visits have no finish":
        [OffenderManager, Supervisor, DetectiveInspector];
    SettleConflicts, "conflicts.settle", "Settle where the records system and what was entered here differ":
        [OffenderManager, Supervisor, DetectiveInspector];
    EnterDisposals, "disposals.enter", "Enter and put right a disposal: how long notification lasts":
        [OffenderManager, Supervisor, DetectiveInspector];
    EnterNotifiableChanges, "notifiable_changes.enter", "Enter a notifiable change, and name the notification that covers it":
        [OffenderManager, Supervisor, DetectiveInspector];
    EnterForeignTravel, "foreign_travel.enter", "Enter a journey abroad, and what becomes of it":
        [OffenderManager, Supervisor, DetectiveInspector];
    EnterNotifications, "notifications.enter", "Enter a notification that was received, and what it covers":
        [OffenderManager, Supervisor, DetectiveInspector];
    ReadAudit, "audit.read", "Read the audit of the force": [Auditor];
    ReadTeamDashboards, "dashboards.team.read", "Read a team's figures": [Supervisor, DetectiveInspector];
    ReadForceDashboard, "dashboards.force.read", "Read the force's figures": [DetectiveInspector];
    DiscloseInspectionPacks, "inspection_packs.disclose", "Hand out a team's inspection pack": [DetectiveInspector];
    ReadWorklists, "worklists.read", "Read what is overdue, the worst first":
        [OffenderManager, Supervisor, DetectiveInspector];
    EnterBreaches, "breaches.enter", "Enter a breach, confirmed or suspected":
        [OffenderManager, Supervisor, DetectiveInspector];
    InvestigateBreaches, "breaches.investigate",
        "Confirm a suspected breach, say how it is investigated, link its crime report":
        [OffenderManager, Supervisor, DetectiveInspector];
    DiscountBreaches, "breaches.discount", "Discount a suspected breach": [Supervisor, DetectiveInspector];
    CancelCrimeReports, "breaches.cancel_crime_report", "Say that a breach's crime report was cancelled":
        [Supervisor, DetectiveInspector];
    DecideBreaches, "breaches.decide", "Decide on a breach; an offender manager, a charge alone":
        [OffenderManager, Supervisor, DetectiveInspector];
    EnterIntelligence, "intelligence.enter", "Enter intelligence": [OffenderManager, Supervisor, DetectiveInspector];
    ProposeReactiveManagement, "reactive_management.propose", "Propose to place an offender in reactive management":
        [OffenderManager, Supervisor];
    ApproveReactiveManagement, "reactive_management.approve",
        "Approve or refuse a proposal to place an offender in reactive management": [DetectiveInspector];
    ReviewReactiveManagement, "reactive_management.review", "Review reactive management at the desk": [Supervisor];
    RemoveFromReactiveManagement, "reactive_management.remove", "Remove an offender from reactive management":
        [Supervisor, DetectiveInspector];
    DecideReactiveManagement, "reactive_management.decide",
        "Decide on an offender whose reactive management is suspended": [DetectiveInspector];
    EnterArrests, "arrests.enter", "Enter an arrest": [OffenderManager, Supervisor, DetectiveInspector];
    ReferSafeguarding, "safeguarding.refer", "Enter a referral to children's social care, and the reply":
        [OffenderManager, Supervisor, DetectiveInspector];
    DecideSafeguarding, "safeguarding.decide", "Decide that no referral is needed, and on disclosure":
        [Supervisor, DetectiveInspector];
    AllocateCases, "allocations.decide", "Decide who manages a case": [Supervisor, DetectiveInspector];
    ReadCaseloads, "caseloads.read", "Read caseloads, posts and the queue of unallocated cases":
        [Supervisor, DetectiveInspector];
    CompleteHandovers, "handovers.complete", "Do and complete the handover of a case that one takes over":
        [OffenderManager];
    CheckHandovers, "handovers.check", "Check a completed handover": [Supervisor, DetectiveInspector];
    ManageOfficers, "officers.manage", "Enter and change officers, their absences, training, loans and leaving":
        [Supervisor, DetectiveInspector];
    ManageTeams, "teams.manage", "Change a team and its posts": [Supervisor, DetectiveInspector];
    EnterOffenders, "offenders.enter", "Enter an offender whom the records system has not sent":
        [Supervisor, DetectiveInspector];
    ChangeOffenders, "offenders.change",
        "Change what is recorded of an offender: identity, aliases, circumstances, addresses, orders":
        [OffenderManager, Supervisor, DetectiveInspector];
    ChangeStatus, "offenders.change_status",
        "Change an offender's status; what ends this force's management, a supervisor or detective inspector":
        [OffenderManager, Supervisor, DetectiveInspector];
    MergeOffenders, "offenders.merge", "Merge the record of an offender into that of the same person":
        [Supervisor, DetectiveInspector];
    UndoMerges, "offenders.undo_merge", "Undo a merge of two offenders' records": [DetectiveInspector];
    ReadRoadService, "road_service.read", "Read how the road service stands, and the approvals of its host":
        [Administrator];
    ApproveRoadService, "road_service.approve", "Approve that a road service outside of private networks is asked, and withdraw it":
        [Administrator];
    ReadJobs, "jobs.read", "Read how the service's own jobs stand": [Administrator];
}
