package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/leak"
)

// TestALeakedListIsTracedAtTheCommandLine (B10): strangers get a plain no, and
// the result is written as it is proved.
func TestALeakedListIsTracedAtTheCommandLine(t *testing.T) {
	data := city(t)
	var g guide
	if err := json.Unmarshal([]byte(must(t, "demo", "--json", "--build-only", "--data", data)), &g); err != nil {
		t.Fatal(err)
	}
	key := ""
	for _, v := range g.Visitors {
		if v.Key == "officer" {
			key = v.OneTime
		}
	}
	list := write(t, filepath.Join(t.TempDir(), "leaked.csv"), "姓名,电话\n赵陌生,13800001234\n钱陌生,13800005678\n")
	step := time.Now().Add(-30 * time.Second) // a code is good once; the next window's is accepted as well
	run := func(args ...string) string {
		t.Helper()
		cmd := program(t.Context(), "en_US.UTF-8", append([]string{"trace", "--data", data, "--as", "officer.chain1",
			"--institution", "示例一号美术培训连锁（示例）", "--password-file", "-"}, args...)...)
		step = step.Add(30 * time.Second)
		cmd.Stdin = strings.NewReader(g.Password + "\n" + codeNow(key, step) + "\n")
		var o, e bytes.Buffer
		cmd.Stdout, cmd.Stderr = &o, &e
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, e.String())
		}
		return o.String()
	}
	var r leak.Result
	if err := json.Unmarshal([]byte(run(list, "--json")), &r); err != nil || r.Verdict != leak.NoMatch || r.Read.Outside != 2 || r.Compared == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if out := run("--resume", r.Case); !strings.Contains(out, "Nobody of ours is in the list") || strings.Contains(out, "leak.") {
		t.Errorf("in words:\n%s", out)
	}
	fails(t, exitUsage, "FILE", "trace", "--as", "officer.chain1", "--data", data)
}
