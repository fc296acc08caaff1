package api_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/relay"
)

// campusFace is the interface of a university, with an application of the
// teacher that everybody agreed to.
func campusFace(t *testing.T, change func(*application.Form)) (*apitest.Face, *housetest.Campus, application.Application) {
	t.Helper()
	c := housetest.NewCampus(t)
	x, err := c.Submit(c.Use(func(f *application.Form) {
		f.Place = "device"
		if change != nil {
			change(f)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if x = c.Agreed(x); x.Case.State != application.Granted {
		t.Fatalf("the application is %s", x.Case.State)
	}
	return apitest.Over(c.Fixture), c, x
}

type registered struct {
	ID, State, Collector, SHA256 string
	People                       int
}

// A file leaves once, to the person named, on a fresh proof, by the interface as
// by the page; what is registered holds nobody's information (B4, S1-17, S3-45,
// I3). Its key makes the registration happen once, and tells a file that was
// shown is not told again.
func TestAnExportIsAskedForCollectedOnceAndListed(t *testing.T) {
	f, c, x := campusFace(t, nil)
	teacher := f.SignedIn(c.Person("teacher", actor.Teacher))
	body := fmt.Sprintf(`{"application":%q,"format":"csv"}`, x.ID)
	first := teacher.Send("POST", "/v1/exports", body, "Idempotency-Key", "once")
	again := teacher.Send("POST", "/v1/exports", body, "Idempotency-Key", "once")
	var e, same registered
	first.Into(t, &e)
	again.Into(t, &same)
	if first.Status != 201 || e.State != "prepared" || e.People != 2 || same.ID != e.ID {
		t.Fatalf("%d %s, again %s", first.Status, first.Body, again.Body)
	}
	collect := "/v1/exports/" + e.ID + "/collect"
	stale := c.Person("teacher", actor.Teacher)
	stale.ProvedAt = f.Now().Add(-5 * time.Hour)
	for who, a := range map[string]apitest.Answer{
		"401 an old proof": f.SignedIn(stale).Post(collect, ""),
		"404 a colleague":  f.SignedIn(c.Person("teacher2", actor.Teacher)).Post(collect, ""),
		"404 the leader":   f.SignedIn(c.Person("leader", actor.Leader)).Post(collect, ""),
	} {
		if fmt.Sprint(a.Status) != who[:3] {
			t.Errorf("%s: %d %s", who, a.Status, a.Body)
		}
	}
	got := teacher.Send("POST", collect, "", "Idempotency-Key", "file")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(got.Body), "\ufeff"))).ReadAll()
	if got.Status != 200 || err != nil || len(rows) != 3 || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d, %d rows, %v", got.Status, len(rows), err)
	}
	if a := teacher.Send("POST", collect, "", "Idempotency-Key", "file"); a.Code() != "idempotency.shown" {
		t.Errorf("under the same key: %d %s", a.Status, a.Body)
	}
	if a := teacher.Post(collect, ""); a.Code() != "release.collected" {
		t.Errorf("a second time: %d %s", a.Status, a.Body)
	}
	teacher.Get("/v1/exports/"+e.ID).Into(t, &e)
	if e.State != "collected" || len(e.SHA256) != 64 {
		t.Errorf("registered: %+v", e)
	}
	var list struct{ Exports []registered }
	f.SignedIn(c.Person("officer", actor.Officer)).Get("/v1/exports").Into(t, &list)
	if len(list.Exports) != 1 || list.Exports[0].ID != e.ID {
		t.Errorf("the officer sees %+v", list)
	}
	if a := f.SignedIn(c.Person("teacher2", actor.Teacher)).Get("/v1/exports/" + e.ID); a.Status != 404 {
		t.Errorf("a colleague reads it: %d", a.Status)
	}
	for _, kept := range append(f.Kept(), f.Log.String()) {
		if strings.Contains(kept, rows[1][2]) {
			t.Error("a number is kept or logged (I3)")
		}
	}
}

