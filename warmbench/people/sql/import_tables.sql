-- The rows of one import, as they were read. Not in the write-ahead log: the file itself is
-- kept, and can be read again. The number that a new candidate would get is drawn at once.
CREATE UNLOGGED TABLE import_stage (
    n int PRIMARY KEY,
    candidate_id bigint NOT NULL DEFAULT nextval(pg_get_serial_sequence('candidate', 'id')),
    line int NOT NULL,
    place bigint NOT NULL,
    reason text NOT NULL,
    cells text[] NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    employer text NOT NULL,
    job_title text NOT NULL,
    profile_url text NOT NULL,
    city text NOT NULL,
    region text NOT NULL,
    country text NOT NULL,
    time_zone text NOT NULL,
    status text NOT NULL,
    stage text NOT NULL,
    owner_id bigint,
    talked_on date,
    topic text NOT NULL,
    note text NOT NULL,
    emails text[] NOT NULL,
    phones text[] NOT NULL,
    shared text[] NOT NULL,
    consent text NOT NULL,
    consent_words text NOT NULL,
    consented_on date,
    opted_out boolean NOT NULL,
    tag_ids int[] NOT NULL,
    tag_ways smallint[] NOT NULL,
    primary_tag int,
    unmatched text[] NOT NULL,
    remarks text[] NOT NULL
);

-- The rows that are not simply new: several of one person (``person`` is the first of them),
-- a candidate whom we know, or nobody for certain.
CREATE UNLOGGED TABLE import_match (
    n int PRIMARY KEY,
    person int NOT NULL,
    candidate_id bigint,
    problem text NOT NULL DEFAULT ''
);

CREATE INDEX ON import_match (person);
