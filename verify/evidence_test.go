package verify_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

const shown = `{"title":"告知书"}`

// pack returns a log in which entry 4 holds the hash of a notice, and a pack
// about it.
func pack(t *testing.T) (*logtest.Log, verify.Evidence) {
	t.Helper()
	log := logtest.New("wardfold.example/ins").Fill(4)
	l, err := verify.ParseLeaf(logtest.Entry(4))
	if err != nil {
		t.Fatal(err)
	}
	l.Hash = sha256.Sum256([]byte(shown))
	log.Append(l.AppendTo(nil))
	log.Fill(600)
	return log, log.Evidence([]int64{1, 256, 605}, []int64{0, 4, 604},
		verify.Paper{Name: "notice.zh-CN.json", Text: shown}, verify.Paper{Name: "statement.json", Text: "{}"})
}

// The format is frozen: this file was written once and verifies for ever (B15).
func TestGoldenEvidenceStillVerifies(t *testing.T) {
	log, e := pack(t)
	path := filepath.Join("testdata", "evidence-1.json")
	if *update {
		if err := os.WriteFile(path, []byte(e.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), e.String()); diff != "" {
		t.Error(diff)
	}
	back, err := verify.ParseEvidence(golden)
	if err != nil {
		t.Fatal(err)
	}
	p, err := back.Verify(log.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Heads) != 3 || len(p.Exhibits) != 3 || p.SealIndex != 605 || p.Seal.Role != "officer" {
		t.Errorf("got %+v", p)
	}
}

// A paper whose hash the log holds is as old as that entry; another is only as
// old as the pack (B15, S0-18).
func TestEvidenceTellsSinceWhenTheLogHasHadAPaper(t *testing.T) {
	log, e := pack(t)
	p, err := e.Verify(log.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	at := time.UnixMilli(1_790_000_001_000).UTC()
	if got := p.Papers[0]; got.Index != 4 || !got.Since.Equal(at) {
		t.Errorf("the notice: entry %d, %s", got.Index, got.Since)
	}
	if got := p.Papers[1]; got.Index != -1 || !got.Since.Equal(p.Seal.Time) {
		t.Errorf("the statement: entry %d, %s", got.Index, got.Since)
	}
}

// Nothing can be taken out, put in or exchanged after a pack was sealed (B15, I9).
func TestChangedEvidenceIsFoundOut(t *testing.T) {
	log, _ := pack(t)
	other := logtest.New("wardfold.example/other").Fill(700)
	for name, c := range map[string]struct {
		change func(*verify.Evidence)
		want   verify.Code
	}{
		"a paper is changed":        {func(e *verify.Evidence) { e.Papers[0].Text += " " }, verify.BadManifest},
		"a paper is taken out":      {func(e *verify.Evidence) { e.Papers = e.Papers[:1] }, verify.BadManifest},
		"a paper is renamed":        {func(e *verify.Evidence) { e.Papers[0].Name = "other" }, verify.BadManifest},
		"an exhibit is taken out":   {func(e *verify.Evidence) { e.Exhibits = e.Exhibits[1:] }, verify.BadManifest},
		"an exhibit is put in":      {func(e *verify.Evidence) { e.Exhibits = append(e.Exhibits, log.Receipt(604).Exhibit()) }, verify.BadManifest},
		"an earlier head is gone":   {func(e *verify.Evidence) { e.Heads = e.Heads[:2] }, verify.BadManifest},
		"the period is stretched":   {func(e *verify.Evidence) { e.To = e.To.AddDate(1, 0, 0) }, verify.BadManifest},
		"it is about somebody":      {func(e *verify.Evidence) { e.About = "sub_00000000000000000000000000" }, verify.BadManifest},
		"the manifest is rewritten": {func(e *verify.Evidence) { e.Papers = nil; e.Manifest, _ = e.ManifestOf() }, verify.BadManifest},
		"an older entry seals it":   {func(e *verify.Evidence) { e.Seal = log.Receipt(3).Exhibit() }, verify.BadManifest},
		"an exhibit is rewritten": {func(e *verify.Evidence) {
			e.Exhibits[0].Leaf = strings.Replace(e.Exhibits[0].Leaf, "reveal", "search", 1)
			l := logtest.New(log.Origin)
			for _, leaf := range log.Entries() {
				l.Append(leaf)
			}
			l.Seal(e)
		}, verify.NotIncluded},
		"a head of another log":  {func(e *verify.Evidence) { e.Checkpoint = string(other.Sign(other.Head(606))) }, verify.BadSignature},
		"a proof of nothing":     {func(e *verify.Evidence) { e.Heads[1].Proof = nil }, verify.Inconsistent},
		"a paper that is a path": {reseal(log, func(e *verify.Evidence) { e.Papers[0].Name = "../x" }), verify.Malformed},
		"two papers of one name": {reseal(log, func(e *verify.Evidence) { e.Papers[1].Name = e.Papers[0].Name }), verify.Malformed},
		"exhibits out of order":  {reseal(log, func(e *verify.Evidence) { e.Exhibits[0], e.Exhibits[1] = e.Exhibits[1], e.Exhibits[0] }), verify.Malformed},
		"heads out of order":     {reseal(log, func(e *verify.Evidence) { e.Heads[0], e.Heads[1] = e.Heads[1], e.Heads[0] }), verify.Malformed},
		"an opening that fits not": {reseal(log, func(e *verify.Evidence) {
			e.Exhibits[0].Opening = &verify.Opening{Subject: "sub_00000000000000000000000000"}
		}), verify.NotOpened},
		"the key of another log":     {func(e *verify.Evidence) { e.Log = other.VerifierKey().String() }, verify.WrongOrigin},
		"a head that is not signed":  {func(e *verify.Evidence) { e.Checkpoint = log.Head(606).String() }, verify.BadSignature},
		"the checkpoint is an older": {func(e *verify.Evidence) { e.Checkpoint = e.Heads[2].Checkpoint }, verify.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			_, e := pack(t)
			c.change(&e)
			if _, err := e.Verify(log.VerifierKey()); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// reseal makes a change that the log itself sealed: what is wrong then is wrong
// in itself.
func reseal(log *logtest.Log, change func(*verify.Evidence)) func(*verify.Evidence) {
	return func(e *verify.Evidence) {
		l := logtest.New(log.Origin)
		for _, leaf := range log.Entries() {
			l.Append(leaf)
		}
		change(e)
		l.Seal(e)
	}
}

func FuzzParseEvidence(f *testing.F) {
	log := logtest.New("example.org/log").Fill(3)
	f.Add([]byte(log.Evidence([]int64{2}, []int64{0, 1}, verify.Paper{Name: "a", Text: "b"}).String()))
	f.Add([]byte(`{"format":"wardfold-evidence/1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := verify.ParseEvidence(b)
		if err != nil {
			return
		}
		if again, err := verify.ParseEvidence([]byte(e.String())); err != nil || again.String() != e.String() {
			t.Errorf("does not print as it parses: %v", err)
		}
		_, _ = e.Verify(verify.Key{}) // must not panic
	})
}
