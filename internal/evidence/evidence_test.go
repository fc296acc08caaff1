package evidence_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/attest"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// made is a house with a family, a day's statement and a pack about them.
func made(t *testing.T, receipt bool) (verify.Evidence, verify.ProvedEvidence) {
	t.Helper()
	f := housetest.New(t)
	r := f.Enrol(1, "2017-03")
	if _, err := f.Attest.Make(t.Context(), f.Institution, attest.Outside{Program: "test", Transport: attest.TLS}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Desk.Reveal(t.Context(), f.As(actor.Clerk), childOf(f, r.Number), subject.LearnerName, "contact.class"); err != nil {
		t.Fatal(err)
	}
	if err := f.Log.Step(t.Context(), f.Institution); err != nil {
		t.Fatal(err)
	}
	f.Advance(time.Minute)
	ask := evidence.Request{From: f.Now().AddDate(0, -1, 0)}
	if receipt {
		ask.Receipt = strings.ToLower(r.Number)
	}
	e, out, err := f.Evidence.Make(t.Context(), f.As(actor.Officer), ask)
	if err != nil {
		t.Fatal(err)
	}
	e, err = verify.ParseEvidence([]byte(e.String()))
	if err != nil {
		t.Fatal(err)
	}
	p, err := e.Verify(key(f))
	if err != nil {
		t.Fatal(err)
	}
	if p.SealIndex != out.Index() || p.Seal.Actor != f.Staff[actor.Officer].ID.String() || p.Seal.Count != int64(len(e.Exhibits)) {
		t.Errorf("sealed by %+v", p.Seal)
	}
	return e, p
}

func key(f *housetest.Fixture) verify.Key {
	s, err := f.Log.Signer(f.Institution)
	if err != nil {
		f.T.Fatal(err)
	}
	return s.Key()
}

func childOf(f *housetest.Fixture, receipt string) (child id.Subject) {
	e, err := f.House.Enrol.Issued(f.T.Context(), f.Institution, receipt)
	if err != nil {
		f.T.Fatal(err)
	}
	return e.Child
}

// A pack has what an institution must show when the burden of proof is its own:
// approvals, training, notices exactly as shown, the signed budget of fields,
// the statement on technical means; and heads signed at the time (B15, S1-12,
// S0-18, S0-06).
func TestAPackHoldsWhatCarriesTheBurdenOfProofB15(t *testing.T) {
	e, p := made(t, false)
	types := map[string]int{}
	for _, x := range p.Exhibits {
		types[x.Leaf.Type]++
	}
	for _, want := range []ledger.Type{ledger.GrantApproved, ledger.StaffTrained, ledger.StaffPledged, ledger.NoticePublished, ledger.SchemaSigned, ledger.Attested} {
		if types[string(want)] == 0 {
			t.Errorf("no exhibit %s in %v", want, types)
		}
	}
	for _, never := range []ledger.Type{ledger.Reveal, ledger.EnrolCompleted, ledger.SignIn} {
		if types[string(never)] != 0 {
			t.Errorf("%s is in a pack about nobody", never)
		}
	}
	logged := map[string]bool{}
	for _, x := range p.Papers {
		logged[x.Name] = x.Index >= 0
	}
	for _, name := range []string{"notice-enrolment-1.zh-CN.json", "schema-enrolment.minimal-1.json"} {
		if !logged[name] {
			t.Errorf("the log does not know %s: %v", name, logged)
		}
	}
	if n := len(p.Heads); n == 0 || p.Heads[n-1].Size > p.Head.Size {
		t.Errorf("%d earlier heads", n)
	}
	var n int
	for name, known := range logged {
		if strings.HasPrefix(name, "statement-") && known {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d statements that the log knows: %v", n, logged)
	}
	if text := e.String(); strings.Contains(text, housetest.Phone(1)) || strings.Contains(text, "欧阳") {
		t.Error("personal information is in a pack (I3)")
	}
}

// A pack about a receipt has every entry about that child, each opened to it,
// and the receipts of its consents; and of nobody else (B15, B3, PIPL art. 69).
func TestAPackAboutAReceiptOpensThatChildsEntriesOnly(t *testing.T) {
	e, p := made(t, true)
	child := e.About
	opened := map[string]int{}
	for _, x := range p.Exhibits {
		if x.Subject != "" {
			opened[x.Leaf.Type]++
		}
		if x.Subject != "" && x.Subject != child {
			t.Errorf("entry %d is opened to somebody else", x.Index)
		}
	}
	if opened["reveal"] != 1 || opened["enrol.completed"] != 1 {
		t.Errorf("opened: %v", opened)
	}
	found := false
	for _, x := range p.Papers {
		if !strings.HasPrefix(x.Name, "consent-") {
			continue
		}
		r, _, err := consent.ReadReceipt([]byte(x.Text))
		found = err == nil && r.PrincipalID.String() == child && r.ReceiptID != "" && len(r.Processing) > 0
	}
	if !found {
		t.Error("no receipt of a consent")
	}
	text := e.String()
	for _, pi := range []string{housetest.Phone(1), "欧阳", "2017-03"} {
		if strings.Contains(text, pi) {
			t.Errorf("personal information is in a pack (I3): %d characters", len(pi))
		}
	}
}

func TestAPackIsRefusedInWordsThatSayWhy(t *testing.T) { // B15, S3-10
	f := housetest.New(t)
	month := evidence.Request{From: f.Now().AddDate(0, -1, 0)}
	stale := f.As(actor.Officer)
	stale.ProvedAt = f.Now().Add(-5 * time.Hour)
	for name, c := range map[string]struct {
		who  actor.Actor
		ask  evidence.Request
		kind fault.Kind
		code string
	}{
		"a clerk":               {f.As(actor.Clerk), month, fault.Denied, ""},
		"a manager":             {f.As(actor.Manager), month, fault.Denied, ""},
		"an old proof":          {stale, month, fault.Unauthenticated, ""},
		"a period that is none": {f.As(actor.Officer), evidence.Request{From: f.Now(), To: f.Now()}, fault.Invalid, "evidence.period"},
		"an unknown receipt":    {f.As(actor.Officer), evidence.Request{From: f.Now().AddDate(0, -1, 0), Receipt: "2611-22K7-7KQM-X4TD"}, fault.NotFound, "enrol.receipt"},
		"no receipt at all":     {f.As(actor.Officer), evidence.Request{From: f.Now().AddDate(0, -1, 0), Receipt: "hello"}, fault.NotFound, "enrol.receipt"},
	} {
		_, _, err := f.Evidence.Make(t.Context(), c.who, c.ask)
		if !errors.Is(err, c.kind) || c.code != "" && fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := f.Evidence.Make(t.Context(), f.As(actor.Auditor), month); err != nil {
		t.Errorf("the auditor: %v", err)
	}
}

// Whoever asks for too much is told to ask for less, and nothing is cut off in
// silence.
func TestAPackThatWouldBeTooLongIsRefused(t *testing.T) {
	f := housetest.New(t)
	f.Update(func(tx *db.Tx) error {
		for range evidence.Most + 1 {
			ledger.Append(tx, ledger.Event{Type: ledger.Alarm, Role: actor.System, Allow: true})
		}
		return nil
	})
	_, _, err := f.Evidence.Make(t.Context(), f.As(actor.Officer), evidence.Request{From: f.Now().AddDate(0, -1, 0), To: f.Now().Add(time.Hour)})
	if fault.CodeOf(err) != "evidence.too_many" {
		t.Errorf("got %v", err)
	}
}

// Where another process signs, the pack waits for its head, and says so when
// none comes.
func TestAPackWaitsForTheHead(t *testing.T) {
	f := housetest.New(t)
	alone := *f.Evidence
	alone.Sign, alone.Wait = nil, 200*time.Millisecond
	_, _, err := alone.Make(t.Context(), f.As(actor.Officer), evidence.Request{From: f.Now().AddDate(0, -1, 0)})
	if fault.CodeOf(err) != "ledger.unsigned" {
		t.Errorf("got %v", err)
	}
}

func TestThePapersOfAPackAreJSON(t *testing.T) {
	e, _ := made(t, true)
	for _, p := range e.Papers {
		if !json.Valid([]byte(p.Text)) {
			t.Errorf("%s is no JSON", p.Name)
		}
	}
}
