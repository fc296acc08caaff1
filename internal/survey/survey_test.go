package survey_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/survey"
)

const number = "110101201603150015"

// share is a folder with somebody's number in it.
func share(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 20 {
		text := fmt.Sprintf("会议记录%d\n", i)
		if i == 7 {
			text += "身份证号：" + number + "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.txt", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB) (*housetest.Fixture, house.Config) {
	t.Helper()
	c := house.Config{Scans: []survey.Root{{Name: "共享盘", Path: share(t)}, {Name: "旧电脑", Path: "/nowhere/at/all"}}, ScanFolder: filepath.Join(t.TempDir(), "scans")}
	return housetest.NewOn(t, c), c
}

// ended waits until a survey does not run any more.
func ended(t testing.TB, f *housetest.Fixture, v survey.Survey) survey.Survey {
	t.Helper()
	for range 400 {
		v, _, err := f.Surveys.Look(t.Context(), f.As(actor.Officer), v.ID)
		if err != nil {
			t.Fatal(err)
		}
		if v.State != survey.Running {
			return v
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("the survey does not end")
	return v
}

// types are the newest entries of the log, the newest first.
func types(t testing.TB, f *housetest.Fixture) (list []ledger.Type) {
	t.Helper()
	f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{})
		for _, e := range page.Entries {
			list = append(list, e.Event.Type)
		}
		return err
	})
	return list
}

// TestAnOfficerScansAFolderAndReadsWhatWasFound, and the log has all three acts.
func TestAnOfficerScansAFolderAndReadsWhatWasFound(t *testing.T) { // S1-06, S0-17
	f, c := open(t)
	officer := f.As(actor.Officer)
	v, err := f.Surveys.Start(t.Context(), officer, "共享盘")
	if err != nil {
		t.Fatal(err)
	}
	v = ended(t, f, v)
	if v.State != survey.Done || v.Figures.Items != 20 || v.Figures.Found != 1 || v.Figures.Under14 != 1 || v.By != officer.Staff {
		t.Errorf("survey %+v", v)
	}
	j, sum, err := f.Surveys.Report(t.Context(), officer, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var page bytes.Buffer
	if err := scan.WriteHTML(&page, j, sum, lang.For("zh-CN")); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page.Bytes(), []byte("07.txt")) || bytes.Contains(page.Bytes(), []byte(number)) {
		t.Error("the report does not say where, or shows the value")
	}
	files, err := filepath.Glob(filepath.Join(c.ScanFolder, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || bytes.Contains(data, []byte(number)) || bytes.Contains(data, []byte(c.Scans[0].Path)) {
		t.Error("the journal holds a value or a path of the machine")
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others can read the journal")
	}
	got := types(t, f)
	for _, want := range []ledger.Type{ledger.ScanStarted, ledger.ScanEnded, ledger.ScanRead} {
		if !slices.Contains(got, want) {
			t.Errorf("no entry %s among %v", want, got)
		}
	}
	list, err := f.Surveys.List(t.Context(), f.As(actor.Auditor))
	if err != nil || len(list) != 1 || list[0].ID != v.ID {
		t.Errorf("list %+v, %v", list, err)
	}
}

// TestNobodyElseScansAndNothingElseIsScanned: other roles, other folders, twice at
// once; refusals of the gate are entries.
func TestNobodyElseScansAndNothingElseIsScanned(t *testing.T) {
	f, _ := open(t)
	for _, role := range []actor.Role{actor.Clerk, actor.Manager, actor.Teacher, actor.SysAdmin, actor.Auditor} {
		if _, err := f.Surveys.Start(t.Context(), f.As(role), "共享盘"); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", role, err)
		}
	}
	if got := types(t, f); !slices.Contains(got, ledger.Denied) {
		t.Errorf("no entry of a refusal among %v", got)
	}
	for _, name := range []string{"", "/etc", "../共享盘", "别人的盘"} {
		if _, err := f.Surveys.Start(t.Context(), f.As(actor.Officer), name); fault.CodeOf(err) != "survey.root" {
			t.Errorf("%q: %v", name, err)
		}
	}
	v, err := f.Surveys.Start(t.Context(), f.As(actor.Officer), "旧电脑")
	if err != nil {
		t.Fatal(err)
	}
	if v = ended(t, f, v); v.State != survey.Failed {
		t.Errorf("a folder that is not there: %s", v.State)
	}
	if _, err := f.Surveys.List(t.Context(), f.As(actor.Clerk)); fault.KindOf(err) != fault.Denied {
		t.Errorf("a clerk lists: %v", err)
	}
	if _, _, err := f.Surveys.Report(t.Context(), f.As(actor.Clerk), v.ID); fault.KindOf(err) != fault.Denied {
		t.Errorf("a clerk reads: %v", err)
	}
}

// TestASurveyThatARestartBrokeOffGoesOn from its journal, under the same number.
func TestASurveyThatARestartBrokeOffGoesOn(t *testing.T) {
	f, _ := open(t)
	f.Surveys.Close() // nothing runs any more: what is started waits for the next start
	v, err := f.Surveys.Start(t.Context(), f.As(actor.Officer), "共享盘")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Surveys.Start(t.Context(), f.As(actor.Officer), "共享盘"); fault.CodeOf(err) != "survey.running" {
		t.Errorf("twice at once: %v", err)
	}
	next := &survey.Service{Gate: f.Gate, Facts: f.Facts, Roots: f.Surveys.Roots, Folder: f.Surveys.Folder}
	defer next.Close()
	list, err := f.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Resume(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	if v = ended(t, f, v); v.State != survey.Done || v.Figures.Found != 1 {
		t.Errorf("survey %+v", v)
	}
}

// TestASurveyCanBeStopped and its part can be read.
func TestASurveyCanBeStopped(t *testing.T) {
	f, c := open(t)
	for i := range 3000 {
		if err := os.WriteFile(filepath.Join(c.Scans[0].Path, fmt.Sprintf("x%04d.txt", i)), bytes.Repeat([]byte("电话13800005678\n"), 500), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v, err := f.Surveys.Start(t.Context(), f.As(actor.Officer), "共享盘")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Surveys.Stop(t.Context(), f.As(actor.Officer), v.ID); err != nil {
		t.Fatal(err)
	}
	if v = ended(t, f, v); v.State != survey.Stopped || v.Figures.Items >= 3020 {
		t.Errorf("survey %+v", v)
	}
	if err := f.Surveys.Stop(t.Context(), f.As(actor.Officer), v.ID); fault.CodeOf(err) != "survey.over" {
		t.Errorf("stopped twice: %v", err)
	}
	j, _, err := f.Surveys.Report(t.Context(), f.As(actor.Officer), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
}
