package compartment_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// asked is what the model knows of a request: who asked, and who agreed when.
type asked struct {
	id     id.Unsealing
	by     int
	at     time.Time
	second int
	agreed time.Time // zero: not yet
}

// world is three officers, of whom the last has an account that the first made,
// before one file.
type world struct {
	*bureau
	people []account.Staff
	gone   []bool
	file   compartment.File
	asked  []asked
}

func (w *world) as(n int) actor.Actor {
	return actor.Actor{Institution: w.Institution, Staff: w.people[n].ID, Role: actor.Officer, ProvedAt: w.Now()}
}

// alone reports whether two officers are one person, as far as anybody can tell.
func alone(a, b int) bool { return a == b || a+b == 2 && a != 1 }

// No order of asking, agreeing, opening, waiting and leaving opens a file with one
// officer, and with two it opens (S2-23†, I8).
func TestNoOrderOfStepsOpensWithOneOfficer(t *testing.T) {
	o := newBureau(t)
	fresh := 0
	f := o.seclude()
	people := func() *world {
		fresh++
		w := &world{bureau: o, file: f, gone: make([]bool, 3)}
		for n := range 3 {
			w.people = append(w.people, o.officer("m"+string(rune('a'+n))+time.Duration(fresh).String()))
		}
		return w
	}
	w, ctx := people(), t.Context()
	r, err := w.Compartment.Ask(ctx, w.as(0), f.ID, compartment.ToOpen, []string{subject.LearnerName}, number)
	if err == nil {
		_, err = w.Compartment.Agree(ctx, w.as(1), r.ID)
	}
	if err == nil {
		_, err = w.Compartment.Open(ctx, w.as(0), r.ID, subject.LearnerName)
	}
	if err != nil {
		t.Fatalf("two officers do not open it: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		w := people()
		o.Update(func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE staff SET created_by = $1 WHERE institution_id = $2 AND staff_id = $3`,
				w.people[0].ID, o.Institution, w.people[2].ID)
			return err
		})
		for range rapid.IntRange(3, 14).Draw(t, "steps") {
			w.step(t)
		}
	})
}

func (w *world) step(t *rapid.T) {
	ctx := w.T.Context()
	who := rapid.IntRange(0, 2).Draw(t, "who")
	act := rapid.SampledFrom([]string{"ask", "ask", "agree", "agree", "agree", "open", "open", "open", "wait", "leave"}).Draw(t, "act")
	if act == "ask" && !w.gone[who] {
		r, err := w.Compartment.Ask(ctx, w.as(who), w.file.ID, compartment.ToOpen, []string{subject.LearnerName}, secret.NewText("2026沪0105刑初12号"))
		if err == nil {
			t.Fatal("a wrong case is let through")
		}
		if r, err = w.Compartment.Ask(ctx, w.as(who), w.file.ID, compartment.ToOpen, []string{subject.LearnerName}, number); err != nil {
			t.Fatal(err)
		}
		w.asked = append(w.asked, asked{id: r.ID, by: who, at: w.Now()})
	}
	switch act {
	case "wait":
		w.Advance(rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, 30 * time.Minute, 25 * time.Hour}).Draw(t, "wait"))
	case "leave":
		if rapid.IntRange(0, 3).Draw(t, "really") == 0 && !w.gone[who] {
			if err := w.Accounts.Remove(ctx, actor.Actor{Institution: w.Institution, Role: actor.System}, w.people[who].ID); err != nil {
				t.Fatal(err)
			}
			w.gone[who] = true
		}
	}
	if len(w.asked) == 0 {
		return
	}
	x := &w.asked[rapid.IntRange(0, len(w.asked)-1).Draw(t, "which")]
	switch act {
	case "agree":
		_, err := w.Compartment.Agree(ctx, w.as(who), x.id)
		may := x.agreed.IsZero() && !alone(who, x.by) && !w.gone[who] && w.Now().Before(x.at.Add(24*time.Hour))
		if (err == nil) != may {
			t.Fatalf("%d agrees to what %d asked: %v", who, x.by, err)
		}
		if may {
			x.second, x.agreed = who, w.Now()
		}
	case "open":
		_, err := w.Compartment.Open(ctx, w.as(who), x.id, subject.LearnerName)
		may := who == x.by && !x.agreed.IsZero() && !alone(x.by, x.second) && !w.gone[who] && w.Now().Before(x.agreed.Add(30*time.Minute))
		if (err == nil) != may {
			t.Fatalf("%d opens what %d asked and %d agreed to: %v", who, x.by, x.second, err)
		}
	}
}
