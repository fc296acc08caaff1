package scan_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/database"
)

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
