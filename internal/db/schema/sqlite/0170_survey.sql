-- +goose Up

-- One scan of a folder that the configuration allows. root is the name that
-- people call the folder by; what was found lies in a journal beside the
-- database, under masks.
CREATE TABLE survey (
  institution_id BLOB    NOT NULL,
  survey_id      BLOB    NOT NULL,
  root           TEXT    NOT NULL,
  staff_id       BLOB    NOT NULL,
  state          TEXT    NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  started_at     INTEGER NOT NULL,
  ended_at       INTEGER NOT NULL,
  items          INTEGER NOT NULL,
  bytes          INTEGER NOT NULL,
  found          INTEGER NOT NULL,
  under_14       INTEGER NOT NULL,
  from_14_to_17  INTEGER NOT NULL,
  problems       INTEGER NOT NULL,
  skipped        INTEGER NOT NULL,
  PRIMARY KEY (institution_id, survey_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX survey_state ON survey (institution_id, state, root);
