package leak_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace/list"
	"github.com/wardfold/wardfold/verify"
)

// families is how many the fixture enrols.
const families = 30

// town is a house with families of which the clerk has looked at the first n.
type town struct {
	*housetest.Fixture
	children, guardians []id.Subject
}

func newTown(t *testing.T, looked int) *town {
	t.Helper()
	f := &town{Fixture: housetest.New(t)}
	for n := range families {
		r := f.Enrol(n, "2019-05")
		f.children, f.guardians = append(f.children, r.Child), append(f.guardians, r.Guardian)
	}
	for n := range looked {
		if _, err := f.Desk.Reveal(t.Context(), f.As(actor.Clerk), f.guardians[n], subject.GuardianPhone, "contact.class"); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// row is a family as a list has it.
func row(n int) []string {
	form := housetest.Form(n, "2019-05")
	return []string{form.LearnerName.Expose(), "2019年5月", housetest.Phone(n)}
}

func text(rows ...[]string) []byte {
	var b strings.Builder
	b.WriteString("\ufeff姓名,出生,电话\r\n")
	for _, r := range rows {
		b.WriteString(strings.Join(r, ",") + "\r\n")
	}
	return []byte(b.String())
}

func (f *town) receive(t *testing.T, file []byte) leak.Case {
	t.Helper()
	c, err := f.Leaks.Receive(t.Context(), f.As(actor.Officer), bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (f *town) trace(t *testing.T, file []byte) leak.Result {
	t.Helper()
	_, r, err := f.Leaks.Trace(t.Context(), f.As(actor.Officer), f.receive(t, file).ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAListCopiedFromTheScreenLeadsToTheAccount (B10, S1-05): the clerk looked at
// 20 families in clear, and these turn up outside, among strangers.
func TestAListCopiedFromTheScreenLeadsToTheAccount(t *testing.T) {
	f := newTown(t, 20)
	var rows [][]string
	for n := range 20 {
		rows = append(rows, row(n))
	}
	for n := range 5 {
		rows = append(rows, []string{"赵陌生", "", fmt.Sprintf("1380000%04d", n)})
	}
	r := f.trace(t, text(rows...))
	clerk := f.Staff[actor.Clerk].ID.String()
	if r.Verdict != leak.Logged || len(r.Accounts) != 1 || r.Accounts[0].ID != clerk || !r.Accounts[0].Named {
		t.Errorf("verdict %s, accounts %+v", r.Verdict, r.Accounts)
	}
	if r.Read.ByNumber != 20 || r.Read.Outside != 5 || r.Compared != families {
		t.Errorf("read %+v, %d compared", r.Read, r.Compared)
	}
	if r.Accounts[0].Even {
		t.Error("the roster of a store that small explains the list as well, so the account is not certain past the log")
	}
}

// TestMarksNameTheExport (B10, S1-05): one decoy of an export that was collected
// is enough, whatever else is in the list.
func TestMarksNameTheExport(t *testing.T) {
	f := newTown(t, 0)
	export := f.export(t, families)
	for name, line := range map[string][]string{
		"whole":    {"沈示例", "2019-04", "15400099999"},
		"unnumbed": {"沈示例同学", "2019年4月"},
		"unborn":   {"沈示例", "154-0009-9999"},
	} {
		r := f.trace(t, text(line, row(3), row(4)))
		if r.Verdict != leak.Export || len(r.Exports) != 1 || r.Exports[0].ID != export.String() || !r.Exports[0].Named {
			t.Errorf("%s: %s %+v", name, r.Verdict, r.Exports)
		}
		if want := f.Staff[actor.Manager].ID.String(); len(r.Exports) == 1 && r.Exports[0].Holder != want {
			t.Errorf("%s: account %s", name, r.Exports[0].Holder)
		}
	}
}

// export registers an export of the first n children with one decoy, as release
// does when it is collected.
func (f *town) export(t *testing.T, n int) id.Export {
	t.Helper()
	x := id.Make[id.Export](f.Now())
	now := f.Now().UnixMilli()
	f.Update(func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO release_export (institution_id, export_id, application_id, grant_id, staff_id, store_id, purpose, fields,
			format, state, prepared_at, expires_at, collected_at, people, left_out, decoys, file_hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			f.Institution, x, x, x, f.Staff[actor.Manager].ID, f.Store, "contact.class", "learner.name guardian.phone", "csv", "collected",
			now, now, now, n, 0, 1, [32]byte{1})
		if err != nil {
			return err
		}
		for i, c := range f.children[:n] {
			if _, err := tx.Exec(`INSERT INTO release_row (institution_id, export_id, n, child_id, guardian_id, versions)
				VALUES ($1, $2, $3, $4, $5, $6)`, f.Institution, x, i, c, f.guardians[i], "guardian.phone:1"); err != nil {
				return err
			}
		}
		for k, v := range map[list.Kind]string{list.ByPhone: "15400099999", list.ByName: "沈示例|2019-04", list.ByTail: "沈示例|9999"} {
			token, err := release.Token(tx, f.Vault, f.Institution, k, v)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO release_mark (institution_id, token, export_id, family, kind) VALUES ($1, $2, $3, $4, $5)`,
				f.Institution, token, x, 0, int64(k)); err != nil {
				return err
			}
		}
		return nil
	})
	return x
}

// TestABadListGetsAClearAnswer: never a guess.
func TestABadListGetsAClearAnswer(t *testing.T) {
	f := newTown(t, 20)
	for name, c := range map[string]struct {
		file []byte
		want leak.Verdict
	}{
		"strangers":  {text([]string{"赵陌生", "2019-05", "13800001234"}), leak.NoMatch},
		"names":      {[]byte("欧阳示一\n欧阳示丁\n"), leak.Unusable},
		"pinyin":     {[]byte("Ouyang Shi\nZhao Liu\n"), leak.Unusable},
		"prose":      {[]byte("今天下午三点开会，请准时参加。"), leak.Unusable},
		"two rows":   {text(row(25), row(26)), leak.Lead},
		"everything": {text(row(0), row(7), row(21)), leak.Lead},
	} {
		r := f.trace(t, c.file)
		if r.Verdict != c.want && (c.want != leak.Lead || r.Verdict != leak.Nothing) {
			t.Errorf("%s: %s, want %s; %+v", name, r.Verdict, c.want, r.Read)
		}
		for _, a := range r.Accounts {
			if a.Named {
				t.Errorf("%s: names %s", name, a.ID)
			}
		}
	}
	for code, file := range map[string][]byte{
		"leak.empty": {}, "leak.format": []byte("%PDF-1.7\n"), "leak.damaged": []byte("PK\x03\x04 no workbook"),
	} {
		c, err := f.Leaks.Receive(t.Context(), f.As(actor.Officer), bytes.NewReader(file), int64(len(file)))
		if err == nil {
			_, _, err = f.Leaks.Trace(t.Context(), f.As(actor.Officer), c.ID, nil)
		}
		if fault.CodeOf(err) != code {
			t.Errorf("%q: %v", code, err)
		}
	}
}

// TestAWorkbookWithMergedCellsIsRead: two children under one merged number.
func TestAWorkbookWithMergedCellsIsRead(t *testing.T) {
	f := newTown(t, 0)
	book := excelize.NewFile()
	for i, cell := range map[string]string{"A1": "家长电话", "B1": "备注", "A2": housetest.Phone(1), "B2": "一", "B3": "二", "C2": row(1)[0], "C3": row(2)[0]} {
		if err := book.SetCellStr("Sheet1", i, cell); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.MergeCell("Sheet1", "A2", "A3"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	if r := f.trace(t, b.Bytes()); r.Read.ByNumber != 1 || r.Read.Repeated != 1 {
		t.Errorf("read %+v", r.Read)
	}
}

// TestEveryStepIsOnRecordAndTheResultIsProved (I1, I8, I11): entries with the
// hashes, a custody record whose lines are chained, and a pack that an outsider
// verifies.
func TestEveryStepIsOnRecordAndTheResultIsProved(t *testing.T) {
	f := newTown(t, 20)
	var rows [][]string
	for n := range 20 {
		rows = append(rows, row(n))
	}
	file := text(rows...)
	c := f.receive(t, file)
	if c.Hash != sha256.Sum256(file) {
		t.Error("the exhibit has another hash than the file")
	}
	if _, _, err := f.Leaks.Trace(t.Context(), f.As(actor.Officer), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	c, lines, err := f.Leaks.Read(t.Context(), f.As(actor.Auditor), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for i, l := range lines {
		acts = append(acts, l.Act)
		if l.N != i || l.Chain == ([32]byte{}) {
			t.Errorf("line %d of the custody record: %+v", i, l)
		}
	}
	if got := strings.Join(acts, " "); got != "received opened traced read" {
		t.Errorf("custody: %s", got)
	}
	for _, word := range []string{"欧阳", "154000", "2019-05", f.children[0].String()} {
		if bytes.Contains(c.Result, []byte(word)) {
			t.Errorf("the result names a child")
		}
	}
	f.Advance(60e9)
	pack, _, err := f.Evidence.Make(t.Context(), f.As(actor.Officer), evidence.Request{From: f.Now().AddDate(0, 0, -1)})
	if err != nil {
		t.Fatal(err)
	}
	again, err := verify.ParseEvidence([]byte(pack.String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Verify(verify.Key{}); err != nil {
		t.Errorf("an outsider: %v", err)
	}
	if !strings.Contains(pack.String(), "leak-"+c.ID.String()+".json") {
		t.Error("the pack does not have the result")
	}
	f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.LeakTraced})
		if err != nil || len(page.Entries) != 1 || page.Entries[0].Hash != sha256.Sum256(c.Result) || page.Entries[0].Ref != c.ID.String() {
			t.Errorf("entry of the result: %v", err)
		}
		return nil
	})
}

// TestOnlyTheOfficerTracesAndOnlyOnAFreshProof (S3-20, I4).
func TestOnlyTheOfficerTracesAndOnlyOnAFreshProof(t *testing.T) {
	f := newTown(t, 0)
	file := text(row(1))
	c := f.receive(t, file)
	for _, r := range []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.SysAdmin, actor.Auditor, actor.Owner} {
		if _, err := f.Leaks.Receive(t.Context(), f.As(r), bytes.NewReader(file), int64(len(file))); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s takes in a list: %v", r, err)
		}
		if _, _, err := f.Leaks.Trace(t.Context(), f.As(r), c.ID, nil); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s traces: %v", r, err)
		}
	}
	stale := f.As(actor.Officer)
	stale.ProvedAt = f.Now().AddDate(0, 0, -1)
	if _, _, err := f.Leaks.Trace(t.Context(), stale, c.ID, nil); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a proof of yesterday: %v", err)
	}
}

// TestAClosedExhibitIsGone (I10): its key is destroyed, the result stays.
func TestAClosedExhibitIsGone(t *testing.T) {
	f := newTown(t, 0)
	c := f.receive(t, text(row(1), row(2)))
	ctx := context.Background()
	if _, _, err := f.Leaks.Trace(ctx, f.As(actor.Officer), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Leaks.Close(ctx, f.As(actor.Officer), c.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Leaks.Trace(ctx, f.As(actor.Officer), c.ID, nil); fault.CodeOf(err) != "leak.closed" {
		t.Errorf("tracing a closed case: %v", err)
	}
	if _, err := f.Leaks.Close(ctx, f.As(actor.Officer), c.ID); !errors.Is(err, fault.Conflict) {
		t.Errorf("closing twice: %v", err)
	}
	after, _, err := f.Leaks.Read(ctx, f.As(actor.Officer), c.ID)
	if err != nil || len(after.Result) == 0 || after.State != leak.Closed {
		t.Errorf("the result is gone: %v", err)
	}
}
