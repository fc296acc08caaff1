package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/scan"
)

// TestTheExitStatusOfAScanTellsACI what docs/ops/scan.md promises: 0 nothing, 1
// found, 2 not wholly examined or wrong usage. No installation is needed.
func TestTheExitStatusOfAScanTellsACI(t *testing.T) { // S0-17, S1-06
	clean, dirty, broken := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(clean, "a.txt"), "今天天气很好。\n")
	write(t, filepath.Join(dirty, "a.txt"), "身份证号：110101201603150015\n")
	write(t, filepath.Join(broken, "a.7z"), "7z\xBC\xAF\x27\x1C")
	write(t, filepath.Join(dirty, "b.7z"), "7z\xBC\xAF\x27\x1C")
	if out := must(t, "scan", clean); !strings.Contains(out, "No personal information") {
		t.Errorf("answered %s", out)
	}
	fails(t, exitWrong, "found in 1 place", "scan", dirty)
	fails(t, exitUsage, "not wholly examined", "scan", broken)
	fails(t, exitUsage, "Not found", "scan", filepath.Join(clean, "nowhere"))
	fails(t, exitUsage, "PATH", "scan")
	fails(t, exitUsage, "--kinds", "scan", clean, "--kinds", "unicorn")
	fails(t, exitUsage, "--on", "scan", clean, "--on", "yesterday")
	fails(t, exitUsage, "resident_id", "scan", clean, "--kinds", "unicorn")
	if status, out, err := wardfold(t, "en_US.UTF-8", "scan", clean, "--json", "--sarif"); status != exitUsage || !strings.Contains(out+err, "together") {
		t.Errorf("both reports at once: status %d, %s%s", status, out, err)
	}
	fails(t, exitUsage, "nosuch", "scan", clean, "--html", filepath.Join(clean, "nosuch", "x.html"))
	fails(t, exitUsage, "nosuch", "scan", clean, "--baseline", filepath.Join(clean, "nosuch.json"))
	fails(t, exitUsage, "--accept", "scan", clean, "--until", "2099-01-01")
	fails(t, exitUsage, "brackets", "scan", clean, "--exclude", "[a")
	fails(t, exitUsage, "web sites", "scan", clean, "--render")
	fails(t, exitWrong, `"possible" and surer`, "scan", dirty, "--fail-on", "possible")
	must(t, "scan", dirty+"/a.txt", "--kinds", "mobile")
	if out := must(t, "scan", "--help"); !strings.Contains(out, "scan PATH|URL|DSN …") {
		t.Errorf("help does not say what to scan: %s", out)
	}
	fails(t, exitUsage, "Not found", "scan", "ftp://example.cn/x")
	fails(t, exitUsage, "Cannot open", "scan", "postgres://u:hunter2@127.0.0.1:1/x")
}

// TestAScanAnswersPrograms in the JSON of docs/ops/scan.md, and in SARIF.
func TestAScanAnswersPrograms(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), "电话13800005678\n")
	status, out, _ := wardfold(t, "zh_CN.UTF-8", "scan", dir, "--json", "--on", "2026-11-22")
	var report struct {
		Findings []struct{ Target, Location, Kind, Level, Minor string }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || status != exitWrong {
		t.Fatalf("status %d, %v\n%s", status, err, out)
	}
	if len(report.Findings) != 1 || report.Findings[0].Kind != "mobile" || report.Findings[0].Target != dir {
		t.Errorf("report %+v", report)
	}
	_, out, _ = wardfold(t, "zh_CN.UTF-8", "scan", dir, "--sarif")
	if !json.Valid([]byte(out)) || !strings.Contains(out, `"ruleId":"wardfold/mobile"`) {
		t.Errorf("SARIF %s", out)
	}
	page := filepath.Join(t.TempDir(), "report.html")
	wardfold(t, "zh_CN.UTF-8", "scan", dir, "--html", page)
	if data, err := os.ReadFile(page); err != nil || !strings.Contains(string(data), "138****5678") {
		t.Error("no page was written")
	}
}

// TestWhatIsAcceptedFailsNoBuild until its day is over.
func TestWhatIsAcceptedFailsNoBuild(t *testing.T) {
	dir, base := t.TempDir(), filepath.Join(t.TempDir(), "baseline.json")
	write(t, filepath.Join(dir, "a.txt"), "电话13800005678\n")
	fails(t, exitUsage, "reason", "scan", dir, "--baseline", base, "--accept")
	fails(t, exitUsage, "last day", "scan", filepath.Join(dir, "nowhere"), "--baseline", base, "--accept", "--reason", "x", "--until", "2020-01-01")
	fails(t, exitUsage, "--baseline", "scan", dir, "--accept", "--reason", "x", "--until", "2099-01-01")
	must(t, "scan", dir, "--baseline", base, "--accept", "--reason", "invented", "--until", "2099-01-01")
	if out := must(t, "scan", dir, "--baseline", base); !strings.Contains(out, "in 1 place") || !strings.Contains(out, "1 of them") {
		t.Errorf("what is accepted is told beside what was found, not among it: %s", out)
	}
	write(t, filepath.Join(dir, "b.txt"), "电话13900001234\n")
	fails(t, exitWrong, "found in 1 place", "scan", dir, "--baseline", base)
}

// TestAScanGoesOnFromItsJournal reads only what is new.
func TestAScanGoesOnFromItsJournal(t *testing.T) {
	dir, journal := t.TempDir(), filepath.Join(t.TempDir(), "journal")
	write(t, filepath.Join(dir, "a.txt"), "天气\n")
	must(t, "scan", dir, "--journal", journal)
	write(t, filepath.Join(dir, "b.txt"), "电话13900001234\n")
	fails(t, exitWrong, "1 item was examined before", "scan", dir, "--journal", journal)
}

// TestTheBarOfAScanTellsHowFarItIs once it is known how much there is.
func TestTheBarOfAScanTellsHowFarItIs(t *testing.T) {
	for want, p := range map[string]scan.Progress{
		"":                        {Bytes: 5, Total: 10},
		"[--------------------] ": {Total: 10, Listed: true},
		"[##########----------] ": {Bytes: 5, Total: 10, Listed: true},
		"[####################] ": {Bytes: 12, Total: 10, Listed: true}, // a file has grown
	} {
		if got := scanBar(p); got != want {
			t.Errorf("%d of %d is %q", p.Bytes, p.Total, got)
		}
	}
}
