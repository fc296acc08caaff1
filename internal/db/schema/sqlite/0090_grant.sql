-- +goose Up

-- Who may see what of whom, for which purpose and until when. fields are codes
-- between blanks; subjects are identifiers laid end to end, none meaning all of
-- the store; store_id is null for the whole institution. Times are 0 when unset.
CREATE TABLE staff_grant (
  institution_id BLOB NOT NULL,
  grant_id       BLOB NOT NULL,
  staff_id       BLOB NOT NULL,
  role           TEXT NOT NULL,
  purpose        TEXT NOT NULL,
  fields         TEXT NOT NULL,
  store_id       BLOB,
  subjects       BLOB NOT NULL,
  starts_at      INTEGER NOT NULL,
  ends_at        INTEGER NOT NULL,
  per_day        INTEGER NOT NULL,
  reason         TEXT NOT NULL,
  emergency      INTEGER NOT NULL,
  state          TEXT NOT NULL,
  applicant_id   BLOB NOT NULL,
  asked_at       INTEGER NOT NULL,
  decider_id     BLOB,
  decided_at     INTEGER NOT NULL,
  closed_at      INTEGER NOT NULL,
  told_at        INTEGER NOT NULL,
  PRIMARY KEY (institution_id, grant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_grant_staff ON staff_grant (institution_id, staff_id, ends_at);
CREATE INDEX staff_grant_state ON staff_grant (institution_id, state, ends_at);
