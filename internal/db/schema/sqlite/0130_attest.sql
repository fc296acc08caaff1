-- +goose Up

-- The daily statement on how information is protected, as canonical JSON; its
-- SHA-256 is in the log. It names nobody.
CREATE TABLE attestation (
  institution_id BLOB NOT NULL,
  at             INTEGER NOT NULL,
  body           TEXT NOT NULL,
  PRIMARY KEY (institution_id, at)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER attestation_no_update BEFORE UPDATE ON attestation
BEGIN
  SELECT RAISE(ABORT, 'attestation is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER attestation_no_delete BEFORE DELETE ON attestation
BEGIN
  SELECT RAISE(ABORT, 'attestation is append-only');
END;
-- +goose StatementEnd
