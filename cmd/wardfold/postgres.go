package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wardfold/wardfold/internal/db"
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

// troubles of opening a PostgreSQL database, by what the server answered (its
// manual, appendix A) and by the words for them.
var troubles = []struct {
	answer *regexp.Regexp
	key    string
}{
	{regexp.MustCompile(`(create|member of) role ` + db.AppRole), "cli.dsn.role"},
	{regexp.MustCompile(`postgres 3D000\b`), "cli.dsn.absent"},
	{regexp.MustCompile(`postgres (28000|28P01)\b`), "cli.dsn.refused"},
	{regexp.MustCompile(`postgres 42501\b`), "cli.dsn.rights"},
}

// dsnTrouble puts into words why a database did not open. The address is never
// among them: it may hold a password.
func dsnTrouble(err error) error {
	if _, wrong := errors.AsType[*pgconn.ParseConfigError](err); wrong {
		return refuse(exitUsage, "cli.dsn.wrong").because(err)
	}
	for text, e := "", err; e != nil; e = errors.Unwrap(e) {
		text = e.Error()
		for _, x := range troubles {
			if x.answer.MatchString(text) {
				return refuse(exitOutside, x.key, db.AppRole).because(err)
			}
		}
	}
	return err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
