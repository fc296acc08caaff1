package consent_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

func receiptFor(t *testing.T) consent.ReceiptFor {
	t.Helper()
	given := consent.Event{
		ID: id.Make[id.Consent](start), Subject: child, At: start, Kind: consent.Given, Party: consent.PartyGuardian,
		By: guardian, Purposes: required, Needs: consent.ByGuardian,
		Evidence: consent.EvidenceOf(shown, "zh-CN", [32]byte{1}, consent.ProofSMS),
	}
	refused := given
	refused.ID, refused.Of, refused.Kind, refused.Purposes = id.Make[id.Consent](start), given.ID, consent.Refused, optional
	stopped := consent.Event{
		ID: id.Make[id.Consent](start), Subject: child, At: start.Add(time.Hour), Kind: consent.Withdrawn,
		Party: consent.PartyGuardian, By: guardian, Purposes: required[:1],
	}
	schema := catalogue.MinimalSchema()
	schema.ProposedBy, schema.ApprovedBy, schema.ApprovedAt = id.Make[id.Staff](start), id.Make[id.Staff](start), start
	budget, err := schema.Budget()
	if err != nil {
		t.Fatal(err)
	}
	return consent.ReceiptFor{
		Number: "R-1", Institution: inst, Subject: child, Band: civil.Under14, Consent: given.ID, Notice: shown,
		Purposes: catalogue.DefaultPurposes(), Budget: budget, Events: []consent.Event{given, refused, stopped},
		Storage: []string{"CN, own server"}, Withdrawal: "/me",
	}
}

// S2-17, S3-13, B15: the receipt has the fields of ISO/IEC TS 27560 and proves
// which text was shown.
func TestAReceiptSaysWhatWasAgreedAndOnWhichText(t *testing.T) { // S3-13, S3-55, B15
	b, err := receiptFor(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	r, digest, err := consent.ReadReceipt(b)
	if err != nil || digest == [32]byte{} {
		t.Fatal(err)
	}
	if len(r.Processing) != 3 || len(r.Events) != 3 || len(r.Parties) != 3 {
		t.Errorf("%d purposes, %d events, %d parties", len(r.Processing), len(r.Events), len(r.Parties))
	}
	for _, p := range r.Processing {
		if p.Purpose == "" || p.Basis == "" || len(p.Items) == 0 || p.Retention.N == 0 || p.Jurisdiction != "CN" || p.Withdrawal == "" ||
			len(p.Storage) == 0 || len(p.NoticeHash) != 64 || p.Language != "zh-CN" || p.Controller == "" || p.Recipients == nil || p.Optional {
			t.Errorf("purpose %s lacks a mandatory field", p.Purpose)
		}
	}
	if r.China.States["learner.manage"] != consent.StateWithdrawn || r.China.States["contact.class"] != consent.StateLive {
		t.Errorf("states %v", r.China.States)
	}
}

func TestTheSameReceiptIsTheSameBytes(t *testing.T) { // B15
	r := receiptFor(t)
	a, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := r.Encode(); err != nil || !bytes.Equal(a, b) {
		t.Errorf("encoded twice it differs: %v", err)
	}
}

func TestAChangedReceiptIsNoReceipt(t *testing.T) { // B15
	b, err := receiptFor(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string][]byte{
		"empty":         nil,
		"a space":       bytes.Replace(b, []byte(":"), []byte(": "), 1),
		"truncated":     b[:len(b)-1],
		"a field more":  append([]byte(`{"a":1,`), b[1:]...),
		"other version": bytes.Replace(b, []byte("wardfold-receipt-1"), []byte("wardfold-receipt-9"), 1),
		"an array":      []byte("[]"),
	} {
		if _, _, err := consent.ReadReceipt(x); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	r := receiptFor(t)
	r.Consent = id.Make[id.Consent](start)
	if _, err := r.Encode(); !errors.Is(err, fault.NotFound) {
		t.Errorf("a consent that is not there: %v", err)
	}
}

func FuzzReadReceipt(f *testing.F) {
	f.Add([]byte("{}"))
	f.Add([]byte(`{"schema_version":"wardfold-receipt-1 (ISO/IEC TS 27560:2023)"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := consent.ReadReceipt(b); err != nil && strings.Contains(err.Error(), string(b)) && len(b) > 12 {
			t.Error("the error repeats the input")
		}
	})
}

// The whole of a subject must fit in 2.5 KB; consent may take 800 bytes of it.
func TestAConsentTakesLittleRoom(t *testing.T) {
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		if d.Kind() != "sqlite" {
			t.Skip("measured on SQLite")
		}
		size := func() (n int64) {
			update(t, d, func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT SUM(pgsize) FROM dbstat WHERE name IN ('consent_event', 'subject')`).Scan(&n)
			})
			return n
		}
		const n = 2000
		before := size()
		update(t, d, func(tx *db.Tx) error {
			for i := range n {
				subj := id.Make[id.Subject](start.Add(time.Duration(i) * time.Millisecond)) // identifiers grow with time
				if err := record(tx, subj); err != nil {
					return err
				}
				if _, err := consent.Decide(tx, inst, decision(func(d *consent.Decision) { d.Subject, d.By = subj, id.Make[id.Subject](start) })); err != nil {
					return err
				}
			}
			return nil
		})
		got := (size() - before) / n
		t.Logf("%d bytes a subject", got)
		if got > 800 {
			t.Errorf("%d bytes a subject", got)
		}
	})
}

func BenchmarkLive(b *testing.B) {
	d := dbtest.Open(b)
	if err := d.Update(b.Context(), inst, func(tx *db.Tx) error {
		if err := record(tx, child); err != nil {
			return err
		}
		_, err := consent.Decide(tx, inst, decision())
		return err
	}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	err := d.View(b.Context(), inst, func(tx *db.Tx) error {
		for b.Loop() {
			if s, err := consent.Live(tx, inst, child, "learner.manage"); err != nil || s != consent.StateLive {
				b.Fatalf("%s %v", s, err)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkFold(b *testing.B) {
	given := consent.Event{ID: id.Make[id.Consent](start), At: start, Kind: consent.Given, Party: consent.PartyGuardian, Purposes: required, Needs: consent.ByGuardian}
	refused := consent.Event{ID: id.Make[id.Consent](start), Of: given.ID, At: start, Kind: consent.Refused, Purposes: optional}
	events := []consent.Event{given, refused}
	b.ReportAllocs()
	for b.Loop() {
		consent.Fold(events)
	}
}
