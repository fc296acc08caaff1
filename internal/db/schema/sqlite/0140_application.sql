-- +goose Up

-- A grant grows: masks only; so many openings in all and how many were used; the
-- application it came from; a reserve opens nothing until its glass is broken,
-- and origin says from which reserve an emergency was made.
ALTER TABLE staff_grant ADD COLUMN masked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN reserve INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN application_id BLOB;
ALTER TABLE staff_grant ADD COLUMN origin_id BLOB;

CREATE INDEX staff_grant_application ON staff_grant (institution_id, application_id) WHERE application_id IS NOT NULL;

-- Whom an entry is about, found by the entry: a day's count of different people
-- is made anew from the log after a start.
CREATE INDEX event_subject_idx ON event_subject (institution_id, idx);

-- More people opened on one day, or within minutes, than is usual. It rings once
-- for each level of a day. verdict is '' until somebody has looked at it.
CREATE TABLE alarm (
  institution_id BLOB    NOT NULL,
  alarm_id       BLOB    NOT NULL,
  staff_id       BLOB    NOT NULL,
  store_id       BLOB,
  day            INTEGER NOT NULL,
  kind           TEXT    NOT NULL,
  level          INTEGER NOT NULL,
  opened         INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  verdict        TEXT    NOT NULL,
  handler_id     BLOB,
  handled_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, alarm_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX alarm_once ON alarm (institution_id, staff_id, day, kind, level);
CREATE INDEX alarm_open ON alarm (institution_id, handled_at, at);

-- A written application. form, route and needs are JSON; subjects are
-- identifiers laid end to end, fixed when it is handed in; hash is over all of
-- them. state repeats what the events add up to, so that lists are short.
CREATE TABLE application (
  institution_id BLOB    NOT NULL,
  application_id BLOB    NOT NULL,
  kind           TEXT    NOT NULL,
  state          TEXT    NOT NULL,
  applicant_id   BLOB    NOT NULL,
  role           TEXT    NOT NULL,
  unit           TEXT    NOT NULL,
  store_id       BLOB,
  purpose        TEXT    NOT NULL,
  form           TEXT    NOT NULL,
  route          TEXT    NOT NULL,
  subjects       BLOB    NOT NULL,
  people         INTEGER NOT NULL,
  makers         BLOB    NOT NULL,
  hash           BLOB    NOT NULL,
  written_at     INTEGER NOT NULL,
  submitted_at   INTEGER NOT NULL,
  due_at         INTEGER NOT NULL,
  ends_at        INTEGER NOT NULL,
  PRIMARY KEY (institution_id, application_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX application_state ON application (institution_id, state, submitted_at);
CREATE INDEX application_applicant ON application (institution_id, applicant_id, written_at);
CREATE INDEX application_purpose ON application (institution_id, purpose, submitted_at);

-- What happened to it, in order. body is JSON.
CREATE TABLE application_event (
  institution_id BLOB    NOT NULL,
  application_id BLOB    NOT NULL,
  seq            INTEGER NOT NULL CHECK (seq >= 0),
  at             INTEGER NOT NULL,
  paper          BLOB    NOT NULL,
  body           TEXT    NOT NULL,
  PRIMARY KEY (institution_id, application_id, seq)
) STRICT, WITHOUT ROWID;

-- Invariant I11: what was decided stays decided.
-- +goose StatementBegin
CREATE TRIGGER application_event_no_update BEFORE UPDATE ON application_event BEGIN SELECT RAISE(ABORT, 'application_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER application_event_no_delete BEFORE DELETE ON application_event BEGIN SELECT RAISE(ABORT, 'application_event is append-only'); END;
-- +goose StatementEnd

-- The helpers of a capsule and its other users.
CREATE TABLE application_user (
  institution_id BLOB NOT NULL,
  staff_id       BLOB NOT NULL,
  application_id BLOB NOT NULL,
  PRIMARY KEY (institution_id, staff_id, application_id)
) STRICT, WITHOUT ROWID;

-- Who stands in for whom, in which role, from when to when.
CREATE TABLE delegation (
  institution_id BLOB    NOT NULL,
  delegation_id  BLOB    NOT NULL,
  from_id        BLOB    NOT NULL,
  to_id          BLOB    NOT NULL,
  role           TEXT    NOT NULL,
  starts_at      INTEGER NOT NULL,
  ends_at        INTEGER NOT NULL,
  closed_at      INTEGER NOT NULL,
  PRIMARY KEY (institution_id, delegation_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX delegation_live ON delegation (institution_id, ends_at);

-- Departments, who works in one, and the business systems they answer for:
-- in charge, operating, using (S3-21). fields are codes between blanks; a system
-- with an empty slot never has live_at.
CREATE TABLE department (
  institution_id BLOB NOT NULL,
  code           TEXT NOT NULL,
  name           TEXT NOT NULL,
  PRIMARY KEY (institution_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE department_member (
  institution_id BLOB NOT NULL,
  staff_id       BLOB NOT NULL,
  code           TEXT NOT NULL,
  PRIMARY KEY (institution_id, staff_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE business_system (
  institution_id BLOB    NOT NULL,
  code           TEXT    NOT NULL,
  name           TEXT    NOT NULL,
  source         INTEGER NOT NULL,
  fields         TEXT    NOT NULL,
  in_charge      TEXT    NOT NULL,
  operator       TEXT    NOT NULL,
  using_unit     TEXT    NOT NULL,
  live_at        INTEGER NOT NULL,
  PRIMARY KEY (institution_id, code)
) STRICT, WITHOUT ROWID;

-- Life or health could not wait: who opened whose information, and what the
-- review found. verdict is '' until then.
CREATE TABLE broken_glass (
  institution_id BLOB    NOT NULL,
  grant_id       BLOB    NOT NULL,
  staff_id       BLOB    NOT NULL,
  store_id       BLOB,
  subject_id     BLOB    NOT NULL,
  reason         TEXT    NOT NULL,
  at             INTEGER NOT NULL,
  due_at         INTEGER NOT NULL,
  verdict        TEXT    NOT NULL,
  reviewer_id    BLOB,
  reviewed_at    INTEGER NOT NULL,
  PRIMARY KEY (institution_id, grant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX broken_glass_open ON broken_glass (institution_id, reviewed_at, at);
CREATE INDEX broken_glass_staff ON broken_glass (institution_id, staff_id, at);
