-- +goose Up
CREATE TABLE subject (
  institution_id BLOB NOT NULL,
  subject_id     BLOB NOT NULL,
  kind           TEXT NOT NULL,
  store_id       BLOB NOT NULL,
  state          TEXT NOT NULL,
  source         TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, subject_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sealed_field (
  institution_id BLOB NOT NULL,
  subject_id     BLOB NOT NULL,
  field          TEXT NOT NULL,
  version        INTEGER NOT NULL,
  ciphertext     BLOB NOT NULL,
  token          BLOB,
  PRIMARY KEY (institution_id, subject_id, field)
) STRICT, WITHOUT ROWID;

-- token is the keyed blind index of the value, for the few fields that can be searched.
CREATE INDEX sealed_field_token ON sealed_field (institution_id, field, token) WHERE token IS NOT NULL;

CREATE TABLE family (
  institution_id BLOB NOT NULL,
  guardian_id    BLOB NOT NULL,
  child_id       BLOB NOT NULL,
  relation       TEXT NOT NULL,
  evidence       TEXT NOT NULL,
  since          INTEGER NOT NULL,
  PRIMARY KEY (institution_id, guardian_id, child_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX family_child ON family (institution_id, child_id);
