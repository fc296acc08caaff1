package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// enrolmentRoutes are the pages behind a clerk's QR code. Only POST has an
// effect, because chat programs fetch every link they show (B6). What a family
// types lies in its own browser (draft.go): nothing is kept here until the last
// confirmation, nothing stands in an address, and Back leads to a page.
func (s *Site) enrolmentRoutes() []Route {
	return []Route{
		{Pattern: "GET /q/{token}", Handler: s.landing, Access: Anyone},
		{Pattern: "POST /q/{token}", Handler: s.answer, Access: Anyone},
		{Pattern: "GET /q/{token}/phone", Handler: s.ask(stepPhone, s.phonePage), Access: Anyone},
		{Pattern: "POST /q/{token}/phone", Handler: s.sendCode, Access: Anyone},
		{Pattern: "GET /q/{token}/code", Handler: s.ask(stepCode, s.codePage), Access: Anyone},
		{Pattern: "POST /q/{token}/code", Handler: s.proveCode, Access: Anyone},
		{Pattern: "GET /q/{token}/details", Handler: s.ask(stepDetails, s.detailsPage), Access: Anyone},
		{Pattern: "POST /q/{token}/details", Handler: s.takeDetails, Access: Anyone},
		{Pattern: "POST /q/{token}/change", Handler: s.changeDetails, Access: Anyone},
		{Pattern: "GET /q/{token}/check", Handler: s.ask(stepCheck, s.checkPage), Access: Anyone},
		{Pattern: "POST /q/{token}/check", Handler: s.confirm, Access: Anyone},
		{Pattern: "GET /q/{token}/{step}", Handler: s.backToStart, Access: Anyone},
		{Pattern: "GET /q/{token}/done", Handler: s.done, Access: Anyone},
		{Pattern: "GET /q/{token}/child", Handler: s.showChildLink, Access: Anyone},
		{Pattern: "POST /q/{token}/child", Handler: s.childLink, Access: Anyone},
	}
}

// visit is one request of a family that enrols: the link, its browser, and where
// the enrolment stands.
type visit struct {
	enrol.Landing
	token   enrol.Token
	browser account.Browser
	path    string // of the landing
	tongue  string // in which the notice is shown
}

func (s *Site) visit(r *Request) (visit, error) {
	token, err := enrol.ParseToken(r.PathValue("token"))
	if err != nil {
		return visit{}, err
	}
	v := visit{token: token, browser: r.Browser(), path: "/q/" + token.String()}
	if v.Landing, err = s.Enrolments.Look(r.Context(), token, v.browser); err != nil {
		return visit{}, err
	}
	v.tongue = tongueOf(v.Notice, r.P.Tag())
	return v, nil
}

// tongueOf is the language in which a notice is shown to a reader of another.
func tongueOf(n catalogue.Notice, tag string) string {
	if _, ok := n.Words[tag]; ok {
		return tag
	}
	return lang.Default
}

// finished reports whether nothing is left for this browser to do but to read.
func (v visit) finished() bool {
	return v.State == enrol.Enrolled || v.State == enrol.Waiting || v.State == enrol.Trial
}

// say is the words of a key, or those that a trial lesson has in their place.
func (v visit) say(p lang.Printer, key string, args ...any) string {
	return sayOf(p, v.Notice, key, args...)
}

func sayOf(p lang.Printer, n catalogue.Notice, key string, args ...any) string {
	if n.Code == catalogue.TrialNotice && p.Has("trial."+key) {
		key = "trial." + key
	}
	return p.T(key, args...)
}

// open reports whether the enrolment may go on in this browser.
func (v visit) open() bool {
	return !v.Taken && slices.Contains([]enrol.State{enrol.Started, enrol.Opened, enrol.Declared}, v.State)
}

// enrolPage is the base of every page of an enrolment: narrow and large, in the
// language the family chose, with the notice it is about.
type enrolPage struct {
	ui.Page
	Visit visit
	Words catalogue.Words // of the notice
}

func (r *Request) enrolPage(v visit, title string, args ...any) enrolPage {
	p := enrolPage{Page: r.Page(title, args...), Visit: v, Words: v.Notice.Words[v.tongue]}
	p.Title = v.say(r.P, title, args...)
	p.Face, p.Path = ui.Family, v.path
	p.Who, p.Out, p.Nav = "", "", nil // whoever is signed in here is not who enrols
	return p
}

// landingPage says who asks, for what, why, for how long and what refusing
// means, or why the link leads nowhere any more.
type landingPage struct {
	enrolPage
	Closed closed
}

// closed says why a link leads nowhere; the zero value is a link that does.
type closed struct {
	Kind        ui.Kind
	Title, Text string
	Done        bool // finished in this very browser: the receipt is one tap away
}

func (s *Site) landing(w http.ResponseWriter, r *Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p := landingPage{enrolPage: r.enrolPage(v, "enrolment.title", v.Notice.Controller), Closed: r.closed(v)}
	return r.Show(w, p.body())
}

