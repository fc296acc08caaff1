package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
)

func TestKindIsFoundHoweverDeeplyWrapped(t *testing.T) {
	cause := errors.New("disk")
	err := fmt.Errorf("open record: %w", fault.New(fault.Unavailable, "log.stalled").Because(cause))
	if !errors.Is(err, fault.Unavailable) || !errors.Is(err, cause) || errors.Is(err, fault.Denied) {
		t.Errorf("errors.Is does not see through %v", err)
	}
	if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "log.stalled" {
		t.Errorf("kind %q, code %q", fault.KindOf(err), fault.CodeOf(err))
	}
	if fault.KindOf(cause) != "" || fault.CodeOf(cause) != "" {
		t.Error("an internal error has a kind")
	}
}

func TestAtPointsAtOneField(t *testing.T) {
	err := fault.At("/birth", "birth.month", 13)
	if len(err.Fields) != 1 || err.Fields[0].Path != "/birth" || !errors.Is(err, fault.Invalid) {
		t.Errorf("got %+v", err)
	}
}
