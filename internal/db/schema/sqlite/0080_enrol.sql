-- +goose Up
CREATE TABLE enrolment (
  institution_id BLOB NOT NULL,
  enrolment_id   BLOB NOT NULL,
  store_id       BLOB NOT NULL,
  clerk_id       BLOB,
  course         TEXT NOT NULL,
  state          TEXT NOT NULL,
  notice_id      BLOB NOT NULL,
  link           BLOB,
  phone_token    BLOB,
  phone_tail     TEXT NOT NULL,
  browser        BLOB,
  child_id       BLOB,
  guardian_id    BLOB,
  receipt        TEXT,
  opens          INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  changed_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, enrolment_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX enrolment_link ON enrolment (institution_id, link) WHERE link IS NOT NULL;
CREATE UNIQUE INDEX enrolment_receipt ON enrolment (institution_id, receipt) WHERE receipt IS NOT NULL;
CREATE INDEX enrolment_child ON enrolment (institution_id, child_id) WHERE child_id IS NOT NULL;
CREATE INDEX enrolment_store ON enrolment (institution_id, store_id, created_at);

-- The own link of a child who must agree too.
CREATE TABLE child_link (
  institution_id BLOB NOT NULL,
  link           BLOB NOT NULL,
  enrolment_id   BLOB NOT NULL,
  expires_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, link)
) STRICT, WITHOUT ROWID;
