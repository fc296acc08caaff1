package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// postgres measures the reveal on PostgreSQL, in a private cluster with its
// default durability.
func postgres(ctx context.Context, s settings, m limits) error {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(bins) == 0 {
		line("reveal on PostgreSQL, c = 64", "not measured: PostgreSQL is not installed", "")
		return err
	}
	c, err := newCluster(filepath.Dir(bins[len(bins)-1]))
	if err != nil {
		return err
	}
	defer c.close()
	s.subjects = min(s.subjects, 100_000)
	w, _, err := prepare(ctx, s, c.dsn(), "")
	if err != nil {
		return err
	}
	p, err := start(c.dsn())
	if err != nil {
		return err
	}
	defer func() { _ = p.cmd.Process.Kill() }() // when something failed; otherwise it is gone
	r, err := p.drive(s, 64, w.reveal, holds(200, `"value":"+86154`))
	if err != nil {
		return err
	}
	line("reveal on PostgreSQL, c = 64", p.told(r), fmt.Sprintf("%.2f of hello; ", r.PerSecond()/m.hello64)+against(r.PerSecond(), 3000, "/s"))
	return p.stop()
}

// cluster is a server of our own that listens on a socket in its folder.
type cluster struct {
	dir string
	cmd *exec.Cmd
}

func newCluster(bin string) (*cluster, error) {
	dir, err := os.MkdirTemp("", "wardfold-bench-pg-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir}
	attr := tied()
	attr.Pdeathsig = syscall.SIGINT // a fast shutdown of PostgreSQL
	if os.Getuid() == 0 {           // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid) // the system writes numbers
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	c.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "log_min_messages=fatal")
	c.cmd.SysProcAttr, c.cmd.Dir = attr, dir
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if _, err := os.Stat(filepath.Join(dir, ".s.PGSQL.5432")); err == nil {
			time.Sleep(200 * time.Millisecond) // from the socket to the first session
			return c, nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	c.close()
	return nil, fmt.Errorf("PostgreSQL does not answer in %s", dir)
}

func (c *cluster) dsn() string {
	return "postgres://postgres@/postgres?" + url.Values{"host": {c.dir}}.Encode()
}

func (c *cluster) close() {
	_ = c.cmd.Process.Signal(syscall.SIGINT) // it may be gone already
	_ = c.cmd.Wait()
	_ = os.RemoveAll(c.dir)
}
