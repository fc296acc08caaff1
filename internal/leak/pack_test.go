package leak_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/verify"
)

// packed is the pack of a case in which the clerk had looked at 20 families, and
// an export with a mark was collected.
func packed(t *testing.T, lines ...[]string) (*town, leak.Case, verify.Leak) {
	t.Helper()
	f := newTown(t, 20)
	var rows [][]string
	for n := range 20 {
		rows = append(rows, row(n))
	}
	c := f.receive(t, text(append(rows, lines...)...))
	if _, err := f.Leaks.Pack(t.Context(), f.As(actor.Officer), c.ID); fault.CodeOf(err) != "leak.untraced" {
		t.Errorf("before it was traced: %v", err)
	}
	c, _, err := f.Leaks.Trace(t.Context(), f.As(actor.Officer), c.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.Advance(time.Minute)
	p, err := f.Leaks.Pack(t.Context(), f.As(actor.Officer), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return f, c, p
}

func keyOf(f *town) verify.Key {
	s, err := f.Log.Signer(f.Institution)
	if err != nil {
		f.T.Fatal(err)
	}
	return s.Key()
}

// TestThePackOfALeakIsVerifiedByAnOutsider (B10, S1-05): the log has the hash of
// the list and of the result, the custody record holds together, and the account
// that is named stands on the looks that the log has. No child is in it (I3).
func TestThePackOfALeakIsVerifiedByAnOutsider(t *testing.T) {
	f, c, l := packed(t)
	again, err := verify.ParseLeak(l.Archive())
	if err != nil {
		t.Fatal(err)
	}
	p, err := again.Verify(keyOf(f))
	if err != nil {
		t.Fatal(err)
	}
	clerk := f.Staff[actor.Clerk].ID.String()
	if p.Case != c.ID.String() || p.Exhibit != c.Hash || p.Result.Verdict != string(leak.Logged) || len(p.Basis[clerk]) != 20 {
		t.Errorf("case %s, verdict %s, the clerk stands on %d entries", p.Case, p.Result.Verdict, len(p.Basis[clerk]))
	}
	var acts []string
	for _, x := range p.Custody {
		acts = append(acts, x.Act)
	}
	if got := strings.Join(acts, " "); got != "received read opened traced read" {
		t.Errorf("custody: %s", got)
	}
	if p.Seal.Ref != p.Case || p.Seal.Type != verify.EvidenceType {
		t.Errorf("sealed by %+v", p.Seal)
	}
	whole := string(l.Archive())
	for _, word := range []string{"欧阳", "1540000", "2019-05", housetest.Phone(3), f.children[0].String()} {
		if strings.Contains(whole, word) {
			t.Error("the pack names a child")
		}
	}
	files, err := zip.NewReader(strings.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range files.File {
		names = append(names, x.Name)
	}
	for _, want := range []string{"README.txt", "evidence.json", "leak-" + p.Case + ".json", "custody-" + p.Case + ".json", "statement-" + p.Case + ".zh-CN.txt", "SHA256SUMS"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s in %v", want, names)
		}
	}
}

// TestOneChangedByteOfAPackIsFoundOut (I9, I11): anywhere in the archive.
func TestOneChangedByteOfAPackIsFoundOut(t *testing.T) {
	f, _, l := packed(t)
	key, whole := keyOf(f), l.Archive()
	step := max(1, len(whole)/1500)
	for at := 0; at < len(whole); at += step {
		forged := bytes.Clone(whole)
		forged[at] ^= 1 << (at % 7)
		if x, err := verify.ParseLeak(forged); err == nil {
			if _, err = x.Verify(key); err == nil {
				t.Fatalf("byte %d of %d may be anything", at, len(whole))
			}
		}
	}
	for _, n := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
		if _, err := verify.ParseLeak(whole[:n]); !errors.Is(err, verify.Malformed) {
			t.Errorf("%d bytes of it: %v", n, err)
		}
	}
	if _, err := verify.ParseLeak(append(bytes.Clone(whole), 0)); !errors.Is(err, verify.Malformed) {
		t.Errorf("a byte more: %v", err)
	}
}

// TestAPackProvesWhatAMarkNames: the export that decoys name stands on the entries
// of its collection; without them the pack is unfounded.
func TestAPackProvesWhatAMarkNames(t *testing.T) {
	f := newTown(t, 0)
	f.export(t, families)
	_, _, err := f.Leaks.Trace(t.Context(), f.As(actor.Officer), f.receive(t, text([]string{"沈示例", "2019-04", "15400099999"}, row(3))).ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := f.Leaks.List(t.Context(), f.As(actor.Officer), 1)
	if err != nil {
		t.Fatal(err)
	}
	f.Advance(time.Minute)
	l, err := f.Leaks.Pack(t.Context(), f.As(actor.Officer), all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	// The fixture's export is in the register without its entries, as one is that
	// somebody wrote into the base: its name proves nothing.
	if _, err := l.Verify(keyOf(f)); !errors.Is(err, verify.Unfounded) {
		t.Errorf("an export of which the log knows nothing: %v", err)
	}
}

// TestOnlyWhoMayReadAResultPacksIt, and on a fresh proof.
func TestOnlyWhoMayReadAResultPacksIt(t *testing.T) {
	f, c, _ := packed(t)
	for _, r := range []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.SysAdmin} {
		if _, err := f.Leaks.Pack(t.Context(), f.As(r), c.ID); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", r, err)
		}
	}
	stale := f.As(actor.Auditor)
	stale.ProvedAt = f.Now().AddDate(0, 0, -1)
	if _, err := f.Leaks.Pack(t.Context(), stale, c.ID); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a proof of yesterday: %v", err)
	}
	if _, err := f.Leaks.Pack(t.Context(), f.As(actor.Auditor), c.ID); err != nil {
		t.Errorf("the auditor: %v", err)
	}
}

// TestAnExportThatLeaksIsProvedFromItsApplicationOn (S1-05, B4): one row with its
// serial names the file, and the pack has how it was applied for, agreed to,
// prepared and collected.
func TestAnExportThatLeaksIsProvedFromItsApplicationOn(t *testing.T) {
	c := housetest.NewCampus(t)
	x, err := c.Submit(c.Use(func(f *application.Form) { f.Place = "device" }))
	if err != nil {
		t.Fatal(err)
	}
	x = c.Agreed(x)
	teacher, officer := c.Person("teacher", actor.Teacher), c.Person("officer", actor.Officer)
	e, err := c.Releases.Prepare(t.Context(), teacher, x.ID, release.Shape{Format: release.CSV})
	if err != nil {
		t.Fatal(err)
	}
	file, err := c.Releases.Collect(t.Context(), teacher, e.ID, release.WordsIn(lang.For("zh-CN"), "示例", c.Now()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Leaks.Receive(t.Context(), officer, bytes.NewReader(file.Bytes), int64(len(file.Bytes)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Leaks.Trace(t.Context(), officer, got.ID, nil); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute)
	l, err := c.Leaks.Pack(t.Context(), c.Person("officer", actor.Officer), got.ID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Verify(verify.Key{})
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]bool{}
	for _, y := range p.Exhibits {
		types[y.Leaf.Type] = true
	}
	for _, want := range []string{"application.submitted", "application.agreed", "export.prepared", "exported", "leak.received", "leak.traced"} {
		if !types[want] {
			t.Errorf("no %s in %v", want, types)
		}
	}
	if p.Result.Verdict != string(leak.Export) || len(p.Basis[e.ID.String()]) != 1 {
		t.Errorf("verdict %s, basis %v", p.Result.Verdict, p.Basis)
	}
}
