package application

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// OpenFor is how long broken glass stays open. Source: PIPL art. 13(4), what is
// necessary in an emergency; far below the 72 hours of a purpose (S3-16).
const OpenFor = 4 * time.Hour

// ReviewDays is how many working days there are for the review.
const ReviewDays = 1

// Urgencies lists why glass may be broken; words under "glass.reason."+code.
var Urgencies = []string{"injury", "illness", "missing", "violence", "disaster"}

// GlassVerdict is what a review found.
type GlassVerdict string

// GlassVerdicts lists them; words under "glass.verdict."+verdict.
var GlassVerdicts = []GlassVerdict{"justified", "careless", "unjustified"}

// Glass is one time that life or health could not wait.
type Glass struct {
	Grant    id.Grant
	Who      id.Staff
	Store    id.Store
	Child    id.Subject
	Reason   string
	At       time.Time
	Until    time.Time // when it closes by itself
	Due      time.Time // when the review is late
	Verdict  GlassVerdict
	Reviewer id.Staff
	Reviewed time.Time
	Told     time.Time // the family
}

// Late reports whether the review should have been done.
func (g Glass) Late(now time.Time) bool { return g.Reviewed.IsZero() && !now.Before(g.Due) }

// Break opens one child's information to the actor at once, for four hours and
// the fields of their reserve, because life or health cannot wait. Two people
// agreed to the reserve before (package grant), so nobody is alone with a child's
// data (I8). The officer and the manager see it at once, it is reviewed within
// one working day, and the family is told. Errors: fault.Invalid glass.reason;
// fault.Conflict glass.unreviewed while an earlier one waits beyond its day; what
// the gate refuses, among it fault.ApprovalNeeded without a reserve.
func (s *Service) Break(ctx context.Context, a actor.Actor, child id.Subject, reason string) (Glass, error) {
	var out Glass
	var reserve grant.Grant
	know := func(tx *db.Tx, c *gate.Case) error {
		if !slices.Contains(Urgencies, reason) {
			return fault.At("reason", "glass.reason")
		}
		row, err := subject.Load(tx, a.Institution, child)
		if err != nil {
			return err
		}
		if row.Kind == subject.Guardian {
			return fault.New(fault.NotFound, "subject.unknown")
		}
		if reserve, err = s.Grants.Ready(tx, a.Institution, a.Staff, a.Role, row.Store); err != nil {
			return err
		}
		c.Facts.SecondPerson = !reserve.ID.IsZero() && reserve.Decider != a.Staff
		c.Fields, c.Grant = reserve.Fields, reserve.ID
		if err := s.Facts.Record(tx, c, row); err != nil {
			return err
		}
		return s.Facts.Who(tx, c)
	}
	req := gate.Request{Actor: a, Act: policy.GlassBreak, Purpose: catalogue.LifeHealth, Subject: child}
	_, err := s.Gate.Do(ctx, req, know, func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
		if err := s.nothingLate(tx, a); err != nil {
			return err
		}
		out, err = s.openGlass(tx, a, c, reserve, reason)
		return err
	})
	return out, err
}

// nothingLate refuses who has broken glass before and was not reviewed in time.
func (s *Service) nothingLate(tx *db.Tx, a actor.Actor) error {
	mine, err := glasses(tx, a.Institution, `SELECT `+glassColumns+` FROM broken_glass
		WHERE institution_id = $1 AND staff_id = $2 ORDER BY at DESC LIMIT $3`, a.Institution, a.Staff, int64(20))
	if err == nil && slices.ContainsFunc(mine, func(g Glass) bool { return g.Late(tx.Now()) }) {
		return fault.New(fault.Conflict, "glass.unreviewed")
	}
	return err
}

