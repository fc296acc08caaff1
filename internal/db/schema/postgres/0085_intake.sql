-- +goose Up

-- A roster that somebody brought. Nothing in it names anybody: what the file
-- says is in import_file, sealed under a key of the batch itself.
CREATE TABLE import_batch (
  institution_id bytea NOT NULL,
  batch_id       bytea NOT NULL,
  store_id       bytea NOT NULL,
  by_id          bytea NOT NULL,
  released_by    bytea,
  kind           text COLLATE "C" NOT NULL,
  basis          text COLLATE "C" NOT NULL,
  document       text COLLATE "C" NOT NULL,
  document_hash  bytea,
  notice_id      bytea,
  state          text COLLATE "C" NOT NULL,
  format         text COLLATE "C" NOT NULL,
  read_on        text COLLATE "C" NOT NULL,
  row_count      bigint NOT NULL,
  good           bigint NOT NULL,
  done           bigint NOT NULL,
  mark           bigint NOT NULL,
  made           bigint NOT NULL,
  known          bigint NOT NULL,
  parts          bigint NOT NULL,
  created_at     bigint NOT NULL,
  changed_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, batch_id)
);

-- The file as it came, in sealed parts. The key is the batch's row in
-- subject_key; without it the parts are noise.
CREATE TABLE import_file (
  institution_id bytea NOT NULL,
  batch_id       bytea NOT NULL,
  part           bigint NOT NULL,
  sealed         bytea NOT NULL,
  PRIMARY KEY (institution_id, batch_id, part)
);

-- What is wrong in which line: codes and places, never a value. The first
-- thousand of the check, and every line that was held already.
CREATE TABLE import_problem (
  institution_id bytea NOT NULL,
  batch_id       bytea NOT NULL,
  line           bigint NOT NULL,
  seq            bigint NOT NULL,
  header         text COLLATE "C" NOT NULL,
  code           text COLLATE "C" NOT NULL,
  args           text COLLATE "C" NOT NULL,
  notice         bigint NOT NULL,
  PRIMARY KEY (institution_id, batch_id, line, seq)
);
