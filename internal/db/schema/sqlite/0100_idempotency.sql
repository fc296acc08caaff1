-- +goose Up

-- What was answered under an Idempotency-Key, for a day. key_hash covers the
-- actor and the key; body holds identifiers only and never a value of anybody's
-- record: the answer is told again from what the identifiers lead to.
CREATE TABLE idempotency (
  institution_id BLOB    NOT NULL CHECK (length(institution_id) = 16),
  key_hash       BLOB    NOT NULL CHECK (length(key_hash) = 32),
  request_hash   BLOB    NOT NULL CHECK (length(request_hash) = 32),
  body           TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, key_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_age ON idempotency (institution_id, created_at);
