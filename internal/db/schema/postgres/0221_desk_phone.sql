-- +goose Up

-- The telephone at which a relay reaches a staff member, sealed under a key of
-- the staff member's own; the key dies when the account goes.
CREATE TABLE desk_phone (
  institution_id bytea NOT NULL,
  staff_id       bytea NOT NULL,
  version        bigint NOT NULL,
  sealed         bytea NOT NULL,
  set_at         bigint NOT NULL,
  PRIMARY KEY (institution_id, staff_id)
);
