-- +goose Up

-- Where each log stands: the index of the next entry, the newest time that any
-- entry carries, and the largest step back in time between two entries, both
-- in milliseconds. Taking an index and counting is one statement a batch.
CREATE TABLE log_counter (
  institution_id BYTEA  NOT NULL CHECK (length(institution_id) = 16),
  next           BIGINT NOT NULL CHECK (next >= 0),
  newest         BIGINT NOT NULL,
  skew           BIGINT NOT NULL CHECK (skew >= 0),
  PRIMARY KEY (institution_id)
);

-- The entries. body is the leaf of the Merkle tree, byte for byte; at, type and
-- actor repeat what it says so that they can be searched.
CREATE TABLE event (
  institution_id BYTEA  NOT NULL,
  idx            BIGINT NOT NULL CHECK (idx >= 0),
  at             BIGINT NOT NULL,
  type           TEXT   COLLATE "C" NOT NULL,
  actor          BYTEA,
  body           BYTEA  NOT NULL,
  PRIMARY KEY (institution_id, idx)
);

CREATE INDEX event_actor ON event (institution_id, actor, idx) WHERE actor IS NOT NULL;
-- The three kinds that make up nearly all of a log are found by walking it.
CREATE INDEX event_type ON event (institution_id, type, idx)
  WHERE type NOT IN ('reveal', 'search', 'view.masked');

-- Which entries are about a subject. Its rows go when the subject is erased, so
-- this table is not append-only.
CREATE TABLE event_subject (
  institution_id BYTEA  NOT NULL,
  subject_id     BYTEA  NOT NULL CHECK (length(subject_id) = 16),
  idx            BIGINT NOT NULL,
  PRIMARY KEY (institution_id, subject_id, idx)
);

-- Full tiles of the Merkle tree: 256 hashes, and the root above them, which is
-- one hash of the next level. Hashes do not compress.
CREATE TABLE tile (
  institution_id BYTEA  NOT NULL,
  level          BIGINT NOT NULL CHECK (level >= 0),
  n              BIGINT NOT NULL CHECK (n >= 0),
  root           BYTEA  NOT NULL CHECK (length(root) = 32),
  data           BYTEA  NOT NULL CHECK (length(data) = 8192),
  PRIMARY KEY (institution_id, level, n)
);

-- Every head that was ever signed, as the signed note.
CREATE TABLE head (
  institution_id BYTEA  NOT NULL,
  size           BIGINT NOT NULL CHECK (size > 0),
  root           BYTEA  NOT NULL CHECK (length(root) = 32),
  at             BIGINT NOT NULL,
  note           BYTEA  NOT NULL,
  PRIMARY KEY (institution_id, size)
);

-- What witnesses signed: their lines of the note of a head.
CREATE TABLE cosignature (
  institution_id BYTEA  NOT NULL,
  size           BIGINT NOT NULL,
  witness        TEXT   COLLATE "C" NOT NULL,
  at             BIGINT NOT NULL,
  line           TEXT   COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, size, witness)
);

-- Invariant I11: the application's role may not change or delete rows of event,
-- tile, head and cosignature. Migrate takes that from the triggers which say
-- the same for SQLite.
