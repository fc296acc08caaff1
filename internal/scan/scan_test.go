package scan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/source"
)

// The day of every scan here, and people who are 10, 16 and 40 on it.
var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const (
	child = "110101201603150015"
	youth = "110101201011020014"
	adult = "110101198603150010"
)

func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func job(t testing.TB, target string) (*scan.Job, *scan.Journal) {
	t.Helper()
	src, err := source.Open(t.Context(), target, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := scan.OpenJournal("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(src.Close(), j.Close()) })
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22)})
	return &scan.Job{Source: src, Scanner: s, On: "2026-11-22", Journal: j, Now: func() time.Time { return today }}, j
}

func run(t testing.TB, target string, change func(*scan.Job)) (scan.Summary, *scan.Journal) {
	t.Helper()
	job, j := job(t, target)
	if change != nil {
		change(job)
	}
	sum, err := job.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sum, j
}

func findings(t testing.TB, j *scan.Journal) (all []scan.Finding) {
	t.Helper()
	for l, err := range j.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		if l.Finding != nil {
			all = append(all, *l.Finding)
		}
	}
	return all
}

// distinct returns what was found, in words, each once.
func distinct(all []scan.Finding) (words []string) {
	for _, f := range all {
		words = append(words, fmt.Sprint(f))
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// TestAnIDInFreeTextIsFoundWithItsPlaceAndAge is the acceptance test of S3-04.
func TestAnIDInFreeTextIsFoundWithItsPlaceAndAge(t *testing.T) { // S3-04
	t.Parallel()
	dir := write(t, map[string]string{"note.txt": "备注\n身份证号：" + child + "，请查收\n" + adult + "\n"})
	sum, j := run(t, dir, nil)
	if sum.Kinds[detect.ResidentID].Certain != 2 || sum.Under14 != 1 || !sum.Complete() {
		t.Errorf("summary %+v", sum)
	}
	at := int64(len("备注\n身份证号："))
	for _, f := range findings(t, j) {
		if f.Kind == detect.ResidentID && f.Minor == "under_14" {
			if f.Location != "note.txt#L2" || f.Start != at || f.End != at+18 || f.Level != detect.Certain {
				t.Errorf("found %+v", f)
			}
			return
		}
	}
	t.Error("the number was not found")
}

func TestFindingsComeInTheOrderOfTheTextHoweverManyWorkers(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, "第%d个联系电话13%09d\n", i, i)
	}
	files := map[string]string{"big.txt": b.String()}
	for i := range 30 {
		files[fmt.Sprintf("small%02d.txt", i)] = "电话13800005678"
	}
	dir := write(t, files)
	var first string
	for _, workers := range []int{1, 4} {
		sum, j := run(t, dir, func(job *scan.Job) { job.Workers, job.Listed = workers, 500 })
		all := findings(t, j)
		for i := 1; i < len(all); i++ {
			if all[i].Part == all[i-1].Part && all[i].Start <= all[i-1].Start {
				t.Fatalf("%+v after %+v", all[i], all[i-1])
			}
		}
		got := fmt.Sprint(sum.Found, sum.All(), len(all), all[len(all)-1].ID, all[499].Start)
		if first == "" {
			first = got
		}
		if got != first || sum.All() != 60_030 || len(all) != 530 {
			t.Errorf("%d workers: %s, want %s", workers, got, first)
		}
	}
}

// TestAStoppedScanGoesOnFromItsJournal stops after some items and goes on; the
// report is that of a scan which was not stopped.
func TestAStoppedScanGoesOnFromItsJournal(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 300 {
		files[fmt.Sprintf("%03d.txt", i)] = fmt.Sprintf("电话138%08d", i)
	}
	dir := write(t, files)
	path := filepath.Join(t.TempDir(), "journal")
	start := func(ctx context.Context) (scan.Summary, *scan.Journal, error) {
		job, _ := job(t, dir)
		j, err := scan.OpenJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		job.Journal = j
		sum, err := job.Run(ctx)
		return sum, j, err
	}
	sum, j, err := start(t.Context())
	if err != nil || sum.Items != 300 {
		t.Fatal(sum.Items, err)
	}
	whole := distinct(findings(t, j))
	_ = j.Close()
	// Cut the journal in the middle of a line, as a power failure would.
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if sum, j, err = start(ctx); !errors.Is(err, context.Canceled) || !sum.Stopped {
		t.Fatalf("stopped: %v", err)
	}
	known := j.Resumed()
	_ = j.Close()
	if known < 100 || known > 200 {
		t.Errorf("%d items were known", known)
	}
	// One file changed meanwhile: it is read again, and counts as it is now.
	if err := os.WriteFile(filepath.Join(dir, "000.txt"), []byte("电话13800000000 "), 0o600); err != nil {
		t.Fatal(err)
	}
	if sum, j, err = start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	got := findings(t, j)
	if len(got) != 300 || sum.Items != 300 || !slices.Equal(distinct(got), whole) {
		t.Errorf("%d findings of %d items", len(got), sum.Items)
	}
	if _, err := scan.OpenJournal(filepath.Join(dir, "001.txt")); err == nil {
		t.Error("a file that is no journal was taken for one")
	}
	if got, err := os.ReadFile(filepath.Join(dir, "001.txt")); err != nil || !strings.HasPrefix(string(got), "电话") {
		t.Error("and it was overwritten")
	}
}

