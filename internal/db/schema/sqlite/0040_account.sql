-- +goose Up

-- One row per account of a member of staff, an outside helper or an overseer's
-- officer. login is folded (package account), so one spelling is one account.
-- totp is the nonce from which the vault derives the shared secret; the secret
-- itself is nowhere in the base. A time of 0 means: never.
CREATE TABLE staff (
  institution_id BLOB    NOT NULL CHECK (length(institution_id) = 16),
  staff_id       BLOB    NOT NULL CHECK (length(staff_id) = 16),
  store_id       BLOB,
  login          TEXT    NOT NULL,
  name           TEXT    NOT NULL,
  state          TEXT    NOT NULL CHECK (state IN ('invited', 'active', 'removed')),
  password       TEXT    NOT NULL DEFAULT '',
  totp           BLOB,
  totp_next      BLOB,
  totp_step      INTEGER NOT NULL DEFAULT 0,
  invite_hash    BLOB,
  invite_until   INTEGER NOT NULL DEFAULT 0,
  trained_until  INTEGER NOT NULL DEFAULT 0,
  pledged_at     INTEGER NOT NULL DEFAULT 0,
  pledge_hash    BLOB,
  ends_at        INTEGER NOT NULL DEFAULT 0,
  created_by     BLOB,
  created_at     INTEGER NOT NULL,
  removed_at     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, staff_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX staff_login ON staff (institution_id, login);
CREATE UNIQUE INDEX staff_invite ON staff (institution_id, invite_hash) WHERE invite_hash IS NOT NULL;

-- An appointment is in force once a second person has confirmed it.
CREATE TABLE staff_role (
  institution_id BLOB    NOT NULL,
  staff_id       BLOB    NOT NULL,
  role           TEXT    NOT NULL,
  given_by       BLOB,
  given_at       INTEGER NOT NULL,
  confirmed_by   BLOB,
  confirmed_at   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, staff_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  institution_id BLOB    NOT NULL,
  token_hash     BLOB    NOT NULL CHECK (length(token_hash) = 32),
  session_id     BLOB    NOT NULL,
  staff_id       BLOB,
  subject_id     BLOB,
  store_id       BLOB,
  role           TEXT    NOT NULL,
  device         TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  seen_at        INTEGER NOT NULL,
  proved_at      INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, token_hash)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX session_id ON session (institution_id, session_id);
CREATE INDEX session_staff ON session (institution_id, staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX session_subject ON session (institution_id, subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX session_expiry ON session (institution_id, expires_at);

-- The records that one proved phone opens, when there are several.
CREATE TABLE session_member (
  institution_id BLOB NOT NULL,
  session_id     BLOB NOT NULL,
  subject_id     BLOB NOT NULL,
  role           TEXT NOT NULL,
  PRIMARY KEY (institution_id, session_id, subject_id, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_member_subject ON session_member (institution_id, subject_id);

-- The one code that a browser waits for. mac needs a key outside the base.
CREATE TABLE phone_code (
  institution_id BLOB    NOT NULL,
  browser_hash   BLOB    NOT NULL CHECK (length(browser_hash) = 32),
  phone_index    BLOB    NOT NULL,
  mac            BLOB    NOT NULL,
  tries          INTEGER NOT NULL,
  sent_at        INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, browser_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX phone_code_expiry ON phone_code (institution_id, expires_at);

-- One row per code asked for in the last day: the limits count them.
CREATE TABLE phone_send (
  institution_id BLOB    NOT NULL,
  phone_index    BLOB    NOT NULL,
  sent_at        INTEGER NOT NULL,
  PRIMARY KEY (institution_id, phone_index, sent_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX phone_send_time ON phone_send (institution_id, sent_at);

-- That one browser has lately proved one phone.
CREATE TABLE phone_proof (
  institution_id BLOB    NOT NULL,
  browser_hash   BLOB    NOT NULL CHECK (length(browser_hash) = 32),
  phone_index    BLOB    NOT NULL,
  proved_at      INTEGER NOT NULL,
  PRIMARY KEY (institution_id, browser_hash, phone_index)
) STRICT, WITHOUT ROWID;

CREATE INDEX phone_proof_time ON phone_proof (institution_id, proved_at);

-- Failures in a row, by blind index of a login or of a phone, known or not.
CREATE TABLE guess_guard (
  institution_id BLOB    NOT NULL,
  target_index   BLOB    NOT NULL,
  failed         INTEGER NOT NULL,
  last_at        INTEGER NOT NULL,
  PRIMARY KEY (institution_id, target_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
  institution_id BLOB    NOT NULL,
  passkey_id     BLOB    NOT NULL CHECK (length(passkey_id) = 32),
  staff_id       BLOB,
  subject_id     BLOB,
  role           TEXT    NOT NULL,
  label          TEXT    NOT NULL,
  record         BLOB    NOT NULL,
  created_at     INTEGER NOT NULL,
  used_at        INTEGER NOT NULL,
  PRIMARY KEY (institution_id, passkey_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_staff ON passkey (institution_id, staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX passkey_subject ON passkey (institution_id, subject_id) WHERE subject_id IS NOT NULL;

-- What one browser has begun and not finished: passkey ceremonies, OIDC flows.
CREATE TABLE ceremony (
  institution_id BLOB    NOT NULL,
  browser_hash   BLOB    NOT NULL CHECK (length(browser_hash) = 32),
  kind           TEXT    NOT NULL,
  state          BLOB    NOT NULL,
  expires_at     INTEGER NOT NULL,
  PRIMARY KEY (institution_id, browser_hash, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX ceremony_expiry ON ceremony (institution_id, expires_at);

-- A person as an outside provider names them, by blind index.
CREATE TABLE staff_identity (
  institution_id BLOB    NOT NULL,
  identity_index BLOB    NOT NULL,
  staff_id       BLOB    NOT NULL,
  provider       TEXT    NOT NULL,
  asked_at       INTEGER NOT NULL,
  approved_by    BLOB,
  approved_at    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, identity_index)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_identity_staff ON staff_identity (institution_id, staff_id);

CREATE TABLE api_key (
  institution_id BLOB    NOT NULL,
  key_id         BLOB    NOT NULL CHECK (length(key_id) = 16),
  secret_hash    BLOB,
  label          TEXT    NOT NULL,
  store_id       BLOB,
  purposes       TEXT    NOT NULL,
  fields         TEXT    NOT NULL,
  quota_per_day  INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  made_by        BLOB    NOT NULL,
  made_at        INTEGER NOT NULL,
  approved_by    BLOB,
  approved_at    INTEGER NOT NULL DEFAULT 0,
  revoked_at     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, key_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key_use (
  institution_id BLOB    NOT NULL,
  key_id         BLOB    NOT NULL,
  day            INTEGER NOT NULL,
  used           INTEGER NOT NULL,
  PRIMARY KEY (institution_id, key_id, day)
) STRICT, WITHOUT ROWID;
