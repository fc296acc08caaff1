package id_test

import (
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

func FuzzParsePrintsBackTheSame(f *testing.F) {
	f.Add(id.Make[id.Event](time.Now()).String())
	f.Add("evt_")
	f.Fuzz(func(t *testing.T, s string) {
		if x, err := id.Parse[id.Event](s); err == nil && x.String() != s {
			t.Errorf("%q prints as %q", s, x)
		}
	})
}
