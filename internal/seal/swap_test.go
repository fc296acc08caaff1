package seal_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
	"github.com/wardfold/wardfold/internal/secret"
)

// cell is one stored value with all that lies beside it in the database.
type cell struct {
	place   seal.Place
	wrapped []byte
	sealed  []byte
}

// city seals a small city: 3 institutions × 25 subjects × 4 fields × 2 versions.
func city(t *testing.T, suite seal.Suite) (*db.DB, *seal.Vault, []cell) {
	t.Helper()
	d, v := dbtest.Open(t), sealtest.Vault(t)
	var cells []cell
	for range 3 {
		h := house{t, d, v, sealtest.Institution(t, v, d, suite)}
		for range 25 {
			s := newSubject()
			p, err := v.Prepare(t.Context(), d, h.inst, s)
			if err != nil {
				t.Fatal(err)
			}
			h.update(p.Save)
			for _, field := range []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"} {
				for version := range uint32(2) {
					sealed, err := p.Seal(field, version, secret.NewText(fmt.Sprint("value ", len(cells))))
					if err != nil {
						t.Fatal(err)
					}
					cells = append(cells, cell{h.place(s, field, version), h.wrapped(s), sealed})
				}
			}
		}
	}
	return d, v, cells
}

// I5: moved to another institution, subject, field or version, with or without
// its key, no ciphertext opens. 100,000 random moves in each suite.
func TestACiphertextOpensNowhereElse(t *testing.T) {
	const moves = 100_000
	for _, suite := range bothSuites {
		t.Run(suite.String(), func(t *testing.T) {
			d, v, cells := city(t, suite)
			r := rand.New(rand.NewPCG(2026, 5))
			opened := 0
			err := d.View(t.Context(), cells[0].place.Institution, func(tx *db.Tx) error {
				permit := seal.Mint()
				for done := 0; done < moves; {
					from, to := cells[r.IntN(len(cells))], cells[r.IntN(len(cells))]
					switch r.IntN(4) { // near moves are the likely ones
					case 0:
						to = from
						to.place.Version = r.Uint32N(4)
					case 1:
						to = from
						to.place.Field = cells[r.IntN(len(cells))].place.Field
					}
					if r.IntN(2) == 0 {
						to.wrapped = from.wrapped // the key moves with the value
					}
					if to.place == from.place {
						continue
					}
					done++
					if _, err := v.OpenWith(tx, permit, to.place, to.wrapped, from.sealed); err == nil {
						opened++
					} else if fault.CodeOf(err) != "seal.damaged" {
						return err
					}
				}
				return nil
			})
			if err != nil || opened != 0 {
				t.Errorf("%d of %d moves opened (%v)", opened, moves, err)
			}
			t.Logf("%d moves, %d opened", moves, opened)
		})
	}
}

// S3-12: a flipped bit is detected. 10,000 random flips in each suite, in the
// value and in the key: none gives a wrong value, none panics.
func TestAFlippedBitIsDetected(t *testing.T) {
	const flips = 10_000
	for _, suite := range bothSuites {
		t.Run(suite.String(), func(t *testing.T) {
			d, v, cells := city(t, suite)
			r := rand.New(rand.NewPCG(2026, 12))
			opened := 0
			err := d.View(t.Context(), cells[0].place.Institution, func(tx *db.Tx) error {
				permit := seal.Mint()
				for range flips {
					c := cells[r.IntN(len(cells))]
					hit := &c.sealed
					if r.IntN(2) == 0 {
						hit = &c.wrapped
					}
					*hit = bytes.Clone(*hit)
					(*hit)[r.IntN(len(*hit))] ^= 1 << r.IntN(8)
					_, err := v.OpenWith(tx, permit, c.place, c.wrapped, c.sealed)
					if err == nil {
						opened++
					} else if fault.KindOf(err) != fault.Unavailable {
						return err
					}
				}
				return nil
			})
			if err != nil || opened != 0 {
				t.Errorf("%d of %d flips opened (%v)", opened, flips, err)
			}
		})
	}
}

func TestTruncatedDataDoesNotOpen(t *testing.T) {
	h := newHouse(t, dbtest.Open(t), seal.GM)
	p := h.place(h.subject(), "learner.name", 1)
	sealed := h.seal(p, "小明")
	for n := range sealed {
		if _, err := h.open(p, sealed[:n]); fault.CodeOf(err) != "seal.damaged" {
			t.Errorf("%d of %d bytes: %v", n, len(sealed), err)
		}
	}
}
