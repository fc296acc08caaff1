package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	leastSpace = 1 << 30 // bytes
	bigWAL     = 256 << 20
	soon       = 14 * 24 * time.Hour // before a certificate ends
	backupAge  = 7 * 24 * time.Hour
)

func checkFolder(_ context.Context, p *patient) finding {
	s, err := os.Stat(string(p.folder))
	if err != nil {
		return failed(p.folder.exists())
	}
	if s.Mode().Perm()&0o077 != 0 {
		return wrong("open", string(p.folder))
	}
	return ok(string(p.folder))
}

func checkConfig(_ context.Context, p *patient) (f finding) {
	var err error
	p.config, err = loadConfig(p.folder)
	return wrongIf(err)
}

// known reports whether there is a configuration to go by.
func (p *patient) known() bool { return p.config.Listen != "" }

func checkModes(_ context.Context, p *patient) finding {
	if !p.known() {
		return skipped()
	}
	var open []string
	err := filepath.WalkDir(string(p.folder), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if s, err := d.Info(); err == nil && s.Mode().IsRegular() && s.Mode().Perm()&0o077 != 0 {
			open = append(open, path)
		}
		return nil
	})
	if err != nil {
		return failed(err)
	}
	if len(open) > 0 {
		return wrong("open", strings.Join(open, " "))
	}
	return ok()
}

func checkSpace(_ context.Context, p *patient) finding {
	var s syscall.Statfs_t
	if err := syscall.Statfs(string(p.folder), &s); err != nil {
		return skipped()
	}
	free, need := int64(s.Bavail)*int64(s.Bsize), int64(leastSpace)
	if p.known() {
		if db, err := os.Stat(p.config.databaseFile(p.folder)); err == nil {
			need = max(need, db.Size())
		}
	}
	if free < need {
		return wrong("little", free>>20, need>>20)
	}
	return ok(free >> 20)
}

// checkGuardPlace: a guard on the disk of the database is set back with it.
func checkGuardPlace(_ context.Context, p *patient) finding {
	if !p.known() {
		return skipped()
	}
	guard, err := os.Stat(p.folder.in(p.config.Guard))
	if err != nil {
		return failed(err)
	}
	data, err := os.Stat(string(p.folder))
	if err != nil {
		return failed(err)
	}
	a, okA := guard.Sys().(*syscall.Stat_t)
	b, okB := data.Sys().(*syscall.Stat_t)
	if okA && okB && a.Dev == b.Dev {
		return warned("same_disk")
	}
	return ok()
}

func checkSecretsApart(_ context.Context, p *patient) finding {
	switch {
	case !p.known() || p.config.Keys.Source != "file":
		return skipped()
	case p.config.Keys.PassphraseFile != "" && !filepath.IsAbs(p.config.Keys.PassphraseFile):
		return warned("beside", p.folder.in(p.config.Keys.PassphraseFile))
	}
	return ok()
}

func checkOrigin(_ context.Context, p *patient) finding {
	switch {
	case !p.known():
		return skipped()
	case strings.HasPrefix(p.config.Origin, "http://"):
		return warned("plain", p.config.Origin)
	}
	return ok(p.config.Origin)
}

func checkTLS(_ context.Context, p *patient) finding {
	if !p.known() || p.config.TLS == nil {
		return skipped()
	}
	pair, err := p.config.TLS.load(p.folder)
	if err != nil {
		return failed(err)
	}
	switch end := pair.Leaf.NotAfter; {
	case !end.After(p.now):
		return wrong("expired", end)
	case end.Sub(p.now) < soon:
		return warned("soon", end)
	}
	return ok()
}

func checkWAL(_ context.Context, p *patient) finding {
	if !p.known() || p.config.databaseFile(p.folder) == "" {
		return skipped()
	}
	s, err := os.Stat(p.config.databaseFile(p.folder) + "-wal")
	if err == nil && s.Size() > bigWAL {
		return warned("big", s.Size()>>20)
	}
	return ok()
}
