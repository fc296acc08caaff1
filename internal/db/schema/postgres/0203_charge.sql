-- +goose Up

-- Who was named to take charge of a data set and has not accepted yet; store_id
-- is 16 zero bytes for the whole institution.
CREATE TABLE dataset_named (
  institution_id bytea NOT NULL,
  dataset        text COLLATE "C" NOT NULL,
  store_id       bytea NOT NULL,
  staff_id       bytea NOT NULL,
  named_by       bytea NOT NULL,
  named_at       bigint NOT NULL,
  PRIMARY KEY (institution_id, dataset, store_id)
);
