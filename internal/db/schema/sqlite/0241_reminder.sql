-- +goose Up

-- On which working days the deciders were reminded of what waits for them.
CREATE TABLE reminder (
  institution_id BLOB NOT NULL,
  day            TEXT NOT NULL,
  at             INTEGER NOT NULL,
  PRIMARY KEY (institution_id, day)
) STRICT, WITHOUT ROWID;
