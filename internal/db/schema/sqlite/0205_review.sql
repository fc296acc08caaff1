-- +goose Up

-- A field that nobody has used for 180 days is to be looked at by a person: kept,
-- with a reason, or given up. decided_at of 0 means that it waits.
CREATE TABLE field_review (
  institution_id BLOB    NOT NULL,
  field          TEXT    NOT NULL,
  opened_at      INTEGER NOT NULL,
  records        INTEGER NOT NULL,
  decided_at     INTEGER NOT NULL DEFAULT 0,
  decided_by     BLOB,
  keep           INTEGER NOT NULL DEFAULT 0,
  reason         TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (institution_id, field, opened_at)
) STRICT, WITHOUT ROWID;

-- When the fields were last looked through.
CREATE TABLE field_review_run (
  institution_id BLOB    NOT NULL,
  ran_at         INTEGER NOT NULL,
  PRIMARY KEY (institution_id)
) STRICT, WITHOUT ROWID;
