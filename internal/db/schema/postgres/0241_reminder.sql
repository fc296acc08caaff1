-- +goose Up

-- On which working days the deciders were reminded of what waits for them.
CREATE TABLE reminder (
  institution_id bytea NOT NULL,
  day            text COLLATE "C" NOT NULL,
  at             bigint NOT NULL,
  PRIMARY KEY (institution_id, day)
);
