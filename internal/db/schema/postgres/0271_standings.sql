-- +goose Up

-- Where every purpose of a subject stands lies in its own row now: whoever asks
-- reads that row anyway. It is derived from the events in the same transaction, and
-- rebuilt from them at will; standings is a list with commas of
-- purpose:state:since. guarded is 1 if something in force rests on a guardian,
-- whose word counts only until the child is 14.
ALTER TABLE subject ADD COLUMN guarded bigint NOT NULL DEFAULT 0;
ALTER TABLE subject ADD COLUMN standings text COLLATE "C" NOT NULL DEFAULT '';

UPDATE subject SET guarded = c.guarded, standings = c.standings FROM consent_state c
  WHERE c.institution_id = subject.institution_id AND c.subject_id = subject.subject_id;

DROP TABLE consent_state;
