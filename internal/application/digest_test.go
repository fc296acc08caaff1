package application_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/civil"
)

// TestDecidersAreRemindedOnceAWorkingDay (S3-20): from eight in the morning, of
// what is theirs to decide now, again when it could not be delivered, and neither on
// days off nor when nothing waits.
func TestDecidersAreRemindedOnceAWorkingDay(t *testing.T) {
	c := newCampus(t)
	var sent []application.Digest
	var down error
	c.House.Remind = func(_ context.Context, d application.Digest) error {
		if down == nil {
			sent = append(sent, d)
		}
		return down
	}
	sweep := func() error { return c.House.Sweep(t.Context(), c.Founded.Institution) }
	at := func(day civil.Date, hour int) {
		t.Helper()
		c.Advance(day.Start().Add(time.Duration(hour) * time.Hour).Sub(c.Now()))
		if err := sweep(); err != nil && down == nil {
			t.Fatal(err)
		}
	}
	calendar := civil.China()
	first, err := calendar.NextWorkingDay(civil.DateOf(c.Now()).AddDays(1))
	c.must(err)
	at(first, 9)
	if len(sent) != 0 {
		t.Errorf("%d reminders of nothing", len(sent))
	}
	x := c.submitted(c.form(nil))
	next := func(after civil.Date) civil.Date {
		d, err := calendar.AddWorkingDays(after, 1)
		c.must(err)
		return d
	}
	second := next(first)
	at(second, 7)
	if len(sent) != 0 {
		t.Errorf("%d reminders before eight", len(sent))
	}
	down = errors.New("down")
	at(second, 8)
	down = nil
	at(second, 9)
	at(second, 18)
	if len(sent) != 1 || sent[0].On != second {
		t.Fatalf("%d reminders on one day", len(sent))
	}
	logins := map[string]application.Waits{}
	for _, w := range sent[0].People {
		logins[w.Login] = w
	}
	if len(logins) != 3 || logins["registry"].Waiting != 1 || logins["registry2"].Waiting != 1 || logins["students"].Waiting != 1 ||
		!logins["students"].Due.Equal(x.Due) || logins["students"].Who != c.people["students"].ID {
		t.Errorf("reminded: %+v", sent[0].People)
	}
	c.agreed(x, "registry")
	third := next(second)
	for third.Weekday() != time.Saturday {
		third = third.AddDays(1)
	}
	before := len(sent)
	at(third, 12)
	if len(sent) != before {
		t.Error("a reminder on a Saturday")
	}
	at(next(third), 12)
	last := sent[len(sent)-1].People
	if len(last) != 1 || last[0].Login != "students" || last[0].Late != 1 {
		t.Errorf("a week later: %+v", last)
	}
}
