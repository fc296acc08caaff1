-- +goose Up
CREATE TABLE institution (
  institution_id BLOB    NOT NULL CHECK (length(institution_id) = 16),
  name           TEXT    NOT NULL,
  kind           TEXT    NOT NULL,
  suite          TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  epoch          INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE store (
  institution_id BLOB    NOT NULL REFERENCES institution (institution_id),
  store_id       BLOB    NOT NULL CHECK (length(store_id) = 16),
  name           TEXT    NOT NULL,
  address        TEXT    NOT NULL,
  closed_at      INTEGER NOT NULL DEFAULT 0,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, store_id)
) STRICT, WITHOUT ROWID;
