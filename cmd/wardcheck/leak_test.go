package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

func TestALeakPackIsVerifiedOfflineInPlainWords(t *testing.T) { // B10, S1-05
	w := newWorld(t)
	log, l := logtest.Leak(nil)
	w.write(t, "leak.zip", l.Archive())
	w.write(t, "list.csv", []byte(logtest.LeakedList))
	w.write(t, "other.csv", []byte("x"))
	key := "--key=" + log.VerifierKey().String()
	status, out, _ := wardcheck(t, "zh_CN.UTF-8", "leak", w.path("leak.zip"), key, "--exhibit", w.path("list.csv"))
	for _, want := range []string{"属实", "就是封存的那一份", "只要所有查看都有记录", "stf_0000000000000000000000000a：确定", "本包中2条记录", "接收并封存", "不说是谁泄露的"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("status %d, no %q in\n%s", status, want, out)
		}
	}
	status, out, _ = wardcheck(t, "C", "leak", w.path("leak.zip"), key, "--json")
	var r result
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 || r.Leak == nil || r.Leak.Result.Verdict != "logged" || r.Leak.Compared {
		t.Errorf("status %d, %v\n%s", status, err, out)
	}
	if status, out, _ := wardcheck(t, "C", "leak", w.path("leak.zip"), key, "--exhibit", w.path("other.csv")); status != 1 || !strings.HasPrefix(out, "NOT VERIFIED") {
		t.Errorf("another list: status %d\n%s", status, out)
	}
	if status, _, _ := wardcheck(t, "C", "leak", w.path("leak.zip"), "--extract", w.path("out")); status != 0 {
		t.Errorf("the papers: status %d", status)
	}
}

func TestALeakPackThatSaysMoreThanTheLogIsNotVerified(t *testing.T) { // B10
	w := newWorld(t)
	_, l := logtest.Leak(func(r *verify.LeakResult, _ *verify.Custody) { r.Verdict = "export" })
	w.write(t, "leak.zip", l.Archive())
	if status, out, _ := wardcheck(t, "zh_CN.UTF-8", "leak", w.path("leak.zip")); status != 1 || !strings.Contains(out, "并不支持") {
		t.Errorf("status %d\n%s", status, out)
	}
	w.write(t, "cut.zip", l.Archive()[:900])
	if status, out, _ := wardcheck(t, "C", "leak", w.path("cut.zip")); status != 1 || !strings.Contains(out, "right format") {
		t.Errorf("status %d\n%s", status, out)
	}
}
