package web

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Paths of the desk.
const (
	PathEnrol    = "/staff/enrol"
	PathFind     = "/staff/find"
	pathSubjects = "/staff/subjects"
)

const week = 7 * 24 * time.Hour

// linkCookie keeps the link that a clerk shows, so that reloading the page shows
// it again; the base has only its hash, and an address would end in histories.
const linkCookie = "link"

const maxCourse = 40 // characters

func (p *staffPages) deskRoutes() []Route {
	desk, read, call := Only(OwnStore, frontDesk...), Only(OwnStore, readers...), Only(OwnStore, callers...)
	return []Route{
		{Pattern: "GET " + PathEnrol, Handler: p.newEnrolment, Access: desk, Menu: "start.title"},
		{Pattern: "POST " + PathEnrol, Handler: p.startEnrolment, Access: desk},
		{Pattern: "GET " + PathEnrol + "/{id}", Handler: p.showEnrolment, Access: desk},
		{Pattern: "GET " + PathEnrol + "/{id}/state", Handler: p.watchEnrolment, Access: desk},
		{Pattern: "GET " + PathFind, Handler: p.find, Access: Only(OwnStore, searchers...), Menu: "find.title"},
		{Pattern: "POST " + PathFind, Handler: p.search, Access: Only(OwnStore, searchers...)},
		{Pattern: "GET " + pathSubjects + "/{id}", Handler: p.record, Access: read},
		{Pattern: "GET " + pathSubjects + "/{id}/reveal", Handler: p.chooseReveal, Access: read},
		{Pattern: "POST " + pathSubjects + "/{id}/reveal", Handler: p.reveal, Access: read},
		{Pattern: "GET " + pathSubjects + "/{id}/message", Handler: p.chooseMessage, Access: call},
		{Pattern: "POST " + pathSubjects + "/{id}/message", Handler: p.sendMessage, Access: call},
	}
}

// startPage begins an enrolment: one press on a course that the store has had
// lately, or a new one in words.
type startPage struct {
	ui.Page
	Courses []string
	Typed   string
	Recent  []ui.Task
}

func (p *staffPages) startPage(r *Request) (startPage, error) {
	v := startPage{Page: r.Page("start.title")}
	recent, err := p.Office.Recent(r.Context(), r.Actor, 50)
	if err != nil {
		return v, err
	}
	seen := map[string]bool{}
	for i, e := range recent {
		if e.Course != "" && !seen[e.Course] && len(v.Courses) < 6 {
			seen[e.Course] = true
			v.Courses = append(v.Courses, e.Course)
		}
		if i < 8 {
			s := e.At(p.Office.Gate.Now())
			v.Recent = append(v.Recent, ui.Task{Text: courseName(r.P, e), Hint: r.P.Time(e.CreatedAt), Href: PathEnrol + "/" + e.ID.String(),
				Status: r.P.T("enrol.state." + string(s)), Kind: enrolKind(s)})
		}
	}
	return v, nil
}

func (p *staffPages) newEnrolment(w http.ResponseWriter, r *Request) error {
	v, err := p.startPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) startEnrolment(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	course := strings.TrimSpace(r.PostForm.Get("course"))
	if n := utf8.RuneCountInString(course); n == 0 || n > maxCourse {
		v, err := p.startPage(r)
		if err != nil {
			return err
		}
		v.Errors, _ = r.Wrong(fault.At("course", "start.course", maxCourse))
		return r.ShowAgain(w, v.body())
	}
	start := p.Staff.Enrol.Start
	if r.PostForm.Get("kind") == "trial" {
		start = p.Staff.Enrol.StartTrial
	}
	link, err := start(r.Context(), r.Actor, course)
	if err != nil {
		return err
	}
	r.server.jar.Set(w, linkCookie, link.ID.String()+"."+link.Token.String(), enrol.LinkLife)
	return r.Go(w, PathEnrol+"/"+link.ID.String())
}

// linkPage is the QR code, big, with the state of the enrolment beside it.
type linkPage struct {
	ui.Page
	enrol.Enrolment
	Store string
	QR    *ui.QR // nil when it can no longer be shown
	Link  string // what the code says, for a phone that cannot scan
	State string
	Kind  ui.Kind
	Here  string
	Live  bool // something may still happen
}

func (p *staffPages) enrolment(r *Request) (enrol.Enrolment, error) {
	which, err := id.Parse[id.Enrolment](r.PathValue("id"))
	if err != nil {
		return enrol.Enrolment{}, fault.New(fault.NotFound, "enrol.link")
	}
	return p.Staff.Enrol.Status(r.Context(), r.Actor, which)
}

func (p *staffPages) showEnrolment(w http.ResponseWriter, r *Request) error {
	e, err := p.enrolment(r)
	if err != nil {
		return err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return err
	}
	v := linkPage{Page: r.Page("link.title", courseName(r.P, e)), Enrolment: e, Store: stores[e.Store.String()],
		State: stateWords(r.P, e), Kind: enrolKind(e.State), Here: PathEnrol + "/" + e.ID.String(), Live: unfinished(e.State)}
	if token, ok := strings.CutPrefix(r.server.jar.Get(r.Request, linkCookie), e.ID.String()+"."); ok && v.Live {
		v.Link = p.origin(r) + "/q/" + token
		qr, err := ui.NewQR(v.Link, r.P.T("link.alt"))
		if err != nil {
			return err
		}
		v.QR = &qr
	}
	return r.Show(w, v.body())
}

// origin is where phones reach the site.
func (p *staffPages) origin(r *Request) string {
	if p.Origin != "" {
		return p.Origin
	}
	return "http://" + r.Host // loopback: a demo on this machine
}

// watchEnrolment answers the script that watches the state.
func (p *staffPages) watchEnrolment(w http.ResponseWriter, r *Request) error {
	e, err := p.enrolment(r)
	if err != nil {
		return err
	}
	if !unfinished(e.State) {
		return r.JSON(w, map[string]any{"text": stateWords(r.P, e), "next": PathEnrol + "/" + e.ID.String(), "done": true})
	}
	return r.JSON(w, map[string]any{"text": stateWords(r.P, e)})
}

func unfinished(s enrol.State) bool {
	return s == enrol.Started || s == enrol.Opened || s == enrol.Declared
}

// stateWords is the state with what the clerk should know: another phone has
// opened the code, or whose turn it is.
func stateWords(p lang.Printer, e enrol.Enrolment) string {
	words := p.T("enrol.state." + string(e.State) + ".now")
	if e.PhoneTail != "" && unfinished(e.State) {
		words = p.T("link.tail", words, e.PhoneTail)
	}
	if e.Opens > 0 && unfinished(e.State) {
		words = p.T("link.second", words, e.Opens)
	}
	return words
}

// courseName is the course of an enrolment; a program need not name one.
func courseName(p lang.Printer, e enrol.Enrolment) string {
	if e.Course == "" {
		return p.T("start.unnamed")
	}
	return e.Course
}

func enrolKind(s enrol.State) ui.Kind {
	switch s {
	case enrol.Enrolled, enrol.Trial:
		return ui.Success
	case enrol.Waiting, enrol.Opened, enrol.Declared:
		return ui.Info
	case enrol.Declined, enrol.Expired:
		return ui.Warning
	}
	return ui.Plain
}
