-- +goose Up

-- The promise that an institution has signed for everybody to read, one row per
-- version; body is canonical JSON, hash its SHA-256, which is in the log too.
CREATE TABLE public_promise (
  institution_id BLOB    NOT NULL,
  version        INTEGER NOT NULL,
  body           TEXT    NOT NULL,
  hash           BLOB    NOT NULL,
  signed_by      BLOB    NOT NULL,
  signed_at      INTEGER NOT NULL,
  PRIMARY KEY (institution_id, version)
) STRICT, WITHOUT ROWID;
