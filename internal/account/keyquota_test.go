package account_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
)

// A large quota is spent from shares. Two nodes with many acts at once never
// pass it, and nearly reach it.
func TestALargeQuotaIsSharedByNodesAndNeverPassed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const quota, each = 10 * 1024, 7
		r := h.keyRequest()
		r.QuotaPerDay = quota
		_, whole := h.keyFor(h.staff("manager", actor.Manager).Actor, h.staff("officer", actor.Officer).Actor, r)
		a, err := h.KeyActor(t.Context(), whole)
		if err != nil {
			t.Fatal(err)
		}
		var passed, limited atomic.Int64
		node := func(g *account.Register, tries int) {
			for range tries {
				err := h.db.Update(t.Context(), h.inst, func(tx *db.Tx) error { return g.SpendKey(tx, a, each) })
				switch {
				case err == nil:
					passed.Add(each)
				case fault.CodeOf(err) == "key.quota":
					limited.Add(1)
				default:
					t.Errorf("spend: %v", err)
				}
			}
		}
		var wg sync.WaitGroup
		for _, g := range []*account.Register{h.Register, account.New(h.cfg)} {
			for range 4 {
				wg.Go(func() { node(g, quota/each/6) }) // in all a third more than there is
			}
		}
		wg.Wait()
		if n := passed.Load(); n > quota || n < quota*95/100 {
			t.Errorf("%d passed of %d", n, quota)
		}
		if limited.Load() == 0 {
			t.Error("nobody was told that the quota is spent")
		}
	})
}
