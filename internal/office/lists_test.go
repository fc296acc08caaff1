package office_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/office"
)

func open(t *testing.T) (*housetest.Fixture, *office.Service) {
	f := housetest.New(t)
	return f, &office.Service{Gate: f.Gate, Facts: f.Facts, Catalogue: f.Catalogue, Log: f.Log}
}

// The board counts a store and names nobody; a sister store's is not there for
// the manager. S0-10.
func TestTheBoardCountsOneStore(t *testing.T) {
	f, s := open(t)
	f.Enrol(1, "2016-03")
	b, err := s.Board(t.Context(), f.As(actor.Manager), f.Other, f.Now().Add(-time.Hour))
	if err != nil || b.Store != f.Store {
		t.Fatalf("the manager sees another store: %v", err)
	}
	if b.Enrolments[enrol.Enrolled] != 1 || b.Consents["learner.manage"][consent.StateLive] != 1 || b.Consents["survey"][consent.StateRefused] != 1 {
		t.Errorf("the board says %v, %v", b.Enrolments, b.Consents)
	}
	if b.Untrained != 0 || b.Waiting != 0 {
		t.Errorf("%d untrained, %d waiting", b.Untrained, b.Waiting)
	}
}

// A purpose that has ended opens nothing, and a draft is judged without being
// kept. S3-41, I4.
func TestAPurposeEndsAndADraftIsNotKept(t *testing.T) {
	f, s := open(t)
	ctx, a := t.Context(), f.As(actor.Officer)
	if err := s.EndPurpose(ctx, a, "survey"); err != nil {
		t.Fatal(err)
	}
	if err := s.EndPurpose(ctx, f.As(actor.Clerk), "photo.wall"); fault.KindOf(err) != fault.Denied {
		t.Errorf("a clerk ends a purpose: %v", err)
	}
	list, err := s.Purposes(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if p.Active(f.Now()) == (p.Code == "survey") {
			t.Errorf("%s: active %v", p.Code, p.Active(f.Now()))
		}
	}
	before, err := s.Notices(ctx, a)
	if err != nil || len(before) == 0 {
		t.Fatalf("%d notices, %v", len(before), err)
	}
	if found, err := s.LintNotice(ctx, a, catalogue.Notice{Code: "enrolment"}); err != nil || len(found) == 0 {
		t.Errorf("an empty draft has %d findings, %v", len(found), err)
	}
	if after, _ := s.Notices(ctx, a); len(after) != len(before) {
		t.Error("a draft was kept")
	}
}

// Drawing the matrix leaves its hash in the log, and so does every search.
// S0-10, S3-10, S3-44.
func TestTheMatrixLeavesItsHash(t *testing.T) {
	f, s := open(t)
	m, err := s.Matrix(t.Context(), f.As(actor.Manager))
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Audit(t.Context(), f.As(actor.Officer), ledger.Filter{Type: ledger.AuditSearched})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page.Entries {
		if e.Hash == m.Hash() {
			return
		}
	}
	t.Errorf("none of %d entries has the hash", len(page.Entries))
}
