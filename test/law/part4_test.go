package law_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// entries returns the newest entries, at most 500.
func entries(t *testing.T, f *housetest.Fixture, filter ledger.Filter) []ledger.Entry {
	t.Helper()
	filter.Limit = 500
	var page ledger.Page
	f.View(func(tx *db.Tx) (err error) {
		page, err = ledger.List(tx, filter)
		return err
	})
	return page.Entries
}

// B12, S3-44, I10: the child is deleted and the proof stays. Every entry is
// still there and the log verifies; nothing connects an entry to the child any
// more, not for the database's owner with every key either.
func TestTheChildIsDeletedAndTheProofStays(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, ten)
	rev, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
	must(t, err)
	before := entries(t, f, ledger.Filter{})
	_, err = f.Family.Erase(ctx, f.Guardian(r.Guardian), r.Child)
	must(t, err)
	must(t, f.Log.Step(ctx, f.Institution))

	after := entries(t, f, ledger.Filter{})
	if len(after) <= len(before) {
		t.Errorf("%d entries before, %d after", len(before), len(after))
	}
	for i, e := range before {
		if kept := after[len(after)-len(before)+i]; kept.Leaf != e.Leaf {
			t.Fatalf("entry %d is not what it was", e.Index)
		}
	}
	if e := newest(t, f, ledger.Erased); e.Count != 2 || len(e.Fields) != 4 {
		t.Errorf("the erasure says %d records, fields %v", e.Count, e.Fields)
	}
	for _, gone := range []id.Subject{r.Child, r.Guardian} {
		if left := entries(t, f, ledger.Filter{Subject: gone}); len(left) != 0 {
			t.Errorf("%d entries still lead to the record", len(left))
		}
		f.View(func(tx *db.Tx) error {
			if _, err := f.Vault.Commitment(tx, f.Institution, gone, rev.Event); fault.KindOf(err) != fault.Erased {
				t.Errorf("the commitment can still be opened: %v", err)
			}
			return nil
		})
	}
	_, err = f.Log.VerifyAll(ctx, f.Institution, nil)
	must(t, err)
}

// B15, S0-10, S3-42: what a prosecutor asks for, the text that was agreed to,
// who approved, that the staff were trained and pledged, is proved offline with
// the log's public key and package verify alone, and one changed byte is seen.
func TestTheEvidenceVerifiesWithoutOurProgram(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, ten)
	must(t, f.Log.Step(t.Context(), f.Institution))
	signer, err := f.Log.Signer(f.Institution)
	must(t, err)
	key, err := verify.ParseKey(signer.Key().String()) // as printed on a notice board
	must(t, err)

	var notice catalogue.Notice
	f.View(func(tx *db.Tx) (err error) {
		notice, err = f.Catalogue.CurrentNotice(tx, f.Institution, catalogue.EnrolmentNotice)
		return err
	})
	for _, kind := range []ledger.Type{ledger.EnrolCompleted, ledger.GrantApproved, ledger.StaffTrained, ledger.StaffPledged} {
		e := newest(t, f, kind)
		var pack verify.Receipt
		f.View(func(tx *db.Tx) (err error) { pack, err = f.Log.Receipt(tx, e.Index, nil); return err })
		doc, err := json.Marshal(pack)
		must(t, err)
		read, err := verify.ParseReceipt(doc)
		must(t, err)
		proved, err := read.Verify(key)
		must(t, err)
		if proved.Leaf.Type != string(kind) {
			t.Errorf("%s proves %s", kind, proved.Leaf.Type)
		}
		if kind == ledger.EnrolCompleted && proved.Leaf.Hash != notice.Hash("zh-CN") {
			t.Error("the enrolment does not prove the text that was agreed to")
		}
		for i := range doc {
			bad := append([]byte(nil), doc...)
			bad[i] ^= 1
			if x, err := verify.ParseReceipt(bad); err == nil {
				if p, err := x.Verify(key); err == nil && p.Leaf.Event != proved.Leaf.Event {
					t.Fatalf("byte %d changed, and it proves another event", i)
				}
			}
		}
	}
	// With the opening, which the family alone has, it proves whom it is about.
	own, err := f.Family.Proof(t.Context(), f.Guardian(r.Guardian), r.Child, newest(t, f, ledger.EnrolCompleted).Index)
	must(t, err)
	if p, err := own.Verify(key); err != nil || p.Subject != r.Child.String() {
		t.Errorf("the family's proof: %q, %v", p.Subject, err)
	}
}

// B3: no read without a live approval, and the attempt is an entry that names
// who tried, on what, for what.
func TestAReadWithoutApprovalIsRefusedAndWrittenDown(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, ten)
	teacher := f.As(actor.Teacher)
	_, err := f.Desk.Reveal(t.Context(), teacher, r.Child, subject.LearnerName, "contact.class")
	if fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("got %v", err)
	}
	e := newest(t, f, ledger.Denied)
	if e.Actor != teacher.ID() || e.Purpose != "contact.class" || len(e.Fields) != 1 || len(e.Rules) == 0 || e.Commitment == [32]byte{} {
		t.Errorf("the entry says %+v", e.Event)
	}
}

// B1, S2-16, S2-17 (fixture "birth year-month 2012-06"): the same record, opened
// on the last day of May, in June, and in July of the year of the 14th birthday.
func TestAuthorityPassesByItself(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2013-06") // 13 in November 2026
	seen := map[string]string{}
	for _, day := range []string{"2027-05-31", "2027-06-01", "2027-06-30", "2027-07-01"} {
		at, err := time.ParseInLocation("2006-01-02 15:04", day+" 10:00", time.FixedZone("CST", 8*3600))
		must(t, err)
		f.Advance(at.Sub(f.Now()))
		c, err := f.Family.Child(t.Context(), f.Guardian(r.Guardian), r.Child)
		must(t, err)
		seen[day] = string(c.Speaker)
	}
	want := map[string]string{"2027-05-31": "guardian", "2027-06-01": "both", "2027-06-30": "both", "2027-07-01": "child"}
	for day, who := range want {
		if seen[day] != who {
			t.Errorf("on %s it is %s, want %s", day, seen[day], who)
		}
	}
}

// stones are tombstones in memory.
type stones struct{ gone []id.Subject }

func (s *stones) Add(_ id.Institution, gone []id.Subject, _ time.Time) error {
	s.gone = append(s.gone, gone...)
	return nil
}

// B12, I10, S2-17: a child of 14 that says no is erased like any other: with a
// tombstone, so that no restored backup brings it back, and with everything that
// led to it.
func TestAChildThatSaysNoLeavesATombstone(t *testing.T) {
	f := housetest.New(t)
	kept := &stones{}
	f.Family.Tombstones = kept
	r := f.Enrol(1, fourteen)
	_, err := f.House.Enrol.ConfirmChild(t.Context(), f.ChildLink(r), enrol.Answer{Agree: false, Language: "zh-CN", Screen: [32]byte{1}})
	must(t, err)
	if !slices.Contains(kept.gone, r.Child) || !slices.Contains(kept.gone, r.Guardian) {
		t.Errorf("%d tombstones", len(kept.gone))
	}
	if left := entries(t, f, ledger.Filter{Subject: r.Child}); len(left) != 0 {
		t.Errorf("%d entries still lead to the child", len(left))
	}
}
