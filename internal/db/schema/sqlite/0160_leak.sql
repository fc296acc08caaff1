-- +goose Up

-- A list that was found outside. What it says is in leak_file, sealed under a key
-- of the case itself; result names accounts and stores by identifier and no
-- child.
CREATE TABLE leak_case (
  institution_id BLOB    NOT NULL,
  leak_id        BLOB    NOT NULL,
  by_id          BLOB    NOT NULL,
  format         TEXT    NOT NULL,
  size           INTEGER NOT NULL,
  hash           BLOB    NOT NULL CHECK (length(hash) = 32),
  parts          INTEGER NOT NULL,
  state          TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  traced_at      INTEGER NOT NULL,
  result         TEXT    NOT NULL,
  PRIMARY KEY (institution_id, leak_id)
) STRICT, WITHOUT ROWID;

-- The file as it was found, in sealed parts. The key is the case's row in
-- subject_key; without it the parts are noise.
CREATE TABLE leak_file (
  institution_id BLOB    NOT NULL,
  leak_id        BLOB    NOT NULL,
  part           INTEGER NOT NULL,
  sealed         BLOB    NOT NULL,
  PRIMARY KEY (institution_id, leak_id, part)
) STRICT, WITHOUT ROWID;

-- Who had the exhibit when, and did what: each line has the hash of the one
-- before, so that none can be left out.
CREATE TABLE leak_custody (
  institution_id BLOB    NOT NULL,
  leak_id        BLOB    NOT NULL,
  n              INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  actor          TEXT    NOT NULL,
  act            TEXT    NOT NULL,
  hash           BLOB    NOT NULL,
  chain          BLOB    NOT NULL CHECK (length(chain) = 32),
  PRIMARY KEY (institution_id, leak_id, n)
) STRICT, WITHOUT ROWID;

-- Invariant I11: what was written stays as it was.
-- +goose StatementBegin
CREATE TRIGGER leak_custody_no_update BEFORE UPDATE ON leak_custody BEGIN SELECT RAISE(ABORT, 'leak_custody is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER leak_custody_no_delete BEFORE DELETE ON leak_custody BEGIN SELECT RAISE(ABORT, 'leak_custody is append-only'); END;
-- +goose StatementEnd
