-- Mappings of extracts, by force and name: each version is a row of its own and stays as it was saved.
CREATE TABLE extract_mapping (
    force text NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    document jsonb NOT NULL,
    sha256 text NOT NULL,
    saved_at timestamptz NOT NULL,
    saved_by text NOT NULL,
    PRIMARY KEY (force, name, version)
);

-- Which import was of an extract, read by which mapping, as of when.
CREATE TABLE import_extract (
    import_id uuid PRIMARY KEY REFERENCES import (id),
    force text NOT NULL,
    source text NOT NULL,
    mapping_name text,
    mapping_version integer,
    mapping_sha256 text NOT NULL,
    as_of timestamptz
);

-- As of when the newest extract of a records system was that gave records of a kind without a time of their own.
CREATE TABLE extract_taken (
    force text NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    as_of timestamptz NOT NULL,
    PRIMARY KEY (force, source, kind)
);
