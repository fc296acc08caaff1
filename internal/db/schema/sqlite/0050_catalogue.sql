-- +goose Up

-- One row per version of a purpose; the highest version counts. body is JSON.
CREATE TABLE purpose (
  institution_id BLOB NOT NULL,
  code           TEXT NOT NULL,
  version        INTEGER NOT NULL,
  body           TEXT NOT NULL,
  defined_by     BLOB NOT NULL,
  defined_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, code, version)
) STRICT, WITHOUT ROWID;

-- A schema: the closed list of fields that may be collected. It counts once a
-- second person approved it. items is JSON; fingerprint is SHA-256 over its
-- canonical form with the code.
CREATE TABLE field_budget (
  institution_id BLOB NOT NULL,
  code           TEXT NOT NULL,
  version        INTEGER NOT NULL,
  items          TEXT NOT NULL,
  fingerprint    BLOB NOT NULL,
  proposed_by    BLOB NOT NULL,
  proposed_at    INTEGER NOT NULL,
  approved_by    BLOB,
  approved_at    INTEGER NOT NULL DEFAULT 0,
  signer         TEXT NOT NULL DEFAULT '',
  signature      BLOB,
  PRIMARY KEY (institution_id, code, version)
) STRICT, WITHOUT ROWID;

-- A published notice never changes.
CREATE TABLE notice (
  institution_id BLOB NOT NULL,
  notice_id      BLOB NOT NULL,
  code           TEXT NOT NULL,
  version        INTEGER NOT NULL,
  published_by   BLOB NOT NULL,
  published_at   INTEGER NOT NULL,
  PRIMARY KEY (institution_id, notice_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX notice_version ON notice (institution_id, code, version);

-- What a reader of one language sees, as canonical JSON; hash is its SHA-256.
CREATE TABLE notice_text (
  institution_id BLOB NOT NULL,
  notice_id      BLOB NOT NULL,
  language       TEXT NOT NULL,
  hash           BLOB NOT NULL,
  body           TEXT NOT NULL,
  PRIMARY KEY (institution_id, notice_id, language)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER notice_no_update BEFORE UPDATE ON notice
BEGIN
  SELECT RAISE(ABORT, 'notice is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER notice_no_delete BEFORE DELETE ON notice
BEGIN
  SELECT RAISE(ABORT, 'notice is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER notice_text_no_update BEFORE UPDATE ON notice_text
BEGIN
  SELECT RAISE(ABORT, 'notice_text is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER notice_text_no_delete BEFORE DELETE ON notice_text
BEGIN
  SELECT RAISE(ABORT, 'notice_text is append-only');
END;
-- +goose StatementEnd

-- Who is in charge of a data set (a schema), of the whole institution (store_id
-- of 16 zero bytes) or of one store.
CREATE TABLE dataset_owner (
  institution_id BLOB NOT NULL,
  dataset        TEXT NOT NULL,
  store_id       BLOB NOT NULL,
  in_charge      BLOB NOT NULL,
  since          INTEGER NOT NULL,
  PRIMARY KEY (institution_id, dataset, store_id)
) STRICT, WITHOUT ROWID;
