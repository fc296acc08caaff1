package ledger_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/wardfold/wardfold/internal/id"
)

// The fast way joins entries and columns of many rows into one: what is made to
// look like a join of other rows is found all the same, and so is every column
// that says what the entry does not (I11).
func TestJoinedRowsCannotHideARewrite(t *testing.T) {
	l := newLog(t, openFile(t))
	l.fill(1500)
	l.step()
	l.unlock()
	where := " WHERE institution_id = $2 AND idx = $3"
	body := func(i int64) []byte { return l.body(i) }
	set := func(column string, v any, i int64) func() {
		return func() { l.exec("UPDATE event SET "+column+" = $1"+where, v, l.inst.Bytes(), i) }
	}
	two := bytes.Join([][]byte{body(10), body(11)}, []byte("\n"))
	other := id.Make[id.Staff](now).Bytes()
	was := l.blob("SELECT actor FROM event WHERE institution_id = $1 AND idx = 20", l.inst.Bytes())
	for name, c := range map[string]struct {
		harm, undo []func()
		at         int64
	}{
		"two entries in one row, none in the next": {[]func(){set("body", two, 10), set("body", []byte{}, 11)}, []func(){set("body", body(10), 10), set("body", body(11), 11)}, 11},
		"an entry that ends early":                 {[]func(){set("body", append(body(12), '\n'), 12)}, []func(){set("body", body(12), 12)}, 0},
		"two kinds in one row":                     {[]func(){set("type", "reveal,reveal", 20)}, []func(){set("type", "reveal", 20)}, 20},
		"a kind that begins alike":                 {[]func(){set("type", "reveals", 20)}, []func(){set("type", "reveal", 20)}, 20},
		"another actor":                            {[]func(){set("actor", other, 20)}, []func(){set("actor", was, 20)}, 20},
		"no actor":                                 {[]func(){set("actor", nil, 20)}, []func(){set("actor", was, 20)}, 20},
		"an actor of two":                          {[]func(){set("actor", append(append([]byte{}, was...), was...), 20), set("actor", []byte{}, 21)}, []func(){set("actor", was, 20), set("actor", l.blob("SELECT actor FROM event WHERE institution_id = $1 AND idx = 21", l.inst.Bytes()), 21)}, 20},
		"an empty actor":                           {[]func(){set("actor", []byte{}, 20)}, []func(){set("actor", was, 20)}, 20},
		"a row under another number":               {[]func(){func() { l.exec("UPDATE event SET idx = $1"+where, 1_000_000, l.inst.Bytes(), 300) }}, []func(){func() { l.exec("UPDATE event SET idx = $1"+where, 300, l.inst.Bytes(), 1_000_000) }}, 300},
	} {
		for _, f := range c.harm {
			f()
		}
		r, err := l.VerifyAll(t.Context(), l.inst, nil)
		if err != nil || r.OK || r.At != c.at {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		for _, f := range c.undo {
			f()
		}
		l.check(1500)
	}
}

// A check that is broken off ends at once and leaves nothing running.
func TestACheckThatIsBrokenOffEnds(t *testing.T) {
	l := newLog(t, open(t))
	l.fill(20_000)
	l.step()
	ctx, stop := context.WithCancel(t.Context())
	_, err := l.VerifyAll(ctx, l.inst, func(done, _ int64) {
		if done > 5000 {
			stop()
		}
	})
	if err == nil {
		t.Error("a check that was broken off is told as whole")
	}
	l.check(20_000)
}
