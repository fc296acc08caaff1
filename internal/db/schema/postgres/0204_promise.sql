-- +goose Up

-- The promise that an institution has signed for everybody to read, one row per
-- version; body is canonical JSON, hash its SHA-256, which is in the log too.
CREATE TABLE public_promise (
  institution_id bytea NOT NULL,
  version        bigint NOT NULL,
  body           text COLLATE "C" NOT NULL,
  hash           bytea NOT NULL,
  signed_by      bytea NOT NULL,
  signed_at      bigint NOT NULL,
  PRIMARY KEY (institution_id, version)
);
