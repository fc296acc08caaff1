package notify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/notify"
)

// TestAReminderSaysHowMuchWaitsAndNotWhat (I3): signed, accounts and counts, the
// same identifier at every attempt of a day.
func TestAReminderSaysHowMuchWaitsAndNotWhat(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 1, 0, 0, time.UTC)
	d := application.Digest{Institution: id.Make[id.Institution](now), On: civil.DateOf(now),
		People: []application.Waits{{Who: id.Make[id.Staff](now), Login: "office", Waiting: 3, Late: 1, Due: now.Add(time.Hour)}}}
	var got map[string]any
	verified := false
	w := webhook(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // of our own client
		verified = notify.Verify(r.Header, body, time.Now(), signingKey(t, vectorSecret)) && json.Unmarshal(body, &got) == nil
	}))
	if err := w.Remind(t.Context(), d); err != nil || !verified || got["type"] != "approvals.waiting" {
		t.Fatalf("verified %v, %v, %v", verified, got["type"], err)
	}
	want := map[string]any{"id": "reminder-" + d.Institution.String() + "-2026-11-23", "institution": d.Institution.String(), "on": "2026-11-23",
		"people": []any{map[string]any{"staff": d.People[0].Who.String(), "login": "office", "waiting": 3.0, "late": 1.0, "due": "2026-11-23T01:01:00Z"}}}
	if diff := cmp.Diff(want, got["data"]); diff != "" {
		t.Error(diff)
	}
}
