package release_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace/list"
)

var words = release.Words{Sheet: "名单", Cover: "说明", Serial: "编号", Notice: []string{"示例：内部资料，不得转发"}, Printed: "示例教师 2026-11-22",
	Fields: map[string]string{subject.LearnerName: "姓名", subject.LearnerBirth: "出生年月", subject.GuardianName: "监护人", subject.GuardianPhone: "电话"}}

type desk struct {
	*housetest.Campus
	t       *testing.T
	teacher actor.Actor
}

func newDesk(t *testing.T) *desk {
	c := housetest.NewCampus(t)
	return &desk{c, t, c.Person("teacher", actor.Teacher)}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// granted is an application that everybody agreed to.
func (d *desk) granted(change func(*application.Form)) application.Application {
	d.t.Helper()
	x, err := d.Submit(d.Use(func(f *application.Form) {
		f.Place = "device"
		if change != nil {
			change(f)
		}
	}))
	d.must(err)
	logins := map[actor.Role][]string{actor.CyberOffice: {"office", "office2"}, actor.Leader: {"leader"}, actor.Officer: {"officer"}, actor.Manager: {"manager"}}
	for range 12 {
		if x.Case.State != application.Pending {
			break
		}
		step := x.Case.Open()[0]
		s := x.Case.Steps[step]
		who := logins[s.Role]
		if s.Role == actor.DataOwner {
			who = []string{s.Department}
		}
		next, err := d.Applications.Decide(d.t.Context(), d.Person(who[0], s.Role), x.ID, application.Answer{Step: step, Agree: true})
		d.must(err)
		x = next
	}
	if x.Case.State != application.Granted {
		d.t.Fatalf("the application is %s", x.Case.State)
	}
	return x
}

func (d *desk) rows(f release.File) [][]string {
	d.t.Helper()
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.Bytes, []byte("\uFEFF")))).ReadAll()
	d.must(err)
	return all
}

// crowd enrols n more families and returns their children.
func (d *desk) crowd(n int) {
	d.t.Helper()
	key := actor.Actor{Institution: d.Uni.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](d.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
	for i := range n {
		_, err := d.House.Enrol.Complete(d.t.Context(), key, d.Uni.Store, housetest.Form(500+i, "2016-03"))
		d.must(err)
	}
}

// TestAnExportIsCollectedOnceByThePersonNamedWithinADay: S3-22, S3-41, B4; every
// family reads of it, the file is registered row by row with its hash (S1-17).
func TestAnExportIsCollectedOnceByThePersonNamedWithinADay(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	x := d.granted(nil)
	e, err := d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: release.CSV})
	d.must(err)
	if _, err := d.Releases.Collect(ctx, d.Person("teacher2", actor.Teacher), e.ID, words); fault.CodeOf(err) != "release.unknown" {
		t.Errorf("a colleague: %v", err)
	}
	stale := d.teacher
	stale.ProvedAt = d.Now().Add(-5 * time.Hour)
	if _, err := d.Releases.Collect(ctx, stale, e.ID, words); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("an old proof: %v", err)
	}
	f, err := d.Releases.Collect(ctx, d.teacher, e.ID, words)
	d.must(err)
	got := d.rows(f)
	if len(got) != 3 || !slices.Equal(got[0], []string{"编号", "姓名", "电话"}) || len(got[1][0]) != 13 || got[1][0] == got[2][0] {
		t.Errorf("%d rows, header %v", len(got), got[0])
	}
	if f.Export.Hash != sha256.Sum256(f.Bytes) || f.Export.People != 2 || f.Export.LeftOut != 0 {
		t.Errorf("registered %+v", f.Export)
	}
	if _, err := d.Releases.Collect(ctx, d.teacher, e.ID, words); fault.CodeOf(err) != "release.collected" {
		t.Errorf("a second time: %v", err)
	}
	d.must(d.DB.View(ctx, d.Uni.Institution, func(tx *db.Tx) error {
		rows, err := release.Rows(tx, d.Uni.Institution, e.ID)
		if err != nil || len(rows) != 2 || rows[0].Versions[subject.LearnerName] != 1 || rows[0].Guardian.IsZero() {
			t.Errorf("registered rows: %+v, %v", rows, err)
		}
		var entries int
		err = tx.QueryRow(`SELECT COUNT(*) FROM event WHERE institution_id = $1 AND type = 'export.row'`, d.Uni.Institution).Scan(&entries)
		if err != nil || entries != 2 {
			t.Errorf("%d families can read of it: %v", entries, err)
		}
		marks, err := release.Marks(tx, d.Vault, d.Uni.Institution, list.BySerial, got[1][0])
		if err != nil || len(marks) != 1 || marks[0].Export != e.ID {
			t.Errorf("the serial leads to %+v, %v", marks, err)
		}
		return err
	}))
	late, err := d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: release.XLSX})
	d.must(err)
	d.Advance(release.Within)
	d.must(d.Releases.Sweep(ctx, d.Uni.Institution))
	if _, err := d.Releases.Collect(ctx, d.Person("teacher", actor.Teacher), late.ID, words); fault.CodeOf(err) != "release.lapsed" {
		t.Errorf("after a day: %v", err)
	}
}

