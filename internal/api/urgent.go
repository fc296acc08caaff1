package api

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
)

// Glass is one time that life or health could not wait.
type Glass struct {
	Grant    string     `json:"grant" doc:"Under which values are revealed, for the purpose life.health."`
	Who      string     `json:"who"`
	Reason   string     `json:"reason"`
	At       time.Time  `json:"at"`
	Until    time.Time  `json:"until"`
	Due      time.Time  `json:"due" doc:"When the review is late."`
	Verdict  string     `json:"verdict,omitempty"`
	Reviewer string     `json:"reviewer,omitempty"`
	Reviewed *time.Time `json:"reviewed,omitempty"`
	Told     *time.Time `json:"told,omitempty" doc:"When the family was told."`
}

// Breaking opens one child's information at once.
type Breaking struct {
	Body struct {
		Child  string `json:"child" minLength:"1" maxLength:"64"`
		Reason string `json:"reason" enum:"injury,illness,missing,violence,disaster"`
	}
}

// GlassAnswer is one.
type GlassAnswer struct{ Body Glass }

// Glasses is what waits for review, and what was reviewed.
type Glasses struct {
	Body struct {
		Open     []Glass `json:"open"`
		Reviewed []Glass `json:"reviewed"`
	}
}

// GlassReview is what a review found.
type GlassReview struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Verdict string `json:"verdict" enum:"justified,careless,unjustified"`
	}
}

// Alarm is one ring.
type Alarm struct {
	ID      string     `json:"id"`
	Who     string     `json:"who"`
	Kind    string     `json:"kind" enum:"volume,speed" doc:"speed holds every grant of the person."`
	Level   int        `json:"level"`
	Opened  int        `json:"opened" doc:"Different subjects on that day when it rang."`
	At      time.Time  `json:"at"`
	Verdict string     `json:"verdict,omitempty"`
	Handler string     `json:"handler,omitempty"`
	Handled *time.Time `json:"handled,omitempty"`
}

// Alarms is what nobody has looked at, and what somebody has.
type Alarms struct {
	Body struct {
		Open    []Alarm `json:"open"`
		Handled []Alarm `json:"handled"`
	}
}

// AlarmVerdict is what somebody found.
type AlarmVerdict struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Verdict string `json:"verdict" enum:"daily_work,agreed,mistake,misuse" doc:"misuse ends every grant of the person."`
	}
}

// AlarmAnswer is one alarm.
type AlarmAnswer struct{ Body Alarm }

func (s *API) urgent() {
	const law = "PIPL arts. 13(4), 18; MNR art. 36"
	review, handle := s.may(policy.GlassReview, OwnStore), s.may(policy.AlarmHandle, OwnStore)
	change(s, Operation{ID: "glass-break", Path: "/v1/breakglass", Noun: "emergencies", Status: 201, Access: s.may(policy.GlassBreak, OwnStore),
		Act: policy.GlassBreak, Summary: "Open one child's information at once, for life or health", Law: law}, s.glassBreak, s.glassAgain)
	read(s, Operation{ID: "glass-list", Path: "/v1/breakglass", Noun: "emergencies",
		Access:  Access{union(review.Roles, s.may(policy.GlassBreak, "").Roles), OwnStore},
		Summary: "What was opened in an emergency: one's own, or of one's place"}, s.glassList)
	change(s, Operation{ID: "glass-review", Path: "/v1/breakglass/{id}/review", Noun: "emergencies", Access: review,
		Act: policy.GlassReview, Summary: "Review what somebody else opened, and tell the family", Law: law}, s.glassReview, s.glassAgain)
	read(s, Operation{ID: "alarm-list", Path: "/v1/alarms", Noun: "alarms", Access: handle, Summary: "Alarms at 50, 500 and 5,000 different people a day"}, s.alarmList)
	change(s, Operation{ID: "alarm-handle", Path: "/v1/alarms/{id}", Noun: "alarms", Access: handle, Act: policy.AlarmHandle,
		Summary: "Say what somebody found who looked at an alarm", Law: "MNR art. 36; PIPL art. 51"}, s.alarmHandle, s.alarmAgain)
}

