-- +goose Up

-- One row per account of a member of staff, an outside helper or an overseer's
-- officer. login is folded (package account), so one spelling is one account.
-- totp is the nonce from which the vault derives the shared secret; the secret
-- itself is nowhere in the base. A time of 0 means: never.
CREATE TABLE staff (
  institution_id BYTEA  NOT NULL CHECK (length(institution_id) = 16),
  staff_id       BYTEA  NOT NULL CHECK (length(staff_id) = 16),
  store_id       BYTEA,
  login          TEXT   COLLATE "C" NOT NULL,
  name           TEXT   COLLATE "C" NOT NULL,
  state          TEXT   COLLATE "C" NOT NULL CHECK (state IN ('invited', 'active', 'removed')),
  password       TEXT   COLLATE "C" NOT NULL DEFAULT '',
  totp           BYTEA,
  totp_next      BYTEA,
  totp_step      BIGINT NOT NULL DEFAULT 0,
  invite_hash    BYTEA,
  invite_until   BIGINT NOT NULL DEFAULT 0,
  trained_until  BIGINT NOT NULL DEFAULT 0,
  pledged_at     BIGINT NOT NULL DEFAULT 0,
  pledge_hash    BYTEA,
  ends_at        BIGINT NOT NULL DEFAULT 0,
  created_by     BYTEA,
  created_at     BIGINT NOT NULL,
  removed_at     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, staff_id)
);

CREATE UNIQUE INDEX staff_login ON staff (institution_id, login);
CREATE UNIQUE INDEX staff_invite ON staff (institution_id, invite_hash) WHERE invite_hash IS NOT NULL;

-- An appointment is in force once a second person has confirmed it.
CREATE TABLE staff_role (
  institution_id BYTEA  NOT NULL,
  staff_id       BYTEA  NOT NULL,
  role           TEXT   COLLATE "C" NOT NULL,
  given_by       BYTEA,
  given_at       BIGINT NOT NULL,
  confirmed_by   BYTEA,
  confirmed_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, staff_id, role)
);

CREATE TABLE session (
  institution_id BYTEA  NOT NULL,
  token_hash     BYTEA  NOT NULL CHECK (length(token_hash) = 32),
  session_id     BYTEA  NOT NULL,
  staff_id       BYTEA,
  subject_id     BYTEA,
  store_id       BYTEA,
  role           TEXT   COLLATE "C" NOT NULL,
  device         TEXT   COLLATE "C" NOT NULL,
  created_at     BIGINT NOT NULL,
  seen_at        BIGINT NOT NULL,
  proved_at      BIGINT NOT NULL,
  expires_at     BIGINT NOT NULL,
  PRIMARY KEY (institution_id, token_hash)
);

