-- +goose Up

-- Who has exported a roster (a store's, or the whole institution's), in the order
-- in which they first did. Two exports of one account share all shared decoys.
CREATE TABLE release_seat (
  institution_id BLOB NOT NULL,
  roster         TEXT NOT NULL,
  staff_id       BLOB NOT NULL,
  seat           INTEGER NOT NULL,
  PRIMARY KEY (institution_id, roster, staff_id)
) STRICT, WITHOUT ROWID;

-- Families that do not exist and that the exports of a set of seats carry, and no
-- other; sealed like those of one export. family is their number in release_mark.
CREATE TABLE release_shared (
  institution_id BLOB NOT NULL,
  roster         TEXT NOT NULL,
  plan           TEXT NOT NULL,
  family         INTEGER NOT NULL,
  holder_id      BLOB NOT NULL,
  sealed         BLOB NOT NULL,
  PRIMARY KEY (institution_id, roster, plan)
) STRICT, WITHOUT ROWID;
