-- +goose Up

-- Who was named to take charge of a data set and has not accepted yet; store_id
-- is 16 zero bytes for the whole institution.
CREATE TABLE dataset_named (
  institution_id BLOB    NOT NULL,
  dataset        TEXT    NOT NULL,
  store_id       BLOB    NOT NULL,
  staff_id       BLOB    NOT NULL,
  named_by       BLOB    NOT NULL,
  named_at       INTEGER NOT NULL,
  PRIMARY KEY (institution_id, dataset, store_id)
) STRICT, WITHOUT ROWID;
