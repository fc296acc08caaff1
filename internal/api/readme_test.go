package api_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
)

// The examples of docs/api/README.md work as they stand.
func TestTheExamplesOfTheManualWork(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("NOT TESTED: curl is not installed")
	}
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "api", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	server := httptest.NewServer(f.API)
	defer server.Close()
	script := "set -euo pipefail\n"
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllSubmatch(manual, -1) {
		script += string(block[1]) + "\n"
	}
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "WARDFOLD="+server.URL, "KEY="+key, "NO_PROXY=*", "no_proxy=*")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if strings.Count(script, "curl") < 8 {
		t.Error("the manual has lost its examples")
	}
}

// docs/api/problems.md lists every code in both languages.
func TestTheListOfProblemsIsCurrent(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Problems\n\nGenerated from the words of the program (`go test ./internal/api -run Problems -update`). " +
		"`{0}`, `{1}` stand for counts, codes and dates, never for anybody's information.\n\n| code | 中文 | English |\n|---|---|---|\n")
	zh, en := lang.For("zh-CN"), lang.For("en")
	for _, key := range keys(t) {
		if code, ok := strings.CutPrefix(key, "fault."); ok {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", code, zh.T(key), en.T(key))
		}
	}
	name := filepath.Join("..", "..", "docs", "api", "problems.md")
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(kept, []byte(b.String())) {
		t.Errorf("docs/api/problems.md is not current (%v)", err)
	}
}

// keys lists the keys of all messages in order.
func keys(t *testing.T) []string {
	t.Helper()
	var out []string
	files, err := filepath.Glob(filepath.Join("..", "lang", "messages", lang.Default, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(text)) {
			if key, _, ok := strings.Cut(l, " = "); ok && !strings.HasPrefix(l, "#") {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return out
}

// What is kept for idempotency holds identifiers and nothing of the request or
// the record. I3.
func TestTheMemoryOfAnswersHoldsNoPersonalInformation(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	app := f.Bearer(key)
	e := enrol(t, f, app, 1)
	guardian, err := id.Parse[id.Subject](e.Guardian)
	if err != nil {
		t.Fatal(err)
	}
	parent := f.SignedIn(f.Guardian(guardian))
	if a := parent.Send("POST", "/v1/subjects/"+e.Child+"/copy", "", "Idempotency-Key", "c"); a.Status != 200 || !strings.Contains(string(a.Body), "欧阳") {
		t.Fatalf("copy: %d %s", a.Status, a.Body)
	}
	if a := parent.Send("POST", "/v1/subjects/"+e.Child+"/copy", "", "Idempotency-Key", "c"); a.Status != 409 || a.Code() != "idempotency.shown" {
		t.Errorf("copied again: %d %s", a.Status, a.Body)
	}
	kept := f.Kept()
	if len(kept) != 2 {
		t.Errorf("%d answers are remembered: %v", len(kept), kept)
	}
	shape := regexp.MustCompile(`^\{("ref":"[a-z]{3}_[0-9a-z]{26}",)?"event":"evt_[0-9a-z]{26}"\}$`)
	for _, k := range kept {
		if !shape.MatchString(k) {
			t.Errorf("an answer is remembered as %s", k)
		}
	}
}
