package ledger_test

import (
	"slices"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// spread appends entries about who, in turn, so that they lie in four spans of the
// log, on both sides of each border. It returns their indexes, oldest first.
func spread(t *testing.T, d *db.DB, inst id.Institution, who []id.Subject) (indexes []int64) {
	t.Helper()
	const rows = 12
	for range 4 {
		var all []*ledger.Pending
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
			all = all[:0]
			for i := range rows {
				all = append(all, ledger.Append(tx, reveal(who[i%len(who)])))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			indexes = append(indexes, p.Index())
		}
		err = d.Update(t.Context(), inst, func(tx *db.Tx) error { // the next round begins six entries before a border
			_, err := tx.Exec(`UPDATE log_counter SET next = ((next + $1) / $1 + 1) * $1 - 6 WHERE institution_id = $2`, 8192, inst)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return indexes
}

// A family's list goes through all spans of the log, newest entry first, however
// the pages are cut.
func TestWhatIsKnownOfASubjectIsFoundInEverySpanOfTheLog(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		inst := id.Make[id.Institution](now)
		who := []id.Subject{id.Make[id.Subject](now), id.Make[id.Subject](now), id.Make[id.Subject](now)}
		indexes := spread(t, d, inst, who)
		for n, x := range who {
			var want []int64
			for i, idx := range indexes {
				if i%12%3 == n {
					want = append(want, idx)
				}
			}
			slices.Reverse(want)
			for _, limit := range []int{1, 5, 500} {
				var got []int64
				for _, e := range list(t, d, inst, ledger.Filter{Subject: x, Limit: limit}) {
					got = append(got, e.Index)
				}
				if !slices.Equal(got, want) {
					t.Errorf("subject %d by %d: entries %v, want %v", n, limit, got, want)
				}
			}
		}
		err := d.View(t.Context(), inst, func(tx *db.Tx) error {
			about, err := ledger.About(tx, append(indexes, 7, 1<<40))
			if err != nil {
				return err
			}
			for i, idx := range indexes {
				if about[idx] != who[i%12%3] {
					t.Errorf("entry %d is about %v", idx, about[idx])
				}
			}
			slices.SortFunc(who, func(a, b id.Subject) int { return slices.Compare(a.Bytes(), b.Bytes()) })
			looks, err := ledger.FirstLooks(tx, who[0], who[2]) // the first is excluded, the last is not
			if len(looks) != 2 || looks[who[1]].IsZero() || looks[who[2]].IsZero() {
				t.Errorf("first looks: %v", looks)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// An erasure leaves nothing of a subject in any span, and everything of the others.
func TestForgettingASubjectEmptiesEverySpan(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		inst := id.Make[id.Institution](now)
		who := []id.Subject{id.Make[id.Subject](now), id.Make[id.Subject](now)}
		spread(t, d, inst, who)
		var left, others int
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
			if err := ledger.Forget(tx, who[0]); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT COUNT(*) - COUNT(NULLIF(subject_id, $1)), COUNT(NULLIF(subject_id, $1)) FROM event_subject
				WHERE institution_id = $2`, who[0], inst).Scan(&left, &others)
		})
		if err != nil || left != 0 || others != 24 {
			t.Errorf("%v: %d rows left of the subject, %d of the other", err, left, others)
		}
	})
}
