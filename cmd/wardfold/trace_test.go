package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/verify"
)

// TestALeakedListIsTracedAtTheCommandLine (B10): strangers get a plain no, and
// the result is written as it is proved.
func TestALeakedListIsTracedAtTheCommandLine(t *testing.T) {
	data := city(t)
	var g guide
	if err := json.Unmarshal([]byte(must(t, "demo", "--json", "--build-only", "--data", data, "--listen", "127.0.0.1:0")), &g); err != nil {
		t.Fatal(err)
	}
	key := ""
	for _, v := range g.Visitors {
		if v.Key == "officer" {
			key = v.OneTime
		}
	}
	list := write(t, filepath.Join(t.TempDir(), "leaked.csv"), "姓名,电话\n赵陌生,13800001234\n钱陌生,13800005678\n")
	dir := t.TempDir()
	cmd := program(t.Context(), "en_US.UTF-8", "trace", "--data", data, "--as", "officer.chain1",
		"--institution", "示例一号美术培训连锁（示例）", "--password-file", "-", "-o", filepath.Join(dir, "result.json"), "--pack", filepath.Join(dir, "out.zip"), list)
	next := time.Now().Add(30 * time.Second) // a code is good once, and the city's officer has used this one; the next is accepted as well
	cmd.Stdin = strings.NewReader(g.Password + "\n" + codeNow(key, next) + "\n")
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, failed.String())
	}
	if !strings.Contains(out.String(), "Nobody of ours is in the list") || strings.Contains(out.String(), "leak.") {
		t.Errorf("in words:\n%s", out.String())
	}
	var r leak.Result
	if text, err := os.ReadFile(filepath.Join(dir, "result.json")); err != nil || json.Unmarshal(text, &r) != nil || r.Verdict != leak.NoMatch || r.Read.Outside != 2 || r.Compared == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "out.zip"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := verify.ParseLeak(whole)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := l.Verify(verify.Key{}); err != nil || p.Case != r.Case {
		t.Errorf("the pack: %v", err)
	}
	fails(t, exitUsage, "FILE", "trace", "--as", "officer.chain1", "--data", data)
}
