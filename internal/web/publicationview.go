package web

import (
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// publicationPage is one notice: what was wrong with the list, what is or would
// be public, who has to decide.
type publicationPage struct {
	ui.Page
	publish.Preview
	Here, Public, Seen, StateIs string
	Kind                        ui.Kind
	Rows                        []ui.Row
	Problems                    []string
	Before, After               ui.Table
	Lines                       []string
	More, Lacks                 int // rows that are not shown, locks that are open
	Risk                        string
	MayApprove, MayEnd, Own     bool
	MayTakeNumbers, MayLock     bool
	BeforeIs                    string
	Locks                       []lockView
	LockKinds                   []ui.Option
}

// lockView is one of the four locks in words.
type lockView struct {
	Kind, Text, State string
	Tone              ui.Kind
	Closed            bool
}

// shownRows is how many rows a preview shows.
const shownRows = 50

func (p *staffPages) loadPublication(r *Request) (id.Publication, error) {
	which, err := id.Parse[id.Publication](r.PathValue("id"))
	if err != nil || p.Notices == nil {
		return which, fault.New(fault.NotFound, "publish.unknown")
	}
	return which, nil
}

func (p *staffPages) publication(w http.ResponseWriter, r *Request) error {
	return p.showPublication(w, r, nil)
}

func (p *staffPages) showPublication(w http.ResponseWriter, r *Request, errs ui.Errors) error {
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	pre, err := p.Notices.Look(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	v := publicationPage{Page: r.Page("publish.menu"), Preview: pre, Here: publicationPath(which), Seen: hex.EncodeToString(pre.Seen[:]),
		StateIs: noticeState(r.P, pre.Publication), Kind: publicationKind(pre.State)}
	v.Title, v.Path, v.Errors = pre.Publication.Title, PathPublications, errs
	v.Own, v.Lacks = pre.By == r.Actor.Staff, len(pre.Open())
	v.MayApprove = pre.State == publish.Draft && !v.Own && len(pre.Open()) == 0
	v.MayEnd = pre.State == publish.Draft || pre.State == publish.Published
	v.MayTakeNumbers = v.Own && pre.State == publish.Published && pre.HasNumbers()
	v.MayLock = pre.State == publish.Draft && may(officers, r.Actor.Role)
	if pre.State == publish.Published {
		v.Public = publicPath(r.Actor.Institution, which)
	}
	v.tell(r.P, names)
	v.showLocks(r.P)
	v.BeforeIs = r.P.T("publish.before")
	if v.Occasion == publish.Story {
		v.BeforeIs = r.P.T("publish.before.story")
	}
	if errs != nil {
		return r.ShowAgain(w, v.body())
	}
	return r.Show(w, v.body())
}

// tell puts the record, the problems and the tables into words.
func (v *publicationPage) tell(p lang.Printer, names map[string]string) {
	x := v.Publication
	row := func(key, value string) {
		if value != "" {
			v.Rows = append(v.Rows, ui.Row{Key: p.T(key), Value: value})
		}
	}
	row("publish.why", p.T("publish.occasion."+string(x.Occasion)))
	row("publish.article", x.Article)
	if x.Occasion != publish.Story {
		row("publish.audience", p.T("publish.audience."+string(x.Audience)))
	}
	row("publish.rows", p.Number(int64(x.Rows)))
	row("publish.days", p.T("publish.days.value", x.Days))
	row("publish.by", names[x.By.String()])
	row("publish.at", p.Time(x.At))
	if x.State == publish.Draft {
		row("publish.lapses", p.Time(x.At.AddDate(0, 0, publish.DraftDays)))
	}
	if !x.From.IsZero() {
		row("publish.approver", names[x.Approver.String()])
		row("publish.from", p.Time(x.From))
		row("publish.until", p.Time(x.Until))
		row("publish.hash", fingerprint(x.Hash))
	}
	if !x.EndedAt.IsZero() {
		row("publish.ended", p.Time(x.EndedAt))
	}
	if x.State != publish.Draft {
		return
	}
	for _, q := range v.Verdict.Problems {
		v.Problems = append(v.Problems, problemWords(p, v.Verdict, q))
	}
	v.Before = ui.Table{Caption: p.T("publish.before"), Hidden: true, Heads: []ui.Head{{Text: p.T("publish.column")}, {Text: p.T("publish.kind")}, {Text: p.T("publish.treatment")}, {Text: p.T("publish.rule")}}}
	for _, c := range v.Verdict.Columns {
		kind := p.T("publish.kind.none")
		if c.Kind != detect.None {
			kind = p.T("scan.kind." + c.Kind.String())
		}
		v.Before.Rows = append(v.Before.Rows, ui.Words(c.Header, kind, p.T("publish.treatment."+string(c.Treatment)), c.Rule.Source))
	}
	after := v.Verdict.Proposal
	if x.Occasion == publish.Story {
		for _, line := range after.Rows {
			v.Lines = append(v.Lines, strings.Join(line, " "))
		}
		return
	}
	v.Risk = p.T("publish.risk", after.Fits.Least)
	v.More = max(0, len(after.Rows)-shownRows)
	v.After = noticeTable(p.T("publish.after"), after.Header, after.Rows[:min(len(after.Rows), shownRows)])
	v.After.Heads = append(v.After.Heads, ui.Head{Text: p.T("publish.each"), Number: true})
	for i := range v.After.Rows {
		v.After.Rows[i] = append(v.After.Rows[i], ui.Cell{Text: p.Number(int64(after.Fits.Rows[i]))})
	}
}

// problemWords is a problem of a list in words, with the rule behind it.
func problemWords(p lang.Printer, v publish.Verdict, q publish.Problem) string {
	kind, header := "", ""
	if q.Kind != detect.None {
		kind = p.T("scan.kind." + q.Kind.String())
	}
	if q.Column > 0 && q.Column <= len(v.Columns) {
		header = v.Columns[q.Column-1].Header
	}
	words := p.T("publish.problem."+q.Code, q.Column, header, q.Row, q.Rows, kind)
	if q.Rule.Source == "" {
		return words
	}
	return p.T("publish.problem.by", words, q.Rule.Source)
}

func noticeTable(caption string, header []string, rows [][]string) ui.Table {
	t := ui.Table{Caption: caption, Hidden: true}
	for _, h := range header {
		t.Heads = append(t.Heads, ui.Head{Text: h})
	}
	for _, row := range rows {
		t.Rows = append(t.Rows, ui.Words(row...))
	}
	return t
}

func (v *publicationPage) showLocks(p lang.Printer) {
	if v.Occasion != publish.Story {
		return
	}
	for _, k := range publish.LockKinds {
		l := lockView{Kind: string(k), Text: p.T("publish.lock." + string(k)), State: p.T("publish.lock.missing"), Tone: ui.Warning}
		for _, have := range v.Publication.Locks {
			switch {
			case have.Kind != k:
			case have.EndedAt.IsZero():
				l.State, l.Tone, l.Closed = p.T("publish.lock.there", have.Reference, have.On.String()), ui.Success, true
			default:
				l.State, l.Tone = p.T("publish.lock.withdrawn", p.Time(have.EndedAt)), ui.Danger
			}
		}
		v.Locks = append(v.Locks, l)
		if !l.Closed {
			v.LockKinds = append(v.LockKinds, ui.Option{Value: l.Kind, Text: l.Text})
		}
	}
}
