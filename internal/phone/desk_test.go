package phone_test

import (
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/secret"
)

// TestATelephoneAtWorkMayBeAFixedLine: with its area code; numbers are made up.
func TestATelephoneAtWorkMayBeAFixedLine(t *testing.T) {
	for typed, want := range map[string]string{
		"010-8888 0000": "+861088880000", "0755 88880000": "+8675588880000", "+86 10 88880000": "+861088880000",
		"（０２１）88880000": "+862188880000", "154 0000 0001": "+8615400000001", "+8615400000001": "+8615400000001",
	} {
		got, err := phone.Desk(secret.NewText(typed))
		if err != nil || got.Expose() != want {
			t.Errorf("%s: %s, %v", typed, got.Expose(), err)
		}
	}
	for typed, code := range map[string]string{"0108888": "phone.length", "010-8888000x": "phone.letters", "": "phone.empty", "88880000": "phone.length"} {
		if _, err := phone.Desk(secret.NewText(typed)); fault.CodeOf(err) != code && err == nil {
			t.Errorf("%q: %v, want %s", typed, err, code)
		}
	}
}
