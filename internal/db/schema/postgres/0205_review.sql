-- +goose Up

-- A field that nobody has used for 180 days is to be looked at by a person: kept,
-- with a reason, or given up. decided_at of 0 means that it waits.
CREATE TABLE field_review (
  institution_id bytea NOT NULL,
  field          text COLLATE "C" NOT NULL,
  opened_at      bigint NOT NULL,
  records        bigint NOT NULL,
  decided_at     bigint NOT NULL DEFAULT 0,
  decided_by     bytea,
  keep           bigint NOT NULL DEFAULT 0,
  reason         text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (institution_id, field, opened_at)
);

-- When the fields were last looked through.
CREATE TABLE field_review_run (
  institution_id bytea NOT NULL,
  ran_at         bigint NOT NULL,
  PRIMARY KEY (institution_id)
);
