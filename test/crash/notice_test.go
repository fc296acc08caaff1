package crash_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// A check that cannot fail proves nothing: every kind of loss is invented once,
// in the book or in the data, and the judge must name it.
func TestTheJudgeNoticesEveryKindOfLoss(t *testing.T) {
	s := &series{t: t, seed: 3, dice: rand.New(rand.NewPCG(3, 0)), acks: map[string]int{}}
	s.renew()
	for i := 0; i < 3 || i < 30 && s.book.erased() == nil; i++ { // a busy machine gets little done before a kill
		s.round(i, false)
	}
	if t.Failed() {
		t.Fatal("the data are not sound to begin with")
	}
	alive := s.book.families[s.book.alive()[0].N]
	dead := s.book.erased()
	if dead == nil {
		t.Fatal("nobody was erased in thirty rounds")
	}
	for _, c := range []struct {
		says  string
		spoil func(*judge, func(string))
	}{
		{"has no entry at", func(b *judge, _ func(string)) { b.entries[0].Index = 1 << 40 }},
		{"is another one", func(b *judge, _ func(string)) { b.entries[0].Event = id.Make[id.Event](time.Now()) }},
		{"is about somebody else", func(b *judge, _ func(string)) { b.claimOf(t, opReveal, alive).Subject = alive.Guard }},
		{"is lost", func(b *judge, _ func(string)) { b.families[alive.N].Child = id.Make[id.Subject](time.Now()) }},
		{"erased false, acknowledged true", func(b *judge, _ func(string)) { b.families[alive.N].Erased = true }},
		{"erased true, acknowledged false", func(b *judge, _ func(string)) { *b.families[dead.N] = living(*dead) }},
		{"the optional purpose is", func(b *judge, _ func(string)) { b.families[alive.N].Optional = !alive.Optional }},
		{"holds another learner.name", func(b *judge, _ func(string)) { b.families[alive.N].Names += 7 }},
		{"has lost its receipt", func(b *judge, _ func(string)) { b.families[alive.N].Receipt = "2611-XXXX-XXXX-XX" }},
		{"rotated to version", func(b *judge, _ func(string)) { b.version += 1000 }},
		{"a grant was acknowledged", func(b *judge, _ func(string)) { b.grants[id.Make[id.Grant](time.Now())] = opAsk }},
		{"without a tombstone", func(b *judge, _ func(string)) { b.dead = nil }},
		{"living subjects and keys", func(_ *judge, exec func(string)) {
			exec(`DELETE FROM subject_key WHERE subject_id = (SELECT MIN(subject_id) FROM subject_key)`)
		}},
		{"living children and consents", func(_ *judge, exec func(string)) { exec(`UPDATE subject SET standings = ''`) }},
		{"entries and their counter", func(_ *judge, exec func(string)) { exec(`UPDATE log_counter SET next = next + 1`) }},
		{"the log does not verify", func(_ *judge, exec func(string)) { exec(`UPDATE log_counter SET next = next + 1`) }},
	} {
		if got := s.spoiled(c.spoil); !strings.Contains(strings.Join(got, "\n"), c.says) {
			t.Errorf("nobody notices %q: %q", c.says, got)
		}
	}
}

// spoiled judges a copy of the book and of the data after spoil was at them.
func (s *series) spoiled(spoil func(*judge, func(string))) []string {
	s.t.Helper()
	ctx, dir := context.Background(), s.t.TempDir()
	copyDir(s.t, s.place.Dir, dir)
	h, err := open(ctx, dir, &post{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer h.Close()
	dead, err := (&stones{path: dir + "/tombstones"}).set()
	if err != nil {
		s.t.Fatal(err)
	}
	p := s.place
	p.Dir = dir
	j := &judge{House: h, book: s.book.clone(), place: p, dead: dead}
	spoil(j, func(query string) {
		err := h.DB.Update(ctx, s.place.Institution, func(tx *db.Tx) error { _, err := tx.Exec(query); return err })
		if err != nil {
			s.t.Fatal(err)
		}
	})
	if err := j.check(ctx, 0, true); err != nil {
		j.complain("%v", err)
	}
	return j.wrong
}

func (b *book) clone() *book {
	c := newBook()
	for n, k := range b.families {
		copied := *k
		c.families[n] = &copied
	}
	for g, op := range b.grants {
		c.grants[g] = op
	}
	for g := range b.unsure {
		c.unsure[g] = true
	}
	c.version, c.entries = b.version, slices.Clone(b.entries)
	return c
}

// claimOf finds an entry of an act about a living family other than k.
func (b *book) claimOf(t *testing.T, op string, k *known) *claim {
	for i := range b.entries {
		c := &b.entries[i]
		if f := b.families[c.N]; c.Op == op && f != nil && !f.Erased && f.N != k.N {
			return c
		}
	}
	t.Fatalf("no %s in three rounds", op)
	return nil
}

func living(k known) known { k.Erased, k.Dying = false, false; return k }

// erased returns a family that is known to be erased, or nil.
func (b *book) erased() *known {
	for _, k := range b.families {
		if k.Erased {
			return k
		}
	}
	return nil
}
