-- +goose Up
CREATE TABLE enrolment (
  institution_id bytea NOT NULL,
  enrolment_id   bytea NOT NULL,
  store_id       bytea NOT NULL,
  clerk_id       bytea,
  course         text COLLATE "C" NOT NULL,
  state          text COLLATE "C" NOT NULL,
  notice_id      bytea NOT NULL,
  link           bytea,
  phone_token    bytea,
  phone_tail     text COLLATE "C" NOT NULL,
  browser        bytea,
  child_id       bytea,
  guardian_id    bytea,
  receipt        text COLLATE "C",
  opens          bigint NOT NULL,
  created_at     bigint NOT NULL,
  expires_at     bigint NOT NULL,
  changed_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, enrolment_id)
);

CREATE UNIQUE INDEX enrolment_link ON enrolment (institution_id, link) WHERE link IS NOT NULL;
CREATE UNIQUE INDEX enrolment_receipt ON enrolment (institution_id, receipt) WHERE receipt IS NOT NULL;
CREATE INDEX enrolment_child ON enrolment (institution_id, child_id) WHERE child_id IS NOT NULL;
CREATE INDEX enrolment_store ON enrolment (institution_id, store_id, created_at);

-- The own link of a child who must agree too.
CREATE TABLE child_link (
  institution_id bytea NOT NULL,
  link           bytea NOT NULL,
  enrolment_id   bytea NOT NULL,
  expires_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, link)
);
