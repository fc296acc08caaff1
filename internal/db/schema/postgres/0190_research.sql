-- +goose Up

-- People of whom something is released for research, and what may be given away
-- about each of them in a calendar year (epsilon in millionths).
CREATE TABLE research_population (
  institution_id bytea NOT NULL,
  population_id  bytea NOT NULL,
  name           text COLLATE "C" NOT NULL,
  people         bigint NOT NULL,
  total          bigint NOT NULL,
  set_by         bytea NOT NULL,
  set_at         bigint NOT NULL,
  PRIMARY KEY (institution_id, population_id)
);

-- One data set for research: figures and names of columns, nobody's data. columns,
-- settings and report are JSON. The list, the register and the result lie sealed
-- in research_part; kinds are those of the names by which its people are found in
-- other releases, one a line; source_sum is a keyed hash of the list.
CREATE TABLE research_dataset (
  institution_id bytea NOT NULL,
  dataset_id     bytea NOT NULL,
  population_id  bytea NOT NULL,
  purpose        text COLLATE "C" NOT NULL,
  recipient      text COLLATE "C" NOT NULL,
  state          text COLLATE "C" NOT NULL CHECK (state IN ('draft', 'failed', 'passed', 'approved', 'collected', 'refused', 'lapsed')),
  proposed_by    bytea NOT NULL,
  proposed_at    bigint NOT NULL,
  approved_by    bytea,
  approved_at    bigint NOT NULL,
  collected_by   bytea,
  collected_at   bigint NOT NULL,
  ended_at       bigint NOT NULL,
  row_count      bigint NOT NULL,
  columns        text COLLATE "C" NOT NULL,
  settings       text COLLATE "C" NOT NULL,
  report         text COLLATE "C" NOT NULL,
  certificate    text COLLATE "C" NOT NULL,
  hash           bytea NOT NULL,
  tries          bigint NOT NULL,
  kinds          text COLLATE "C" NOT NULL,
  source_parts   bigint NOT NULL,
  people_parts   bigint NOT NULL,
  result_parts   bigint NOT NULL,
  result_id      bytea,
  touched_at     bigint NOT NULL,
  source_sum     bytea NOT NULL,
  PRIMARY KEY (institution_id, dataset_id)
);

CREATE INDEX research_dataset_state ON research_dataset (institution_id, state, touched_at);

CREATE TABLE research_part (
  institution_id bytea NOT NULL,
  dataset_id     bytea NOT NULL,
  field          text COLLATE "C" NOT NULL CHECK (field IN ('research.source', 'research.people', 'research.result')),
  part           bigint NOT NULL,
  sealed         bytea NOT NULL,
  PRIMARY KEY (institution_id, dataset_id, field, part)
);

-- Who is in a release: keyed commitments and the number of a class, so that a later
-- release of the same people can be judged together with it.
CREATE TABLE research_roll (
  institution_id bytea NOT NULL,
  dataset_id     bytea NOT NULL,
  part           bigint NOT NULL,
  commitments    bytea NOT NULL,
  PRIMARY KEY (institution_id, dataset_id, part)
);

-- Noisy counts that were released. question is a hash of the list and of what was
-- asked; whoever asks again gets the same answer.
CREATE TABLE research_tally (
  institution_id bytea NOT NULL,
  tally_id       bytea NOT NULL,
  population_id  bytea NOT NULL,
  dataset_id     bytea NOT NULL,
  question       bytea NOT NULL,
  year           bigint NOT NULL,
  epsilon        bigint NOT NULL,
  answer         text COLLATE "C" NOT NULL,
  staff_id       bytea NOT NULL,
  at             bigint NOT NULL,
  PRIMARY KEY (institution_id, tally_id)
);

CREATE UNIQUE INDEX research_tally_question ON research_tally (institution_id, population_id, question);
CREATE INDEX research_tally_year ON research_tally (institution_id, population_id, year);
