-- +goose Up

-- A change to a family's record that staff ask for at the family's word, and
-- that counts once a second person has looked at it: a correction, another
-- phone, an assessment of capacity. What it is stands in the sealed body alone,
-- so that no row says of a child that it was assessed. ref is the number of the
-- family's request.
CREATE TABLE record_change (
  institution_id BLOB    NOT NULL,
  change_id      BLOB    NOT NULL,
  child_id       BLOB    NOT NULL,
  store_id       BLOB    NOT NULL,
  ref            TEXT    NOT NULL,
  version        INTEGER NOT NULL,
  sealed         BLOB    NOT NULL,
  asked_by       BLOB    NOT NULL,
  asked_at       INTEGER NOT NULL,
  state          TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'refused')),
  decided_by     BLOB,
  decided_at     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, change_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX record_change_child ON record_change (institution_id, child_id, decided_at);
CREATE INDEX record_change_waiting ON record_change (institution_id, asked_at) WHERE state = 'waiting';
