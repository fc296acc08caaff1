package publish_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/publish"
)

const roster = "姓名,学号,身份证号,获奖\n王小明,20230001,11010519491231002X,一等奖\n李晓华,20230002,440524188001010014,二等奖\n张伟东,20230003,110101198603150010,三等奖\n"

func bring(text string) publish.Upload {
	return publish.Upload{Name: "名单.csv", File: strings.NewReader(text), Size: int64(len(text))}
}

func honour() publish.Notice {
	return publish.Notice{Title: "2026年表彰名单公示", Occasion: publish.Honour, Article: "某条例第十条", Days: 7, Ages: publish.Older,
		People: publish.Population{School: 30_000}}
}

func wants(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || code != "" && fault.CodeOf(err) != code {
		t.Errorf("%v, want %v %s", err, kind, code)
	}
}

// S3-50, S3-51, I8: from a list to a public page that says less, through two
// people, and down again by itself.
func TestAListBecomesANoticeThroughTwoPeople(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	officer, manager := f.As(actor.Officer), f.As(actor.Manager)
	p, err := f.Notices.Prepare(ctx, officer, honour(), bring(roster))
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Notices.Look(ctx, manager, p.ID)
	if err != nil || v.Verdict.Passed() || len(v.Verdict.Problems) != 3 {
		t.Fatalf("%+v %v", v.Verdict.Problems, err)
	}
	if _, _, err := f.Notices.Public(ctx, f.Institution, p.ID); err == nil {
		t.Error("a draft is public")
	}
	_, err = f.Notices.Approve(ctx, officer, p.ID, v.Seen)
	wants(t, err, fault.Denied, "")
	stale := manager
	stale.ProvedAt = f.Now().Add(-5 * time.Hour)
	_, err = f.Notices.Approve(ctx, stale, p.ID, v.Seen)
	wants(t, err, fault.Unauthenticated, "")
	_, err = f.Notices.Approve(ctx, f.As(actor.Clerk), p.ID, v.Seen)
	wants(t, err, fault.Denied, "")
	_, err = f.Notices.Approve(ctx, manager, p.ID, [32]byte{1})
	wants(t, err, fault.Conflict, "publish.changed")
	if p, err = f.Notices.Approve(ctx, manager, p.ID, v.Seen); err != nil || p.State != publish.Published {
		t.Fatal(p, err)
	}
	_, page, err := f.Notices.Public(ctx, f.Institution, p.ID)
	if err != nil || len(page.Rows) != 3 {
		t.Fatal(page, err)
	}
	for i, row := range page.Rows {
		if !strings.HasPrefix(row[0], "2026-") || i > 0 && row[0] <= page.Rows[i-1][0] {
			t.Errorf("notice number %q", row[0])
		}
		for _, clear := range []string{"小明", "晓华", "2023", "1101"} {
			if strings.Contains(strings.Join(row[1:], " "), clear) {
				t.Errorf("row %d shows %s", i, clear)
			}
		}
	}
	_, err = f.Notices.Numbers(ctx, manager, p.ID)
	wants(t, err, fault.Denied, "publish.not_yours")
	if list, err := f.Notices.Numbers(ctx, officer, p.ID); err != nil || len(list) != 3 {
		t.Error(list, err)
	}
	_, err = f.Notices.Numbers(ctx, officer, p.ID)
	wants(t, err, fault.Erased, "publish.taken")
	nothingLeft(t, f, "sealed drafts", `SELECT count(*) FROM publication_part WHERE institution_id = $1`)

	f.Advance(9 * 24 * time.Hour)
	_, _, err = f.Notices.Public(ctx, f.Institution, p.ID)
	wants(t, err, fault.NotFound, "publish.over")
	if n, err := f.Notices.Sweep(ctx, f.Institution); err != nil || n != 1 {
		t.Error(n, err)
	}
	nothingLeft(t, f, "bodies", `SELECT count(*) FROM publication WHERE institution_id = $1 AND (length(body) > 0 OR length(numbers) > 0)`)
	list, err := f.Notices.List(ctx, officer)
	if err != nil || len(list) != 1 || list[0].State != publish.Ended || list[0].Rows != 3 || list[0].Hash == [32]byte{} || list[0].Approver != manager.Staff {
		t.Errorf("the record: %+v %v", list, err)
	}
}

func nothingLeft(t *testing.T, f *housetest.Fixture, what, query string) {
	t.Helper()
	f.View(func(tx *db.Tx) error {
		n := 0
		err := tx.QueryRow(query, f.Institution).Scan(&n)
		if n != 0 {
			t.Errorf("%d %s are left", n, what)
		}
		return err
	})
}

// I5, I10: a draft lies sealed, is destroyed when it is given up and after seven
// days, and nobody's name is in the database in clear.
func TestADraftIsSealedAndDestroyed(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	officer := f.As(actor.Officer)
	p, err := f.Notices.Prepare(ctx, officer, honour(), bring(roster))
	if err != nil {
		t.Fatal(err)
	}
	f.View(func(tx *db.Tx) error {
		var sealed []byte
		err := tx.QueryRow(`SELECT sealed FROM publication_part WHERE institution_id = $1`, f.Institution).Scan(&sealed)
		if err != nil || bytes.Contains(sealed, []byte("王小明")) || bytes.Contains(sealed, []byte("获奖")) {
			t.Error("a list lies in clear", err)
		}
		return err
	})
	if p, err = f.Notices.Withdraw(ctx, officer, p.ID); err != nil || p.State != publish.Refused {
		t.Fatal(p.State, err)
	}
	late, err := f.Notices.Prepare(ctx, officer, honour(), bring(roster))
	if err != nil {
		t.Fatal(err)
	}
	f.Advance(publish.DraftDays*24*time.Hour + time.Minute)
	if n, err := f.Notices.Sweep(ctx, f.Institution); err != nil || n != 1 {
		t.Error(n, err)
	}
	if v, err := f.Notices.Look(ctx, f.As(actor.Officer), late.ID); err != nil || v.State != publish.Lapsed {
		t.Error(v.State, err)
	}
	nothingLeft(t, f, "sealed drafts", `SELECT count(*) FROM publication_part WHERE institution_id = $1`)
	_, err = f.Notices.Withdraw(ctx, f.As(actor.Officer), late.ID)
	wants(t, err, fault.Conflict, "publish.state.lapsed")
}

