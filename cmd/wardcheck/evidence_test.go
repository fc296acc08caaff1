package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

// evidence is a world with a pack: three entries, two earlier heads, one of them
// cosigned, and a paper.
func evidence(t *testing.T) (world, verify.Evidence) {
	t.Helper()
	w := newWorld(t)
	e := w.log.Evidence([]int64{300, 600}, []int64{3, 4, 599}, verify.Paper{Name: "notice-1.zh-CN.json", Text: `{"title":"告知书"}`})
	e.Heads[1].Checkpoint = string(logtest.Cosign([]byte(e.Heads[1].Checkpoint), "bureau.example", time.Unix(1_799_000_100, 0)))
	w.write(t, "pack.json", []byte(e.String()))
	return w, e
}

func TestEvidenceIsVerifiedOfflineInBothLanguages(t *testing.T) { // B15, S1-12
	w, _ := evidence(t)
	key := "--key=" + w.log.VerifierKey().String()
	status, out, _ := wardcheck(t, "zh_CN.UTF-8", "evidence", w.path("pack.json"), key)
	for _, want := range []string{"属实", "证据记录：3条", "3 × reveal", "早先的头：300条", "notice-1.zh-CN.json"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("status %d, no %q in\n%s", status, want, out)
		}
	}
	if strings.Contains(out, "注意") {
		t.Errorf("a caution although the key was named:\n%s", out)
	}
	status, out, _ = wardcheck(t, "C", "evidence", w.path("pack.json"), key,
		"--witness", logtest.Witness("bureau.example").String(), "--quorum", "0", "--json")
	var r result
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 {
		t.Fatalf("status %d, %v\n%s", status, err, out)
	}
	if r.Pack == nil || len(r.Pack.Heads) != 2 || len(r.Pack.Heads[1].Witnesses) != 1 || r.Pack.Exhibits[1].Index != 4 || !r.Pinned {
		t.Errorf("got %+v", r.Pack)
	}
	if status, out, _ := wardcheck(t, "C", "evidence", w.path("pack.json"), "--witness", logtest.Witness("bureau.example").String()); status != 1 || !strings.Contains(out, "Not enough") {
		t.Errorf("the newest head is not cosigned: status %d\n%s", status, out)
	}
}

func TestChangedEvidenceIsNotVerified(t *testing.T) { // B15, S1-12
	w, e := evidence(t)
	for name, change := range map[string]func(*verify.Evidence){
		"changed": func(e *verify.Evidence) { e.Papers[0].Text = strings.Replace(e.Papers[0].Text, "告知", "通知", 1) },
		"shorter": func(e *verify.Evidence) { e.Exhibits = e.Exhibits[:1] },
	} {
		forged := e
		forged.Papers = append([]verify.Paper(nil), e.Papers...)
		change(&forged)
		w.write(t, name+".json", []byte(forged.String()))
		status, out, _ := wardcheck(t, "zh_CN.UTF-8", "evidence", w.path(name+".json"))
		if status != 1 || !strings.HasPrefix(out, "不属实") || !strings.Contains(out, "封存") {
			t.Errorf("%s: status %d\n%s", name, status, out)
		}
	}
	other := logtest.New("wardfold.example/other").VerifierKey().String()
	if status, _, _ := wardcheck(t, "C", "evidence", w.path("pack.json"), "--key", other); status != 1 {
		t.Errorf("another key: status %d", status)
	}
}

func TestPapersOfAPackAreWrittenOutAndReplaceNothing(t *testing.T) { // B15
	w, e := evidence(t)
	if status, out, errs := wardcheck(t, "C", "evidence", w.path("pack.json"), "--extract", w.path("papers")); status != 0 {
		t.Fatalf("status %d\n%s%s", status, out, errs)
	}
	for name, want := range map[string]string{"notice-1.zh-CN.json": e.Papers[0].Text, "MANIFEST": e.Manifest} {
		if got, err := os.ReadFile(w.path("papers/" + name)); err != nil || string(got) != want {
			t.Errorf("%s: %v, %q", name, err, got)
		}
	}
	if status, _, errs := wardcheck(t, "C", "evidence", w.path("pack.json"), "--extract", w.path("papers")); status != 2 || !strings.Contains(errs, "nothing is replaced") {
		t.Errorf("a second time: status %d, %s", status, errs)
	}
}
