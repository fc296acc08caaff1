-- +goose Up

-- One public notice. The list that was brought lies sealed in publication_part
-- while the notice is a draft, and is destroyed when it stops being one; body is
-- what the public sees, and is emptied when the notice comes down; numbers is
-- which row has which notice number, and is emptied when it was handed over.
CREATE TABLE publication (
  institution_id BLOB    NOT NULL,
  publication_id BLOB    NOT NULL,
  title          TEXT    NOT NULL,
  occasion       TEXT    NOT NULL,
  article        TEXT    NOT NULL,
  days           INTEGER NOT NULL,
  ages           TEXT    NOT NULL,
  in_school      INTEGER NOT NULL,
  in_grade       INTEGER NOT NULL,
  in_class       INTEGER NOT NULL,
  state          TEXT    NOT NULL CHECK (state IN ('draft', 'published', 'ended', 'withdrawn', 'refused', 'lapsed')),
  prepared_by    BLOB    NOT NULL,
  prepared_at    INTEGER NOT NULL,
  approved_by    BLOB,
  published_at   INTEGER NOT NULL,
  until_at       INTEGER NOT NULL,
  ended_at       INTEGER NOT NULL,
  row_count      INTEGER NOT NULL,
  fits           INTEGER NOT NULL,
  parts          INTEGER NOT NULL,
  hash           BLOB    NOT NULL,
  body           BLOB    NOT NULL,
  numbers        BLOB    NOT NULL,
  PRIMARY KEY (institution_id, publication_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX publication_state ON publication (institution_id, state, until_at);

CREATE TABLE publication_part (
  institution_id BLOB    NOT NULL,
  publication_id BLOB    NOT NULL,
  part           INTEGER NOT NULL,
  sealed         BLOB    NOT NULL,
  PRIMARY KEY (institution_id, publication_id, part)
) STRICT, WITHOUT ROWID;

-- What a story about a child needs before it may stand (S2-21). reference is the
-- number of the paper in the institution's own files; ended_at is 0 while it
-- counts.
CREATE TABLE publication_lock (
  institution_id BLOB    NOT NULL,
  publication_id BLOB    NOT NULL,
  kind           TEXT    NOT NULL CHECK (kind IN ('notice', 'child', 'guardian', 'media')),
  reference      TEXT    NOT NULL,
  given_on       TEXT    NOT NULL,
  staff_id       BLOB    NOT NULL,
  ended_at       INTEGER NOT NULL,
  PRIMARY KEY (institution_id, publication_id, kind)
) STRICT, WITHOUT ROWID;