// S1-17: who answers for the institution reads of every copy of a list that left in
// the last 180 days, whoever took it; others of their own.
func TestEveryListThatLeftInHalfAYearIsKnown(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	x := d.granted(func(f *application.Form) { f.Range, f.Store, f.Subjects = application.RangeStore, d.Uni.Store, nil })
	e, err := d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: release.CSV})
	d.must(err)
	_, err = d.Releases.Collect(ctx, d.teacher, e.ID, words)
	d.must(err)
	seen := func(login string, role actor.Role) int {
		t.Helper()
		all, err := d.Releases.List(ctx, d.Person(login, role))
		d.must(err)
		if len(all) == 1 && (all[0].People != len(d.Students) || all[0].Collector != d.teacher.Staff) {
			t.Errorf("%+v", all[0])
		}
		return len(all)
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		wait time.Duration
		want int
	}{{0, 1}, {180*day - time.Minute, 1}, {2 * time.Minute, 0}} {
		d.Advance(c.wait)
		if n := seen("officer", actor.Officer); n != c.want {
			t.Errorf("after %v more: %d exports are listed, want %d", c.wait, n, c.want)
		}
	}
	if own, others := seen("teacher", actor.Teacher), seen("teacher2", actor.Teacher); own != 1 || others != 0 {
		t.Errorf("the teacher sees %d, another %d", own, others)
	}
}

// TestWhatMayNotLeaveDoesNot: an application for the screen makes no file; a
// grant that has ended opens nothing; a child that was erased is not in it.
func TestWhatMayNotLeaveDoesNot(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	screen := d.granted(func(f *application.Form) { f.Place = "screen" })
	if _, err := d.Releases.Prepare(ctx, d.teacher, screen.ID, release.Shape{Format: release.CSV}); fault.CodeOf(err) != "release.screen" {
		t.Errorf("from the screen: %v", err)
	}
	x := d.granted(nil)
	e, err := d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: release.CSV})
	d.must(err)
	d.must(d.DB.Update(ctx, d.Uni.Institution, func(tx *db.Tx) error {
		return subject.Restrict(tx, d.Uni.Institution, d.Students[0].Child)
	}))
	f, err := d.Releases.Collect(ctx, d.teacher, e.ID, words)
	d.must(err)
	if f.Export.People != 1 || f.Export.LeftOut != 1 || len(d.rows(f)) != 2 {
		t.Errorf("%d in it, %d left out", f.Export.People, f.Export.LeftOut)
	}
	e, err = d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: release.CSV})
	d.must(err)
	if _, err := d.Applications.End(ctx, d.teacher, x.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Releases.Collect(ctx, d.teacher, e.ID, words); fault.CodeOf(err) != "grant.over" {
		t.Errorf("after the end: %v", err)
	}
}

// ending is a reader during whose first part a grant ends.
type ending struct {
	bytes.Buffer
	end func()
}

func (e *ending) Write(b []byte) (int, error) {
	if e.Len() == 0 {
		e.end()
	}
	return e.Buffer.Write(b)
}

// TestAGrantThatEndsDuringADownloadStopsIt: what was sent is sent, the rest stays
// here, and the log says so.
func TestAGrantThatEndsDuringADownloadStopsIt(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	x := d.granted(nil)
	e, err := d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: release.CSV})
	d.must(err)
	f, err := d.Releases.Collect(ctx, d.teacher, e.ID, words)
	d.must(err)
	f.Bytes = bytes.Repeat(f.Bytes, 1+200_000/len(f.Bytes)) // as large as a file of thousands
	whole := &ending{end: func() {}}
	d.must(d.Releases.Hand(ctx, f, whole))
	part := &ending{end: func() {
		_, err := d.Applications.End(ctx, d.teacher, x.ID)
		d.must(err)
	}}
	if err := d.Releases.Hand(ctx, f, part); fmt.Sprint(err) != "denied grant.over" {
		t.Errorf("after the end: %v", err)

	}
	if whole.Len() != len(f.Bytes) || part.Len() == 0 || part.Len() >= len(f.Bytes)/2 {
		t.Errorf("%d of %d bytes were sent", part.Len(), len(f.Bytes))
	}
	d.must(d.DB.View(ctx, d.Uni.Institution, func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.Denied})
		if len(page.Entries) == 0 || page.Entries[0].Ref != e.ID.String() || page.Entries[0].Code != "grant.over" {
			t.Errorf("the log does not say that it broke off: %d refusals", len(page.Entries))
		}
		return err
	}))
}

