package leak_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/leak"
)

// traditional writes the invented names of the fixture as Hong Kong and Taiwan
// would.
var traditional = strings.NewReplacer("欧阳", "歐陽", "东", "東", "韩", "韓", "张", "張", "陈", "陳")

// ocr makes the mistakes of a reader of photographs: letters for digits, spaces
// within numbers, stray marks, and one digit in thirty read wrongly.
func ocr(n int, name, phone string) string {
	phone = strings.NewReplacer("0", "O", "1", "l").Replace(phone[:4]) + " " + phone[4:]
	if n%3 == 0 {
		phone = phone[:len(phone)-1] + "7"
	}
	return fmt.Sprintf("| %d . %s  ·  %s _", n, name, phone)
}

// TestEveryBadListOfFamiliesHereIsReadOrSaidNotToBe (B10): what the list is about
// is found however badly it is written, and what cannot be told is counted.
func TestEveryBadListOfFamiliesHereIsReadOrSaidNotToBe(t *testing.T) {
	f := newTown(t, 20)
	lines := func(write func(n int, name, phone string) string) []byte {
		var b strings.Builder
		for n := range 20 {
			b.WriteString(write(n, row(n)[0], housetest.Phone(n)) + "\n")
		}
		return []byte(b.String())
	}
	for name, c := range map[string]struct {
		file    []byte
		verdict leak.Verdict
		check   func(leak.Reading) bool
	}{
		"no header":            {lines(func(_ int, name, phone string) string { return name + "," + phone }), leak.Logged, func(r leak.Reading) bool { return r.ByNumber == 20 }},
		"one column, numbers":  {lines(func(_ int, _, phone string) string { return phone }), leak.Logged, func(r leak.Reading) bool { return r.ByNumber == 20 }},
		"one column, names":    {lines(func(_ int, name, _ string) string { return name }), leak.Unusable, func(r leak.Reading) bool { return r.Nothing == 20 }},
		"letters in numbers":   {lines(func(_ int, name, phone string) string { return name + "\t" + strings.ReplaceAll(phone, "0", "O") }), leak.Logged, func(r leak.Reading) bool { return r.Matched() == 19 && r.Lettered == 19 && r.Nothing == 1 } /* of one, eight letters and three digits are left */},
		"traditional script":   {lines(func(_ int, name, phone string) string { return traditional.Replace(name) + " " + phone }), leak.Logged, func(r leak.Reading) bool { return r.Matched() == 20 }},
		"pinyin and numbers":   {lines(func(n int, _, phone string) string { return fmt.Sprintf("Ouyang Shi %d;%s", n, phone) }), leak.Logged, func(r leak.Reading) bool { return r.ByNumber == 20 }},
		"pinyin alone":         {lines(func(int, string, string) string { return "Ouyang Shi" }), leak.Unusable, func(r leak.Reading) bool { return r.Latin > 0 && r.Matched() == 0 }},
		"text of a photograph": {lines(ocr), leak.Logged, func(r leak.Reading) bool { return r.Matched() >= 13 && r.Lettered >= 13 }},
		"nobody of ours":       {lines(func(n int, _, _ string) string { return fmt.Sprintf("赵陌生,1380000%04d", n) }), leak.NoMatch, func(r leak.Reading) bool { return r.Outside == 20 }},
	} {
		r := f.trace(t, c.file)
		if r.Verdict != c.verdict || !c.check(r.Read) {
			t.Errorf("%s: %s, %+v", name, r.Verdict, r.Read)
		}
		for _, a := range r.Accounts {
			if a.Named && a.ID != f.Staff[actor.Clerk].ID.String() {
				t.Errorf("%s names somebody else", name)
			}
		}
	}
}

// TestAMillionRowsAreTracedAndMoreAreRefused (B10).
func TestAMillionRowsAreTracedAndMoreAreRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows")
	}
	f := newTown(t, 20)
	var b bytes.Buffer
	for n := range 1_000_000 {
		if n < 20 {
			fmt.Fprintln(&b, housetest.Phone(n))
			continue
		}
		fmt.Fprintf(&b, "139%08d\n", n)
	}
	if r := f.trace(t, b.Bytes()); r.Read.Rows != 1_000_000 || r.Read.ByNumber != 20 || r.Read.Outside != 1_000_000-20 {
		t.Errorf("%s, %+v", r.Verdict, r.Read)
	}
	c := f.receive(t, bytes.Repeat([]byte("1\n"), leak.MaxRows+1))
	if _, _, err := f.Leaks.Trace(t.Context(), f.As(actor.Officer), c.ID, nil); !strings.Contains(fmt.Sprint(err), "leak.rows") {
		t.Errorf("one row too many: %v", err)
	}
	if _, err := f.Leaks.Receive(t.Context(), f.As(actor.Officer), bytes.NewReader(nil), leak.MaxSize+1); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a file too large: %v", err)
	}
}
