-- +goose Up

-- Where each log stands: the index of the next entry, the newest time that any
-- entry carries, and the largest step back in time between two entries, both
-- in milliseconds. Taking an index and counting is one statement a batch.
CREATE TABLE log_counter (
  institution_id BLOB    NOT NULL CHECK (length(institution_id) = 16),
  next           INTEGER NOT NULL CHECK (next >= 0),
  newest         INTEGER NOT NULL,
  skew           INTEGER NOT NULL CHECK (skew >= 0),
  PRIMARY KEY (institution_id)
) STRICT, WITHOUT ROWID;

-- The entries. body is the leaf of the Merkle tree, byte for byte; at, type and
-- actor repeat what it says so that they can be searched.
CREATE TABLE event (
  institution_id BLOB    NOT NULL,
  idx            INTEGER NOT NULL CHECK (idx >= 0),
  at             INTEGER NOT NULL,
  type           TEXT    NOT NULL,
  actor          BLOB,
  body           BLOB    NOT NULL,
  PRIMARY KEY (institution_id, idx)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_actor ON event (institution_id, actor, idx) WHERE actor IS NOT NULL;
-- The three kinds that make up nearly all of a log are found by walking it.
CREATE INDEX event_type ON event (institution_id, type, idx)
  WHERE type NOT IN ('reveal', 'search', 'view.masked');

-- Which entries are about a subject. Its rows go when the subject is erased, so
-- this table is not append-only.
CREATE TABLE event_subject (
  institution_id BLOB    NOT NULL,
  subject_id     BLOB    NOT NULL CHECK (length(subject_id) = 16),
  idx            INTEGER NOT NULL,
  PRIMARY KEY (institution_id, subject_id, idx)
) STRICT, WITHOUT ROWID;

-- Full tiles of the Merkle tree: 256 hashes, and the root above them, which is
-- one hash of the next level.
CREATE TABLE tile (
  institution_id BLOB    NOT NULL,
  level          INTEGER NOT NULL CHECK (level >= 0),
  n              INTEGER NOT NULL CHECK (n >= 0),
  root           BLOB    NOT NULL CHECK (length(root) = 32),
  data           BLOB    NOT NULL CHECK (length(data) = 8192),
  PRIMARY KEY (institution_id, level, n)
) STRICT, WITHOUT ROWID;

-- Every head that was ever signed, as the signed note.
CREATE TABLE head (
  institution_id BLOB    NOT NULL,
  size           INTEGER NOT NULL CHECK (size > 0),
  root           BLOB    NOT NULL CHECK (length(root) = 32),
  at             INTEGER NOT NULL,
  note           BLOB    NOT NULL,
  PRIMARY KEY (institution_id, size)
) STRICT, WITHOUT ROWID;

-- What witnesses signed: their lines of the note of a head.
CREATE TABLE cosignature (
  institution_id BLOB    NOT NULL,
  size           INTEGER NOT NULL,
  witness        TEXT    NOT NULL,
  at             INTEGER NOT NULL,
  line           TEXT    NOT NULL,
  PRIMARY KEY (institution_id, size, witness)
) STRICT, WITHOUT ROWID;

-- Invariant I11: what was written stays as it was.
-- +goose StatementBegin
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tile_no_update BEFORE UPDATE ON tile BEGIN SELECT RAISE(ABORT, 'tile is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tile_no_delete BEFORE DELETE ON tile BEGIN SELECT RAISE(ABORT, 'tile is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER head_no_update BEFORE UPDATE ON head BEGIN SELECT RAISE(ABORT, 'head is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER head_no_delete BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'head is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cosignature_no_update BEFORE UPDATE ON cosignature BEGIN SELECT RAISE(ABORT, 'cosignature is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cosignature_no_delete BEFORE DELETE ON cosignature BEGIN SELECT RAISE(ABORT, 'cosignature is append-only'); END;
-- +goose StatementEnd
