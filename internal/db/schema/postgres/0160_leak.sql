-- +goose Up

-- A list that was found outside. What it says is in leak_file, sealed under a key
-- of the case itself; result names accounts and stores by identifier and no
-- child.
CREATE TABLE leak_case (
  institution_id BYTEA   NOT NULL,
  leak_id        BYTEA   NOT NULL,
  by_id          BYTEA   NOT NULL,
  format         TEXT    COLLATE "C" NOT NULL,
  size           BIGINT  NOT NULL,
  hash           BYTEA   NOT NULL CHECK (length(hash) = 32),
  parts          BIGINT  NOT NULL,
  state          TEXT    COLLATE "C" NOT NULL,
  created_at     BIGINT  NOT NULL,
  traced_at      BIGINT  NOT NULL,
  result         TEXT    COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, leak_id)
);

-- The file as it was found, in sealed parts. The key is the case's row in
-- subject_key; without it the parts are noise.
CREATE TABLE leak_file (
  institution_id BYTEA   NOT NULL,
  leak_id        BYTEA   NOT NULL,
  part           BIGINT  NOT NULL,
  sealed         BYTEA   NOT NULL,
  PRIMARY KEY (institution_id, leak_id, part)
);

-- Who had the exhibit when, and did what: each line has the hash of the one
-- before, so that none can be left out.
CREATE TABLE leak_custody (
  institution_id BYTEA   NOT NULL,
  leak_id        BYTEA   NOT NULL,
  n              BIGINT  NOT NULL,
  at             BIGINT  NOT NULL,
  actor          TEXT    COLLATE "C" NOT NULL,
  act            TEXT    COLLATE "C" NOT NULL,
  hash           BYTEA   NOT NULL,
  chain          BYTEA   NOT NULL CHECK (length(chain) = 32),
  PRIMARY KEY (institution_id, leak_id, n)
);

