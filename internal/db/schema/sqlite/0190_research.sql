-- +goose Up

-- People of whom something is released for research, and what may be given away
-- about each of them in a calendar year (epsilon in millionths).
CREATE TABLE research_population (
  institution_id BLOB NOT NULL,
  population_id  BLOB NOT NULL,
  name           TEXT NOT NULL,
  people         INTEGER NOT NULL,
  total          INTEGER NOT NULL,
  set_by         BLOB NOT NULL,
  set_at         INTEGER NOT NULL,
  PRIMARY KEY (institution_id, population_id)
) STRICT, WITHOUT ROWID;

-- One data set for research: figures and names of columns, nobody's data. columns,
-- settings and report are JSON. The list, the register and the result lie sealed
-- in research_part; kinds are those of the names by which its people are found in
-- other releases, one a line; source_sum is a keyed hash of the list.
CREATE TABLE research_dataset (
  institution_id BLOB NOT NULL,
  dataset_id     BLOB NOT NULL,
  population_id  BLOB NOT NULL,
  purpose        TEXT NOT NULL,
  recipient      TEXT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('draft', 'failed', 'passed', 'approved', 'collected', 'refused', 'lapsed')),
  proposed_by    BLOB NOT NULL,
  proposed_at    INTEGER NOT NULL,
  approved_by    BLOB,
  approved_at    INTEGER NOT NULL,
  collected_by   BLOB,
  collected_at   INTEGER NOT NULL,
  ended_at       INTEGER NOT NULL,
  row_count      INTEGER NOT NULL,
  columns        TEXT NOT NULL,
  settings       TEXT NOT NULL,
  report         TEXT NOT NULL,
  certificate    TEXT NOT NULL,
  hash           BLOB NOT NULL,
  tries          INTEGER NOT NULL,
  kinds          TEXT NOT NULL,
  source_parts   INTEGER NOT NULL,
  people_parts   INTEGER NOT NULL,
  result_parts   INTEGER NOT NULL,
  result_id      BLOB,
  touched_at     INTEGER NOT NULL,
  source_sum     BLOB NOT NULL,
  PRIMARY KEY (institution_id, dataset_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX research_dataset_state ON research_dataset (institution_id, state, touched_at);

CREATE TABLE research_part (
  institution_id BLOB NOT NULL,
  dataset_id     BLOB NOT NULL,
  field          TEXT NOT NULL CHECK (field IN ('research.source', 'research.people', 'research.result')),
  part           INTEGER NOT NULL,
  sealed         BLOB NOT NULL,
  PRIMARY KEY (institution_id, dataset_id, field, part)
) STRICT, WITHOUT ROWID;

-- Who is in a release: keyed commitments and the number of a class, so that a later
-- release of the same people can be judged together with it.
CREATE TABLE research_roll (
  institution_id BLOB NOT NULL,
  dataset_id     BLOB NOT NULL,
  part           INTEGER NOT NULL,
  commitments    BLOB NOT NULL,
  PRIMARY KEY (institution_id, dataset_id, part)
) STRICT, WITHOUT ROWID;

-- Noisy counts that were released. question is a hash of the list and of what was
-- asked; whoever asks again gets the same answer.
CREATE TABLE research_tally (
  institution_id BLOB NOT NULL,
  tally_id       BLOB NOT NULL,
  population_id  BLOB NOT NULL,
  dataset_id     BLOB NOT NULL,
  question       BLOB NOT NULL,
  year           INTEGER NOT NULL,
  epsilon        INTEGER NOT NULL,
  answer         TEXT NOT NULL,
  staff_id       BLOB NOT NULL,
  at             INTEGER NOT NULL,
  PRIMARY KEY (institution_id, tally_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX research_tally_question ON research_tally (institution_id, population_id, question);
CREATE INDEX research_tally_year ON research_tally (institution_id, population_id, year);