func (s *API) glassBreak(ctx context.Context, a actor.Actor, in *Breaking, _ *kept) (*GlassAnswer, error) {
	child, err := id.Parse[id.Subject](in.Body.Child)
	if err != nil {
		return nil, fault.At("/child", "api.value")
	}
	g, err := s.house.Applications.Break(ctx, a, child, in.Body.Reason)
	return &GlassAnswer{glassOf(g)}, err
}

func (s *API) glassList(ctx context.Context, a actor.Actor, _ *struct{}) (*Glasses, error) {
	open, done, err := s.house.Applications.Glasses(ctx, a)
	var out Glasses
	out.Body.Open, out.Body.Reviewed = mapped(open, glassOf), mapped(done, glassOf)
	return &out, err
}

func (s *API) glassReview(ctx context.Context, a actor.Actor, in *GlassReview, _ *kept) (*GlassAnswer, error) {
	which, err := grantID(in.ID)
	if err != nil {
		return nil, err
	}
	g, err := s.house.Applications.Review(ctx, a, which, application.GlassVerdict(in.Body.Verdict))
	return &GlassAnswer{glassOf(g)}, err
}

func (s *API) glassAgain(ctx context.Context, a actor.Actor, k kept) (*GlassAnswer, error) {
	open, done, err := s.house.Applications.Glasses(ctx, a)
	for _, g := range append(open, done...) {
		if g.Grant.String() == k.Ref {
			return &GlassAnswer{glassOf(g)}, nil
		}
	}
	if err == nil {
		err = errAbsent
	}
	return nil, err
}

func glassOf(g application.Glass) Glass {
	return Glass{Grant: g.Grant.String(), Who: g.Who.String(), Reason: g.Reason, At: g.At, Until: g.Until, Due: g.Due,
		Verdict: string(g.Verdict), Reviewer: g.Reviewer.String(), Reviewed: moment(g.Reviewed), Told: moment(g.Told)}
}

func (s *API) alarmList(ctx context.Context, a actor.Actor, _ *struct{}) (*Alarms, error) {
	var out Alarms
	err := s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		open, err := grant.OpenAlarms(tx, a.Institution, 500)
		if err != nil {
			return err
		}
		done, err := grant.HandledAlarms(tx, a.Institution, 100)
		out.Body.Open, out.Body.Handled = alarmsHere(a, open), alarmsHere(a, done)
		return err
	})
	return &out, err
}

func alarmsHere(a actor.Actor, list []grant.Alarm) []Alarm {
	out := []Alarm{}
	for _, x := range list {
		if a.Store.IsZero() || x.Store == a.Store {
			out = append(out, alarmOf(x))
		}
	}
	return out
}

func (s *API) alarmHandle(ctx context.Context, a actor.Actor, in *AlarmVerdict, _ *kept) (*AlarmAnswer, error) {
	which, err := parsed(in.ID, id.Parse[id.Alarm])
	if err != nil {
		return nil, err
	}
	x, err := s.house.Grants.Handle(ctx, a, which, grant.Verdict(in.Body.Verdict))
	return &AlarmAnswer{alarmOf(x)}, err
}

func (s *API) alarmAgain(ctx context.Context, a actor.Actor, k kept) (*AlarmAnswer, error) {
	out, err := s.alarmList(ctx, a, nil)
	if err != nil {
		return nil, err
	}
	for _, x := range append(out.Body.Handled, out.Body.Open...) {
		if x.ID == k.Ref {
			return &AlarmAnswer{x}, nil
		}
	}
	return nil, errAbsent
}

func alarmOf(x grant.Alarm) Alarm {
	return Alarm{ID: x.ID.String(), Who: x.Who.String(), Kind: string(x.Kind), Level: x.Level, Opened: x.Opened, At: x.At,
		Verdict: string(x.Verdict), Handler: x.Handler.String(), Handled: moment(x.HandledAt)}
}
