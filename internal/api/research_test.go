package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// dataset is what the interface says of one.
type dataset struct {
	ID, State, SHA256 string
	Rows              int
	Columns           []struct{ Name, Kind, Role string }
	Tests             []datasetTest
}

type datasetTest struct {
	Code, Why string
	Passed    bool
}

// S2-06, S3-47, I8: the whole way of research data by the interface: people and
// their budget, a list, a try, noisy counts, the second person, the file once.
func TestResearchDataGoByTheInterface(t *testing.T) {
	f := apitest.New(t)
	manager, officer := f.SignedIn(f.As(actor.Manager)), f.SignedIn(f.As(actor.Officer))
	var people struct{ ID, Total, Left string }
	if a := manager.Post("/v1/populations", `{"name":"全校学生","people":3000,"total":"5"}`); a.Code() != "research.total" {
		t.Errorf("a budget that hides nobody: %d %s", a.Status, a.Body)
	}
	manager.Post("/v1/populations", `{"name":"全校学生","people":3000,"total":"1"}`).Into(t, &people)
	where := "/v1/datasets?purpose=" + url.QueryEscape("资助研究") + "&recipient=" + url.QueryEscape("某大学") + "&population=" + people.ID
	var d dataset
	officer.Send("POST", where, housetest.Pupils(0, 600), "Idempotency-Key", "list", "Content-Type", "application/octet-stream").Into(t, &d)
	one := "/v1/datasets/" + d.ID
	officer.Post(one+"/try", `{"k":20,"l":2}`).Into(t, &d)
	if d.State != "passed" || len(d.SHA256) != 64 {
		t.Fatalf("%+v", d)
	}
	var c struct {
		ID    string
		Again bool
		Lines []struct{ Count int64 }
	}
	officer.Post(one+"/counts", `{"columns":["年级"],"epsilon":"0.5"}`).Into(t, &c)
	if c.Again || len(c.Lines) != 6 {
		t.Errorf("%+v", c)
	}
	officer.Post(one+"/counts", `{"columns":["年级"],"epsilon":"0.25"}`).Into(t, &c)
	if !c.Again {
		t.Error("the same question spent once more")
	}
	for body, code := range map[string]string{
		`{"columns":["姓名"],"epsilon":"0.1"}`:   "research.count_name",
		`{"columns":["困难类别"],"epsilon":"0.6"}`: "research.spent",
		`{"columns":["困难类别"],"epsilon":"0"}`:   "research.epsilon",
	} {
		if a := officer.Post(one+"/counts", body); a.Code() != code {
			t.Errorf("%s: %d %s", body, a.Status, a.Body)
		}
	}
	var all struct{ Counts []struct{ ID string } }
	if manager.Get(one+"/counts").Into(t, &all); len(all.Counts) != 1 {
		t.Errorf("%+v", all)
	}
	var list struct{ Populations []struct{ Left string } }
	if officer.Get("/v1/populations").Into(t, &list); len(list.Populations) != 1 || list.Populations[0].Left != "0.500000" {
		t.Errorf("%+v", list)
	}

	let := fmt.Sprintf(`{"sha256":%q}`, d.SHA256)
	if a := officer.Post(one+"/approve", let); a.Status != 403 {
		t.Errorf("one's own: %d %s", a.Status, a.Body)
	}
	if a := manager.Post(one+"/approve", `{"sha256":"`+strings.Repeat("0", 64)+`"}`); a.Code() != "research.changed" {
		t.Errorf("another result: %d %s", a.Status, a.Body)
	}
	if a := officer.Post(one+"/collect", ""); a.Code() != "research.state.passed" {
		t.Errorf("not approved yet: %d %s", a.Status, a.Body)
	}
	manager.Post(one+"/approve", let).Into(t, &d)
	file := officer.Send("POST", one+"/collect", "", "Idempotency-Key", "once")
	if file.Status != 200 || file.Header.Get("Content-Type") != "text/csv" {
		t.Fatalf("%d %s", file.Status, file.Body)
	}
	if a := officer.Send("POST", one+"/collect", "", "Idempotency-Key", "once"); a.Code() != "idempotency.shown" {
		t.Errorf("the file was had twice: %d", a.Status)
	}
	if a := officer.Post(one+"/collect", ""); a.Code() != "research.state.collected" {
		t.Errorf("the file was had twice: %d", a.Status)
	}
	cert, err := verify.ParseRelease(officer.Get(one + "/certificate").Body)
	if err != nil {
		t.Fatal(err)
	}
	st, err := cert.Verify(verify.Key{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := st.Check(strings.NewReader(string(file.Body))); err != nil || n.Smallest < 20 {
		t.Errorf("%+v %v", n, err)
	}
	for _, text := range append(f.Kept(), f.Log.String(), string(file.Body)) {
		if strings.Contains(text, "20230001") {
			t.Error("something of the list came out (I3)")
		}
	}
	officer.Send("POST", where, housetest.Pupils(0, 60), "Idempotency-Key", "second", "Content-Type", "application/octet-stream").Into(t, &d)
	if officer.Post("/v1/datasets/"+d.ID+"/end", "").Into(t, &d); d.State != "refused" {
		t.Errorf("given up: %+v", d)
	}
}

// S2-06: where being in the data is the secret, the interface takes a register of
// the population beside the list, and bounds the share of like people who are in.
func TestBeingInTheDataIsHiddenByTheInterface(t *testing.T) {
	f := apitest.New(t)
	manager, officer := f.SignedIn(f.As(actor.Manager)), f.SignedIn(f.As(actor.Officer))
	var people struct{ ID string }
	manager.Post("/v1/populations", `{"name":"全校学生","people":3000,"total":"1"}`).Into(t, &people)
	where := "/v1/datasets?purpose=study&recipient=university&population=" + people.ID
	propose := func(key string, parts ...string) apitest.Answer {
		kind, body := uploadForm(t, parts...)
		return officer.Send("POST", where, body, "Content-Type", kind, "Idempotency-Key", key)
	}
	list, register := housetest.Pupils(0, 600), housetest.Pupils(0, 3000)
	var d dataset
	first := propose("both", "register", register, "list", list)
	if first.Into(t, &d); first.Status != 201 || d.Rows != 600 {
		t.Fatalf("%d %s", first.Status, first.Body)
	}
	one := "/v1/datasets/" + d.ID + "/try"
	officer.Post(one, `{"k":20,"presence":0.3}`).Into(t, &d)
	tested := func(code string) bool {
		return slices.ContainsFunc(d.Tests, func(x datasetTest) bool { return x.Code == code && x.Passed })
	}
	if d.State != "passed" || !tested("membership") || !tested("written") {
		t.Errorf("%+v", d)
	}
	if officer.Post(one, `{"k":20,"presence":0.01}`).Into(t, &d); d.State != "failed" || d.Tests[0].Why != "research.job.unreachable" {
		t.Errorf("a fifth of the people is in it: %+v", d)
	}
	if a := officer.Post(one, `{"presence":1.5}`); a.Status != 422 {
		t.Errorf("a share above one: %d %s", a.Status, a.Body)
	}
	propose("alone", "list", list).Into(t, &d)
	if a := officer.Post("/v1/datasets/"+d.ID+"/try", `{"presence":0.3}`); a.Code() != "research.no_register" {
		t.Errorf("without a register: %d %s", a.Status, a.Body)
	}
	for code, a := range map[string]apitest.Answer{
		"form.unknown":          propose("other", "list", list, "scan", "x"),
		"research.file":         propose("none", "register", register),
		"research.table.ragged": propose("bad", "list", list, "register", "a,b\n1\n"),
		"research.too_large":    propose("large", "list", strings.Repeat("x", research.Largest+1)),
		"api.unreadable":        officer.Send("POST", where, "x", "Content-Type", "multipart/form-data", "Idempotency-Key", "torn"),
	} {
		if a.Code() != code {
			t.Errorf("%s: %d %s", code, a.Status, a.Body)
		}
	}
	kind, body := uploadForm(t, "list", housetest.Pupils(0, 20), "register", housetest.Pupils(0, 40))
	if a := f.SignedIn(f.As(actor.Clerk)).Send("POST", where, body, "Content-Type", kind, "Idempotency-Key", "clerk"); a.Status != 403 {
		t.Errorf("a clerk: %d %s", a.Status, a.Body)
	}
}

// S2-06, S3-39, I1: the list of a granted application is proposed by its number,
// and only by who may use it.
func TestAListFromTheRecordsIsProposedByItsApplication(t *testing.T) {
	c := housetest.NewCampus(t)
	f := apitest.Over(c.Fixture)
	app := c.Paper([]string{subject.LearnerBirth}, nil).String()
	officer, leader := f.SignedIn(c.Person("officer", actor.Officer)), f.SignedIn(c.Person("leader", actor.Leader))
	var people struct{ ID string }
	leader.Post("/v1/populations", `{"name":"全体学生","people":300,"total":"1"}`).Into(t, &people)
	where := "/v1/datasets?purpose=study&recipient=university&population=" + people.ID + "&application="
	var d dataset
	first := officer.Post(where+app, "")
	if first.Into(t, &d); d.Rows != 2 || d.Columns[0].Kind != "record" || d.Columns[0].Role != "identifier" || d.Columns[1].Role != "quasi" {
		t.Errorf("%d %s", first.Status, first.Body)
	}
	for who, a := range map[string]apitest.Answer{
		"another":   f.SignedIn(c.Person("registry", actor.DataOwner)).Post(where+app, ""),
		"no number": officer.Post(where+"none", ""),
	} {
		if a.Status != 404 {
			t.Errorf("%s: %d %s", who, a.Status, a.Body)
		}
	}
}
