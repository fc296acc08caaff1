package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/wardfold/wardfold/internal/db"
)

// Postgres returns the DSN of a new database with the whole schema and no rows.
// The first call in a process starts a private cluster from the installed
// binaries; it listens on a socket in a folder of its own and ends with the
// process, however that ends.
//
// Without the binaries the test is skipped, loudly; with CI=true or
// WARDFOLD_REQUIRE_POSTGRES set it fails.
func Postgres(t testing.TB) string {
	t.Helper()
	_, dsn := newPostgres(t, "t", "migrated")
	return dsn
}

// EmptyPostgres returns the DSN of a new database with nothing in it: what a
// backup is restored into.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	_, dsn := newPostgres(t, "e", "template1") // what the server itself begins a database with
	return dsn
}

// newPostgres returns a copy of a database, numbered after a letter. Dropping it
// would cost a checkpoint; the cluster goes soon enough.
func newPostgres(t testing.TB, letter, of string) (name, dsn string) {
	t.Helper()
	c, err := cluster()
	if err != nil {
		absentOrFail(t, err)
	}
	name = fmt.Sprint(letter, c.made.Add(1))
	if err := c.admin("CREATE DATABASE " + name + " TEMPLATE " + of); err != nil {
		t.Fatalf("create database: %v", err)
	}
	return name, c.dsn(name)
}

// absentOrFail skips a test where there are no binaries and need not be, and
// fails it otherwise.
func absentOrFail(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true" && os.Getenv("WARDFOLD_REQUIRE_POSTGRES") == "" {
		t.Skipf("NOT TESTED ON POSTGRESQL: %v", err)
	}
	t.Fatalf("start PostgreSQL: %v", err)
}

type server struct {
	dir  string
	stop *os.File // the cluster lives while this end of the pipe is open
	made atomic.Int64
	mu   sync.Mutex // PostgreSQL copies a template for one session at a time
}

var errNoPostgres = errors.New("no PostgreSQL binaries in /usr/lib/postgresql")

// cluster starts the cluster of this process, once.
var cluster = sync.OnceValues(func() (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "wardfold-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.start(bin); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, s.template()
})

// binaries is the folder of the newest server that is installed.
func binaries() (string, error) {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(bins) == 0 {
		return "", errNoPostgres
	}
	slices.Sort(bins)
	return filepath.Dir(bins[len(bins)-1]), nil
}

func (s *server) dsn(database string) string {
	return "postgres://postgres@/" + database + "?" + url.Values{"host": {s.dir}}.Encode()
}

// start runs initdb and the server. A small shell is the server's parent: it
// waits for the end of its input, which comes when this process is gone, and
// then stops the server and removes the folder.
func (s *server) start(bin string) error {
	attr, err := s.unprivileged()
	if err != nil {
		return err
	}
	if err := s.initdb(bin, attr); err != nil {
		return err
	}
	const script = `"$0" -D "$1/data" -k "$1" -c listen_addresses= -c max_connections=300 \
		-c shared_buffers=64MB -c log_min_messages=fatal -c autovacuum_naptime=5s </dev/null >"$1/log" 2>&1 &
		server=$!
		cat >/dev/null
		kill -QUIT $server
		wait $server
		rm -rf "$1"`
	in, stop, err := os.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	s.stop = stop
	sh := exec.Command("/bin/sh", "-c", script, filepath.Join(bin, "postgres"), s.dir)
	sh.Stdin, sh.SysProcAttr, sh.Dir = in, attr, s.dir
	if err := sh.Start(); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	for range 400 {
		if err = s.admin("SELECT 1"); err == nil {
			return nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log")) // best effort: it explains the failure
	return fmt.Errorf("the server does not answer: %w: %s", err, log)
}

// initdb makes the files of a cluster in the folder.
func (s *server) initdb(bin string, attr *syscall.SysProcAttr) error {
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(s.dir, "data"), "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = attr, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// unprivileged makes the folder and the processes belong to the user postgres
// if this process is root, which the server refuses to run as.
func (s *server) unprivileged() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setsid: true} // an interrupt from the terminal is not for them
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("root needs a user postgres to run the server as: %w", err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, errors.Join(err1, err2, os.Chown(s.dir, int(uid), int(gid)))
}

// template makes the database that every test's database is copied from.
func (s *server) template() error {
	if err := s.admin("CREATE DATABASE migrated"); err != nil {
		return err
	}
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{DSN: s.dsn("migrated")})
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx), d.Close())
}

func (s *server) admin(statement string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, statement)
	return errors.Join(err, c.Close(ctx))
}
