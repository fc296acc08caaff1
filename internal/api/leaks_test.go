package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// A list that was found outside is handed in, traced on a fresh proof, and its
// result is the JSON whose hash is in the log; nothing of the list is in an
// answer, a problem or a log line (B10, S1-05, I3).
func TestALeakedListIsTakenInTracedAndToldByTheInterface(t *testing.T) {
	f := apitest.New(t)
	var list strings.Builder
	list.WriteString("姓名,电话\n")
	for n := range 16 {
		r := f.Fixture.Enrol(n, "2019-05")
		if _, err := f.Desk.Reveal(t.Context(), f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
			t.Fatal(err)
		}
		list.WriteString(housetest.Form(n, "2019-05").LearnerName.Expose() + "," + housetest.Phone(n) + "\n")
	}
	officer := f.SignedIn(f.As(actor.Officer))
	take := func(body string) apitest.Answer {
		return officer.Send("POST", "/v1/leaks", body, "Idempotency-Key", "exhibit", "Content-Type", "application/octet-stream")
	}
	var c, same struct {
		ID, State, SHA256, Verdict string
		Custody                    []struct{ Act string }
	}
	first := take(list.String())
	first.Into(t, &c)
	take(list.String()).Into(t, &same)
	sum := sha256.Sum256([]byte(list.String()))
	if first.Status != 201 || c.State != "received" || c.SHA256 != hex.EncodeToString(sum[:]) || same.ID != c.ID {
		t.Fatalf("%d %s", first.Status, first.Body)
	}
	if a := take("another,list"); a.Code() != "idempotency.mismatch" {
		t.Errorf("another file under the same key: %d %s", a.Status, a.Body)
	}
	stale := f.As(actor.Officer)
	stale.ProvedAt = f.Now().Add(-5 * time.Hour)
	if a := f.SignedIn(stale).Post("/v1/leaks/"+c.ID+"/trace", ""); a.Status != 401 {
		t.Errorf("an old proof: %d %s", a.Status, a.Body)
	}
	if a := f.SignedIn(f.As(actor.Manager)).Post("/v1/leaks/"+c.ID+"/trace", ""); a.Status != 403 && a.Status != 404 {
		t.Errorf("a manager: %d %s", a.Status, a.Body)
	}
	officer.Post("/v1/leaks/"+c.ID+"/trace", "").Into(t, &c)
	if c.State != "traced" || c.Verdict != "logged" {
		t.Errorf("%+v", c)
	}
	auditor := f.SignedIn(f.As(actor.Auditor))
	auditor.Get("/v1/leaks/"+c.ID).Into(t, &c)
	if len(c.Custody) != 5 || c.Custody[3].Act != "traced" {
		t.Errorf("custody %+v", c.Custody)
	}
	result := auditor.Get("/v1/leaks/" + c.ID + "/result")
	if result.Status != 200 || result.Header.Get("Content-Type") != "application/json" || !strings.Contains(string(result.Body), f.Staff[actor.Clerk].ID.String()) {
		t.Errorf("%d %s", result.Status, result.Body)
	}
	pack := auditor.Post("/v1/leaks/"+c.ID+"/pack", "")
	l, err := verify.ParseLeak(pack.Body)
	if err != nil {
		t.Fatalf("%d, %v", pack.Status, err)
	}
	if p, err := l.Verify(verify.Key{}); err != nil || p.Case != c.ID || pack.Header.Get("Content-Type") != "application/zip" {
		t.Errorf("the pack: %v", err)
	}
	officer.Post("/v1/leaks/"+c.ID+"/close", "").Into(t, &c)
	if a := officer.Post("/v1/leaks/"+c.ID+"/trace", ""); c.State != "closed" || a.Code() != "leak.closed" {
		t.Errorf("%s, then %d %s", c.State, a.Status, a.Body)
	}
	for _, text := range append(f.Kept(), f.Log.String(), string(result.Body)) {
		if strings.Contains(text, housetest.Phone(3)) || strings.Contains(text, "欧阳") {
			t.Error("something of the list came out (I3)")
		}
	}
}

// What is no list is refused in words, and nothing of it comes back.
func TestAFileThatIsNoListIsRefused(t *testing.T) {
	f := apitest.New(t)
	officer := f.SignedIn(f.As(actor.Officer))
	for code, body := range map[string]string{"leak.empty": "", "leak.format": "%PDF-1.7 " + canary} {
		if a := officer.Post("/v1/leaks", body); a.Status != 422 || !strings.Contains(string(a.Body), code) || strings.Contains(string(a.Body), canary) {
			t.Errorf("%s: %d %s", code, a.Status, a.Body)
		}
	}
}
