-- +goose Up
CREATE TABLE subject (
  institution_id bytea NOT NULL,
  subject_id     bytea NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  store_id       bytea NOT NULL,
  state          text COLLATE "C" NOT NULL,
  source         text COLLATE "C" NOT NULL,
  created_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, subject_id)
);

CREATE TABLE sealed_field (
  institution_id bytea NOT NULL,
  subject_id     bytea NOT NULL,
  field          text COLLATE "C" NOT NULL,
  version        bigint NOT NULL,
  ciphertext     bytea NOT NULL,
  token          bytea,
  PRIMARY KEY (institution_id, subject_id, field)
);

-- token is the keyed blind index of the value, for the few fields that can be searched.
CREATE INDEX sealed_field_token ON sealed_field (institution_id, field, token) WHERE token IS NOT NULL;

CREATE TABLE family (
  institution_id bytea NOT NULL,
  guardian_id    bytea NOT NULL,
  child_id       bytea NOT NULL,
  relation       text COLLATE "C" NOT NULL,
  evidence       text COLLATE "C" NOT NULL,
  since          bigint NOT NULL,
  PRIMARY KEY (institution_id, guardian_id, child_id)
);

CREATE INDEX family_child ON family (institution_id, child_id);
