-- +goose Up

-- When the other body had what was provided to it, how it got there, and SHA-256
-- of its receipt. handed_at is 0 until that is recorded.
ALTER TABLE provision ADD COLUMN handed_at bigint NOT NULL DEFAULT 0;
ALTER TABLE provision ADD COLUMN way TEXT NOT NULL DEFAULT '';
ALTER TABLE provision ADD COLUMN receipt bytea NOT NULL DEFAULT '\x';
