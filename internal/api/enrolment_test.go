package api_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/db"
	enrolment "github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
)

type enrolled struct {
	api.Enrolment
	Entry api.Entry
}

// enrol brings one family in through the interface.
func enrol(t *testing.T, f *apitest.Face, by apitest.Asker, n int) (e enrolled) {
	t.Helper()
	a := by.Post("/v1/enrolments", f.Enrolment(n, "2016-03"))
	if a.Status != 201 {
		t.Fatalf("enrolment: %d %s", a.Status, a.Body)
	}
	a.Into(t, &e)
	return e
}

// The life of one record through the interface alone: S0-01, S0-06, S3-24, I1, I7.
func TestAnIntegratorEnrolsFindsAndReveals(t *testing.T) {
	f := apitest.New(t)
	key, keyID := f.Key(f.Store, nil)
	app := f.Bearer(key)
	e := enrol(t, f, app, 1)
	if e.State != "enrolled" || e.Receipt == "" || e.Entry.Event == "" {
		t.Fatalf("got %+v", e)
	}
	var cards struct{ Found []api.Card }
	a := app.Post("/v1/subjects/search", `{"phone":"`+housetest.Phone(1)+`","purpose":"contact.class"}`)
	a.Into(t, &cards)
	if a.Status != 200 || len(cards.Found) != 1 || cards.Found[0].ID != e.Child || cards.Found[0].Phone != "154****0001" {
		t.Fatalf("search: %d %s", a.Status, a.Body)
	}
	var rev struct {
		Value string
		Entry api.Entry
	}
	a = app.Post("/v1/subjects/"+e.Guardian+"/reveal", `{"field":"guardian.phone","purpose":"contact.class"}`)
	a.Into(t, &rev)
	if a.Status != 200 || rev.Value != "+86"+housetest.Phone(1) || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("reveal: %d", a.Status)
	}
	guardian, err := id.Parse[id.Subject](e.Guardian)
	if err != nil {
		t.Fatal(err)
	}
	parent := f.SignedIn(f.Guardian(guardian))
	var looks struct{ Entries []api.Line }
	a = parent.Get("/v1/subjects/" + e.Guardian + "/accesses")
	a.Into(t, &looks)
	if a.Status != 200 || len(looks.Entries) == 0 || looks.Entries[0].Index != rev.Entry.Index || looks.Entries[0].Actor != keyID.String() {
		t.Fatalf("the family does not see the program's look: %d %s", a.Status, a.Body)
	}
	if a = parent.Post("/v1/subjects/"+e.Child+"/erase", ""); a.Status != 200 {
		t.Fatalf("erase: %d %s", a.Status, a.Body)
	}
	if a = app.Post("/v1/subjects/"+e.Guardian+"/reveal", `{"field":"guardian.phone","purpose":"contact.class"}`); a.Status != 410 && a.Status != 404 {
		t.Errorf("after erasure a reveal answers %d", a.Status)
	}
}

// A class that the program names is the class that a store sees, and an
// application for it finds.
func TestAWholeEnrolmentNamesItsCourse(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	body := strings.Replace(f.Enrolment(1, "2016-03"), "{", `{"course":"美术基础班",`, 1)
	a := f.Bearer(key).Post("/v1/enrolments", body)
	var e struct{ Receipt string }
	if a.Into(t, &e); a.Status != 201 {
		t.Fatalf("enrolment: %d %s", a.Status, a.Body)
	}
	f.View(func(tx *db.Tx) error {
		kept, err := enrolment.ByReceipt(tx, f.Institution, e.Receipt)
		if kept.Course != "美术基础班" {
			t.Errorf("the course is %q", kept.Course)
		}
		return err
	})
}

// A lost idempotent answer: the same key gives the same receipt and enrols once.
// R17.
func TestALostAnswerIsToldAgain(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	app := f.Bearer(key)
	body := f.Enrolment(1, "2016-03")
	var first, second enrolled
	app.Send("POST", "/v1/enrolments", body, "Idempotency-Key", "k1").Into(t, &first)
	a := app.Send("POST", "/v1/enrolments", body, "Idempotency-Key", "k1")
	a.Into(t, &second)
	if first.Receipt == "" || a.Status != 201 || first != second {
		t.Fatalf("%d: first %+v, then %+v", a.Status, first, second)
	}
	if a := app.Send("POST", "/v1/enrolments", f.Enrolment(2, "2016-03"), "Idempotency-Key", "k1"); a.Status != 422 || a.Code() != "idempotency.mismatch" {
		t.Errorf("another body under the same key: %d %s", a.Status, a.Body)
	}
	if a := app.Send("POST", "/v1/enrolments", body); a.Status != 422 || a.Code() != "idempotency.missing" {
		t.Errorf("without a key: %d %s", a.Status, a.Body)
	}
	other, _ := f.Key(f.Store, nil)
	if a := f.Bearer(other).Send("POST", "/v1/enrolments", f.Enrolment(3, "2016-03"), "Idempotency-Key", "k1"); a.Status != 201 {
		t.Errorf("somebody else's key of the same text: %d %s", a.Status, a.Body)
	}
	f.Advance(api.Remembered + 1e9)
	if a := app.Send("POST", "/v1/enrolments", f.Enrolment(4, "2016-03"), "Idempotency-Key", "k1"); a.Status != 201 {
		t.Errorf("a day later the key is free: %d %s", a.Status, a.Body)
	}
	if err := f.API.Sweep(t.Context(), f.Institution); err != nil {
		t.Error(err)
	}
}

// Many at once with one key: one enrolment, and everybody who gets a receipt
// gets the same one. R17.
func TestConcurrentDuplicatesEnrolOnce(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	app, body := f.Bearer(key), f.Enrolment(1, "2016-03")
	answers := make([]apitest.Answer, 16)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = app.Send("POST", "/v1/enrolments", body, "Idempotency-Key", "k") })
	}
	wg.Wait()
	receipts := map[string]bool{}
	for _, a := range answers {
		switch a.Status {
		case 201:
			var e enrolled
			a.Into(t, &e)
			receipts[e.Receipt] = true
		case 409:
			if a.Code() != "idempotency.running" {
				t.Errorf("409 %s", a.Body)
			}
		default:
			t.Errorf("%d %s", a.Status, a.Body)
		}
	}
	if len(receipts) != 1 {
		t.Errorf("%d receipts", len(receipts))
	}
}

// What is shown once is not told again and stands nowhere in the base.
func TestWhatIsShownOnceIsNotKept(t *testing.T) {
	f := apitest.New(t)
	clerk := f.SignedIn(f.As(actor.Clerk))
	a := clerk.Send("POST", "/v1/enrolments/links", `{}`, "Idempotency-Key", "q")
	if a.Status != 201 || !strings.Contains(string(a.Body), `"token"`) {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if a = clerk.Send("POST", "/v1/enrolments/links", `{}`, "Idempotency-Key", "q"); a.Status != 409 || a.Code() != "idempotency.shown" {
		t.Errorf("again: %d %s", a.Status, a.Body)
	}
}