// A program's key collects nothing, and its attempt is an entry: files stay with
// people.
func TestAProgramTakesNoFile(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	app := f.Bearer(key)
	for path, body := range map[string]string{"/v1/exports": `{"application":"app_0","format":"csv"}`,
		"/v1/exports/exp_06f1p3k8x5s4m2q7w9z0a1b2c3/collect": "", "/v1/leaks": "姓名,电话"} {
		if a := app.Post(path, body); a.Status != 403 && a.Status != 404 {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
	denied := 0
	f.View(func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM event WHERE institution_id = $1 AND type = 'denied'`, f.Institution).Scan(&denied)
	})
	if denied == 0 {
		t.Error("no refusal is on record")
	}
}

// What goes to another body is recorded with agreement, recipient, kinds and
// purpose for three years, and when and how that body got it, once (S3-49,
// PIPL 23; B4).
func TestAProvisionIsHandedOverOnceAndListed(t *testing.T) {
	f, c, x := campusFace(t, func(form *application.Form) {
		form.Purpose, form.Place = "survey", "outside"
		form.Fields = []string{"guardian.phone"}
		form.Party = &application.Party{Kind: "body", Name: "示例教育局", Agreement: "A-7", Document: [32]byte{7}}
	})
	teacher := f.SignedIn(c.Person("teacher", actor.Teacher))
	var e registered
	teacher.Post("/v1/exports", fmt.Sprintf(`{"application":%q,"format":"csv"}`, x.ID)).Into(t, &e)
	hand, receipt := "/v1/exports/"+e.ID+"/handover", fmt.Sprintf(`{"way":"courier","receipt":%q}`, strings.Repeat("5c", 32))
	if a := teacher.Post(hand, receipt); a.Code() != "release.not_provided" {
		t.Errorf("before it was collected: %d %s", a.Status, a.Body)
	}
	if a := teacher.Post("/v1/exports/"+e.ID+"/collect", ""); a.Status != 200 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	for _, bad := range []string{`{"way":"pigeon","receipt":"` + strings.Repeat("5c", 32) + `"}`, `{"way":"sent","receipt":"13912345678"}`} {
		if a := teacher.Post(hand, bad); a.Status != 422 || strings.Contains(string(a.Body), "13912345678") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	}
	if a := f.SignedIn(c.Person("teacher2", actor.Teacher)).Post(hand, receipt); a.Status != 404 {
		t.Errorf("a colleague: %d %s", a.Status, a.Body)
	}
	first := teacher.Send("POST", hand, receipt, "Idempotency-Key", "h")
	if again := teacher.Send("POST", hand, receipt, "Idempotency-Key", "h"); first.Status != 200 || string(again.Body) != string(first.Body) {
		t.Errorf("%d %s, again %s", first.Status, first.Body, again.Body)
	}
	if a := teacher.Post(hand, receipt); a.Code() != "release.handed" {
		t.Errorf("twice: %d %s", a.Status, a.Body)
	}
	var list struct {
		Provisions []struct {
			Recipient, Agreement, Purpose, Way string
			KeepUntil                          time.Time `json:"keep_until"`
		}
	}
	f.SignedIn(c.Person("officer", actor.Officer)).Get("/v1/provisions").Into(t, &list)
	if len(list.Provisions) != 1 || list.Provisions[0].Recipient != "示例教育局" || list.Provisions[0].Way != "courier" ||
		list.Provisions[0].KeepUntil.Before(f.Now().AddDate(3, 0, -1)) {
		t.Errorf("%+v", list)
	}
	f.SignedIn(c.Person("teacher2", actor.Teacher)).Get("/v1/provisions").Into(t, &list)
	if len(list.Provisions) != 0 {
		t.Error("a colleague sees it")
	}
}

// The relay asks by its own key whom an alias reaches, and is told nothing in
// clear: the number goes to it sealed, by the way that every call goes (S1-05, I3).
func TestTheRelayPutsThroughWhoDialsAnAlias(t *testing.T) {
	f, c, x := campusFace(t, nil)
	teacher := f.SignedIn(c.Person("teacher", actor.Teacher))
	if _, err := f.Releases.AddNumbers(t.Context(), c.Person("officer", actor.Officer), []string{"17000000001"}); err != nil {
		t.Fatal(err)
	}
	var e registered
	teacher.Post("/v1/exports", fmt.Sprintf(`{"application":%q,"format":"csv","aliases":true}`, x.ID)).Into(t, &e)
	file := teacher.Post("/v1/exports/"+e.ID+"/collect", "")
	_, extension, ok := strings.Cut(string(file.Body), "17000000001-")
	if !ok || strings.Contains(string(file.Body), "+86") {
		t.Fatalf("%d: no alias", file.Status)
	}
	_, key := c.Relay()
	body := func(extension string) string {
		return fmt.Sprintf(`{"number":"17000000001","extension":%q,"leg":"call-7"}`, extension)
	}
	relays := f.Bearer(key.Expose())
	if a := relays.Post("/v1/relay/calls", body(extension[:4])); a.Status != 202 || strings.Contains(string(a.Body), "154") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if calls := f.Releases.Line.(*relay.Local).Calls(); len(calls) != 1 || calls[0].Leg != "call-7" {
		t.Errorf("%d calls", len(calls))
	}
	if a := relays.Post("/v1/relay/calls", body("0000")); a.Status != 404 {
		t.Errorf("an alias of nobody's: %d %s", a.Status, a.Body)
	}
	if a := teacher.Post("/v1/relay/calls", body(extension[:4])); a.Status != 403 {
		t.Errorf("a teacher: %d %s", a.Status, a.Body)
	}
}