// S3-50, S2-23†: what is refused at the desk, and that nothing of it is kept.
func TestWhatCannotBePublishedIsNotKept(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	officer := f.As(actor.Officer)
	for name, c := range map[string]struct {
		bend func(*publish.Notice)
		file publish.Upload
		code string
	}{
		"no article":       {func(n *publish.Notice) { n.Article = " " }, bring(roster), "publish.article"},
		"no title":         {func(n *publish.Notice) { n.Title = "" }, bring(roster), "publish.title"},
		"a year":           {func(n *publish.Notice) { n.Days = 365 }, bring(roster), "publish.days"},
		"no occasion":      {func(n *publish.Notice) { n.Occasion = "party" }, bring(roster), "publish.occasion"},
		"no file":          {nil, publish.Upload{}, "publish.file"},
		"no list":          {nil, bring("王小明得了一等奖。\n"), "publish.nothing"},
		"broken workbook":  {nil, publish.Upload{Name: "a.xlsx", File: strings.NewReader("PK\x03\x04 no"), Size: 8}, ""},
		"need in title":    {func(n *publish.Notice) { n.Title = "家庭经济困难学生名单" }, bring(roster), "publish.need_beside_name"},
		"no header":        {nil, bring("王小明,13800001234\n李晓华,13900004321\n"), "publish.no_header"},
		"header twice":     {nil, bring("姓名,学院,学院\n王小明,文学院,理学院\n"), "publish.header_twice"},
		"phone in title":   {func(n *publish.Notice) { n.Title = "咨询13800001234" }, bring(roster), "note.personal"},
		"somebody's title": {func(n *publish.Notice) { n.Title = "关于王小明同学的公示" }, bring(roster), "publish.title"},
	} {
		n := honour()
		if c.bend != nil {
			c.bend(&n)
		}
		_, err := f.Notices.Prepare(ctx, officer, n, c.file)
		if fault.KindOf(err) != fault.Invalid || c.code != "" && fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := f.Notices.Prepare(ctx, f.As(actor.Manager), honour(), bring(roster))
	wants(t, err, fault.Denied, "")
	nothingLeft(t, f, "publications", `SELECT count(*) FROM publication WHERE institution_id = $1`)
}

// S2-23†, S3-54: lists of aid show notice numbers and nobody.
func TestAListOfAidShowsNumbersOnly(t *testing.T) {
	f := housetest.New(t)
	n := honour()
	n.Title, n.Occasion = "2026年国家助学金公示", publish.Aid
	p, err := f.Notices.Prepare(t.Context(), f.As(actor.Officer), n, bring("姓名,学院,等级\n王小明,文学院,一等\n李晓华,理学院,二等\n"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Notices.Look(t.Context(), f.As(actor.Manager), p.ID)
	if err != nil || strings.Join(v.Verdict.Proposal.Header, ",") != "公示编号,学院,等级" {
		t.Errorf("%v %v", v.Verdict.Proposal.Header, err)
	}
}

// S2-21†, S2-19†, S3-17: a story about a child stays unpublished until all four
// locks are there, and comes down when one of them is withdrawn.
func TestAStoryNeedsFourLocks(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	officer, manager := f.As(actor.Officer), f.As(actor.Manager)
	n := publish.Notice{Title: "一次社区活动", Occasion: publish.Story, Days: 10}
	p, err := f.Notices.Prepare(ctx, officer, n, publish.Upload{Text: "社区志愿者和孩子们一起种树。\n联系电话13800001234。\n"})
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Notices.Look(ctx, manager, p.ID)
	if err != nil || strings.Contains(v.Verdict.Proposal.String(), "13800001234") {
		t.Fatalf("%s %v", v.Verdict.Proposal, err)
	}
	today := civil.DateOf(f.Now())
	for _, k := range publish.LockKinds {
		_, err := f.Notices.Approve(ctx, manager, p.ID, v.Seen)
		wants(t, err, fault.ApprovalNeeded, "publish.locked")
		wants(t, f.Notices.Fasten(ctx, officer, p.ID, publish.Lock{Kind: k, On: today}), fault.Invalid, "publish.reference")
		wants(t, f.Notices.Fasten(ctx, officer, p.ID, publish.Lock{Kind: k, Reference: "档案2026-7", On: today.AddDays(1)}), fault.Invalid, "publish.on")
		if err := f.Notices.Fasten(ctx, officer, p.ID, publish.Lock{Kind: k, Reference: "档案2026-7", On: today}); err != nil {
			t.Fatal(err)
		}
	}
	if p, err = f.Notices.Approve(ctx, manager, p.ID, v.Seen); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Notices.Public(ctx, f.Institution, p.ID); err != nil {
		t.Error(err)
	}
	if err := f.Notices.Unfasten(ctx, officer, p.ID, publish.OwnLeave); err != nil {
		t.Fatal(err)
	}
	_, _, err = f.Notices.Public(ctx, f.Institution, p.ID)
	wants(t, err, fault.NotFound, "publish.over")
	nothingLeft(t, f, "bodies", `SELECT count(*) FROM publication WHERE institution_id = $1 AND length(body) > 0`)
}
