package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// loadDump fills an empty PostgreSQL database from a dump, all of it or nothing.
func loadDump(ctx context.Context, dsn, dump string) error {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return refuse(exitUsage, "cli.usage.value", "--dsn").because(err)
	}
	cmd := exec.CommandContext(ctx, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
		"--no-password", "--dbname="+c.Database, dump)
	// By environment, for arguments are visible to every user of the machine.
	cmd.Env = append(os.Environ(), "PGHOST="+c.Host, "PGPORT="+strconv.Itoa(int(c.Port)), "PGUSER="+c.User,
		"PGPASSWORD="+c.Password, "PGDATABASE="+c.Database)
	if out, err := cmd.CombinedOutput(); err != nil {
		return refuse(exitOutside, "cli.restore.pg", string(out)).because(fmt.Errorf("pg_restore: %w", err))
	}
	return nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
