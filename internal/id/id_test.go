package id_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/id"
)

func TestPrintedFormParsesBackAndNothingElseDoes(t *testing.T) {
	at := time.UnixMilli(1795345345123).UTC()
	x := id.Make[id.Subject](at)
	got, err := id.Parse[id.Subject](x.String())
	if err != nil || got != x || !x.Time().Equal(at) {
		t.Fatalf("Parse(String) = %v, %v; time %v", got, err, x.Time())
	}
	s := x.String()
	for _, bad := range []string{"", s[4:], "stf_" + s[4:], s + "0", s[:len(s)-1], strings.ToUpper(s), s[:5] + "i" + s[6:], s[:len(s)-1] + "z"} {
		if _, err := id.Parse[id.Subject](bad); err == nil {
			t.Errorf("parsed %q", bad)
		}
	}
}

func TestDatabaseFormRoundTrips(t *testing.T) {
	x := id.Make[id.Staff](time.Now())
	v, err := x.Value()
	if err != nil {
		t.Fatal(err)
	}
	var y id.Staff
	if err := y.Scan(v); err != nil || y != x {
		t.Fatalf("Scan(Value) = %v, %v", y, err)
	}
	if err := y.Scan(nil); err != nil || !y.IsZero() || y.String() != "" {
		t.Fatalf("NULL reads as %v, %v", y, err)
	}
	if err := y.Scan([]byte{1}); err == nil {
		t.Fatal("a short identifier was read")
	}
}

// Rows are kept in the order of identifiers, so nothing comes between a child and
// its guardian, however much is made at the same instant.
func TestNothingLiesBetweenTheTwoOfAFamily(t *testing.T) {
	at := time.Now()
	type one struct{ row, family []byte }
	var all []one
	for range 500 {
		child, guardian := id.Family(at)
		if child == guardian || !child.Time().Equal(guardian.Time()) {
			t.Fatalf("%v and %v", child, guardian)
		}
		for _, x := range []id.Subject{child, guardian} {
			if _, err := id.Parse[id.Subject](x.String()); err != nil {
				t.Fatal(err)
			}
			all = append(all, one{x.Bytes(), child.Bytes()})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return bytes.Compare(a.row, b.row) })
	apart := 0
	for i := 0; i < len(all); i += 2 {
		if !bytes.Equal(all[i].family, all[i+1].family) {
			apart++
		}
	}
	if apart > 2 { // two families of one instant begin alike once in 67 million pairs
		t.Errorf("%d pairs lie apart", apart)
	}
}

func FuzzParsePrintsBackTheSame(f *testing.F) {
	f.Add(id.Make[id.Event](time.Now()).String())
	f.Add("evt_")
	f.Fuzz(func(t *testing.T, s string) {
		if x, err := id.Parse[id.Event](s); err == nil && x.String() != s {
			t.Errorf("%q prints as %q", s, x)
		}
	})
}
