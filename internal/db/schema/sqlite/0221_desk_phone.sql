-- +goose Up

-- The telephone at which a relay reaches a staff member, sealed under a key of
-- the staff member's own; the key dies when the account goes.
CREATE TABLE desk_phone (
  institution_id BLOB NOT NULL,
  staff_id       BLOB NOT NULL,
  version        INTEGER NOT NULL,
  sealed         BLOB NOT NULL,
  set_at         INTEGER NOT NULL,
  PRIMARY KEY (institution_id, staff_id)
) STRICT, WITHOUT ROWID;
