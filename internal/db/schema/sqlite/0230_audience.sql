-- +goose Up

-- For whom a public notice is meant: it bounds how many people a reader thinks of.
ALTER TABLE publication ADD COLUMN audience TEXT NOT NULL DEFAULT 'anybody';
