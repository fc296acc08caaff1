-- +goose Up

-- Whether an export has relay aliases where numbers would stand.
ALTER TABLE release_export ADD COLUMN aliases bigint NOT NULL DEFAULT 0;

-- Whom an alias reaches: the one whose number stands in field, for each child in
-- the export beside whom it stands. token is the blind index of the alias, as in
-- release_mark, which has those of families that do not exist as well. After
-- erasure the identifiers mean nobody, and the alias leads nowhere.
CREATE TABLE release_alias (
  institution_id bytea NOT NULL,
  token          bytea NOT NULL,
  child_id       bytea NOT NULL,
  export_id      bytea NOT NULL,
  subject_id     bytea NOT NULL,
  field          text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, token, child_id)
);
