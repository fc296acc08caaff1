-- +goose Up

-- A file that leaves under an application: who may collect it, until when, and
-- exactly what is in it. fields and purpose are codes. file_hash is what was
-- handed over. Nothing here is personal information.
CREATE TABLE release_export (
  institution_id bytea NOT NULL,
  export_id      bytea NOT NULL,
  application_id bytea NOT NULL,
  grant_id       bytea NOT NULL,
  staff_id       bytea NOT NULL,
  store_id       bytea,
  purpose        text COLLATE "C" NOT NULL,
  fields         text COLLATE "C" NOT NULL,
  format         text COLLATE "C" NOT NULL,
  state          text COLLATE "C" NOT NULL,
  prepared_at    bigint NOT NULL,
  expires_at     bigint NOT NULL,
  collected_at   bigint NOT NULL,
  people         bigint NOT NULL,
  left_out       bigint NOT NULL,
  decoys         bigint NOT NULL,
  file_hash      bytea NOT NULL,
  PRIMARY KEY (institution_id, export_id)
);

CREATE INDEX release_export_staff ON release_export (institution_id, staff_id, prepared_at);
CREATE INDEX release_export_at ON release_export (institution_id, prepared_at);

-- The rows: which child, which guardian, and which version of each value, as
-- code:version between blanks. After erasure the identifiers mean nobody.
CREATE TABLE release_row (
  institution_id bytea NOT NULL,
  export_id      bytea NOT NULL,
  n              bigint NOT NULL,
  child_id       bytea NOT NULL,
  guardian_id    bytea,
  versions       text COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, export_id, n)
);

CREATE INDEX release_row_child ON release_row (institution_id, child_id);

-- What only one export carries, by the blind index of each of its match keys;
-- kind is that of package trace/list. sealed is the row itself, under the key of
-- holder, a subject that nobody is.
CREATE TABLE release_mark (
  institution_id bytea NOT NULL,
  token          bytea NOT NULL,
  export_id      bytea NOT NULL,
  family         bigint NOT NULL,
  kind           bigint NOT NULL,
  PRIMARY KEY (institution_id, token, export_id, family)
);

CREATE TABLE release_decoy (
  institution_id bytea NOT NULL,
  export_id      bytea NOT NULL,
  family         bigint NOT NULL,
  holder_id      bytea NOT NULL,
  sealed         bytea NOT NULL,
  PRIMARY KEY (institution_id, export_id, family)
);

-- Relay numbers that the institution controls; decoys answer on them.
CREATE TABLE relay_number (
  institution_id bytea NOT NULL,
  number         text COLLATE "C" NOT NULL,
  added_at       bigint NOT NULL,
  PRIMARY KEY (institution_id, number)
);

-- Provision to another body: agreement, recipient, kinds, purpose, kept for three
-- years (PIPL arts. 55, 56).
CREATE TABLE provision (
  institution_id bytea NOT NULL,
  export_id      bytea NOT NULL,
  recipient      text COLLATE "C" NOT NULL,
  agreement      text COLLATE "C" NOT NULL,
  document       bytea NOT NULL,
  purpose        text COLLATE "C" NOT NULL,
  fields         text COLLATE "C" NOT NULL,
  people         bigint NOT NULL,
  at             bigint NOT NULL,
  keep_until     bigint NOT NULL,
  PRIMARY KEY (institution_id, export_id)
);
