package scan_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/scan"
)

// goOn scans a folder with a journal on disk.
func goOn(t *testing.T, dir, journal string, change func(*scan.Job)) (scan.Summary, []scan.Finding, error) {
	t.Helper()
	j, err := scan.OpenJournal(journal)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	job, _ := job(t, dir)
	job.Journal = j
	if change != nil {
		change(job)
	}
	sum, err := job.Run(t.Context())
	return sum, findings(t, j), err
}

// TestAJournalTellsWhatIsThereNow: what has changed counts as it is now, what is
// gone counts no more, and two files that have one name under their masks are two.
func TestAJournalTellsWhatIsThereNow(t *testing.T) {
	journal := filepath.Join(t.TempDir(), "journal")
	dir := write(t, map[string]string{"a.txt": "电话13800005678", "b.txt": "电话13800005679", "手机13900001234.txt": child, "手机13900011234.txt": child})
	if err := os.Symlink("a.txt", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time nothing is new
		if sum, found, err := goOn(t, dir, journal, nil); err != nil || sum.Items != 5 || sum.Skipped != 1 || sum.Found != 6 || len(found) != 6 {
			t.Fatalf("%v, %+v", err, sum)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("电话13800009999，另一个"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "b.txt")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		sum, found, err := goOn(t, dir, journal, nil)
		if err != nil || sum.Items != 4 || sum.Found != 5 || len(found) != 5 {
			t.Fatalf("%v, %+v", err, sum)
		}
		for _, f := range found {
			if strings.HasSuffix(f.Sample, "5678") && f.Part == "a.txt" || f.Part == "b.txt" {
				t.Errorf("told of what is not there: %+v", f)
			}
		}
	}
	j, err := scan.ReadJournal(journal)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if sum, err := j.Summary(today); err != nil || sum.Found != 3 || sum.Items != 4 { // two are only possible
		t.Errorf("read again: %v, %+v", err, sum)
	}
}

// TestAJournalGoesOnWithItsOwnOptionsOnly: a scan for numbers must not answer for
// a scan for everything.
func TestAJournalGoesOnWithItsOwnOptionsOnly(t *testing.T) {
	journal := filepath.Join(t.TempDir(), "journal")
	dir := write(t, map[string]string{"a.txt": "电话13800005678"})
	if _, _, err := goOn(t, dir, journal, func(j *scan.Job) { j.Options = "resident_id" }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := goOn(t, dir, journal, nil); fault.CodeOf(err) != "scan.journal_options" {
		t.Errorf("other options: %v", err)
	}
}

// TestABaselineReachesWhatAJournalKnows from a scan before.
func TestABaselineReachesWhatAJournalKnows(t *testing.T) {
	journal := filepath.Join(t.TempDir(), "journal")
	dir := write(t, map[string]string{"a.txt": "电话13800005678"})
	if _, _, err := goOn(t, dir, journal, nil); err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(t.TempDir(), "base.json")
	b, err := scan.ReadBaseline(base, today)
	if err != nil {
		t.Fatal(err)
	}
	j, err := scan.OpenJournal(journal)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if n, err := b.Accept(j, "invented", "2099-01-01"); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if sum, found, err := goOn(t, dir, journal, func(j *scan.Job) { j.Baseline = b }); err != nil || sum.Found != 0 || sum.Accepted != 1 || found[0].Accepted == nil {
		t.Errorf("%v, %+v", err, sum)
	}
	if err := b.Save(base); err != nil {
		t.Fatal(err)
	}
	late, err := scan.ReadBaseline(base, today.Add(100*365*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if sum, _, err := goOn(t, dir, journal, func(j *scan.Job) { j.Baseline = late }); err != nil || sum.Found != 1 {
		t.Errorf("after its last day: %v, %+v", err, sum)
	}
}
