package account

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// A share of a day's quota is taken from the base at once and spent in memory:
// a 1,024th of the quota, so that a crash loses less than a thousandth of it, and
// at most shareMost. Keys with a smaller quota are counted one by one.
const (
	sharePart = 1024
	shareMost = 512
)

// shares holds what this process may still spend without asking the base. All
// that a share holds is counted as used there, so nodes together never pass the
// quota. With the clock set back the count of the other day is asked again.
type shares struct {
	mu sync.Mutex
	m  map[id.APIKey]*share
}

type share struct {
	day, left, size int64
	asked           bool // a new share is on its way
}

// take spends n of a share, and reports whether it could and whether it is time
// for a new one, which the caller must then ask for.
func (s *shares) take(key id.APIKey, day, n int64) (taken, ask bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.m[key]
	if h == nil || h.day != day {
		return false, false
	}
	if taken = h.left >= n; taken {
		h.left -= n
	}
	ask = !h.asked && h.left < h.size/2
	h.asked = h.asked || ask
	return taken, ask
}

// open begins a share for a key that is counted in the base; it holds nothing.
func (s *shares) open(key id.APIKey, day, quota int64) {
	size := min(quota/sharePart, shareMost)
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.m[key]; size == 0 || h != nil && h.day == day {
		return
	}
	if s.m == nil || len(s.m) >= cacheSize {
		s.m = make(map[id.APIKey]*share)
	}
	s.m[key] = &share{day: day, size: size}
}

// settle ends the asking for a share; got is 0 when there was none to get.
func (s *shares) settle(key id.APIKey, day, got int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.m[key]; h != nil && h.day == day {
		h.left += got
		h.asked = false
	}
}

func (s *shares) size(key id.APIKey) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.m[key]; h != nil {
		return h.size
	}
	return 0
}

func (s *shares) drop(key id.APIKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, key)
}

// SpendKey counts n subjects against a key's quota of the day (UTC), in the
// caller's transaction; anybody but a program spends nothing. Limited: key.quota
// (argument: the quota). What a large quota has left is counted in memory, in
// shares that the base has counted already: an act that is undone afterwards may
// stay counted, which errs on the strict side; more than the quota never passes,
// by any number of nodes.
func (g *Register) SpendKey(tx *db.Tx, a actor.Actor, n int) error {
	if a.Key.IsZero() || n == 0 {
		return nil
	}
	day := dayNumber(tx.Now())
	taken, ask := g.shares.take(a.Key, day, int64(n))
	if ask {
		go g.askShare(a, day)
	}
	if taken {
		return nil
	}
	quota, err := countKey(tx, a, day, int64(n))
	if err != nil {
		return err
	}
	g.shares.open(a.Key, day, quota)
	return nil
}

// askShare takes a new share from the base, on the side. When none is left, or
// the base is busy, the next act counts for itself.
func (g *Register) askShare(a actor.Actor, day int64) {
	n := g.shares.size(a.Key)
	err := g.DB.Update(context.Background(), a.Institution, func(tx *db.Tx) error {
		if n == 0 || dayNumber(tx.Now()) != day {
			return fault.New(fault.Limited, "key.quota", 0)
		}
		_, err := countKey(tx, a, day, n)
		return err
	})
	if err != nil {
		n = 0
	}
	g.shares.settle(a.Key, day, n)
}

// countKey adds n to what a key has used today, and returns its quota.
func countKey(tx *db.Tx, a actor.Actor, day, n int64) (quota int64, err error) {
	var used int64
	err = tx.QueryRow(`INSERT INTO api_key_use (institution_id, key_id, day, used)
		SELECT institution_id, key_id, CAST($1 AS bigint), CAST($2 AS bigint) FROM api_key
		WHERE institution_id = $3 AND key_id = $4 AND revoked_at = 0
		ON CONFLICT (institution_id, key_id, day) DO UPDATE SET used = api_key_use.used + excluded.used
		RETURNING used, (SELECT quota_per_day FROM api_key k
			WHERE k.institution_id = api_key_use.institution_id AND k.key_id = api_key_use.key_id)`,
		day, n, a.Institution, a.Key).Scan(&used, &quota)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, errKey
	case err == nil && used > quota:
		return 0, fault.New(fault.Limited, "key.quota", int(quota))
	}
	return quota, err
}

func dayNumber(t time.Time) int64 { return t.UnixMilli() / day.Milliseconds() }
