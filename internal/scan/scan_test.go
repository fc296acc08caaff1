package scan_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/database"
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

// TestNoReportShowsAValue searches every form of the report for what was found:
// values, and the names of files that are values (I3).
func TestNoReportShowsAValue(t *testing.T) { // I3
	t.Parallel()
	dir := write(t, map[string]string{
		"身份证" + child + ".txt": "联系电话13800005678，姓名：张小明，住址：北京市东城区东华门街道1号院2号楼303室",
		"a.csv":                "姓名,电话,身份证号\n张小明,13800005678," + child + "\n李思雨,13912345678," + youth + "\n王大伟,13700001234," + adult + "\n",
		"b.json":               `{"13800005678":{"id":"` + child + `"}}`,
	})
	sum, j := run(t, dir, nil)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"json":  func(b *bytes.Buffer) error { return scan.WriteJSON(b, j, sum) },
		"sarif": func(b *bytes.Buffer) error { return scan.WriteSARIF(b, j, sum, lang.For("zh-CN")) },
		"text":  func(b *bytes.Buffer) error { return scan.WriteText(b, j, sum, lang.For("zh-CN")) },
		"html":  func(b *bytes.Buffer) error { return scan.WriteHTML(b, j, sum, lang.For("en")) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		for i, value := range []string{child, youth, "13800005678", "13912345678", "张小明", "303室"} {
			if bytes.Contains(b.Bytes(), []byte(value)) {
				t.Errorf("the %s report shows a value (number %d)", name, i)
			}
		}
		if bytes.Contains(b.Bytes(), []byte("%!")) {
			t.Errorf("the %s report is badly written", name)
		}
		if !bytes.Contains(b.Bytes(), []byte("138****5678")) {
			t.Errorf("the %s report does not show a mask", name)
		}
		if name == "json" || name == "sarif" {
			if !json.Valid(b.Bytes()) {
				t.Errorf("%s is not JSON", name)
			}
		}
	}
	named := false
	for _, f := range findings(t, j) {
		named = named || f.Unit == "name" && f.Kind == detect.ResidentID
	}
	if !named {
		t.Error("the name of a file was not examined")
	}
}

// TestTheJSONReportKeepsItsFields is the contract of docs/ops/scan.md.
func TestTheJSONReportKeepsItsFields(t *testing.T) {
	t.Parallel()
	sum, j := run(t, write(t, map[string]string{"a.txt": "手机13800005678", "b.7z": "7z\xBC\xAF\x27\x1C"}), nil)
	var b bytes.Buffer
	if err := scan.WriteJSON(&b, j, sum); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version  int
		Complete bool
		Findings []map[string]any
		Problems []map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || got.Complete || len(got.Findings) != 1 || len(got.Problems) != 1 || got.Problems[0]["code"] != "source.closed.archive" {
		t.Fatalf("report %s", b.Bytes())
	}
	f := got.Findings[0]
	for _, key := range []string{"target", "location", "kind", "level", "start", "end", "reasons", "minor", "sample", "id"} {
		if _, ok := f[key]; !ok {
			t.Errorf("a finding has no %s: %v", key, f)
		}
	}
	if f["kind"] != "mobile" || f["location"] != "a.txt#L1" || f["start"] != 6.0 || f["end"] != 17.0 || f["minor"] != "unknown" {
		t.Errorf("finding %v", f)
	}
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

// TestAReportSaysThatItIsOfASample: of a table that was read in part, every form of
// the report says so; of one that was read as a whole, none does.
func TestAReportSaysThatItIsOfASample(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("CREATE TABLE pupil (id INTEGER PRIMARY KEY, tel TEXT); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i < 499) INSERT INTO pupil SELECT i, '1380000' || (1000+i) FROM n")
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for sample, want := range map[int]bool{0: false, 100: true, 1000: false} {
		src, err := source.Open(t.Context(), "sqlite:"+path, source.Options{Base: database.Options{Sample: sample}})
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		job, j := job(t, filepath.Dir(path))
		job.Source = src
		sum, err := job.Run(t.Context())
		if err != nil || sum.Sampled > 0 != want {
			t.Errorf("sample of %d: %d tables, %v", sample, sum.Sampled, err)
		}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"json": func(b *bytes.Buffer) error { return scan.WriteJSON(b, j, sum) },
			"text": func(b *bytes.Buffer) error { return scan.WriteText(b, j, sum, lang.For("en")) },
			"html": func(b *bytes.Buffer) error { return scan.WriteHTML(b, j, sum, lang.For("en")) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(b.String(), "sampled") || strings.Contains(b.String(), `"sample":true`); got != want {
				t.Errorf("sample of %d: the %s report says so: %v", sample, name, got)
			}
		}
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

// TestALongTableIsCountedToItsEnd: when its columns are known, numbers are counted
// from the text and names cell by cell.
func TestALongTableIsCountedToItsEnd(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("学生姓名,身份证号,备注\n")
	const rows = 240_000
	for range rows {
		b.WriteString("张小明," + child + ",\n")
	}
	sum, j := run(t, write(t, map[string]string{"a.csv": b.String()}), func(job *scan.Job) { job.Listed = 10 })
	if sum.Kinds[detect.ResidentID].All() != rows || sum.Kinds[detect.PersonName].All() != rows || sum.Under14 != rows {
		t.Errorf("numbers %+v, names %+v, minors %d", sum.Kinds[detect.ResidentID], sum.Kinds[detect.PersonName], sum.Under14)
	}
	for l, err := range j.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		if c := l.Column; c != nil && c.Filled != rows {
			t.Errorf("column %+v", c)
		}
	}
}

// TestALongTableKeepsItsSurprises: text in a column that was quiet, a name in one
// of numbers, far down in a table whose columns are known.
func TestALongTableKeepsItsSurprises(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("编号,学生姓名,手机,备注\n")
	const rows = 240_000
	for i := range rows {
		note := ""
		if i == rows-10 {
			note = "李雷同学患有自闭症，身份证号" + child
		}
		fmt.Fprintf(&b, "%d,张小明,1380013%04d,%s\n", i, i%10_000, note)
	}
	sum, _ := run(t, write(t, map[string]string{"a.csv": b.String()}), func(job *scan.Job) { job.Listed = 10 })
	if sum.Kinds[detect.ResidentID].All() != 1 || sum.Kinds[detect.Health].All() == 0 || sum.Kinds[detect.Mobile].All() != rows {
		t.Errorf("numbers %+v, health %+v, mobiles %+v", sum.Kinds[detect.ResidentID], sum.Kinds[detect.Health], sum.Kinds[detect.Mobile])
	}
}
