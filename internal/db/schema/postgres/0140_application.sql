-- +goose Up

-- A grant grows: masks only; so many openings in all and how many were used; the
-- application it came from; a reserve opens nothing until its glass is broken,
-- and origin says from which reserve an emergency was made.
ALTER TABLE staff_grant ADD COLUMN masked bigint NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN uses bigint NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN used bigint NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN reserve bigint NOT NULL DEFAULT 0;
ALTER TABLE staff_grant ADD COLUMN application_id bytea;
ALTER TABLE staff_grant ADD COLUMN origin_id bytea;

CREATE INDEX staff_grant_application ON staff_grant (institution_id, application_id) WHERE application_id IS NOT NULL;

-- Whom an entry is about, found by the entry: a day's count of different people
-- is made anew from the log after a start.
CREATE INDEX event_subject_idx ON event_subject (institution_id, idx);

-- More people opened on one day, or within minutes, than is usual. It rings once
-- for each level of a day. verdict is '' until somebody has looked at it.
CREATE TABLE alarm (
  institution_id bytea    NOT NULL,
  alarm_id       bytea    NOT NULL,
  staff_id       bytea    NOT NULL,
  store_id       bytea,
  day            bigint NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  level          bigint NOT NULL,
  opened         bigint NOT NULL,
  at             bigint NOT NULL,
  verdict        text COLLATE "C" NOT NULL,
  handler_id     bytea,
  handled_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, alarm_id)
);

CREATE UNIQUE INDEX alarm_once ON alarm (institution_id, staff_id, day, kind, level);
CREATE INDEX alarm_open ON alarm (institution_id, handled_at, at);

-- A written application. form, route and needs are JSON; subjects are
-- identifiers laid end to end, fixed when it is handed in; hash is over all of
-- them. state repeats what the events add up to, so that lists are short.
CREATE TABLE application (
  institution_id bytea    NOT NULL,
  application_id bytea    NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  state          text COLLATE "C" NOT NULL,
  applicant_id   bytea    NOT NULL,
  role           text COLLATE "C" NOT NULL,
  unit           text COLLATE "C" NOT NULL,
  store_id       bytea,
  purpose        text COLLATE "C" NOT NULL,
  form           text COLLATE "C" NOT NULL,
  route          text COLLATE "C" NOT NULL,
  subjects       bytea    NOT NULL,
  people         bigint NOT NULL,
  makers         bytea    NOT NULL,
  hash           bytea    NOT NULL,
  written_at     bigint NOT NULL,
  submitted_at   bigint NOT NULL,
  due_at         bigint NOT NULL,
  ends_at        bigint NOT NULL,
  PRIMARY KEY (institution_id, application_id)
);

CREATE INDEX application_state ON application (institution_id, state, submitted_at);
CREATE INDEX application_applicant ON application (institution_id, applicant_id, written_at);
CREATE INDEX application_purpose ON application (institution_id, purpose, submitted_at);

-- What happened to it, in order. body is JSON.
CREATE TABLE application_event (
  institution_id bytea    NOT NULL,
  application_id bytea    NOT NULL,
  seq            bigint NOT NULL CHECK (seq >= 0),
  at             bigint NOT NULL,
  paper          bytea    NOT NULL,
  body           text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, application_id, seq)
);

-- The helpers of a capsule and its other users.
CREATE TABLE application_user (
  institution_id bytea NOT NULL,
  staff_id       bytea NOT NULL,
  application_id bytea NOT NULL,
  PRIMARY KEY (institution_id, staff_id, application_id)
);

-- Who stands in for whom, in which role, from when to when.
CREATE TABLE delegation (
  institution_id bytea    NOT NULL,
  delegation_id  bytea    NOT NULL,
  from_id        bytea    NOT NULL,
  to_id          bytea    NOT NULL,
  role           text COLLATE "C" NOT NULL,
  starts_at      bigint NOT NULL,
  ends_at        bigint NOT NULL,
  closed_at      bigint NOT NULL,
  PRIMARY KEY (institution_id, delegation_id)
);

CREATE INDEX delegation_live ON delegation (institution_id, ends_at);

-- Departments, who works in one, and the business systems they answer for:
-- in charge, operating, using (S3-21). fields are codes between blanks; a system
-- with an empty slot never has live_at.
CREATE TABLE department (
  institution_id bytea NOT NULL,
  code           text COLLATE "C" NOT NULL,
  name           text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, code)
);

CREATE TABLE department_member (
  institution_id bytea NOT NULL,
  staff_id       bytea NOT NULL,
  code           text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, staff_id)
);

CREATE TABLE business_system (
  institution_id bytea    NOT NULL,
  code           text COLLATE "C" NOT NULL,
  name           text COLLATE "C" NOT NULL,
  source         bigint NOT NULL,
  fields         text COLLATE "C" NOT NULL,
  in_charge      text COLLATE "C" NOT NULL,
  operator       text COLLATE "C" NOT NULL,
  using_unit     text COLLATE "C" NOT NULL,
  live_at        bigint NOT NULL,
  PRIMARY KEY (institution_id, code)
);

-- Life or health could not wait: who opened whose information, and what the
-- review found. verdict is '' until then.
CREATE TABLE broken_glass (
  institution_id bytea    NOT NULL,
  grant_id       bytea    NOT NULL,
  staff_id       bytea    NOT NULL,
  store_id       bytea,
  subject_id     bytea    NOT NULL,
  reason         text COLLATE "C" NOT NULL,
  at             bigint NOT NULL,
  due_at         bigint NOT NULL,
  verdict        text COLLATE "C" NOT NULL,
  reviewer_id    bytea,
  reviewed_at    bigint NOT NULL,
  PRIMARY KEY (institution_id, grant_id)
);

CREATE INDEX broken_glass_open ON broken_glass (institution_id, reviewed_at, at);
CREATE INDEX broken_glass_staff ON broken_glass (institution_id, staff_id, at);
