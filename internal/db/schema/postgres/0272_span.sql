-- +goose Up

-- Which entries are about a subject, span by span of the log: rows of the newest
-- 8,192 entries lie together, so that an entry writes to pages that others of its
-- time have written too, and not to one of the whole log's that nobody has in
-- memory. Whoever asks for a subject looks once into each span. Whom an entry is
-- about is found by reading its span, so the index by entry goes.
CREATE TABLE event_subject_span (
  institution_id BYTEA  NOT NULL,
  span           BIGINT NOT NULL CHECK (span >= 0),
  subject_id     BYTEA  NOT NULL CHECK (length(subject_id) = 16),
  idx            BIGINT NOT NULL,
  PRIMARY KEY (institution_id, span, subject_id, idx)
);

INSERT INTO event_subject_span (institution_id, span, subject_id, idx)
  SELECT institution_id, idx / 8192, subject_id, idx FROM event_subject ORDER BY 1, 2, 3, 4;

DROP TABLE event_subject;

ALTER TABLE event_subject_span RENAME TO event_subject;
ALTER INDEX event_subject_span_pkey RENAME TO event_subject_pkey;
