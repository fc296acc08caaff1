-- +goose Up

-- What waits to be sent. sealed holds the phone and the variable words under a
-- key of its own that the vault derives; it is emptied when the message is sent
-- or dead. A void message is never sent: it makes a phone that nobody knows here
-- cost the same as one that somebody does.
CREATE TABLE message (
  institution_id BLOB    NOT NULL CHECK (length(institution_id) = 16),
  message_id     BLOB    NOT NULL CHECK (length(message_id) = 16),
  template       TEXT    NOT NULL,
  language       TEXT    NOT NULL,
  sealed         BLOB,
  state          TEXT    NOT NULL CHECK (state IN ('due', 'sent', 'dead', 'void')),
  attempts       INTEGER NOT NULL DEFAULT 0,
  due_at         INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  lease_until    INTEGER NOT NULL DEFAULT 0,
  lease_by       BLOB,
  reason         TEXT    NOT NULL DEFAULT '',
  created_at     INTEGER NOT NULL,
  ended_at       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_due ON message (institution_id, due_at) WHERE state = 'due';
CREATE INDEX message_ended ON message (institution_id, state, ended_at);
