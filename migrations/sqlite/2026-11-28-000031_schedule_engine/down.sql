ALTER TABLE schedule_proposal_document DROP COLUMN engine;
