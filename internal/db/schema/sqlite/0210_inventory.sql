-- +goose Up

-- What the nightly comparison of what is held with what was promised found, as
-- canonical JSON; its SHA-256 is in the log. It names nobody.
CREATE TABLE inventory_report (
  institution_id BLOB NOT NULL,
  at             INTEGER NOT NULL,
  body           TEXT NOT NULL,
  PRIMARY KEY (institution_id, at)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER inventory_report_no_update BEFORE UPDATE ON inventory_report
BEGIN
  SELECT RAISE(ABORT, 'inventory_report is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER inventory_report_no_delete BEFORE DELETE ON inventory_report
BEGIN
  SELECT RAISE(ABORT, 'inventory_report is append-only');
END;
-- +goose StatementEnd
