package web

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathPublications is the desk where lists become public notices (S3-50).
const PathPublications = "/staff/publications"

// maxPublication bounds the file of a list, in bytes.
const maxPublication = 16 << 20

// publishers may read, approve and take down; the gate asks once more.
var publishers = []actor.Role{actor.Officer, actor.Manager, actor.Leader}

func (p *staffPages) publicationRoutes() []Route {
	read, bring := Only(Institution, publishers...), Only(Institution, officers...)
	return []Route{
		{Pattern: "GET " + PathPublications, Handler: p.publications, Access: read, Menu: "publish.menu"},
		{Pattern: "GET " + PathPublications + "/new", Handler: p.newPublication, Access: bring},
		{Pattern: "POST " + PathPublications, Handler: p.preparePublication, Access: bring, MaxBody: maxPublication + 1<<20, Timeout: longTask},
		{Pattern: "GET " + PathPublications + "/{id}", Handler: p.publication, Access: read, Timeout: longTask},
		{Pattern: "POST " + PathPublications + "/{id}/approve", Handler: p.approvePublication, Access: read.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + PathPublications + "/{id}/numbers", Handler: p.publicationNumbers, Access: bring},
		{Pattern: "POST " + PathPublications + "/{id}/lock", Handler: p.lockPublication, Access: bring},
		{Pattern: "POST " + PathPublications + "/{id}/{what}", Handler: p.endPublication, Access: read},
	}
}

func publicationPath(which id.Publication) string { return PathPublications + "/" + which.String() }

// publicationsPage lists what was made public, and leads to a new one.
type publicationsPage struct {
	ui.Page
	List []ui.Task
	May  bool
}

func (p *staffPages) publications(w http.ResponseWriter, r *Request) error {
	v := publicationsPage{Page: r.Page("publish.menu"), May: may(officers, r.Actor.Role)}
	if p.Notices == nil {
		return r.Show(w, v.body())
	}
	list, err := p.Notices.List(r.Context(), r.Actor)
	if err != nil {
		return p.deny(w, r, err)
	}
	for _, x := range list {
		hint := r.P.T("publish.line", r.P.T("publish.occasion."+string(x.Occasion)), x.Rows)
		if x.State == publish.Published {
			hint = r.P.T("publish.line.until", hint, r.P.Time(x.Until))
		}
		v.List = append(v.List, ui.Task{Text: x.Title, Hint: hint, Href: publicationPath(x.ID),
			Status: r.P.T("publish.state." + string(x.State)), Kind: publicationKind(x.State)})
	}
	return r.Show(w, v.body())
}

func publicationKind(s publish.State) ui.Kind {
	switch s {
	case publish.Draft:
		return ui.Warning
	case publish.Published:
		return ui.Success
	}
	return ui.Plain
}

// publicationForm asks for a list, why it is public, and how many people a
// reader may think of; or for a story.
type publicationForm struct {
	ui.Page
	Story                              bool
	Occasions, Ages                    []ui.Option
	Heading, Occasion, Article, Age    string
	Days, School, Grade, Class, Typing string
}

func (p *staffPages) publicationForm(r *Request) publicationForm {
	v := publicationForm{Page: r.Page("publish.new"), Story: r.FormValue("kind") == string(publish.Story), Days: "7"}
	if v.Story {
		v.Page = r.Page("publish.new.story")
	}
	for _, o := range publish.Occasions {
		v.Occasions = append(v.Occasions, ui.Option{Value: string(o), Text: r.P.T("publish.occasion." + string(o))})
	}
	for _, a := range []publish.Ages{publish.Young, publish.Older} {
		v.Ages = append(v.Ages, ui.Option{Value: string(a), Text: r.P.T("publish.ages." + string(a))})
	}
	v.Age = string(publish.Young)
	v.Path = PathPublications
	return v
}

func (p *staffPages) newPublication(w http.ResponseWriter, r *Request) error {
	return r.Show(w, p.publicationForm(r).body())
}

func (p *staffPages) preparePublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	made, err := p.takePublication(r)
	if errs, ok := r.Wrong(err); err != nil && ok {
		v, f := p.publicationForm(r), r.PostForm
		v.Errors, v.Heading, v.Occasion, v.Article, v.Age = errs, f.Get("title"), f.Get("occasion"), f.Get("article"), f.Get("ages")
		v.Days, v.School, v.Grade, v.Class, v.Typing = f.Get("days"), f.Get("school"), f.Get("grade"), f.Get("class"), f.Get("text")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, publicationPath(made.ID), "flash.publish_prepared")
}

