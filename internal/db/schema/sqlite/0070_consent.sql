-- +goose Up

-- The ledger of consent: it only grows. No personal information is in it.
-- purposes is a list with commas; empty means all. A column that says nothing
-- is NULL, to keep the row small.
CREATE TABLE consent_event (
  institution_id BLOB NOT NULL,
  subject_id     BLOB NOT NULL,
  event_id       BLOB NOT NULL,
  of_id          BLOB,
  at             INTEGER NOT NULL,
  kind           TEXT NOT NULL,
  party          TEXT NOT NULL,
  by_id          BLOB,
  purposes       TEXT NOT NULL,
  needs          INTEGER NOT NULL,
  notice_id      BLOB,
  notice_hash    BLOB,
  language       TEXT,
  screen_hash    BLOB,
  proof          TEXT,
  ref            TEXT,
  PRIMARY KEY (institution_id, subject_id, event_id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER consent_event_no_update BEFORE UPDATE ON consent_event
BEGIN
  SELECT RAISE(ABORT, 'consent_event is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER consent_event_no_delete BEFORE DELETE ON consent_event
BEGIN
  SELECT RAISE(ABORT, 'consent_event is append-only');
END;
-- +goose StatementEnd

-- Where every purpose of a subject stands: derived from the events in the same
-- transaction, and rebuilt from them at will. standings is a list with commas of
-- purpose:state:since. guarded is 1 if something in force rests on a guardian,
-- whose word counts only until the child is 14.
CREATE TABLE consent_state (
  institution_id BLOB NOT NULL,
  subject_id     BLOB NOT NULL,
  guarded        INTEGER NOT NULL,
  standings      TEXT NOT NULL,
  PRIMARY KEY (institution_id, subject_id)
) STRICT, WITHOUT ROWID;

-- The last day up to which the handover at 14 has been done for everybody.
CREATE TABLE consent_sweep (
  institution_id BLOB NOT NULL,
  swept_on       TEXT NOT NULL,
  PRIMARY KEY (institution_id)
) STRICT, WITHOUT ROWID;
