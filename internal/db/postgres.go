package db

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // goose speaks database/sql

	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/fault"
)

// pgLanes is the number of writers: institutions hash to them and their commits
// overlap on the server, which shares one fsync among those that meet.
const pgLanes = 8

// pgSilence is how long the server may keep a statement or a commit waiting
// before the connection is given up. It is longer than every time-out that the
// server itself applies.
const pgSilence = 60 * time.Second

type pgEngine struct {
	dsn string
	cfg *pgconn.Config
}

func openPostgres(ctx context.Context, dsn string) (engine, error) {
	cfg, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, err // its text hides the password
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	dial := cfg.DialFunc
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return impatient{c}, nil
	}
	e := &pgEngine{dsn, cfg}
	c := &pgConn{cfg: cfg, writer: true}
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	return e, c.close()
}

// impatient gives up on a server that is silent for too long after a request.
type impatient struct{ net.Conn }

func (c impatient) Write(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(pgSilence)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (e *pgEngine) kind() string { return "postgres" }
func (e *pgEngine) lanes() int   { return pgLanes }
func (e *pgEngine) close() error { return nil }

// Connections are made when they are first needed.
func (e *pgEngine) writer(context.Context) (conn, error) {
	return &pgConn{cfg: e.cfg, writer: true}, nil
}
func (e *pgEngine) reader(context.Context) (conn, error) { return &pgConn{cfg: e.cfg}, nil }

func (e *pgEngine) migrator() (*sql.DB, error) {
	pool, err := sql.Open("pgx", e.dsn)
	if err == nil {
		pool.SetMaxOpenConns(2)
	}
	return pool, err
}

// backup calls pg_dump, which takes one snapshot of a running database. Point-
// in-time recovery and replicas are PostgreSQL's own business.
func (e *pgEngine) backup(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	cmd := exec.CommandContext(ctx, "pg_dump", "--format=custom", "--no-password", "--no-owner", "--no-privileges")
	// By environment, for arguments are visible to every user of the machine.
	cmd.Env = append(os.Environ(), "PGHOST="+e.cfg.Host, fmt.Sprintf("PGPORT=%d", e.cfg.Port),
		"PGUSER="+e.cfg.User, "PGPASSWORD="+e.cfg.Password, "PGDATABASE="+e.cfg.Database)
	cmd.Stdout = f
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pg_dump: %w", err)
	}
	return syncFile(f)
}

// pgSettings are refused when they have the value given: the server could lose
// what it has acknowledged. Source: PostgreSQL manual, "Write Ahead Log".
var pgSettings = []struct{ name, bad string }{
	{"fsync", "off"},
	{"synchronous_commit", "off"},
	{"full_page_writes", "off"},
}

// check repeats the checks of Open.
func (c *pgConn) check() error {
	if !c.connected() {
		return nil // connecting checks
	}
	for _, s := range pgSettings {
		got, err := c.show("current_setting('" + s.name + "')")
		if err != nil {
			return err
		}
		if got == s.bad {
			return fault.New(fault.Unavailable, "db.unsafe", s.name, got)
		}
	}
	standby, err := c.show("pg_is_in_recovery()")
	if err == nil && standby == "t" {
		// Consent, grants and quotas must never be read from a replica.
		err = fault.New(fault.Unavailable, "db.unsafe", "pg_is_in_recovery", "on")
	}
	return err
}

func (c *pgConn) show(expr string) (string, error) {
	var set row.Set
	if err := c.query(&set, "SELECT CAST("+expr+" AS text)", nil); err != nil {
		return "", err
	}
	var v string
	err := set.Scan(0, []any{&v})
	if v == "true" {
		v = "t"
	}
	return v, err
}
