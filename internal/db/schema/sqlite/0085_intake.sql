-- +goose Up

-- A roster that somebody brought. Nothing in it names anybody: what the file
-- says is in import_file, sealed under a key of the batch itself.
CREATE TABLE import_batch (
  institution_id BLOB NOT NULL,
  batch_id       BLOB NOT NULL,
  store_id       BLOB NOT NULL,
  by_id          BLOB NOT NULL,
  released_by    BLOB,
  kind           TEXT NOT NULL,
  basis          TEXT NOT NULL,
  document       TEXT NOT NULL,
  document_hash  BLOB,
  notice_id      BLOB,
  state          TEXT NOT NULL,
  format         TEXT NOT NULL,
  read_on        TEXT NOT NULL,
  row_count      INTEGER NOT NULL,
  good           INTEGER NOT NULL,
  done           INTEGER NOT NULL,
  mark           INTEGER NOT NULL,
  made           INTEGER NOT NULL,
  known          INTEGER NOT NULL,
  parts          INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  changed_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, batch_id)
) STRICT, WITHOUT ROWID;

-- The file as it came, in sealed parts. The key is the batch's row in
-- subject_key; without it the parts are noise.
CREATE TABLE import_file (
  institution_id BLOB NOT NULL,
  batch_id       BLOB NOT NULL,
  part           INTEGER NOT NULL,
  sealed         BLOB NOT NULL,
  PRIMARY KEY (institution_id, batch_id, part)
) STRICT, WITHOUT ROWID;

-- What is wrong in which line: codes and places, never a value. The first
-- thousand of the check, and every line that was held already.
CREATE TABLE import_problem (
  institution_id BLOB NOT NULL,
  batch_id       BLOB NOT NULL,
  line           INTEGER NOT NULL,
  seq            INTEGER NOT NULL,
  header         TEXT NOT NULL,
  code           TEXT NOT NULL,
  args           TEXT NOT NULL,
  notice         INTEGER NOT NULL,
  PRIMARY KEY (institution_id, batch_id, line, seq)
) STRICT, WITHOUT ROWID;
