package crash_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// book is the external ledger: what the children of one house said.
type book struct {
	families map[int]*known
	grants   map[id.Grant]string // the last step acknowledged
	unsure   map[id.Grant]bool   // another step was begun
	version  uint32              // the newest key version acknowledged
	entries  []claim             // what must stand in the log
	receipts map[string]int      // by number: the family
	acks     map[string]int      // by act
	shown    int
	wrong    []string
}

// known is what must be true of one family. A "maybe" is something begun and
// not acknowledged: either answer is right, half of it is not.
type known struct {
	family
	Enrolled bool // acknowledged
	MaybeTo  int  // names up to this correction may be there
	Optional bool // the optional purpose is given
	Maybe    bool // ... or the opposite
	Erased   bool
	Dying    bool // an erasure was begun
}

// claim is an entry that an acknowledgement spoke of.
type claim struct {
	Op      string
	N       int
	Field   string
	Event   id.Event
	Index   int64
	Subject id.Subject
}

func newBook() *book {
	return &book{families: map[int]*known{}, grants: map[id.Grant]string{}, unsure: map[id.Grant]bool{},
		receipts: map[string]int{}, acks: map[string]int{}}
}

func (b *book) complain(format string, args ...any) {
	b.wrong = append(b.wrong, fmt.Sprintf(format, args...))
}

// alive lists the families that the next child works with.
func (b *book) alive() []family {
	var out []family
	for _, n := range slices.Sorted(maps.Keys(b.families)) {
		if k := b.families[n]; k.Enrolled && !k.Erased && !k.Dying {
			out = append(out, k.family)
		}
	}
	return out
}

// listen reads what a child says until it is gone. A line that the kill cut off
// was not said.
func (b *book) listen(r io.Reader, ready func()) {
	in := bufio.NewReader(r)
	begun := map[[2]int]known{} // what was known when an act began, by client and number
	for {
		raw, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			b.complain("a line that is none: %v", err)
			return
		}
		at := [2]int{l.Client, l.Seq}
		switch {
		case l.Op == opReady:
			ready()
		case !l.Done:
			b.begin(l)
			begun[at] = *b.family(l.N)
		case l.Wrong != "":
			b.complain("%s of family %d fails: %s", l.Op, l.N, l.Wrong)
		default:
			b.done(l, begun[at])
			delete(begun, at)
		}
	}
}

func (b *book) family(n int) *known {
	if k := b.families[n]; k != nil {
		return k
	}
	return &known{family: family{N: n}}
}

// begin notes that an act may happen from now on.
func (b *book) begin(l line) {
	k := b.family(l.N)
	switch l.Op {
	case opEnrol:
		b.families[l.N] = k
	case opStop:
		k.Maybe = k.Optional
	case opGive:
		k.Maybe = !k.Optional
	case opCorrect:
		k.MaybeTo = l.Names
	case opErase:
		k.Dying = true
	case opApprove, opEnd:
		b.unsure[l.Grant] = true
	}
}

// done notes what was acknowledged; before is what was known when it began.
func (b *book) done(l line, before known) {
	if l.Fault != "" {
		return // refused; begin has noted that it may have happened all the same
	}
	b.acks[l.Op]++
	k := b.family(l.N)
	c := claim{Op: l.Op, N: l.N, Field: l.Field, Event: l.Event, Index: l.Index, Subject: k.Child}
	switch l.Op {
	case opReveal:
		b.shown++
		b.look(l, *k, before)
		if l.Field != subject.LearnerName {
			c.Subject = k.Guard
		}
	case opEnrol:
		if other, taken := b.receipts[l.Receipt]; taken || l.Receipt == "" {
			b.complain("families %d and %d have one receipt", other, l.N)
		}
		b.receipts[l.Receipt] = l.N
		k.Enrolled, k.Optional = true, true
		k.Child, k.Guard, k.Receipt = l.Child, l.Guard, l.Receipt
		c.Subject = k.Child
	case opStop, opGive:
		k.Optional, k.Maybe = l.Op == opGive, false
	case opCorrect:
		k.Names, k.MaybeTo = l.Names, 0
	case opErase:
		k.Erased = true
	case opAsk, opApprove, opEnd:
		b.grants[l.Grant] = l.Op
		delete(b.unsure, l.Grant)
		return
	case opRotate:
		b.version = max(b.version, l.Version)
		return
	}
	b.entries = append(b.entries, c)
}

// look judges a value that was shown: it is one that the family has, not older
// than the last one acknowledged before the look began, and not one of a family
// whose erasure was acknowledged by then.
func (b *book) look(l line, now, before known) {
	if before.Erased {
		b.complain("family %d is erased, and its %s was shown", l.N, l.Field)
	}
	f := now.family
	for f.Names = before.Names; f.Names <= max(now.Names, now.MaybeTo); f.Names++ {
		if l.Value == value(f, l.Field) {
			return
		}
	}
	b.complain("family %d shows a %s that is not its own, or is outdated", l.N, l.Field)
}
