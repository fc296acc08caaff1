-- +goose Up

-- Who has exported a roster (a store's, or the whole institution's), in the order
-- in which they first did. Two exports of one account share all shared decoys.
CREATE TABLE release_seat (
  institution_id bytea NOT NULL,
  roster         text COLLATE "C" NOT NULL,
  staff_id       bytea NOT NULL,
  seat           bigint NOT NULL,
  PRIMARY KEY (institution_id, roster, staff_id)
);

-- Families that do not exist and that the exports of a set of seats carry, and no
-- other; sealed like those of one export. family is their number in release_mark.
CREATE TABLE release_shared (
  institution_id bytea NOT NULL,
  roster         text COLLATE "C" NOT NULL,
  plan           text COLLATE "C" NOT NULL,
  family         bigint NOT NULL,
  holder_id      bytea NOT NULL,
  sealed         bytea NOT NULL,
  PRIMARY KEY (institution_id, roster, plan)
);
