package research_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/verify"
)

func bring(text string) research.Upload {
	return research.Upload{Name: "名单.csv", File: strings.NewReader(text), Size: int64(len(text))}
}

func wants(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || code != "" && fault.CodeOf(err) != code {
		t.Errorf("%v, want %v %s", err, kind, code)
	}
}

// desk is a house with a population whose budget somebody else has set.
type desk struct {
	*housetest.Fixture
	officer, owner, leader actor.Actor
	pop                    research.Population
}

func newDesk(t *testing.T) desk {
	t.Helper()
	f := housetest.New(t)
	d := desk{Fixture: f, officer: f.As(actor.Officer), owner: f.As(actor.Manager), leader: f.As(actor.Manager)}
	var err error
	d.pop, err = f.Research.SetPopulation(t.Context(), d.owner, research.Population{Name: "全校学生", People: 3000, Total: noise.One})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d desk) propose(t *testing.T, list string) research.Dataset {
	t.Helper()
	p, err := d.Research.Propose(t.Context(), d.officer, research.Proposal{Population: d.pop.ID, Purpose: "困难学生资助研究", Recipient: "某大学教育学院", List: bring(list)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (d desk) run(t *testing.T, x research.Dataset, change func(*research.Settings)) research.Dataset {
	t.Helper()
	s := research.Usual()
	if change != nil {
		change(&s)
	}
	out, err := d.Research.Run(t.Context(), d.officer, x.ID, x.Columns, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func failed(r research.Report) (codes []string) {
	for _, x := range r.Tests {
		if !x.Passed {
			codes = append(codes, x.Code+" "+x.Why)
		}
	}
	return codes
}

// S2-06, S3-06, S3-47, I8: from a list of names to a file that tells of nobody,
// through two people, with a certificate that an outsider verifies; and nothing of
// the list is left.
func TestAListLeavesOnlyWhenNobodyIsInIt(t *testing.T) { // S2-06, S3-06, S3-47
	d := newDesk(t)
	ctx := t.Context()
	x := d.propose(t, housetest.Pupils(0, 800))
	roles := map[string]research.Role{}
	for _, c := range x.Columns {
		roles[c.Name] = c.Role
	}
	for name, want := range map[string]research.Role{"姓名": research.Identifier, "学号": research.Identifier, "年级": research.Quasi,
		"出生年月": research.Quasi, "区划": research.Quasi, "困难类别": research.Sensitive} {
		if roles[name] != want {
			t.Errorf("%s is taken for %s, want %s", name, roles[name], want)
		}
	}
	if x = d.run(t, x, nil); x.State != research.Passed || x.Report.Held == 0 || len(x.Report.Curve) < 4 || len(x.Report.Worst) == 0 {
		t.Fatalf("%s %v %+v", x.State, failed(x.Report), x.Report)
	}
	_, err := d.Research.Approve(ctx, d.officer, x.ID, x.Hash)
	wants(t, err, fault.Denied, "")
	_, err = d.Research.Approve(ctx, d.leader, x.ID, [32]byte{1})
	wants(t, err, fault.Conflict, "research.changed")
	stale := d.leader
	stale.ProvedAt = d.Now().Add(-5 * time.Hour)
	_, err = d.Research.Approve(ctx, stale, x.ID, x.Hash)
	wants(t, err, fault.Unauthenticated, "")
	_, err = d.Research.Collect(ctx, d.officer, x.ID)
	wants(t, err, fault.Conflict, "research.state.passed")
	if x, err = d.Research.Approve(ctx, d.leader, x.ID, x.Hash); err != nil || x.State != research.Approved || x.Live() {
		t.Fatal(x.State, err)
	}
	f, err := d.Research.Collect(ctx, d.officer, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(f.Bytes), "2023") && strings.Contains(string(f.Bytes), "学号") || strings.Contains(string(f.Bytes), "姓名") {
		t.Error("names left")
	}
	cert, err := verify.ParseRelease([]byte(f.Certificate))
	if err != nil {
		t.Fatal(err)
	}
	s, err := cert.Verify(verify.Key{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Check(bytes.NewReader(f.Bytes))
	if err != nil || c.Smallest < 20 || c.Distinct[0] < 2 || s.Trial.Held == 0 {
		t.Errorf("%+v %v", c, err)
	}
	_, err = d.Research.Collect(ctx, d.officer, x.ID)
	wants(t, err, fault.Conflict, "research.state.collected")
	d.nothingLeft(t, `SELECT count(*) FROM research_part WHERE institution_id = $1`)
	list, err := d.Research.List(ctx, d.leader)
	if err != nil || len(list) != 1 || list[0].Report.Figures == nil || list[0].Certificate == "" || list[0].CollectedBy != d.officer.Staff {
		t.Errorf("the record: %+v %v", list, err)
	}
}

// as is the officer, freshly proved.
func (d desk) as() actor.Actor { return d.As(actor.Officer) }

func (d desk) nothingLeft(t *testing.T, query string) {
	t.Helper()
	d.View(func(tx *db.Tx) error {
		n := 0
		err := tx.QueryRow(query, d.Institution).Scan(&n)
		if n != 0 {
			t.Errorf("%d are left: %s", n, query)
		}
		return err
	})
}

// S2-05, S2-06, S3-47: what does not stand its tests stays personal information, says
// which test failed, and may be tried again.
func TestWhatFailsStaysPersonalInformation(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	x := d.propose(t, housetest.Pupils(0, 400))
	id := "11010519491231002X"
	for name, c := range map[string]struct {
		change func(*research.Settings)
		want   string
	}{
		"risk":        {func(s *research.Settings) { s.K, s.L = 5, 0 }, "risk "},
		"unreachable": {func(s *research.Settings) { s.L = 9 }, "conditions research.job.unreachable"},
		"too small":   {func(s *research.Settings) { s.K = 900 }, "conditions research.job.too_small"},
	} {
		got := d.run(t, x, c.change)
		if got.State != research.Failed || strings.Join(failed(got.Report), "|") != c.want {
			t.Errorf("%s: %s %v", name, got.State, failed(got.Report))
		}
		_, err := d.Research.Approve(ctx, d.leader, x.ID, got.Hash)
		wants(t, err, fault.Conflict, "research.state.failed")
	}
	room := d.run(t, x, func(s *research.Settings) { s.K, s.L, s.Threshold = 5, 2, research.Room })
	if room.State != research.Passed {
		t.Errorf("in a controlled room: %v", failed(room.Report))
	}
	if again := d.run(t, x, func(s *research.Settings) { s.L = 9 }); again.State != research.Failed || again.Hash != [32]byte{} {
		t.Error("an earlier pass is left standing")
	}
	d.nothingLeft(t, `SELECT count(*) FROM research_part WHERE institution_id = $1 AND field = 'research.result'`)
	// A "grade" that is really an identity number, and a person who is there twice.
	grade := d.propose(t, strings.Replace(housetest.Pupils(0, 400), "六年级", id, 1))
	got := d.run(t, grade, nil)
	if strings.Join(failed(got.Report), "|") != "conditions research.direct.resident_id" || got.Report.Tests[0].Row != 4 || got.Report.Tests[0].Column != "年级" {
		t.Errorf("%+v", got.Report.Tests)
	}
	twice := d.propose(t, strings.Replace(housetest.Pupils(0, 400), "20230007", "20230003", 1))
	if got := d.run(t, twice, nil); strings.Join(failed(got.Report), "|") != "conditions research.twice" || got.Report.Tests[0].Row != 9 {
		t.Errorf("%+v", got.Report.Tests)
	}
	// Names are never anything else.
	for i, c := range x.Columns {
		if c.Name == "学号" {
			x.Columns[i].Role = research.Plain
		}
	}
	_, err := d.Research.Run(ctx, d.officer, x.ID, x.Columns, research.Usual())
	wants(t, err, fault.Invalid, "research.fixed")
}

// Every defect of a list is named by row and column, and nothing of it is kept.
func TestABadListIsRefusedAndNotKept(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct{ list, code string }{
		"nothing":           {"", "research.file"},
		"no records":        {"a,b\n", "research.table.empty"},
		"two headers":       {"a,a\n1,2\n", "research.table.two_names"},
		"ragged":            {"a,b\n1,2\n3\n", "research.table.ragged"},
		"quote":             {"a,b\n\"1,2\n3,4\n", "research.table.quote"},
		"encoding":          {"a,b\n张,1\n\xe5\xbc,2\n", "research.table.encoding"},
		"a person's header": {"a,13800005678\n1,2\n", "note.personal"},
	} {
		_, err := d.Research.Propose(t.Context(), d.officer, research.Proposal{Population: d.pop.ID, Purpose: "研究", Recipient: "某大学", List: bring(c.list)})
		if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := research.Proposal{Population: d.pop.ID, Purpose: "研究", Recipient: "王先生", Person: true, List: bring(housetest.Pupils(0, 50))}
	_, err := d.Research.Propose(t.Context(), d.officer, p)
	wants(t, err, fault.Denied, "")
	_, err = d.Research.Propose(t.Context(), d.As(actor.Clerk), research.Proposal{Population: d.pop.ID, Purpose: "研究", Recipient: "某大学", List: bring(housetest.Pupils(0, 50))})
	wants(t, err, fault.Denied, "")
	d.nothingLeft(t, `SELECT count(*) FROM research_dataset WHERE institution_id = $1`)
	d.nothingLeft(t, `SELECT count(*) FROM research_part WHERE institution_id = $1`)
}

// I5, I10: a list lies sealed, and is destroyed when it is given up or waits too
// long.
func TestAListIsSealedAndDestroyed(t *testing.T) {
	d := newDesk(t)
	x := d.propose(t, housetest.Pupils(0, 200))
	d.View(func(tx *db.Tx) error {
		var sealed []byte
		err := tx.QueryRow(`SELECT sealed FROM research_part WHERE institution_id = $1`, d.Institution).Scan(&sealed)
		if err != nil || bytes.Contains(sealed, []byte("年级")) {
			t.Error("a list lies in clear", err)
		}
		return err
	})
	if x, err := d.Research.End(t.Context(), d.officer, x.ID); err != nil || x.State != research.Refused {
		t.Fatal(err)
	}
	late := d.propose(t, housetest.Pupils(0, 200))
	d.Advance((research.WaitDays + 1) * 24 * time.Hour)
	if n, err := d.Research.Sweep(t.Context(), d.Institution); n != 1 || err != nil {
		t.Error(n, err)
	}
	if y, err := d.Research.Look(t.Context(), d.officer, late.ID); err != nil || y.State != research.Lapsed {
		t.Error(y.State, err)
	}
	d.nothingLeft(t, `SELECT count(*) FROM research_part WHERE institution_id = $1`)
}
