-- +goose Up

-- Who may see what of whom, for which purpose and until when. fields are codes
-- between blanks; subjects are identifiers laid end to end, none meaning all of
-- the store; store_id is null for the whole institution. Times are 0 when unset.
CREATE TABLE staff_grant (
  institution_id bytea NOT NULL,
  grant_id       bytea NOT NULL,
  staff_id       bytea NOT NULL,
  role           text COLLATE "C" NOT NULL,
  purpose        text COLLATE "C" NOT NULL,
  fields         text COLLATE "C" NOT NULL,
  store_id       bytea,
  subjects       bytea NOT NULL,
  starts_at      bigint NOT NULL,
  ends_at        bigint NOT NULL,
  per_day        bigint NOT NULL,
  reason         text COLLATE "C" NOT NULL,
  emergency      bigint NOT NULL,
  state          text COLLATE "C" NOT NULL,
  applicant_id   bytea NOT NULL,
  asked_at       bigint NOT NULL,
  decider_id     bytea,
  decided_at     bigint NOT NULL,
  closed_at      bigint NOT NULL,
  told_at        bigint NOT NULL,
  PRIMARY KEY (institution_id, grant_id)
);

CREATE INDEX staff_grant_staff ON staff_grant (institution_id, staff_id, ends_at);
CREATE INDEX staff_grant_state ON staff_grant (institution_id, state, ends_at);