func (s *Service) openGlass(tx *db.Tx, a actor.Actor, c *gate.Case, reserve grant.Grant, reason string) (Glass, error) {
	guardians, err := subject.Guardians(tx, a.Institution, c.Subject)
	if err != nil {
		return Glass{}, err
	}
	now := tx.Now()
	g, err := s.Grants.Issue(tx, grant.Grant{Institution: a.Institution, Applicant: a.Staff, Decider: reserve.Decider, Origin: reserve.ID,
		Application: grant.Application{Who: a.Staff, Role: a.Role, Purpose: catalogue.LifeHealth, Fields: reserve.Fields, Store: c.Store,
			Subjects: append([]id.Subject{c.Subject}, guardians...), From: now, Until: now.Add(OpenFor), Reason: "emergency", Emergency: true}})
	if err != nil {
		return Glass{}, err
	}
	out := Glass{Grant: g.ID, Who: a.Staff, Store: c.Store, Child: c.Subject, Reason: reason, At: now, Until: g.Until,
		Due: reviewDue(now, s.calendar())}
	c.Grant, c.Ref = g.ID, g.ID.String()
	ledger.Append(tx, ledger.Event{Type: ledger.Alarm, Actor: a.ID(), Role: a.Role, Store: c.Store, Allow: true, Count: 1, Ref: g.ID.String()})
	_, err = tx.Exec(`INSERT INTO broken_glass (institution_id, grant_id, staff_id, store_id, subject_id, reason, at, due_at, verdict, reviewer_id, reviewed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, a.Institution, out.Grant, out.Who, out.Store, out.Child, out.Reason,
		out.At.UnixMilli(), out.Due.UnixMilli(), "", id.Staff{}, int64(0))
	return out, wrap("break the glass for an", err)
}

// reviewDue is the end of the next working day; where the calendar has no table,
// of the next day, since a review may not wait for one.
func reviewDue(at time.Time, cal *civil.Calendar) time.Time {
	d, err := civil.After(civil.DateOf(at), civil.Period{N: ReviewDays, Unit: civil.WorkingDays}, cal)
	if err != nil {
		return civil.DateOf(at).AddDays(1).End()
	}
	return d.Due.End()
}

// Review records what somebody else found who looked at it, tells the family,
// and closes the glass. Errors: fault.Invalid glass.verdict; fault.NotFound
// glass.unknown; fault.Conflict glass.reviewed; fault.Denied under R-160 for who
// broke it (I8); what the gate refuses.
func (s *Service) Review(ctx context.Context, a actor.Actor, which id.Grant, v GlassVerdict) (Glass, error) {
	var g Glass
	know := func(tx *db.Tx, c *gate.Case) (err error) {
		if !slices.Contains(GlassVerdicts, v) {
			return fault.At("verdict", "glass.verdict")
		}
		if g, err = glassOf(tx, a.Institution, which); err != nil {
			return err
		}
		c.Subject, c.Store, c.Grant, c.Ref = g.Child, g.Store, g.Grant, g.Grant.String()
		c.Facts.OwnRequest, c.Facts.OwnStore = g.Who == a.Staff, a.Store.IsZero() || a.Store == g.Store
		return s.Facts.Who(tx, c)
	}
	req := gate.Request{Actor: a, Act: policy.GlassReview, Purpose: catalogue.LifeHealth, Fields: []string{subject.GuardianPhone}}
	_, err := s.Gate.Do(ctx, req, know, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		n, err := tx.Exec(`UPDATE broken_glass SET verdict = $1, reviewer_id = $2, reviewed_at = $3
			WHERE institution_id = $4 AND grant_id = $5 AND reviewed_at = 0`, string(v), a.Staff, tx.Now().UnixMilli(), a.Institution, which)
		if err != nil {
			return wrap("review the glass of an", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "glass.reviewed")
		}
		g.Verdict, g.Reviewer, g.Reviewed = v, a.Staff, tx.Now()
		return s.tell(tx, p, a.Institution, &g)
	})
	return g, err
}

// tell sends the family the message and closes the glass. The number is opened
// to send and nobody sees it. A family without a phone stays untold, which is an
// alarm of its own after 72 hours (grant.Untold).
func (s *Service) tell(tx *db.Tx, p seal.Permit, inst id.Institution, g *Glass) error {
	guardians, err := subject.Guardians(tx, inst, g.Child)
	if err != nil {
		return err
	}
	for _, to := range guardians {
		phone, err := subject.OpenOwn(tx, s.Gate.Vault, p, inst, to, subject.GuardianPhone)
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Erased:
			continue
		}
		if err != nil {
			return err
		}
		if s.Post != nil {
			if _, err := s.Post.Send(tx, inst, phone, "emergency"); err != nil {
				return err
			}
			g.Told = tx.Now()
		}
	}
	return s.Grants.Shut(tx, inst, g.Grant, g.Told)
}

// Glasses lists what waits for review, the oldest first, and the newest that was
// reviewed: of the actor's store, or of all.
func (s *Service) Glasses(ctx context.Context, a actor.Actor) (open, done []Glass, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if open, err = glasses(tx, a.Institution, `SELECT `+glassColumns+` FROM broken_glass
			WHERE institution_id = $1 AND reviewed_at = 0 ORDER BY at LIMIT $2`, a.Institution, int64(Listed)); err != nil {
			return err
		}
		done, err = glasses(tx, a.Institution, `SELECT `+glassColumns+` FROM broken_glass
			WHERE institution_id = $1 AND reviewed_at > 0 ORDER BY reviewed_at DESC LIMIT $2`, a.Institution, int64(50))
		elsewhere := func(g Glass) bool {
			local := !a.Store.IsZero() && g.Store != a.Store
			return local || !slices.Contains(reviewers, a.Role) && g.Who != a.Staff
		}
		open, done = slices.DeleteFunc(open, elsewhere), slices.DeleteFunc(done, elsewhere)
		return err
	})
	return open, done, err
}

// reviewers see every glass of their place; others their own.
var reviewers = []actor.Role{actor.Manager, actor.Officer, actor.Owner, actor.Auditor}

const glassColumns = `grant_id, staff_id, store_id, subject_id, reason, at, due_at, verdict, reviewer_id, reviewed_at`

func (g *Glass) scan(scan db.Scan) error {
	return scan(&g.Grant, &g.Who, &g.Store, &g.Child, &g.Reason, &g.At, &g.Due, &g.Verdict, &g.Reviewer, &g.Reviewed)
}

func glassOf(tx *db.Tx, inst id.Institution, which id.Grant) (Glass, error) {
	all, err := glasses(tx, inst, `SELECT `+glassColumns+` FROM broken_glass WHERE institution_id = $1 AND grant_id = $2`, inst, which)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "glass.unknown")
	}
	if err != nil {
		return Glass{}, err
	}
	return all[0], nil
}

// glasses reads a list, each with what its grant says.
func glasses(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Glass, error) {
	all, err := db.List(tx, (*Glass).scan, query, args...)
	if err != nil {
		return nil, wrap("list the glass of an", err)
	}
	for i := range all {
		g := &all[i]
		under, err := grant.Load(tx, inst, g.Grant)
		if err != nil {
			return nil, err
		}
		g.Until, g.Told = under.Until, under.ToldAt
		if !under.EndedAt.IsZero() {
			g.Until = under.EndedAt
		}
	}
	return all, nil
}
