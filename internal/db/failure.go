package db

import (
	"errors"

	"github.com/wardfold/wardfold/internal/fault"
)

// failure returns why writing has stopped for good, or nil.
func (d *DB) failure() error {
	if f := d.failed.Load(); f != nil {
		return *f
	}
	return nil
}

// poison stops all writing if err says that the storage can no longer be
// trusted. A second fsync may report success although the first one lost the
// pages, so nothing is retried: only opening the database again, which reads
// back what is really there, can go on.
func (d *DB) poison(err error) {
	if err == nil {
		return
	}
	if c := fault.CodeOf(err); c != "db.failed" && c != "db.corrupt" {
		return
	}
	f := error(fault.New(fault.Unavailable, "db.failed").Because(err))
	d.failed.CompareAndSwap(nil, &f)
}

// again reports whether err lost a race that running the whole batch again may
// win.
func again(err error) bool { return errors.Is(err, errAgain) }