// closed tells the states in which a link cannot be used.
func (r *Request) closed(v visit) closed {
	say := func(kind ui.Kind, what string, args ...any) closed {
		return closed{Kind: kind, Title: v.say(r.P, "enrolment."+what), Text: r.P.T("enrolment."+what+".text", args...)}
	}
	switch {
	case v.Taken && v.PhoneTail != "":
		return say(ui.Warning, "taken", v.PhoneTail)
	case v.Taken:
		return say(ui.Warning, "opened")
	case v.State == enrol.Expired:
		return say(ui.Warning, "expired")
	case v.State == enrol.Declined:
		return say(ui.Info, "declined")
	case v.finished():
		c := say(ui.Success, "finished")
		c.Done = true
		return c
	}
	return closed{}
}

// answer takes one of the two equal answers.
func (s *Site) answer(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	switch r.PostForm.Get("answer") {
	case "yes":
		b, err := r.EnsureBrowser(w, s.Sessions)
		if err != nil {
			return err
		}
		if err := s.Enrolments.Continue(r.Context(), v.token, b); err != nil {
			return s.strayed(w, r, v, err)
		}
		return r.Go(w, v.path+"/phone")
	case "no":
		if err := s.Enrolments.Decline(r.Context(), v.token, v.browser); err != nil {
			return s.strayed(w, r, v, err)
		}
		r.dropDraft(w)
		return r.Go(w, v.path)
	}
	return fault.New(fault.Invalid, "form.unknown")
}

// strayed leads back to the landing, which says what became of the enrolment in
// the meantime, when err is that; any other error is told as it is.
func (s *Site) strayed(w http.ResponseWriter, r *Request, v visit, err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return r.Go(w, v.path)
	}
	return err
}

// backToStart answers an address that only takes forms, when it was typed or
// fetched by a robot.
func (s *Site) backToStart(w http.ResponseWriter, r *Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	return r.Go(w, v.path)
}

// required lists the purposes that a notice asks for as a whole, optional the
// others.
func required(n catalogue.Notice) []string { return asked(n, true) }
func optional(n catalogue.Notice) []string { return asked(n, false) }

func asked(n catalogue.Notice, mandatory bool) []string {
	var out []string
	for _, a := range n.Asks {
		if len(a.Mandatory) > 0 == mandatory {
			out = append(out, a.Purposes...)
		}
	}
	return out
}

// fieldsOf lists the fields that a notice asks for, each once.
func fieldsOf(n catalogue.Notice) []string {
	var out []string
	for _, a := range n.Asks {
		for _, f := range a.Fields {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// names joins the words for codes: items(p, codes).
func names(p lang.Printer, prefix string, codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = p.T(prefix + c)
	}
	return p.List(words)
}

// items names fields in the order of the vocabulary, the child's first.
func items(p lang.Printer, codes []string) string { return names(p, "field.", inOrder(codes)) }

func inOrder(codes []string) []string {
	var sorted []string
	for _, f := range catalogue.Fields {
		if slices.Contains(codes, f.Code) {
			sorted = append(sorted, f.Code)
		}
	}
	return sorted
}

// screenHash is what a consent keeps of the page it was given on: SHA-256 of the
// part with both answers, exactly as rendered. That part holds nothing that was
// typed, so the same notice in the same language has the same hash.
func screenHash(ctx context.Context, part templ.Component) ([32]byte, error) {
	var b bytes.Buffer
	if err := part.Render(ctx, &b); err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(b.Bytes()), nil
}

// label is the card that says at a glance who asks, for what, why and how long.
func (v landingPage) label() ui.Label {
	p, n := v.P, v.Visit.Notice
	return ui.Label{
		Title: p.T("enrolment.label"), AsOf: p.T("enrolment.label.officer", n.Officer),
		Facts: []ui.Fact{
			{Icon: "badge", Name: p.T("enrolment.label.who"), Text: p.T("enrolment.label.who.text", n.Controller, v.Visit.Store.Name)},
			{Icon: "doc", Name: p.T("enrolment.label.what"), Text: p.T("enrolment.label.what.text", items(p, fieldsOf(n)), len(fieldsOf(n)))},
			{Icon: "people", Name: p.T("enrolment.label.why"), Text: names(p, "purpose.", required(n))},
			{Icon: "clock", Name: p.T("enrolment.label.until"), Text: longest(p, v.Visit.Asked)},
			{Icon: "stop", Name: p.T("enrolment.label.refuse"), Text: p.T("enrolment.label.refuse.text")},
		},
	}
}

// longest says how long the purposes keep what they need, in words.
func longest(p lang.Printer, asked []catalogue.Purpose) string {
	months, days := 0, 0
	for _, x := range asked {
		switch x.Retention.Unit {
		case civil.Months:
			months = max(months, x.Retention.N)
		case civil.Days:
			days = max(days, x.Retention.N)
		}
	}
	if months == 0 && days > 0 {
		return p.T("enrolment.until.days", days)
	}
	return p.T("enrolment.until", months)
}
