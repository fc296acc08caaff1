package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// alarmsPage has the alarms that nobody has looked at, and the last that
// somebody did (S0-20).
type alarmsPage struct {
	ui.Page
	Open     []alarmView
	Done     ui.Table
	Verdicts []ui.Option
}

type alarmView struct {
	ID, Who, What, When, Count string
	Held, Mine                 bool
}

func (p *staffPages) alarms(w http.ResponseWriter, r *Request) error {
	v, err := p.alarmsPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// openAlarms lists what nobody has looked at, of the viewer's place.
func (p *staffPages) openAlarms(r *Request) (open, done []grant.Alarm, err error) {
	err = p.Office.Gate.DB.View(r.Context(), r.Actor.Institution, func(tx *db.Tx) error {
		if open, err = grant.OpenAlarms(tx, r.Actor.Institution, 200); err != nil {
			return err
		}
		done, err = grant.HandledAlarms(tx, r.Actor.Institution, 50)
		return err
	})
	here := func(list []grant.Alarm) (own []grant.Alarm) {
		for _, a := range list {
			if r.Actor.Store.IsZero() || a.Store == r.Actor.Store {
				own = append(own, a)
			}
		}
		return own
	}
	return here(open), here(done), err
}

func (p *staffPages) alarmsPage(r *Request) (v alarmsPage, err error) {
	v = alarmsPage{Page: r.Page("alarms.title")}
	for _, code := range grant.Verdicts {
		v.Verdicts = append(v.Verdicts, ui.Option{Value: string(code), Text: r.P.T("alarm.verdict." + string(code))})
	}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	open, done, err := p.openAlarms(r)
	for _, a := range open {
		count := r.P.T("alarms.count", a.Opened, a.Level)
		if a.Kind == grant.Dialled {
			count = r.P.T("alarms.dialled")
		}
		v.Open = append(v.Open, alarmView{ID: a.ID.String(), Who: names[a.Who.String()], What: r.P.T("alarm.kind." + string(a.Kind)),
			When: r.P.Time(a.At), Count: count, Held: a.Kind == grant.Speed, Mine: a.Who == r.Actor.Staff})
	}
	v.Done = ui.Table{Caption: r.P.T("alarms.done"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("grants.who")}, {Text: r.P.T("alarms.what")},
		{Text: r.P.T("alarms.when")}, {Text: r.P.T("alarms.found")}, {Text: r.P.T("alarms.by")}}}
	for _, a := range done {
		v.Done.Rows = append(v.Done.Rows, ui.Words(names[a.Who.String()], r.P.T("alarm.kind."+string(a.Kind)), r.P.Time(a.At),
			r.P.T("alarm.verdict."+string(a.Verdict)), names[a.Handler.String()]))
	}
	return v, err
}

func (p *staffPages) handleAlarm(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := id.Parse[id.Alarm](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "alarm.unknown")
	}
	_, err = p.Grants.Handle(r.Context(), r.Actor, which, grant.Verdict(r.PostForm.Get("verdict")))
	if errs, ok := r.said(err, fault.Conflict); err != nil && ok {
		return showAgain(w, r, errs, p.alarmsPage)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathAlarms, "flash.alarm_handled")
}
