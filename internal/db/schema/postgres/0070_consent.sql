-- +goose Up

-- The ledger of consent: it only grows. No personal information is in it.
-- purposes is a list with commas; empty means all. A column that says nothing
-- is NULL, to keep the row small.
CREATE TABLE consent_event (
  institution_id bytea NOT NULL,
  subject_id     bytea NOT NULL,
  event_id       bytea NOT NULL,
  of_id          bytea,
  at             bigint NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  party          text COLLATE "C" NOT NULL,
  by_id          bytea,
  purposes       text COLLATE "C" NOT NULL,
  needs          bigint NOT NULL,
  notice_id      bytea,
  notice_hash    bytea,
  language       text COLLATE "C",
  screen_hash    bytea,
  proof          text COLLATE "C",
  ref            text COLLATE "C",
  PRIMARY KEY (institution_id, subject_id, event_id)
);

-- Where every purpose of a subject stands: derived from the events in the same
-- transaction, and rebuilt from them at will. standings is a list with commas of
-- purpose:state:since. guarded is 1 if something in force rests on a guardian,
-- whose word counts only until the child is 14.
CREATE TABLE consent_state (
  institution_id bytea NOT NULL,
  subject_id     bytea NOT NULL,
  guarded        bigint NOT NULL,
  standings      text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, subject_id)
);

-- The last day up to which the handover at 14 has been done for everybody.
CREATE TABLE consent_sweep (
  institution_id bytea NOT NULL,
  swept_on       text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id)
);
