package seal

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// batch is how many subject keys one transaction rewraps: about a millisecond
// of the writer's time.
const batch = 256

// Rotation says what Rotate did.
type Rotation struct {
	Version   uint32 // wraps every subject key from now on
	Resumed   bool   // an interrupted rotation was finished and none begun
	Rewrapped int    // subject keys moved by this call
	Damaged   int    // subject keys that no longer open, left where they were
}

// Rotate makes a new version of an institution's key under the current KEK and
// rewraps every subject key, while others read and write. The index key is
// moved to the current KEK, too. Each batch is durable by itself: after a crash
// or a cancelled ctx, calling Rotate again finishes what was begun. progress,
// which may be nil, hears how many of how many keys are done after each batch.
//
// Conflict: seal.rotating (somebody else began one meanwhile). Unavailable: a
// KEK is missing or out of reach; nothing is lost.
func (v *Vault) Rotate(ctx context.Context, d *db.DB, inst id.Institution, progress func(done, total int)) (Rotation, error) {
	var done Rotation
	var list []Version
	var err error
	if list, err = v.Versions(ctx, d, inst); err != nil {
		return done, err
	}
	for _, k := range list {
		if k.Retired.IsZero() {
			done.Version = k.Number
		} else if k.Drained.IsZero() {
			done.Resumed = true
		}
	}
	if !done.Resumed {
		if done.Version, err = v.advance(ctx, d, inst, list); err != nil {
			return done, err
		}
	}
	if err := v.rewrap(ctx, d, inst, &done, progress); err != nil {
		return done, err
	}
	return done, d.Update(ctx, inst, func(tx *db.Tx) error {
		if err := still(tx, inst, done.Version); err != nil {
			return err
		}
		return drain(tx, inst)
	})
}

// still makes sure that version is the current one: two who rotate at once must
// not undo each other's work.
func still(tx *db.Tx, inst id.Institution, version uint32) error {
	now, err := selectCurrent(tx, inst)
	if err == nil && now != version {
		err = fault.New(fault.Conflict, "seal.rotating")
	}
	return err
}

// advance retires the current version and adds the next. The KEK is asked
// before the transaction, which then checks that nothing has moved.
func (v *Vault) advance(ctx context.Context, d *db.DB, inst id.Institution, list []Version) (uint32, error) {
	v.forget(inst) // read what is stored, in case another node rotated
	r, err := v.load(ctx, d, inst)
	if err != nil {
		return 0, err
	}
	if r.indexed != nil {
		return 0, r.indexed
	}
	next := Version{Number: list[len(list)-1].Number + 1, Suite: r.suite, KEK: v.kek.ID()}
	if next.wrapped, err = v.wrapNew(ctx, institutionAAD(r.suite, inst, next.Number), r.suite.KeySize()); err != nil {
		return 0, err
	}
	index, err := v.kek.Wrap(ctx, indexKeyAAD(r.suite, inst), r.index)
	if err != nil {
		return 0, err
	}
	return next.Number, d.Update(ctx, inst, func(tx *db.Tx) error {
		ok, err := retire(tx, inst, next.Number-1)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "seal.rotating")
		}
		next.Created = tx.Now()
		if err := insertVersion(tx, inst, next); err != nil {
			return err
		}
		tx.AfterCommit(func() { v.forget(inst) })
		return updateIndexKey(tx, inst, v.kek.ID(), index)
	})
}

// rewrap moves every subject key to done.Version, batch by batch.
func (v *Vault) rewrap(ctx context.Context, d *db.DB, inst id.Institution, done *Rotation, progress func(done, total int)) error {
	v.forget(inst)
	r, err := v.load(ctx, d, inst)
	if err != nil {
		return err
	}
	var total int
	err = d.View(ctx, inst, func(tx *db.Tx) (err error) {
		total, err = countStale(tx, inst, done.Version)
		return err
	})
	if err != nil {
		return err
	}
	for after := []byte{}; ; {
		var moved, bad int
		var last []byte
		err := d.Update(ctx, inst, func(tx *db.Tx) error {
			if err := still(tx, inst, done.Version); err != nil {
				return err
			}
			stale, err := selectStale(tx, inst, done.Version, after, batch)
			if err != nil || len(stale) == 0 {
				last = nil
				return err
			}
			last = stale[len(stale)-1].subject.Bytes()
			moved, bad, err = v.move(tx, r, inst, done.Version, stale)
			return err
		})
		if err != nil || last == nil {
			return err
		}
		after = last
		done.Rewrapped += moved
		done.Damaged += bad
		if progress != nil {
			progress(done.Rewrapped+done.Damaged, total)
		}
	}
}

