-- +goose Up

-- The state in which a secluded record would be without.
ALTER TABLE subject ADD COLUMN former text COLLATE "C" NOT NULL DEFAULT '';

-- A file of the sealed compartment: whose record nobody sees, who secluded it, and
-- the number of the case, sealed under the child's key. Why is nowhere.
CREATE TABLE compartment_file (
  institution_id bytea NOT NULL,
  file_id        bytea NOT NULL,
  child_id       bytea NOT NULL,
  sealed         bytea NOT NULL,
  secluded_by    bytea NOT NULL,
  secluded_at    bigint NOT NULL,
  ended_at       bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, file_id)
);

-- What an officer asks for, and who else agreed. sealed is the number of the case
-- as the one who asks named it.
CREATE TABLE compartment_request (
  institution_id bytea NOT NULL,
  request_id     bytea NOT NULL,
  file_id        bytea NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  fields         text COLLATE "C" NOT NULL,
  sealed         bytea NOT NULL,
  asked_by       bytea NOT NULL,
  asked_at       bigint NOT NULL,
  agreed_by      bytea,
  agreed_at      bigint NOT NULL DEFAULT 0,
  ended_at       bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, request_id)
);

CREATE INDEX compartment_request_file ON compartment_request (institution_id, file_id, request_id);
