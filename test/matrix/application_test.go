package matrix_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
)

// approvalTarget is a fresh thing for an operation on applications and what
// belongs to them, or "".
func (w *world) approvalTarget(t *testing.T, op api.Operation, of family) string {
	t.Helper()
	switch {
	case strings.HasPrefix(op.Path, "/v1/applications/{id}"):
		return w.use(t, strings.TrimPrefix(op.ID, "use-"), of).String()
	case strings.HasPrefix(op.Path, "/v1/alarms/{id}"):
		return w.alarm(t).String()
	case strings.HasPrefix(op.Path, "/v1/breakglass/{id}"):
		return w.glass(t, of).String()
	case strings.HasPrefix(op.Path, "/v1/stand-ins/{id}"):
		return w.standIn(t).String()
	}
	return ""
}

// approvalBody is a well-formed body for one of these operations, or "".
func (w *world) approvalBody(t *testing.T, op api.Operation, of family) string {
	t.Helper()
	switch op.ID {
	case "use-write":
		return fmt.Sprintf(`{"kind":"project","title":"示例项目","range":"list","subjects":[%q]}`, of.child)
	case "use-decide":
		return `{"step":0,"agree":true}`
	case "use-declare":
		return `{"how":"deleted","clean":true}`
	case "glass-break":
		w.reserve(t)
		return fmt.Sprintf(`{"child":%q,"reason":"injury"}`, of.child)
	case "glass-review":
		return `{"verdict":"justified"}`
	case "alarm-handle":
		return `{"verdict":"daily_work"}`
	case "standin-make":
		return fmt.Sprintf(`{"to":%q,"until":%q}`, w.deputy(t), w.Now().AddDate(0, 0, 7).Format(time.RFC3339))
	case "system-define":
		return `{"code":"rolls","name":"示例系统","fields":["learner.name"]}`
	case "department-define":
		return `{"code":"registry","name":"示例部门"}`
	case "department-assign":
		return fmt.Sprintf(`{"who":%q}`, w.Staff[actor.Teacher].ID)
	}
	return ""
}

// use is an application of the clerk, as far along as an act on it needs.
func (w *world) use(t *testing.T, act string, of family) id.Application {
	t.Helper()
	ctx, clerk := t.Context(), w.As(actor.Clerk)
	f := application.Form{Kind: application.Project, Title: "示例项目", Why: "点名用", Purpose: "learner.manage", Fields: []string{subject.LearnerName},
		Range: application.RangeList, Subjects: []id.Subject{of.child}, Users: []id.Staff{clerk.Staff}, From: w.Now(), Until: w.Now().AddDate(0, 1, 0),
		Place: "screen", Safeguards: []string{"no_copies"}, Pledge: true, Harms: []application.Harm{{Harm: "leak", Likely: "low", Severe: "low", Response: "不截图"}}}
	capsule := act == "declare" || act == "close"
	if capsule {
		f.Kind = application.Capsule
	}
	if old, err := w.Applications.Read(ctx, clerk, w.draft); err == nil && old.Case.State == application.Draft { // nobody keeps more than a few
		w.must(t, w.Applications.Discard(ctx, clerk, w.draft))
	}
	x, err := w.Applications.Save(ctx, clerk, id.Application{}, f)
	w.must(t, err)
	w.draft = x.ID
	if act == "submit" || act == "discard" || act == "draft" {
		return x.ID
	}
	x, err = w.Applications.Submit(ctx, clerk, x.ID)
	w.must(t, err)
	if act == "end" || capsule {
		_, err = w.Applications.Decide(ctx, w.As(actor.Manager), x.ID, application.Answer{Agree: true})
		w.must(t, err)
	}
	if act == "close" {
		_, err = w.Applications.Declare(ctx, clerk, x.ID, "deleted", true)
		w.must(t, err)
		_, err = w.Applications.End(ctx, clerk, x.ID)
		w.must(t, err)
	}
	return x.ID
}

// alarm is one that the teacher rang.
func (w *world) alarm(t *testing.T) (rang id.Alarm) {
	t.Helper()
	w.must(t, w.DB.Update(t.Context(), w.Institution, func(tx *db.Tx) error {
		w.n++
		rang = id.Make[id.Alarm](tx.Now())
		_, err := tx.Exec(`INSERT INTO alarm (institution_id, alarm_id, staff_id, store_id, day, kind, level, opened, at, verdict, handler_id, handled_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, w.Institution, rang, w.Staff[actor.Teacher].ID, w.Store,
			int64(w.n), "volume", int64(50), int64(50), tx.Now().UnixMilli(), "", id.Staff{}, int64(0))
		return err
	}))
	return rang
}

// reserve lets the clerk break the glass, once agreed.
func (w *world) reserve(t *testing.T) {
	t.Helper()
	if w.reserved {
		return
	}
	w.reserved = true
	g, err := w.Grants.Ask(t.Context(), w.As(actor.Clerk), grant.Application{Who: w.Staff[actor.Clerk].ID, Role: actor.Clerk, Purpose: "life.health",
		Fields: []string{subject.GuardianPhone}, Store: w.Store, From: w.Now(), Until: w.Now().AddDate(0, 6, 0), Reason: "emergency", Reserve: true})
	w.must(t, err)
	_, err = w.Grants.Approve(t.Context(), w.As(actor.Manager), g.ID)
	w.must(t, err)
}

// glass is what the clerk broke.
func (w *world) glass(t *testing.T, of family) id.Grant {
	t.Helper()
	w.reserve(t)
	g, err := w.Applications.Break(t.Context(), w.As(actor.Clerk), of.child, "injury")
	w.must(t, err)
	return g.Grant
}

// deputy is a second manager of the store.
func (w *world) deputy(t *testing.T) id.Staff {
	t.Helper()
	w.n++
	s, _, err := w.Accounts.AddStaff(t.Context(), actor.Actor{Institution: w.Institution, Role: actor.System}, account.NewStaff{
		Login: fmt.Sprint("deputy", w.n), Name: "示例副店长", Store: w.Store, Roles: []actor.Role{actor.Manager}, Password: secret.NewText(housetest.Password)})
	w.must(t, err)
	return s.ID
}

func (w *world) standIn(t *testing.T) id.Delegation {
	t.Helper()
	d, err := w.Applications.StandIn(t.Context(), w.As(actor.Manager), w.deputy(t), w.Now().AddDate(0, 0, 1))
	w.must(t, err)
	return d.ID
}

// approvalPath is a fresh thing for a page of these, or "".
func (w *world) approvalPath(t *testing.T, path string, of family) string {
	t.Helper()
	switch {
	case strings.HasPrefix(path, web.PathCapsules+"/{id}"):
		return w.use(t, "declare", of).String()
	case strings.HasPrefix(path, web.PathApplications+"/{id}"):
		return w.use(t, "decide", of).String()
	case strings.HasPrefix(path, web.PathGlass+"/{id}"):
		return w.glass(t, of).String()
	case strings.HasPrefix(path, web.PathAlarms+"/{id}"):
		return w.alarm(t).String()
	case strings.HasPrefix(path, "/staff/standins/{id}"):
		return w.standIn(t).String()
	}
	return ""
}
