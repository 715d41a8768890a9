-- By which way of planning a proposal was made; not known of those made before this was kept.
ALTER TABLE schedule_proposal_document ADD COLUMN engine text;
