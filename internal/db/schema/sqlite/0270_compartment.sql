-- +goose Up

-- The state in which a secluded record would be without.
ALTER TABLE subject ADD COLUMN former TEXT NOT NULL DEFAULT '';

-- A file of the sealed compartment: whose record nobody sees, who secluded it, and
-- the number of the case, sealed under the child's key. Why is nowhere.
CREATE TABLE compartment_file (
  institution_id BLOB NOT NULL,
  file_id        BLOB NOT NULL,
  child_id       BLOB NOT NULL,
  sealed         BLOB NOT NULL,
  secluded_by    BLOB NOT NULL,
  secluded_at    INTEGER NOT NULL,
  ended_at       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, file_id)
) STRICT, WITHOUT ROWID;

-- What an officer asks for, and who else agreed. sealed is the number of the case
-- as the one who asks named it.
CREATE TABLE compartment_request (
  institution_id BLOB NOT NULL,
  request_id     BLOB NOT NULL,
  file_id        BLOB NOT NULL,
  kind           TEXT NOT NULL,
  fields         TEXT NOT NULL,
  sealed         BLOB NOT NULL,
  asked_by       BLOB NOT NULL,
  asked_at       INTEGER NOT NULL,
  agreed_by      BLOB,
  agreed_at      INTEGER NOT NULL DEFAULT 0,
  ended_at       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, request_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX compartment_request_file ON compartment_request (institution_id, file_id, request_id);
