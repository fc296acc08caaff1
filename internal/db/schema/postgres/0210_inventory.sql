-- +goose Up

-- What the nightly comparison of what is held with what was promised found, as
-- canonical JSON; its SHA-256 is in the log. It names nobody.
CREATE TABLE inventory_report (
  institution_id bytea NOT NULL,
  at             bigint NOT NULL,
  body           text NOT NULL,
  PRIMARY KEY (institution_id, at)
);
