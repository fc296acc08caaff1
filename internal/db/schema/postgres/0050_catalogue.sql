-- +goose Up

-- One row per version of a purpose; the highest version counts. body is JSON.
CREATE TABLE purpose (
  institution_id bytea NOT NULL,
  code           text COLLATE "C" NOT NULL,
  version        bigint NOT NULL,
  body           text COLLATE "C" NOT NULL,
  defined_by     bytea NOT NULL,
  defined_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, code, version)
);

-- A schema: the closed list of fields that may be collected. It counts once a
-- second person approved it. items is JSON; fingerprint is SHA-256 over its
-- canonical form with the code.
CREATE TABLE field_budget (
  institution_id bytea NOT NULL,
  code           text COLLATE "C" NOT NULL,
  version        bigint NOT NULL,
  items          text COLLATE "C" NOT NULL,
  fingerprint    bytea NOT NULL,
  proposed_by    bytea NOT NULL,
  proposed_at    bigint NOT NULL,
  approved_by    bytea,
  approved_at    bigint NOT NULL DEFAULT 0,
  signer         text COLLATE "C" NOT NULL DEFAULT '',
  signature      bytea,
  PRIMARY KEY (institution_id, code, version)
);

-- A published notice never changes.
CREATE TABLE notice (
  institution_id bytea NOT NULL,
  notice_id      bytea NOT NULL,
  code           text COLLATE "C" NOT NULL,
  version        bigint NOT NULL,
  published_by   bytea NOT NULL,
  published_at   bigint NOT NULL,
  PRIMARY KEY (institution_id, notice_id)
);

CREATE UNIQUE INDEX notice_version ON notice (institution_id, code, version);

-- What a reader of one language sees, as canonical JSON; hash is its SHA-256.
CREATE TABLE notice_text (
  institution_id bytea NOT NULL,
  notice_id      bytea NOT NULL,
  language       text COLLATE "C" NOT NULL,
  hash           bytea NOT NULL,
  body           text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, notice_id, language)
);

-- Who is in charge of a data set (a schema), of the whole institution (store_id
-- of 16 zero bytes) or of one store.
CREATE TABLE dataset_owner (
  institution_id bytea NOT NULL,
  dataset        text COLLATE "C" NOT NULL,
  store_id       bytea NOT NULL,
  in_charge      bytea NOT NULL,
  since          bigint NOT NULL,
  PRIMARY KEY (institution_id, dataset, store_id)
);
