package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/secret"
)

// TestAProgramNamesTheChildForWhoseSakeItAsks (B6, S0-04, I6): two children share a
// guardian's record, and what their family stopped for one is not done in its name,
// nor in the name of nobody.
func TestAProgramNamesTheChildForWhoseSakeItAsks(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	app := f.Bearer(key)
	first := f.Fixture.Enrol(1, "2018-05")
	f.Advance(2 * time.Minute) // until another code may go to the phone
	form := housetest.Form(1, "2020-02")
	form.LearnerName = secret.NewText("李小乙")
	second, _ := f.EnrolWith(form, 1)
	stranger := f.Fixture.Enrol(2, "2018-05")
	if _, err := f.Family.Withdraw(t.Context(), f.Guardian(first.Guardian), first.Child, "contact.class"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, child string
		seen, sent  int
	}{
		{"the child it was stopped for", fmt.Sprintf(`,"child":%q`, first.Child), 403, 403},
		{"the other child", fmt.Sprintf(`,"child":%q`, second.Child), 200, 202},
		{"no child in particular", "", 403, 403},
		{"somebody else's child", fmt.Sprintf(`,"child":%q`, stranger.Child), 404, 404},
		{"nobody's child", `,"child":"nobody"`, 404, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := "/v1/subjects/" + first.Guardian.String()
			seen := app.Post(at+"/reveal", `{"field":"guardian.phone","purpose":"contact.class"`+c.child+`}`)
			if seen.Status != c.seen {
				t.Errorf("reveal: %d, want %d: %s", seen.Status, c.seen, seen.Body)
			}
			sent := app.Post(at+"/messages", `{"template":"class","purpose":"contact.class"`+c.child+`}`)
			if sent.Status != c.sent {
				t.Errorf("message: %d, want %d: %s", sent.Status, c.sent, sent.Body)
			}
		})
	}
}
