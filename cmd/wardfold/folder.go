package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/wardfold/wardfold/internal/durable"
)

// folder is where one installation keeps everything: configuration, database,
// key ring, log key, guard.
type folder string

// The names in it.
const (
	configName    = "wardfold.json"
	databaseName  = "wardfold.db"
	ringName      = "keyring.age"
	logKeyName    = "log.json"
	guardName     = "guard"
	tombstoneName = "tombstones.log"
	lockName      = "running"
	backupMark    = "last-backup"
	restoreMark   = "restoring" // while erasures since the backup may still be missing
)

// in returns a path below the folder; an absolute path stays as it is.
func (d folder) in(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(string(d), path)
}

// exists refuses a folder that is no installation.
func (d folder) exists() error {
	_, err := os.Stat(d.in(configName))
	if errors.Is(err, fs.ErrNotExist) {
		return refuse(exitUsage, "cli.no_folder", string(d)).because(err)
	}
	return err
}

// draft makes a folder within d, in which an installation is made before it
// settles: its account may own d and not the folder around it. What drop finds in
// the draft at the end it throws away, and d with it if it was not there before.
func (d folder) draft() (path string, drop func(), err error) {
	made := !exists(string(d))
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return "", nil, err
	}
	drop = func() {
		_ = os.RemoveAll(path) // what went wrong has been said
		if made {
			_ = os.Remove(string(d)) // unless something has settled
		}
	}
	path, err = os.MkdirTemp(string(d), ".init-")
	if err == nil && made {
		err = durable.Sync(filepath.Dir(filepath.Clean(string(d))))
	}
	if err != nil {
		drop()
	}
	return path, drop, err
}

// settle moves what is in a draft to its place, the configuration last: with it
// the folder is an installation.
func (d folder) settle(draft string) error {
	list, err := os.ReadDir(draft)
	for _, e := range list {
		if err == nil && e.Name() != configName {
			err = os.Rename(filepath.Join(draft, e.Name()), d.in(e.Name()))
		}
	}
	if err != nil {
		return err
	}
	return errors.Join(durable.Sync(string(d)), os.Rename(filepath.Join(draft, configName), d.in(configName)), durable.Sync(string(d)))
}

// empty refuses a folder that holds anything but the names given.
func (d folder) empty(allowed ...string) error {
	list, err := os.ReadDir(string(d))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range list {
		known := false
		for _, a := range allowed {
			known = known || e.Name() == a
		}
		if !known {
			return refuse(exitUsage, "cli.folder_taken", string(d), e.Name())
		}
	}
	return nil
}

// lock is held by the one process that may change an installation on SQLite.
type lock struct{ f *os.File }

// acquire takes the lock or says who has it. The kernel frees it when the process
// ends, however it ends.
func (d folder) acquire() (*lock, error) {
	f, err := os.OpenFile(d.in(lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		held, _ := os.ReadFile(d.in(lockName)) // only to say who
		return nil, errors.Join(refuse(exitOutside, "cli.running", string(d), string(held)).because(err), f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if _, err := fmt.Fprint(f, os.Getpid()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &lock{f}, nil
}

func (l *lock) release() error { return l.f.Close() }

// running reports whether another process holds the lock.
func (d folder) running() bool {
	l, err := d.acquire()
	if err != nil {
		return true
	}
	_ = l.release() // it was only a question
	return false
}