// TestALargerExportCarriesFamiliesThatDoNotExist, on numbers that we control, and
// each of its marks leads back to it. S1-04, S1-17.
func TestALargerExportCarriesFamiliesThatDoNotExist(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.crowd(30)
	x := d.granted(func(f *application.Form) {
		f.Range, f.Store, f.Subjects = application.RangeStore, d.Uni.Store, nil
	})
	e, err := d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: release.XLSX})
	d.must(err)
	if _, err := d.Releases.Collect(ctx, d.teacher, e.ID, words); fault.CodeOf(err) != "release.pool" {
		t.Fatalf("without relay numbers: %v", err)
	}
	var pool []string
	for i := range 60 {
		pool = append(pool, fmt.Sprintf("1700000%04d", i))
	}
	n, err := d.Releases.AddNumbers(ctx, d.Person("officer", actor.Officer), pool)
	d.must(err)
	if n != 60 {
		t.Errorf("%d numbers were new", n)
	}
	f, err := d.Releases.Collect(ctx, d.teacher, e.ID, words)
	d.must(err)
	book, err := excelize.OpenReader(bytes.NewReader(f.Bytes))
	d.must(err)
	rows, err := book.GetRows("名单")
	d.must(err)
	if f.Export.Decoys != 3 || len(rows) != 1+33+3 {
		t.Fatalf("%d decoys in %d rows", f.Export.Decoys, len(rows))
	}
	cover, err := book.GetCellValue("说明", "A1")
	if err != nil || cover != words.Notice[0] {
		t.Errorf("the cover says %q, %v", cover, err)
	}
	decoys := 0
	d.must(d.DB.View(ctx, d.Uni.Institution, func(tx *db.Tx) error {
		for _, row := range rows[1:] {
			number, ok := list.Phone(row[2])
			if !ok {
				t.Errorf("%d digits are no number", len(row[2]))
			}
			marks, err := release.Marks(tx, d.Vault, d.Uni.Institution, list.ByPhone, number)
			if err != nil {
				return err
			}
			if ours := strings.HasPrefix(number, "1700000"); ours != (len(marks) == 1) {
				t.Errorf("a number of the pool: %v, marks: %d", ours, len(marks))
			} else if ours {
				decoys++
			}
		}
		return nil
	}))
	if decoys != 3 {
		t.Errorf("%d decoys were found again", decoys)
	}
}

// TestBulkLeavesTheSourceOnly: S3-23, S3-45, one source; what it says about copies holds
// for files too.
func TestBulkLeavesTheSourceOnly(t *testing.T) {
	d := newDesk(t)
	d.crowd(release.Capped)
	_, err := d.Applications.DefineSystem(t.Context(), d.Person("office", actor.CyberOffice), application.System{Code: "copies", Name: "示例副本",
		Fields: []string{subject.GuardianName}, InCharge: "students", Operator: "network", User: "students"})
	d.must(err)
	copies := d.granted(func(f *application.Form) {
		f.Fields = append(f.Fields, subject.GuardianName) // held by a copy only
		f.Range, f.Store, f.Subjects = application.RangeStore, d.Uni.Store, nil
	})
	if _, err := d.Releases.Prepare(t.Context(), d.teacher, copies.ID, release.Shape{Format: release.CSV}); fault.CodeOf(err) != "release.not_source" {
		t.Errorf("more than %d from a copy: %v", release.Capped, err)
	}
	source := d.granted(func(f *application.Form) {
		f.Range, f.Store, f.Subjects = application.RangeStore, d.Uni.Store, nil
	})
	if _, err := d.Releases.Prepare(t.Context(), d.teacher, source.ID, release.Shape{Format: release.CSV}); err != nil {
		t.Errorf("from the source: %v", err)
	}
}

// TestARelayNumberIsNobodys.
func TestARelayNumberIsNobodys(t *testing.T) {
	d := newDesk(t)
	officer := d.Person("officer", actor.Officer)
	x := d.granted(nil)
	e, err := d.Releases.Prepare(t.Context(), d.teacher, x.ID, release.Shape{Format: release.CSV})
	d.must(err)
	f, err := d.Releases.Collect(t.Context(), d.teacher, e.ID, words)
	d.must(err)
	for code, numbers := range map[string][]string{
		"release.number_real": {"17000000001", d.rows(f)[1][2]},
		"release.numbers":     {},
		"release.number":      {"12"},
	} {
		_, err := d.Releases.AddNumbers(t.Context(), officer, numbers)
		if got := fault.CodeOf(err); got != code && !strings.Contains(fmt.Sprint(err), code) {
			t.Errorf("%s: %v", code, got)
		}
	}
	if _, err := d.Releases.AddNumbers(t.Context(), d.teacher, []string{"17000000001"}); fault.KindOf(err) != fault.Denied {
		t.Errorf("a teacher adds numbers: %v", err)
	}
}