CREATE UNIQUE INDEX session_id ON session (institution_id, session_id);
CREATE INDEX session_staff ON session (institution_id, staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX session_subject ON session (institution_id, subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX session_expiry ON session (institution_id, expires_at);

-- The records that one proved phone opens, when there are several.
CREATE TABLE session_member (
  institution_id BYTEA  NOT NULL,
  session_id     BYTEA  NOT NULL,
  subject_id     BYTEA  NOT NULL,
  role           TEXT   COLLATE "C" NOT NULL,
  PRIMARY KEY (institution_id, session_id, subject_id, role)
);

CREATE INDEX session_member_subject ON session_member (institution_id, subject_id);

-- The one code that a browser waits for. mac needs a key outside the base.
CREATE TABLE phone_code (
  institution_id BYTEA  NOT NULL,
  browser_hash   BYTEA  NOT NULL CHECK (length(browser_hash) = 32),
  phone_index    BYTEA  NOT NULL,
  mac            BYTEA  NOT NULL,
  tries          BIGINT NOT NULL,
  sent_at        BIGINT NOT NULL,
  expires_at     BIGINT NOT NULL,
  PRIMARY KEY (institution_id, browser_hash)
);

CREATE INDEX phone_code_expiry ON phone_code (institution_id, expires_at);

-- One row per code asked for in the last day: the limits count them.
CREATE TABLE phone_send (
  institution_id BYTEA  NOT NULL,
  phone_index    BYTEA  NOT NULL,
  sent_at        BIGINT NOT NULL,
  PRIMARY KEY (institution_id, phone_index, sent_at)
);

CREATE INDEX phone_send_time ON phone_send (institution_id, sent_at);

-- That one browser has lately proved one phone.
CREATE TABLE phone_proof (
  institution_id BYTEA  NOT NULL,
  browser_hash   BYTEA  NOT NULL CHECK (length(browser_hash) = 32),
  phone_index    BYTEA  NOT NULL,
  proved_at      BIGINT NOT NULL,
  PRIMARY KEY (institution_id, browser_hash, phone_index)
);

CREATE INDEX phone_proof_time ON phone_proof (institution_id, proved_at);

-- Failures in a row, by blind index of a login or of a phone, known or not.
CREATE TABLE guess_guard (
  institution_id BYTEA  NOT NULL,
  target_index   BYTEA  NOT NULL,
  failed         BIGINT NOT NULL,
  last_at        BIGINT NOT NULL,
  PRIMARY KEY (institution_id, target_index)
);

CREATE TABLE passkey (
  institution_id BYTEA  NOT NULL,
  passkey_id     BYTEA  NOT NULL CHECK (length(passkey_id) = 32),
  staff_id       BYTEA,
  subject_id     BYTEA,
  role           TEXT   COLLATE "C" NOT NULL,
  label          TEXT   COLLATE "C" NOT NULL,
  record         BYTEA  NOT NULL,
  created_at     BIGINT NOT NULL,
  used_at        BIGINT NOT NULL,
  PRIMARY KEY (institution_id, passkey_id)
);

CREATE INDEX passkey_staff ON passkey (institution_id, staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX passkey_subject ON passkey (institution_id, subject_id) WHERE subject_id IS NOT NULL;

-- What one browser has begun and not finished: passkey ceremonies, OIDC flows.
CREATE TABLE ceremony (
  institution_id BYTEA  NOT NULL,
  browser_hash   BYTEA  NOT NULL CHECK (length(browser_hash) = 32),
  kind           TEXT   COLLATE "C" NOT NULL,
  state          BYTEA  NOT NULL,
  expires_at     BIGINT NOT NULL,
  PRIMARY KEY (institution_id, browser_hash, kind)
);

CREATE INDEX ceremony_expiry ON ceremony (institution_id, expires_at);

-- A person as an outside provider names them, by blind index.
CREATE TABLE staff_identity (
  institution_id BYTEA  NOT NULL,
  identity_index BYTEA  NOT NULL,
  staff_id       BYTEA  NOT NULL,
  provider       TEXT   COLLATE "C" NOT NULL,
  asked_at       BIGINT NOT NULL,
  approved_by    BYTEA,
  approved_at    BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, identity_index)
);

CREATE INDEX staff_identity_staff ON staff_identity (institution_id, staff_id);

CREATE TABLE api_key (
  institution_id BYTEA  NOT NULL,
  key_id         BYTEA  NOT NULL CHECK (length(key_id) = 16),
  secret_hash    BYTEA,
  label          TEXT   COLLATE "C" NOT NULL,
  store_id       BYTEA,
  purposes       TEXT   COLLATE "C" NOT NULL,
  fields         TEXT   COLLATE "C" NOT NULL,
  quota_per_day  BIGINT NOT NULL,
  expires_at     BIGINT NOT NULL,
  made_by        BYTEA  NOT NULL,
  made_at        BIGINT NOT NULL,
  approved_by    BYTEA,
  approved_at    BIGINT NOT NULL DEFAULT 0,
  revoked_at     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (institution_id, key_id)
);

CREATE TABLE api_key_use (
  institution_id BYTEA  NOT NULL,
  key_id         BYTEA  NOT NULL,
  day            BIGINT NOT NULL,
  used           BIGINT NOT NULL,
  PRIMARY KEY (institution_id, key_id, day)
);