// takePublication reads the form and hands the list in.
func (p *staffPages) takePublication(r *Request) (made publish.Publication, err error) {
	if p.Notices == nil {
		return made, fault.New(fault.NotFound, "page.unknown")
	}
	f := r.PostForm
	n := publish.Notice{Title: f.Get("title"), Occasion: publish.Occasion(f.Get("occasion")), Article: f.Get("article"), Ages: publish.Ages(f.Get("ages"))}
	story := f.Get("kind") == string(publish.Story)
	if story {
		n.Occasion, n.Ages = publish.Story, publish.Young
	}
	for _, x := range []struct {
		name string
		into *int
	}{{"days", &n.Days}, {"school", &n.People.School}, {"grade", &n.People.Grade}, {"class", &n.People.Class}} {
		text := strings.TrimSpace(f.Get(x.name))
		if text == "" {
			continue
		}
		if *x.into, err = strconv.Atoi(text); err != nil || *x.into < 0 || *x.into > 10_000_000 {
			return made, fault.At(x.name, "publish.people")
		}
	}
	if story {
		return p.Notices.Prepare(r.Context(), r.Actor, n, publish.Upload{Text: f.Get("text")})
	}
	file, head, err := r.FormFile("file")
	if err != nil || head.Size == 0 {
		return made, fault.At("file", "publish.file")
	}
	defer func() { err = closing(file, err) }()
	if head.Size > maxPublication {
		return made, fault.At("file", "form.too_large")
	}
	return p.Notices.Prepare(r.Context(), r.Actor, n, publish.Upload{Name: head.Filename, File: file, Size: head.Size})
}

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
	More                        int
	Risk                        string
	MayApprove, MayEnd, Own     bool
	MayTakeNumbers, MayLock     bool
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
		StateIs: r.P.T("publish.state." + string(pre.State)), Kind: publicationKind(pre.State)}
	v.Title, v.Path, v.Errors = pre.Publication.Title, PathPublications, errs
	v.Own = pre.By == r.Actor.Staff
	v.MayApprove = pre.State == publish.Draft && !v.Own && len(pre.Open()) == 0
	v.MayEnd = pre.State == publish.Draft || pre.State == publish.Published
	v.MayTakeNumbers = v.Own && pre.State == publish.Published && pre.HasNumbers()
	v.MayLock = pre.State == publish.Draft && may(officers, r.Actor.Role)
	if pre.State == publish.Published {
		v.Public = publicPath(r.Actor.Institution, which)
	}
	v.tell(r.P, names)
	v.showLocks(r.P)
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
	row("publish.rows", p.Number(int64(x.Rows)))
	row("publish.days", p.T("publish.days.value", x.Days))
	row("publish.by", names[x.By.String()])
	row("publish.at", p.Time(x.At))
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

func (p *staffPages) approvePublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	var seen [32]byte
	if raw, err := hex.DecodeString(r.PostForm.Get("seen")); err == nil {
		copy(seen[:], raw)
	}
	_, err = p.Notices.Approve(r.Context(), r.Actor, which, seen)
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return p.showPublication(w, r, lines)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := publicationPath(which)
	return r.GoSaying(w, here, "flash.publish_approved")
}

// endPublication takes a notice down, gives up a draft, or writes down that a
// consent was withdrawn.
func (p *staffPages) endPublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	unlock := false
	switch r.PathValue("what") {
	case "withdraw":
		_, err = p.Notices.Withdraw(r.Context(), r.Actor, which)
	case "unlock":
		unlock = true
		err = p.Notices.Unfasten(r.Context(), r.Actor, which, publish.LockKind(r.PostForm.Get("lock")))
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return p.showPublication(w, r, lines)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := publicationPath(which)
	if unlock {
		return r.GoSaying(w, here, "flash.publish_unlocked")
	}
	return r.GoSaying(w, here, "flash.publish_ended")
}

func (p *staffPages) lockPublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	l := publish.Lock{Kind: publish.LockKind(r.PostForm.Get("lock")), Reference: strings.TrimSpace(r.PostForm.Get("reference"))}
	if day, err := typedDay(r.PostForm.Get("on")); err == nil {
		l.On = day
	}
	err = p.Notices.Fasten(r.Context(), r.Actor, which, l)
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return p.showPublication(w, r, lines)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := publicationPath(which)
	return r.GoSaying(w, here, "flash.publish_locked")
}

// publicationNumbers answers, once, with which row of the preparer's own list has
// which notice number. It names nobody.
func (p *staffPages) publicationNumbers(w http.ResponseWriter, r *Request) error {
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	list, err := p.Notices.Numbers(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	var b bytes.Buffer
	b.WriteString("\uFEFF") // so that spreadsheets read it as UTF-8
	c := csv.NewWriter(&b)
	rows := [][]string{{r.P.T("publish.numbers.row"), publish.NumberHeader}}
	for i, n := range list {
		rows = append(rows, []string{strconv.Itoa(i + 1), n})
	}
	if err := c.WriteAll(rows); err != nil {
		return err
	}
	return r.download(w, "wardfold-notice-numbers.csv", b.Bytes())
}
