//! The tables, as both backends know them.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    import (id) {
        id -> sql::Id,
        state -> Text,
        origin -> Text,
        actor -> Text,
        started_at -> sql::Instant,
        ended_at -> Nullable<sql::Instant>,
        report -> Nullable<sql::Json>,
        force -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    record_version (id) {
        id -> sql::Id,
        force -> Text,
        kind -> Text,
        subject -> Text,
        source -> Text,
        event_id -> Text,
        event_time -> sql::Instant,
        withdrawn -> Bool,
        offender_ref -> Nullable<Text>,
        content -> Nullable<sql::Json>,
        import_id -> sql::Id,
        learned_at -> sql::Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    record_version_personal_data (version_id) {
        version_id -> sql::Id,
        personal_data -> sql::Json,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    current_record (force, kind, subject) {
        force -> Text,
        kind -> Text,
        subject -> Text,
        version_id -> Nullable<sql::Id>,
        event_id -> Nullable<Text>,
        event_time -> Nullable<sql::Instant>,
        withdrawn -> Bool,
        offender_ref -> Nullable<Text>,
        team_ref -> Nullable<Text>,
        own_entry_id -> Nullable<sql::Id>,
    }
}

table! {
    use diesel::sql_types::*;

    record_reference (force, kind, subject, pointer) {
        force -> Text,
        kind -> Text,
        subject -> Text,
        pointer -> Text,
        to_kind -> Text,
        to_ref -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    audit_entry (id) {
        id -> sql::Id,
        at -> sql::Instant,
        actor -> Text,
        act -> Text,
        force -> Nullable<Text>,
        subject_kind -> Nullable<Text>,
        subject -> Nullable<Text>,
        detail -> sql::Json,
        operation -> Text,
        reason -> Nullable<Text>,
        chain -> Text,
        sequence -> BigInt,
        previous_hash -> Text,
        hash -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    audit_entry_before_chain (id) {
        id -> sql::Id,
        at -> sql::Instant,
        actor -> Text,
        act -> Text,
        force -> Nullable<Text>,
        subject_kind -> Nullable<Text>,
        subject -> Nullable<Text>,
        detail -> sql::Json,
    }
}

table! {
    use diesel::sql_types::*;

    audit_head (chain) {
        chain -> Text,
        sequence -> BigInt,
        hash -> Text,
    }
}

table! {
    use diesel::sql_types::*;

    schedule_snapshot (sha256) {
        sha256 -> Text,
        force -> Text,
        content -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    schedule_proposal (id) {
        id -> sql::Id,
        force -> Text,
        team_ref -> Text,
        parent_id -> Nullable<sql::Id>,
        snapshot_sha256 -> Text,
        seed -> BigInt,
        iterations -> BigInt,
        horizon_from -> Date,
        horizon_until -> Date,
        state -> Text,
        requested_at -> sql::Instant,
        requested_by -> Text,
        accepted_at -> Nullable<sql::Instant>,
        accepted_by -> Nullable<Text>,
        version -> Integer,
        records_as_of -> Nullable<sql::Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    schedule_proposal_document (proposal_id) {
        proposal_id -> sql::Id,
        document -> Text,
        engine -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    current_schedule (force, team_ref) {
        force -> Text,
        team_ref -> Text,
        proposal_id -> sql::Id,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    planned_visit (id) {
        id -> sql::Id,
        force -> Text,
        team_ref -> Text,
        proposal_id -> sql::Id,
        offender_ref -> Text,
        address_ref -> Text,
        visit_on -> Date,
        starts_at -> Text,
        ends_at -> Text,
        reason -> sql::Json,
        superseded_by -> Nullable<sql::Id>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    planned_visit_officer (planned_visit_id, officer_ref) {
        planned_visit_id -> sql::Id,
        officer_ref -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    flag (id) {
        id -> sql::Id,
        force -> Text,
        code -> Text,
        subject_kind -> Text,
        subject -> Text,
        offender_ref -> Nullable<Text>,
        team_ref -> Nullable<Text>,
        officer_ref -> Nullable<Text>,
        severity -> SmallInt,
        reason -> Nullable<Text>,
        evidence -> sql::Json,
        policy_version -> Text,
        raised_at -> sql::Instant,
        changed_at -> sql::Instant,
        cleared_at -> Nullable<sql::Instant>,
        acknowledged_until -> Nullable<Date>,
        version -> Integer,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    flag_acknowledgement (id) {
        id -> sql::Id,
        flag_id -> sql::Id,
        acknowledged_at -> sql::Instant,
        acknowledged_by -> Text,
        reason -> Text,
        review_on -> Date,
        flag_severity -> SmallInt,
        flag_reason -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    evaluation_request (id) {
        id -> sql::Id,
        force -> Text,
        requested_at -> sql::Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    flag_evaluation (force) {
        force -> Text,
        evaluated_at -> sql::Instant,
        policy_version -> Text,
        first_evaluated_at -> sql::Instant,
        standings_at -> Nullable<sql::Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    case_standing (force, offender_ref) {
        force -> Text,
        offender_ref -> Text,
        bucket -> Text,
        manager_ref -> Nullable<Text>,
        facts -> sql::Json,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    job_run (job, run_key) {
        job -> Text,
        run_key -> Text,
        state -> Text,
        owner -> Text,
        lease_until -> sql::Instant,
        attempt -> Integer,
        started_at -> sql::Instant,
        ended_at -> Nullable<sql::Instant>,
        error_code -> Nullable<Text>,
        report -> Nullable<sql::Json>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    own_entry (id) {
        id -> sql::Id,
        force -> Text,
        kind -> Text,
        subject -> Text,
        offender_ref -> Nullable<Text>,
        whole -> Bool,
        withdrawn -> Bool,
        content -> sql::Json,
        claimed_over -> sql::Json,
        act -> Text,
        entered_at -> sql::Instant,
        entered_by -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    own_entry_personal_data (entry_id) {
        entry_id -> sql::Id,
        personal_data -> sql::Json,
    }
}

table! {
    use diesel::sql_types::*;

    limited_access (force, offender_ref, officer_ref, rule) {
        force -> Text,
        offender_ref -> Text,
        officer_ref -> Text,
        rule -> Text,
    }
}

table! {
    use diesel::sql_types::*;

    legal_hold (force, hold_ref) {
        force -> Text,
        hold_ref -> Text,
        offender_ref -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    idempotency_key (force, actor, key) {
        force -> Text,
        actor -> Text,
        key -> Text,
        request_digest -> Text,
        act -> Text,
        kind -> Text,
        subject -> Text,
        carried_out_at -> sql::Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    briefing_reading (id) {
        id -> sql::Id,
        force -> Text,
        neighbourhood_ref -> Text,
        reader -> Text,
        officer_ref -> Nullable<Text>,
        read_at -> sql::Instant,
        offender_refs -> sql::Json,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    road_service_approval (id) {
        id -> sql::Id,
        force -> Text,
        host -> Text,
        reason -> Text,
        expires_on -> Date,
        approved_at -> sql::Instant,
        approved_by -> Text,
        withdrawn_at -> Nullable<sql::Instant>,
        withdrawn_by -> Nullable<Text>,
        withdrawal_reason -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    forecast (id) {
        id -> sql::Id,
        force -> Text,
        team_refs -> sql::Json,
        offender_refs -> sql::Json,
        input -> Text,
        state -> Text,
        steps_done -> Integer,
        steps -> Integer,
        result -> Nullable<Text>,
        error_code -> Nullable<Text>,
        owner -> Nullable<Text>,
        lease_until -> Nullable<sql::Instant>,
        attempt -> Integer,
        requested_at -> sql::Instant,
        requested_by -> Text,
        version -> Integer,
    }
}

joinable!(flag_acknowledgement -> flag (flag_id));
joinable!(current_record -> record_version (version_id));
joinable!(current_record -> own_entry (own_entry_id));
joinable!(own_entry_personal_data -> own_entry (entry_id));
joinable!(record_version_personal_data -> record_version (version_id));
joinable!(schedule_proposal_document -> schedule_proposal (proposal_id));
joinable!(planned_visit_officer -> planned_visit (planned_visit_id));

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    outbox_event (force, number) {
        force -> Text,
        number -> BigInt,
        id -> sql::Id,
        event_type -> Text,
        kind -> Text,
        subject -> Text,
        offender_ref -> Nullable<Text>,
        latest_by -> Nullable<Date>,
        act -> Text,
        happened_at -> sql::Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    subscription (id) {
        id -> sql::Id,
        force -> Text,
        name -> Text,
        url -> Text,
        event_types -> sql::Json,
        state -> Text,
        key_number -> Integer,
        old_key_until -> Nullable<sql::Instant>,
        failing_since -> Nullable<sql::Instant>,
        probed_at -> Nullable<sql::Instant>,
        created_at -> sql::Instant,
        created_by -> Text,
        version -> Integer,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    delivery (subscription_id, number) {
        subscription_id -> sql::Id,
        number -> BigInt,
        event_id -> sql::Id,
        record -> Text,
        state -> Text,
        attempts -> Integer,
        due_at -> sql::Instant,
        problem -> Nullable<Text>,
        ended_at -> Nullable<sql::Instant>,
    }
}

table! {
    signed_message (force, sender, message_id, sent_at) {
        force -> Text,
        sender -> Text,
        message_id -> Text,
        sent_at -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    transfer_key (id) {
        id -> sql::Id,
        force -> Text,
        of_force -> Text,
        public_key -> Text,
        reason -> Text,
        expires_on -> Date,
        registered_at -> sql::Instant,
        registered_by -> Text,
        withdrawn_at -> Nullable<sql::Instant>,
        withdrawn_by -> Nullable<Text>,
        withdrawal_reason -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    transfer (id) {
        id -> sql::Id,
        force -> Text,
        offender_ref -> Text,
        receiving_force -> Text,
        reason -> Text,
        state -> Text,
        made_at -> sql::Instant,
        made_by -> Text,
        manifest -> sql::Json,
        package_sha256 -> Text,
        receipt -> Nullable<sql::Json>,
        ended_at -> Nullable<sql::Instant>,
        ended_by -> Nullable<Text>,
        withdrawal_reason -> Nullable<Text>,
        version -> Integer,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    received_transfer (force, sending_force, transfer_id) {
        force -> Text,
        sending_force -> Text,
        transfer_id -> sql::Id,
        offender_ref -> Text,
        team_ref -> Text,
        package_sha256 -> Text,
        receipt -> sql::Json,
        received_at -> sql::Instant,
        received_by -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    received_version (source, event_id) {
        source -> Text,
        event_id -> Text,
        force -> Text,
        number -> Integer,
        said -> sql::Json,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    transfer_package (force, sending_force, transfer_id) {
        force -> Text,
        sending_force -> Text,
        transfer_id -> sql::Id,
        content -> Text,
    }
}

table! {
    use diesel::sql_types::*;

    offender_merge (force, merged_ref) {
        force -> Text,
        merged_ref -> Text,
        home_ref -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    drift (force, kind, subject) {
        force -> Text,
        kind -> Text,
        subject -> Text,
        difference -> Text,
        there_time -> Nullable<sql::Instant>,
        here_time -> Nullable<sql::Instant>,
        since -> sql::Instant,
        asked_at -> Nullable<sql::Instant>,
        answer -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    drift_check (force, kind) {
        force -> Text,
        kind -> Text,
        checked_at -> sql::Instant,
        compared_by -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    drift_run (force) {
        force -> Text,
        began_at -> sql::Instant,
        ended_at -> sql::Instant,
        outcome -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    extract_mapping (force, name, version) {
        force -> Text,
        name -> Text,
        version -> Integer,
        document -> sql::Json,
        sha256 -> Text,
        saved_at -> sql::Instant,
        saved_by -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    import_extract (import_id) {
        import_id -> sql::Id,
        force -> Text,
        source -> Text,
        mapping_name -> Nullable<Text>,
        mapping_version -> Nullable<Integer>,
        mapping_sha256 -> Text,
        as_of -> Nullable<sql::Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    extract_taken (force, source, kind) {
        force -> Text,
        source -> Text,
        kind -> Text,
        as_of -> sql::Instant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    exchange (force, channel) {
        force -> Text,
        channel -> Text,
        began_at -> sql::Instant,
        ended_at -> sql::Instant,
        outcome -> Text,
        events -> Nullable<BigInt>,
        last_success_at -> Nullable<sql::Instant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::store::types::sql;

    pull_place (force) {
        force -> Text,
        cursor -> Nullable<Text>,
        failures -> Integer,
        not_before -> Nullable<sql::Instant>,
    }
}

allow_tables_to_appear_in_same_query!(
    import,
    record_version,
    record_version_personal_data,
    current_record,
    own_entry,
    own_entry_personal_data,
    limited_access,
    legal_hold,
    offender_merge,
    drift,
    drift_check,
    drift_run,
    idempotency_key,
    record_reference,
    audit_entry,
    audit_entry_before_chain,
    audit_head,
    schedule_snapshot,
    schedule_proposal,
    schedule_proposal_document,
    current_schedule,
    planned_visit,
    planned_visit_officer,
    flag,
    flag_acknowledgement,
    evaluation_request,
    flag_evaluation,
    case_standing,
    job_run,
    outbox_event,
    subscription,
    delivery,
    extract_mapping,
    import_extract,
    extract_taken,
);
