-- +goose Up

-- One public notice. The list that was brought lies sealed in publication_part
-- while the notice is a draft, and is destroyed when it stops being one; body is
-- what the public sees, and is emptied when the notice comes down; numbers is
-- which row has which notice number, and is emptied when it was handed over.
CREATE TABLE publication (
  institution_id bytea    NOT NULL,
  publication_id bytea    NOT NULL,
  title          text COLLATE "C" NOT NULL,
  occasion       text COLLATE "C" NOT NULL,
  article        text COLLATE "C" NOT NULL,
  days           bigint NOT NULL,
  ages           text COLLATE "C" NOT NULL,
  in_school      bigint NOT NULL,
  in_grade       bigint NOT NULL,
  in_class       bigint NOT NULL,
  state          text COLLATE "C" NOT NULL CHECK (state IN ('draft', 'published', 'ended', 'withdrawn', 'refused', 'lapsed')),
  prepared_by    bytea    NOT NULL,
  prepared_at    bigint NOT NULL,
  approved_by    bytea,
  published_at   bigint NOT NULL,
  until_at       bigint NOT NULL,
  ended_at       bigint NOT NULL,
  row_count      bigint NOT NULL,
  fits           bigint NOT NULL,
  parts          bigint NOT NULL,
  hash           bytea    NOT NULL,
  body           bytea    NOT NULL,
  numbers        bytea    NOT NULL,
  PRIMARY KEY (institution_id, publication_id)
);

CREATE INDEX publication_state ON publication (institution_id, state, until_at);

CREATE TABLE publication_part (
  institution_id bytea    NOT NULL,
  publication_id bytea    NOT NULL,
  part           bigint NOT NULL,
  sealed         bytea    NOT NULL,
  PRIMARY KEY (institution_id, publication_id, part)
);

-- What a story about a child needs before it may stand (S2-21). reference is the
-- number of the paper in the institution's own files; ended_at is 0 while it
-- counts.
CREATE TABLE publication_lock (
  institution_id bytea    NOT NULL,
  publication_id bytea    NOT NULL,
  kind           text COLLATE "C" NOT NULL CHECK (kind IN ('notice', 'child', 'guardian', 'media')),
  reference      text COLLATE "C" NOT NULL,
  given_on       text COLLATE "C" NOT NULL,
  staff_id       bytea    NOT NULL,
  ended_at       bigint NOT NULL,
  PRIMARY KEY (institution_id, publication_id, kind)
);
