package seal

import (
	"sync/atomic"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
)

// Permit allows one transaction to open sealed values (invariant I2), from Mint
// to Revoke. The first transaction that uses it owns it: in any other that is
// open at the same time it opens nothing. The zero Permit opens nothing at all.
type Permit struct{ s *permit }

type permit struct {
	owner   atomic.Pointer[db.Tx]
	revoked atomic.Bool
}

// Mint returns a fresh Permit. Only package gate may call it, inside the
// function that it gives to db.Update and after it has decided; the audit entry
// of the same transaction is what pays for it. The gate defers Revoke right
// there, so that a permit that was kept opens nothing later: the memory of a
// finished Tx may be used again for the next one, which Permit could not tell
// apart. A function that is run again mints again.
func Mint() Permit { return Permit{new(permit)} }

// Revoke ends the permit. It may be called more than once.
func (p Permit) Revoke() {
	if p.s != nil {
		p.s.revoked.Store(true)
	}
}

// admit returns Denied, seal.no_permit, unless tx may open with p.
func (p Permit) admit(tx *db.Tx) error {
	if p.s == nil || tx == nil || p.s.revoked.Load() {
		return fault.New(fault.Denied, "seal.no_permit")
	}
	if p.s.owner.Load() != tx && !p.s.owner.CompareAndSwap(nil, tx) {
		return fault.New(fault.Denied, "seal.no_permit")
	}
	return nil
}
