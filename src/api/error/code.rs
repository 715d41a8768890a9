//! The one table of what can go wrong at the service's door. Part of its interface: callers act on the codes.

use actix_web::http::StatusCode;

/// One kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// The stable name.
    pub code: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// What it is, in a few words; the same every time.
    pub title: &'static str,
    /// What the caller can do.
    pub help: &'static str,
}

macro_rules! error_table {
    ($($name:ident: $status:ident, $code:literal, $title:literal, $help:literal;)*) => {
        impl ErrorCode {
            $(
                #[doc = concat!("`", $code, "`: ", $title)]
                pub const $name: Self =
                    Self { code: $code, status: StatusCode::$status, title: $title, help: $help };
            )*

            /// Every kind of problem, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

error_table! {
    MALFORMED_JSON: BAD_REQUEST, "malformed_json", "The body is not JSON.",
        "Send JSON in UTF-8, whole.";
    UNKNOWN_MEMBER: BAD_REQUEST, "unknown_member", "The body has a member that this route does not know.",
        "Leave the member out, or correct its name; /openapi.json lists those that are known.";
    INVALID_BODY: BAD_REQUEST, "invalid_body", "The body is not what this route takes.",
        "Correct the body; /openapi.json gives its shape.";
    INVALID_PATH: BAD_REQUEST, "invalid_path", "A part of the path is not what this route takes.",
        "Correct the path; /openapi.json gives its shape.";
    INVALID_QUERY: BAD_REQUEST, "invalid_query", "The query string is not what this route takes.",
        "Leave out what the route does not know and correct what it does; /openapi.json lists the parameters.";
    INVALID_CURSOR: BAD_REQUEST, "invalid_cursor", "The cursor is none that this route gave out.",
        "Begin again without a cursor and follow the links that the service gives.";
    INVALID_READING_REASON: BAD_REQUEST, "invalid_reading_reason", "The header Reading-Reason has no code that this service knows.",
        "Leave the header out, or give one of the codes that the detail lists.";
    FEED_BROKEN_OFF: BAD_REQUEST, "feed_broken_off", "The body broke off before its end.",
        "Send it again: what was taken is kept, and counts as duplicates the second time.";
    EXTRACT_UNREADABLE: BAD_REQUEST, "extract_unreadable", "The extract cannot be read by its mapping.",
        "Do what the detail says, in the file or in the mapping, and try it with dry_run=true; docs/EXTRACTS.md tells how.";
    AS_OF_NEEDED: BAD_REQUEST, "as_of_needed", "The instant of the extract is missing, or has not come yet.",
        "Say in `as_of` when the extract was made, as an RFC 3339 instant.";
    UNAUTHORIZED: UNAUTHORIZED, "unauthorized", "A valid token is needed.",
        "Send `Authorization: Bearer TOKEN` with a token that is valid now.";
    UNKNOWN_CERTIFICATE: FORBIDDEN, "unknown_certificate", "The client certificate names no sender that is known.",
        "Have its DNS name put among records.senders in the settings; a certificate that names nobody there is never taken.";
    SIGNATURE_MISSING: FORBIDDEN, "signature_missing", "What this sender sends must be signed, and it is not.",
        "Send webhook-id, webhook-timestamp and webhook-signature as the Standard Webhooks have them.";
    SIGNATURE_WRONG: FORBIDDEN, "signature_wrong", "The signature is not this sender's over this body.",
        "Sign the body as it is sent, with the key that the command `sender-key` prints.";
    SIGNATURE_OUT_OF_TIME: FORBIDDEN, "signature_out_of_time", "It was signed more than five minutes ago, or is from the future.",
        "Sign it again when it is sent again, and set the sender's clock.";
    SIGNATURE_REPLAYED: CONFLICT, "signature_replayed", "This very message was taken before.",
        "Nothing was applied again. To send the same records once more, sign them anew.";
    UNKNOWN_REFERENCE: BAD_REQUEST, "unknown_reference", "A record is named that the force does not have.",
        "Correct the reference at the pointer, or have the record sent or entered first.";
    NOT_ACCEPTABLE: BAD_REQUEST, "not_acceptable", "What was entered contradicts itself, or a rule about its range.",
        "Correct what the pointer names; the detail says which rule it breaks.";
    REASON_NEEDED: BAD_REQUEST, "reason_needed", "This needs a reason, and none was given.",
        "Say why, at the pointer.";
    INVALID_KEY: BAD_REQUEST, "invalid_key", "The Idempotency-Key cannot be one.",
        "Give each request its own key of 1 to 200 printable ASCII characters, such as a UUID.";
    KEY_REUSED: CONFLICT, "key_reused", "The Idempotency-Key was given to another request.",
        "Give each request its own key; send the same request again with the same key alone.";
    OFFICER_NEEDED: FORBIDDEN, "officer_needed", "The act is put down to an officer, and the token names none in post.",
        "Ask whoever issues tokens for one with your officer_ref.";
    OWN_WORK: FORBIDDEN, "own_work", "Nobody approves, checks or grades their own work.",
        "Ask somebody else who may.";
    NOT_QUALIFIED: FORBIDDEN, "not_qualified", "The act is for somebody of another rank or training.",
        "Ask somebody whose rank and training the detail names.";
    CASES_IN_HAND: CONFLICT, "cases_in_hand", "The officer holds cases that nobody is named to take.",
        "Say who takes each of them, in `reassign`, or reallocate them first.";
    WRONG_STATE: CONFLICT, "wrong_state", "The record is not in a state in which this can be done.",
        "Read it again; the detail says what stands against it.";
    NOT_ELIGIBLE: CONFLICT, "not_eligible", "A criterion of reactive management is not met, or not known to be.",
        "Mend what the detail names, or leave the offender where they are visited; what is not known never lowers supervision.";
    FORBIDDEN: FORBIDDEN, "forbidden", "This token does not grant this act.",
        "Ask whoever issues tokens for the role that the act needs; docs/AUTHORISATION.md lists them.";
    HOLDS_HIDDEN_CASES: FORBIDDEN, "holds_hidden_cases",
        "It was made from cases that are not all within your reach, and cannot be given in part.",
        "Read the proposal, its visits and its plots, which leave those cases out; or ask somebody who may see every case of the team.";
    NOT_FOUND: NOT_FOUND, "not_found", "There is nothing here that you may see.",
        "Check the reference and the force and teams that the token names.";
    ROUTE_NOT_FOUND: NOT_FOUND, "route_not_found", "There is no such route.",
        "/openapi.json lists the routes.";
    METHOD_NOT_ALLOWED: METHOD_NOT_ALLOWED, "method_not_allowed", "This route does not take this method.",
        "Use one of the methods in the Allow header.";
    NOT_FINISHED: CONFLICT, "not_finished", "The proposal is not finished yet.",
        "Read it again in a while; its state becomes `proposed`.";
    ALREADY_ACCEPTED: CONFLICT, "already_accepted", "The proposal was accepted already.",
        "Nothing is left to do.";
    STALE_PARENT: CONFLICT, "stale_parent", "The team has accepted another schedule since this proposal was made.",
        "Ask for a new proposal, which follows the accepted schedule.";
    STALE_PROPOSAL: CONFLICT, "stale_proposal", "The records have changed since this allocation proposal was read.",
        "Read the proposal again, decide again, and send its new digest. Nothing was allocated.";
    OUT_OF_DATE: CONFLICT, "out_of_date", "The proposal's first day has passed.",
        "Ask for a new proposal, from today or later.";
    ENDS_TOO_EARLY: CONFLICT, "ends_too_early", "The accepted schedule has visits after this proposal's last day.",
        "Ask for a proposal up to the day that the detail names, so that no visit is lost.";
    ACCESS_CHANGED: CONFLICT, "access_changed", "Who may see a case has changed since this was planned.",
        "Propose again: the planner keeps officers from cases that shut them out.";
    TOO_MANY_FORECASTS: TOO_MANY_REQUESTS, "too_many_forecasts", "As many forecasts as may be are waiting or being made.",
        "Read those asked for, and ask again when one of them is done.";
    ADVISED_AGAINST: CONFLICT, "advised_against", "Rules speak against the move that a person may set aside with a reason.",
        "Move the visit elsewhere, or say why it is kept against advice, in `keep_against_advice`; `rules` lists what it breaks.";
    MOVE_REFUSED: CONFLICT, "move_refused", "The move breaks a rule that nobody may set aside.",
        "Move the visit elsewhere; `rules` lists what it breaks, and a check says which of it may be set aside.";
    NOT_EVALUATED: CONFLICT, "not_evaluated", "The force's flags have not been evaluated yet.",
        "Send the force's records, or wait for the nightly evaluation; GET /v1/jobs says when that is.";
    NO_HISTORY: CONFLICT, "no_history", "Nothing is known of the force as at that instant.",
        "Ask as at a later instant: for `known_at`, one after the force's first records came.";
    OLDER_EXTRACT: CONFLICT, "older_extract", "A newer extract of the same records was taken already.",
        "Send the newest extract; what changed between the two came with the newer one.";
    FLAG_CLEARED: CONFLICT, "flag_cleared", "The flag no longer holds.",
        "There is nothing left to acknowledge; read the flags again.";
    PRECONDITION_FAILED: PRECONDITION_FAILED, "precondition_failed", "It has changed since it was read.",
        "Read it again, decide again, and name its new ETag in If-Match.";
    PRECONDITION_REQUIRED: PRECONDITION_REQUIRED, "precondition_required", "The version that was read must be named.",
        "Send If-Match with the ETag that came with what was read.";
    PAYLOAD_TOO_LARGE: PAYLOAD_TOO_LARGE, "payload_too_large", "The body is too large.",
        "Send less at a time; a records feed of any length goes as application/x-ndjson.";
    BATCH_TOO_LARGE: PAYLOAD_TOO_LARGE, "batch_too_large", "The batch has too many events.",
        "Send at most 1,000 events in a batch, or any number as application/x-ndjson. Nothing was applied.";
    EXTRACT_TOO_LARGE: PAYLOAD_TOO_LARGE, "extract_too_large", "The extract is too large.",
        "Send it in parts, each with the header: a CSV file has at most 256 MiB, an XLSX file 32 MiB.";
    EXTRACT_UNPACKS_TOO_LARGE: PAYLOAD_TOO_LARGE, "extract_unpacks_too_large", "The workbook is too large when it is unpacked.",
        "Send its rows as CSV, or in parts. Nothing was applied.";
    UNSUPPORTED_MEDIA_TYPE: UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "This route does not take this media type.",
        "Set Content-Type to one that /openapi.json lists for the route.";
    INTERNAL: INTERNAL_SERVER_ERROR, "internal", "The service failed.",
        "Try again; if it goes on, tell whoever runs the service the request_id.";
    NOT_READY: SERVICE_UNAVAILABLE, "not_ready", "The service is not ready.",
        "Do what the detail says; the service becomes ready by itself.";
    SIGNING_KEY_MISSING: SERVICE_UNAVAILABLE, "signing_key_missing", "The service has no key to sign with.",
        "Whoever runs the service sets audit.signing_key_file and audit.heads_dir, makes the key with `mosovo-visits audit key --make`, and starts it again. Nothing was disclosed.";
    UNAVAILABLE: SERVICE_UNAVAILABLE, "unavailable", "The service cannot answer now.",
        "Try again in a moment; whoever runs the service finds the reason at /readyz.";
}
