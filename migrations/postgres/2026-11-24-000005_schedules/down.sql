DROP TABLE planned_visit_officer;
DROP TABLE planned_visit;
DROP TABLE current_schedule;
DROP TABLE schedule_proposal_document;
DROP TABLE schedule_proposal;
DROP TABLE schedule_snapshot;
