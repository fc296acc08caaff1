package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a private PostgreSQL cluster of one test, which may kill it. What
// Postgres gives is shared by all tests of a process and must live.
type Cluster struct {
	s    *server
	bin  string
	attr *syscall.SysProcAttr
	cmd  *exec.Cmd
}

// NewCluster makes and starts a cluster with fsync on. It ends with the test.
// Without the binaries the test is skipped or fails, as Postgres says.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		absentOrFail(t, err)
	}
	dir, err := os.MkdirTemp("", "wardfold-pg-")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{s: &server{dir: dir}, bin: bin}
	t.Cleanup(func() {
		c.Kill()
		_ = os.RemoveAll(dir) // a temporary folder
	})
	if c.attr, err = c.s.unprivileged(); err != nil {
		t.Fatal(err)
	}
	if err := c.s.initdb(bin, c.attr); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// DSN creates an empty database and returns its address.
func (c *Cluster) DSN(t testing.TB, name string) string {
	t.Helper()
	if err := c.s.admin("CREATE DATABASE " + name); err != nil {
		t.Fatalf("create database: %v", err)
	}
	return c.s.dsn(name)
}

// Start starts the server and waits until it answers, through the recovery that
// follows a kill.
func (c *Cluster) Start() error {
	var err error
	for range 200 { // until the last process of the one before has let go of its memory
		c.cmd = exec.Command(filepath.Join(c.bin, "postgres"), "-D", filepath.Join(c.s.dir, "data"), "-k", c.s.dir,
			"-c", "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "log_min_messages=fatal", "-c", "autovacuum=off")
		c.cmd.SysProcAttr, c.cmd.Dir = c.attr, c.s.dir
		if err = c.cmd.Start(); err != nil {
			return err
		}
		gone := make(chan error, 1)
		go func() { gone <- c.cmd.Wait() }()
		if err = c.answers(gone); err == nil {
			return nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return fmt.Errorf("the cluster does not start: %w", err)
}

// answers waits for the server, or for its end.
func (c *Cluster) answers(gone <-chan error) error {
	for range 1200 {
		select {
		case err := <-gone:
			return errors.Join(errors.New("it ended at once"), err)
		case <-time.After(25 * time.Millisecond):
		}
		if c.s.admin("SELECT 1") == nil {
			return nil
		}
	}
	return errors.New("it does not answer")
}

// Kill ends the server as a power failure would end the machine's processes: the
// postmaster and every backend, without a word. What was not synced is still in
// the kernel's cache: this is a crash of the server, not of the machine.
func (c *Cluster) Kill() {
	if c.cmd == nil || c.cmd.Process == nil {
		return
	}
	list := append(c.children(), c.cmd.Process.Pid)
	for _, pid := range list {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone already
	}
	for range 400 { // the zombie is reaped by whoever waits for it in Start
		if syscall.Kill(c.cmd.Process.Pid, 0) != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// KillBackend kills the backend of one connection to a database, after which the
// postmaster throws out all others and recovers. It reports whether there was
// one.
func (c *Cluster) KillBackend(database string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.s.dsn("postgres"))
	if err != nil {
		return false
	}
	defer conn.Close(ctx)
	var pid int
	err = conn.QueryRow(ctx, `SELECT pid FROM pg_stat_activity WHERE datname = $1 ORDER BY state = 'active' DESC, state_change DESC LIMIT 1`, database).Scan(&pid)
	return err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil
}

// children lists the processes whose parent is the postmaster.
func (c *Cluster) children() (list []int) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, name := range stats {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		_, rest, _ := strings.Cut(string(data), ") ")
		f := strings.Fields(rest)
		if len(f) < 2 || f[1] != strconv.Itoa(c.cmd.Process.Pid) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			list = append(list, pid)
		}
	}
	return list
}
