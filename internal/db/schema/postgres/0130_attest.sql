-- +goose Up

-- The daily statement on how information is protected, as canonical JSON; its
-- SHA-256 is in the log. It names nobody.
CREATE TABLE attestation (
  institution_id bytea NOT NULL,
  at             bigint NOT NULL,
  body           text NOT NULL,
  PRIMARY KEY (institution_id, at)
);
