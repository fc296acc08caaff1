-- +goose Up

-- One scan of a folder that the configuration allows. root is the name that
-- people call the folder by; what was found lies in a journal beside the
-- database, under masks.
CREATE TABLE survey (
  institution_id bytea   NOT NULL,
  survey_id      bytea   NOT NULL,
  root           text COLLATE "C" NOT NULL,
  staff_id       bytea   NOT NULL,
  state          text COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  started_at     bigint NOT NULL,
  ended_at       bigint NOT NULL,
  items          bigint NOT NULL,
  bytes          bigint NOT NULL,
  found          bigint NOT NULL,
  under_14       bigint NOT NULL,
  from_14_to_17  bigint NOT NULL,
  problems       bigint NOT NULL,
  skipped        bigint NOT NULL,
  PRIMARY KEY (institution_id, survey_id)
);

CREATE INDEX survey_state ON survey (institution_id, state, root);
