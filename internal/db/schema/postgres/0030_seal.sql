-- +goose Up

-- One row per version of an institution's key, wrapped under a root key that
-- is not in this database. A time of 0 means: not yet. The row of a destroyed
-- version stays, its wrapped key empty.
CREATE TABLE institution_key (
  institution_id BYTEA  NOT NULL CHECK (length(institution_id) = 16),
  version        BIGINT NOT NULL CHECK (version > 0),
  suite          TEXT   COLLATE "C" NOT NULL,
  kek_id         TEXT   COLLATE "C" NOT NULL,
  wrapped        BYTEA  NOT NULL,
  created_at     BIGINT NOT NULL,
  retired_at     BIGINT NOT NULL DEFAULT 0,
  drained_at     BIGINT NOT NULL DEFAULT 0,
  destroyed_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, version)
);

-- The key of an institution's blind indexes, wrapped likewise.
CREATE TABLE index_key (
  institution_id BYTEA  NOT NULL CHECK (length(institution_id) = 16),
  kek_id         TEXT   COLLATE "C" NOT NULL,
  wrapped        BYTEA  NOT NULL,
  created_at     BIGINT NOT NULL,
  PRIMARY KEY (institution_id)
);

-- The key of one subject, wrapped under a version of the institution's key, and
-- the salt of its ledger commitments. Deleting the row is the erasure.
CREATE TABLE subject_key (
  institution_id BYTEA  NOT NULL,
  subject_id     BYTEA  NOT NULL CHECK (length(subject_id) = 16),
  version        BIGINT NOT NULL,
  wrapped        BYTEA  NOT NULL,
  salt           BYTEA  NOT NULL CHECK (length(salt) = 16),
  PRIMARY KEY (institution_id, subject_id)
);
