-- Signed messages that were taken, so that none is taken twice. What is too old to be taken at all is forgotten.
CREATE TABLE signed_message (
    force text NOT NULL,
    sender text NOT NULL,
    message_id text NOT NULL,
    sent_at bigint NOT NULL,
    PRIMARY KEY (force, sender, message_id, sent_at)
);