// TestWhatIsAcceptedDoesNotCountUntilItsDayIsOver: reason and expiry.
func TestWhatIsAcceptedDoesNotCountUntilItsDayIsOver(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"a.txt": "电话13800005678\n"})
	path := filepath.Join(t.TempDir(), "baseline.json")
	sum, j := run(t, dir, nil)
	if sum.Found != 1 {
		t.Fatalf("found %d", sum.Found)
	}
	b, err := scan.ReadBaseline(path, today)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Accept(j, "", "2027-01-31"); err == nil {
		t.Error("accepted without a reason")
	}
	if _, err := b.Accept(j, "测试号码", "2026-11-21"); err == nil {
		t.Error("accepted until yesterday")
	}
	if n, err := b.Accept(j, "测试号码", "2027-01-31"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := b.Save(path); err != nil {
		t.Fatal(err)
	}
	// More text before it moves the finding; a second number is new.
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("前言\n\n电话13800005678\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on              time.Time
		found, accepted int64
	}{{today, 0, 1}, {time.Date(2027, 1, 31, 3, 0, 0, 0, time.UTC), 0, 1}, {time.Date(2027, 2, 1, 3, 0, 0, 0, time.UTC), 1, 0}} {
		if b, err = scan.ReadBaseline(path, c.on); err != nil {
			t.Fatal(err)
		}
		sum, _ := run(t, dir, func(job *scan.Job) { job.Baseline = b })
		if sum.Found != c.found || sum.Accepted != c.accepted {
			t.Errorf("on %s: found %d, accepted %d", c.on.Format(time.DateOnly), sum.Found, sum.Accepted)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte("13800005678")) {
		t.Error("the baseline holds a value")
	}
}

// TestOneLevelDecidesWhatCounts: the exit status follows it.
func TestOneLevelDecidesWhatCounts(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"a.txt": "身份证号：" + child})
	for level, want := range map[detect.Level]int64{detect.Possible: 1, detect.Certain: 1} {
		if sum, _ := run(t, dir, func(job *scan.Job) { job.Least = level }); sum.Found < want {
			t.Errorf("%v: found %d", level, sum.Found)
		}
	}
	hidden := write(t, map[string]string{"a.txt": "电话：138****5678"})
	if sum, _ := run(t, hidden, nil); sum.Found != 0 {
		t.Errorf("a masked value counts: %d", sum.Found)
	}
}

func TestProgressEndsWithEverythingRead(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"a.txt": strings.Repeat("电话13800005678\n", 1000), "b.txt": "x"})
	var last scan.Progress
	job, _ := job(t, dir)
	job.Now = time.Now
	job.Progress = func(p scan.Progress) {
		if p.Bytes < last.Bytes || p.Done < last.Done {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	}
	if _, err := job.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !last.Listed || last.Done != 2 || last.Items != 2 || last.Bytes != last.Total || last.Found != 1000 {
		t.Errorf("progress %+v", last)
	}
}

// TestAPlantTurnsUpWhereverItIsWritten: a made-up contact that was planted in a
// list is found on a site or in a file, by its value or by its hash, beyond what
// is listed, and in any written form.
func TestAPlantTurnsUpWhereverItIsWritten(t *testing.T) { // S2-10
	t.Parallel()
	plants, err := scan.ReadPlants(strings.NewReader("# 2026年秋季名单\n秋季 = 139 0000 1234\n春季 = sha256:" +
		"0000000000000000000000000000000000000000000000000000000000000000\n短语 = 银杏路七号院的猫\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, map[string]string{
		"a.txt": strings.Repeat("电话13800005678\n", 50) + "联系 +86 139-0000-1234\n",
		"b.csv": "姓名,电话\n张三,13800005678\n李四,１３９００００１２３４\n", "c.html": "<p>他说银杏路七号院的猫不见了</p>",
	})
	sum, j := run(t, dir, func(job *scan.Job) { job.Planted, job.Listed = plants, 5 })
	got := map[string]string{}
	for _, f := range findings(t, j) {
		if f.Planted != "" {
			got[f.Location] = f.Planted
		}
	}
	if sum.Planted != 3 || got["a.txt#L51"] != "秋季" || got["b.csv#B3"] != "秋季" || got["c.html"] != "短语" {
		t.Errorf("%d plants: %v", sum.Planted, got)
	}
	for _, bad := range []string{"no value", "x = sha256:12", "x = ab"} {
		if _, err := scan.ReadPlants(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
