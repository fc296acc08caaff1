-- +goose Up
CREATE TABLE institution (
  institution_id BYTEA  NOT NULL CHECK (length(institution_id) = 16),
  name           TEXT   COLLATE "C" NOT NULL,
  kind           TEXT   COLLATE "C" NOT NULL,
  suite          TEXT   COLLATE "C" NOT NULL,
  created_at     BIGINT NOT NULL,
  epoch          BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id)
);

CREATE TABLE store (
  institution_id BYTEA  NOT NULL REFERENCES institution (institution_id),
  store_id       BYTEA  NOT NULL CHECK (length(store_id) = 16),
  name           TEXT   COLLATE "C" NOT NULL,
  address        TEXT   COLLATE "C" NOT NULL,
  closed_at      BIGINT NOT NULL DEFAULT 0,
  created_at     BIGINT NOT NULL,
  PRIMARY KEY (institution_id, store_id)
);

-- One row per institution that was ever written to: locking it makes the
-- writers of an institution serial across application nodes. It is apart from
-- institution because the lock must work before the institution exists, and
-- for the zero id that stands for the whole installation.
CREATE TABLE writer (
  institution_id BYTEA NOT NULL,
  PRIMARY KEY (institution_id)
);
