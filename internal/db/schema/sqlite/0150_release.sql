-- +goose Up

-- A file that leaves under an application: who may collect it, until when, and
-- exactly what is in it. fields and purpose are codes. file_hash is what was
-- handed over. Nothing here is personal information.
CREATE TABLE release_export (
  institution_id BLOB    NOT NULL,
  export_id      BLOB    NOT NULL,
  application_id BLOB    NOT NULL,
  grant_id       BLOB    NOT NULL,
  staff_id       BLOB    NOT NULL,
  store_id       BLOB,
  purpose        TEXT    NOT NULL,
  fields         TEXT    NOT NULL,
  format         TEXT    NOT NULL,
  state          TEXT    NOT NULL,
  prepared_at    INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  collected_at   INTEGER NOT NULL,
  people         INTEGER NOT NULL,
  left_out       INTEGER NOT NULL,
  decoys         INTEGER NOT NULL,
  file_hash      BLOB    NOT NULL,
  PRIMARY KEY (institution_id, export_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX release_export_staff ON release_export (institution_id, staff_id, prepared_at);
CREATE INDEX release_export_at ON release_export (institution_id, prepared_at);

-- The rows: which child, which guardian, and which version of each value, as
-- code:version between blanks. After erasure the identifiers mean nobody.
CREATE TABLE release_row (
  institution_id BLOB    NOT NULL,
  export_id      BLOB    NOT NULL,
  n              INTEGER NOT NULL,
  child_id       BLOB    NOT NULL,
  guardian_id    BLOB,
  versions       TEXT    NOT NULL,
  PRIMARY KEY (institution_id, export_id, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX release_row_child ON release_row (institution_id, child_id);

-- What only one export carries, by the blind index of each of its match keys;
-- kind is that of package trace/list. sealed is the row itself, under the key of
-- holder, a subject that nobody is.
CREATE TABLE release_mark (
  institution_id BLOB    NOT NULL,
  token          BLOB    NOT NULL,
  export_id      BLOB    NOT NULL,
  family         INTEGER NOT NULL,
  kind           INTEGER NOT NULL,
  PRIMARY KEY (institution_id, token, export_id, family)
) STRICT, WITHOUT ROWID;

CREATE TABLE release_decoy (
  institution_id BLOB    NOT NULL,
  export_id      BLOB    NOT NULL,
  family         INTEGER NOT NULL,
  holder_id      BLOB    NOT NULL,
  sealed         BLOB    NOT NULL,
  PRIMARY KEY (institution_id, export_id, family)
) STRICT, WITHOUT ROWID;

-- Relay numbers that the institution controls; decoys answer on them.
CREATE TABLE relay_number (
  institution_id BLOB    NOT NULL,
  number         TEXT    NOT NULL,
  added_at       INTEGER NOT NULL,
  PRIMARY KEY (institution_id, number)
) STRICT, WITHOUT ROWID;

-- Provision to another body: agreement, recipient, kinds, purpose, kept for three
-- years (PIPL arts. 55, 56).
CREATE TABLE provision (
  institution_id BLOB    NOT NULL,
  export_id      BLOB    NOT NULL,
  recipient      TEXT    NOT NULL,
  agreement      TEXT    NOT NULL,
  document       BLOB    NOT NULL,
  purpose        TEXT    NOT NULL,
  fields         TEXT    NOT NULL,
  people         INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  keep_until     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, export_id)
) STRICT, WITHOUT ROWID;
