package notify

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/application"
)

// reminder is the data of a delivery of type "approvals.waiting".
type reminder struct {
	ID          string      `json:"id"`
	Institution string      `json:"institution"`
	On          string      `json:"on"`
	People      []remindful `json:"people"`
}

type remindful struct {
	Staff   string    `json:"staff"`
	Login   string    `json:"login"`
	Waiting int       `json:"waiting"`
	Late    int       `json:"late"`
	Due     time.Time `json:"due"`
}

// Remind tells the institution's own office system, which knows how to reach
// people at work, what waits for whose decision: accounts and counts, no title and
// nobody's information. The identifier of a day's reminder is the same at every
// attempt. Errors: those of Post.
func (w *Webhook) Remind(ctx context.Context, d application.Digest) error {
	r := reminder{ID: "reminder-" + d.Institution.String() + "-" + d.On.String(), Institution: d.Institution.String(), On: d.On.String()}
	for _, x := range d.People {
		r.People = append(r.People, remindful{x.Who.String(), x.Login, x.Waiting, x.Late, x.Due.UTC()})
	}
	return w.Post(ctx, r.ID, "approvals.waiting", r)
}