// move rewraps some subject keys under the version to. A key that is damaged
// stays where it is: a backup may still mend it while its version lives.
func (v *Vault) move(tx *db.Tx, r *ring, inst id.Institution, to uint32, stale []subjectRow) (moved, bad int, err error) {
	above, err := r.key(to)
	if err != nil {
		return 0, 0, err
	}
	var updates [][]any
	for _, row := range stale {
		from, err := r.key(row.version)
		if err != nil {
			return 0, 0, err
		}
		e, err := parse(row.wrapped)
		var key []byte
		if err == nil {
			key, err = e.decrypt(nil, from, subjectAAD(r.suite, inst, row.subject, row.version))
		}
		if err != nil {
			bad++
			continue
		}
		wrapped, err := encrypt(v.rand, above, r.suite, to, key, subjectAAD(r.suite, inst, row.subject, to))
		clear(key)
		if err != nil {
			return 0, 0, err
		}
		updates = append(updates, []any{to, wrapped, inst, row.subject, row.version})
	}
	return len(updates), bad, tx.ExecMany(updateSubject, updates)
}

// Destroy erases a version for ever. It refuses (Conflict) while the version is
// the current one or still wraps a subject key (seal.key_in_use), and until it
// has been drained for the backup window (seal.key_window, with the days left).
// Destroying twice is not an error. Unknown version: Unavailable,
// seal.key_unknown. The package manual says what this does to backups (I10).
func (v *Vault) Destroy(ctx context.Context, d *db.DB, inst id.Institution, version uint32) error {
	return d.Update(ctx, inst, func(tx *db.Tx) error {
		list, err := selectVersions(tx, inst)
		if err != nil {
			return err
		}
		var k Version
		for _, k = range list {
			if k.Number == version {
				break
			}
		}
		switch {
		case k.Number != version || version == 0:
			return keyUnknown(version)
		case !k.Destroyed.IsZero():
			return nil
		}
		n, err := countUnder(tx, inst, version)
		if err != nil {
			return err
		}
		if n > 0 || k.Drained.IsZero() {
			return fault.New(fault.Conflict, "seal.key_in_use", version, n)
		}
		if left := k.Drained.Add(v.window).Sub(tx.Now()); left > 0 {
			const day = 24 * time.Hour
			return fault.New(fault.Conflict, "seal.key_window", version, int((left+day-1)/day))
		}
		tx.AfterCommit(func() { v.forget(inst) })
		return destroy(tx, inst, version)
	})
}

// Versions lists an institution's key versions, oldest first.
func (v *Vault) Versions(ctx context.Context, d *db.DB, inst id.Institution) (list []Version, err error) {
	err = d.View(ctx, inst, func(tx *db.Tx) error {
		if list, err = selectVersions(tx, inst); err == nil && len(list) == 0 {
			err = fault.New(fault.Unavailable, "seal.no_keys")
		}
		return err
	})
	return list, err
}

// InUse reports whether the institution still needs a KEK: a KEK that no
// institution needs may leave the ring.
func (v *Vault) InUse(ctx context.Context, d *db.DB, inst id.Institution, kek string) (used bool, err error) {
	err = d.View(ctx, inst, func(tx *db.Tx) error {
		stored, err := selectKeys(tx, inst)
		used = stored.indexKEK == kek
		for _, k := range stored.versions {
			used = used || k.KEK == kek && k.Destroyed.IsZero()
		}
		return err
	})
	return used, err
}
