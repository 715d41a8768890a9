-- Readings of neighbourhood briefings: each a disclosure, and a receipt. Appended and never overwritten.
CREATE TABLE briefing_reading (
    id text PRIMARY KEY,
    force text NOT NULL,
    neighbourhood_ref text NOT NULL,
    reader text NOT NULL,
    officer_ref text,
    read_at text NOT NULL,
    offender_refs text NOT NULL
);
CREATE INDEX briefing_reading_neighbourhood ON briefing_reading (force, neighbourhood_ref, read_at);
