package ledger

import (
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
)

// EarliestPurge returns the instant from which an entry written at a time may
// be purged at all: after 180 days, after six calendar months, and after the
// institution's own periods, whichever is last. Own periods lengthen and never
// shorten.
//
// Source: 高校办法 art. 11(三) (180 days, S3-44); 网络安全法 art. 23(3) (six months).
func EarliestPurge(written time.Time, own ...civil.Period) time.Time {
	return civil.LogFloor(civil.DateOf(written), own...).Due.End()
}

// MayPurge refuses a purge at a time before the floor of an entry: fault.Denied,
// code ledger.retained, with the first day on which it may happen. This release
// purges nothing; the check is for those who build on it.
func MayPurge(written, at time.Time, own ...civil.Period) error {
	if first := EarliestPurge(written, own...); at.Before(first) {
		return fault.New(fault.Denied, "ledger.retained", civil.DateOf(first).String())
	}
	return nil
}
