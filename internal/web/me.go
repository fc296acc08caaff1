package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// proofAge is how old the last phone code may be for what cannot be undone or
// takes everything out.
const proofAge = 30 * time.Minute

// familyRoutes are a family's own pages. A child of 14 or more sees of itself
// what a guardian sees of a child.
func (s *Site) familyRoutes() []Route {
	own := Only(OwnChild, actor.Guardian, actor.Child)
	self := Only(Itself, actor.Guardian, actor.Child)
	fresh := own.Within(proofAge)
	return []Route{
		{Pattern: "GET " + PathFamilySignIn, Handler: s.signIn, Access: Anyone},
		{Pattern: "POST " + PathFamilySignIn, Handler: s.signInCode, Access: Anyone},
		{Pattern: "GET " + pathSignInCode, Handler: s.signInAskCode, Access: Anyone},
		{Pattern: "POST " + pathSignInCode, Handler: s.signInProve, Access: Anyone},
		{Pattern: "GET /me", Handler: s.me, Access: self, Menu: "me.menu.children"},
		{Pattern: "POST /me/switch", Handler: s.switchMember, Access: self},
		{Pattern: "GET /me/devices", Handler: s.devices, Access: self, Menu: "me.menu.devices"},
		{Pattern: "POST /me/devices/end", Handler: s.endDevice, Access: self},
		{Pattern: "GET /me/children/{child}", Handler: s.child, Access: own},
		{Pattern: "GET /me/children/{child}/link", Handler: s.showOwnLink, Access: Only(OwnChild, actor.Guardian)},
		{Pattern: "POST /me/children/{child}/link", Handler: s.ownLink, Access: Only(OwnChild, actor.Guardian)},
		{Pattern: "GET /me/children/{child}/confirm", Handler: s.askConfirm, Access: Only(OwnChild, actor.Guardian)},
		{Pattern: "POST /me/children/{child}/confirm", Handler: s.confirmChild, Access: Only(OwnChild, actor.Guardian)},
		{Pattern: "GET /me/children/{child}/looks", Handler: s.looks, Access: own},
		{Pattern: "GET /me/children/{child}/looks/all", Handler: s.looksAll, Access: own},
		{Pattern: "GET /me/children/{child}/proof/{index}", Handler: s.proof, Access: own},
		{Pattern: "GET /me/children/{child}/receipt/{index}", Handler: s.actReceipt, Access: own},
		{Pattern: "GET /me/children/{child}/withdraw/{purpose}", Handler: s.askWithdraw, Access: own},
		{Pattern: "POST /me/children/{child}/withdraw/{purpose}", Handler: s.withdraw, Access: own},
		{Pattern: "GET /me/children/{child}/give/{purpose}", Handler: s.askGive, Access: own},
		{Pattern: "POST /me/children/{child}/give/{purpose}", Handler: s.give, Access: own},
		{Pattern: "GET /me/children/{child}/correct/{field}", Handler: s.askCorrect, Access: own},
		{Pattern: "POST /me/children/{child}/correct/{field}", Handler: s.correct, Access: own},
		{Pattern: "GET /me/children/{child}/copy", Handler: s.askCopy, Access: fresh},
		{Pattern: "POST /me/children/{child}/copy", Handler: s.copyOut, Access: fresh},
		{Pattern: "GET /me/children/{child}/delete", Handler: s.askErase, Access: fresh},
		{Pattern: "POST /me/children/{child}/delete", Handler: s.erase, Access: fresh},
	}
}

// mePage lists the children, and the other records that the phone opens.
type mePage struct {
	ui.Page
	Children []childLine
	Members  []member
}

type childLine struct{ Href, Name, Hint string }

type member struct {
	Subject, Role, Text string
	Current             bool
}

func (s *Site) me(w http.ResponseWriter, r *Request) error {
	children, err := s.Families.Home(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := mePage{Page: r.Page("me.title." + string(r.Actor.Role))}
	for _, c := range children {
		v.Children = append(v.Children, childLine{
			Href: childPath(c.ID), Name: string(called(c)),
			Hint: r.P.T("me.child.hint", countLive(c), c.Looks),
		})
	}
	members, err := s.Phones.Members(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for i, m := range members {
		v.Members = append(v.Members, member{Subject: m.Subject.String(), Role: string(m.Role),
			Text:    r.P.T("me.member", i+1, r.P.T("role."+string(m.Role))),
			Current: m.Subject == r.Actor.Subject && m.Role == r.Actor.Role})
	}
	return r.Show(w, v.body())
}

func countLive(c family.Child) int {
	n := 0
	for _, st := range c.Standings {
		if st.State == consent.StateLive {
			n++
		}
	}
	return n
}

func childPath(child id.Subject) string { return "/me/children/" + child.String() }

func (s *Site) switchMember(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	subj, err := id.Parse[id.Subject](r.PostForm.Get("subject"))
	if err != nil {
		return fault.New(fault.Invalid, "form.unknown")
	}
	e, err := s.Phones.SwitchMember(r.Context(), r.Token(), account.Member{Subject: subj, Role: actor.Role(r.PostForm.Get("role"))})
	if err != nil {
		return err
	}
	r.Begin(w, e)
	return r.Go(w, PathFamily)
}

// ownPage is the base of every page about one child.
type ownPage struct {
	ui.Page
	Child family.Child
	Base  string // path of the child's page
	Name  ui.Masked
}

func (s *Site) ownPage(r *Request, title string, args ...any) (ownPage, error) {
	child, err := childOf(r)
	if err != nil {
		return ownPage{}, err
	}
	c, err := s.Families.Child(r.Context(), r.Actor, child)
	if err != nil {
		return ownPage{}, err
	}
	v := ownPage{Child: c, Base: childPath(child), Name: called(c)}
	v.Page = r.Page(title, append([]any{string(v.Name)}, args...)...)
	return v, nil
}

func childOf(r *Request) (id.Subject, error) {
	child, err := id.Parse[id.Subject](r.PathValue("child"))
	if err != nil {
		return child, fault.New(fault.NotFound, "page.unknown")
	}
	return child, nil
}

// childPage says what is held about one child, for what, until when.
type childPage struct {
	ownPage
	Label    ui.Label
	Purposes []purposeLine
	Fields   []fieldLine
	Receipts []ui.Row
	Link     string // path that makes the child's own link; "" when it has none
	Guardian bool   // whose own phone it is that can be changed
	Confirm  string // path where the guardian's word is waited for; "" when it is not
}

type purposeLine struct {
	Name, Why, Until string
	State            string
	Kind             ui.Kind
	Stop, Start      string // paths; "" when it cannot be done
}

type fieldLine struct{ Name, Change string }

func (s *Site) child(w http.ResponseWriter, r *Request) error {
	own, err := s.ownPage(r, "me.child.title")
	if err != nil {
		return err
	}
	v := childPage{ownPage: own, Guardian: r.Actor.Role == actor.Guardian}
	c := own.Child
	if r.Actor.Role == actor.Guardian && decides(c.Speaker) {
		v.Link = own.Base + "/link"
	}
	if waitsForGuardian(r.Actor, c) {
		v.Confirm = own.Base + "/confirm"
	}
	for _, p := range c.Purposes {
		if line, shown := purposeOf(r, own, p); shown {
			if v.Confirm != "" {
				line.Start = "" // all are asked together there
			}
			v.Purposes = append(v.Purposes, line)
		}
	}
	for _, f := range inOrder(c.Held) {
		line := fieldLine{Name: r.P.T("field." + f)}
		switch {
		case correctable(r.Actor, f):
			line.Change = own.Base + "/correct/" + f
		case f == subject.GuardianPhone && r.Actor.Role == actor.Guardian:
			line.Change = pathNewPhone
		}
		v.Fields = append(v.Fields, line)
	}
	for _, e := range c.Enrolled {
		v.Receipts = append(v.Receipts, ui.Row{Key: r.P.Time(e.CreatedAt), Value: e.Receipt})
	}
	v.Label = ui.Label{Title: r.P.T("me.label"), AsOf: r.P.T("me.label.as_of", r.server.now()), Facts: []ui.Fact{
		{Icon: "doc", Name: r.P.T("me.label.what"), Text: r.P.T("enrolment.label.what.text", items(r.P, c.Held), len(c.Held))},
		{Icon: "people", Name: r.P.T("me.label.why"), Text: r.P.T("me.label.why.text", countLive(c))},
		{Icon: "eye", Name: r.P.T("me.label.looks"), Text: r.P.T("me.label.looks.text", c.Looks)},
		{Icon: "badge", Name: r.P.T("me.label.speaker"), Text: r.P.T("consent.speaker." + string(c.Speaker))},
	}}
	return r.Show(w, v.body())
}

// purposeOf says where one purpose stands and what can be done about it. One
// that was never asked for and is no longer in use is not shown.
func purposeOf(r *Request, own ownPage, p catalogue.Purpose) (purposeLine, bool) {
	st := standing(own.Child, p.Code)
	trial := p.Code == catalogue.TrialLesson
	if p.AdultsOnly || (p.Ended || trial != triesOnly(own.Child)) && st.State == consent.StateNone {
		return purposeLine{}, false
	}
	l := purposeLine{Name: r.P.T("purpose." + p.Code), Why: r.P.T("purpose." + p.Code + ".why"),
		Until: keeping(r.P, p), State: r.P.T("consent.state." + stateWord(st.State)), Kind: stateKind(st.State)}
	if p.Basis == catalogue.Published && st.State == consent.StateNone {
		l.State, l.Kind, l.Stop = r.P.T("consent.state.public"), ui.Info, own.Base+"/withdraw/"+p.Code
		return l, true
	}
	switch st.State {
	case consent.StateLive, consent.StatePending, consent.StateRestricted:
		l.Stop = own.Base + "/withdraw/" + p.Code
		if st.State == consent.StatePending && st.Missing()&partOf(r.Actor) != 0 && !p.Ended {
			l.Start = own.Base + "/give/" + p.Code
		}
	default:
		if speaks(r.Actor, own.Child.Speaker) && !p.Ended && !trial {
			l.Start = own.Base + "/give/" + p.Code
		}
	}
	return l, true
}

// triesOnly reports whether a child is here for a trial lesson alone.
func triesOnly(c family.Child) bool {
	return len(c.Enrolled) > 0 && !slices.ContainsFunc(c.Enrolled, func(e enrol.Enrolment) bool { return e.State != enrol.Trial })
}

func standing(c family.Child, purpose string) consent.Standing {
	for _, st := range c.Standings {
		if st.Purpose == purpose {
			return st
		}
	}
	return consent.Standing{Purpose: purpose}
}

func stateWord(s consent.State) string {
	if s == consent.StateNone {
		return "none"
	}
	return string(s)
}

func stateKind(s consent.State) ui.Kind {
	switch s {
	case consent.StateLive:
		return ui.Success
	case consent.StatePending, consent.StateExpired, consent.StateRestricted:
		return ui.Warning
	}
	return ui.Plain
}

// partOf is what the actor's word adds to a consent.
func partOf(a actor.Actor) consent.Parts {
	if a.Role == actor.Child {
		return consent.ByChild
	}
	return consent.ByGuardian
}

// speaks reports whether the actor's word counts today.
func speaks(a actor.Actor, s consent.Speaker) bool {
	return s == consent.Both || (a.Role == actor.Child) == (s == consent.Child)
}

// keeping says how long a purpose keeps what it needs.
func keeping(p lang.Printer, x catalogue.Purpose) string {
	if x.Retention.Unit == civil.Days {
		return p.T("enrolment.until.days", x.Retention.N)
	}
	if x.Retention.Unit != civil.Months {
		return p.T("after." + string(x.AfterExpiry))
	}
	return p.T("enrolment.until", x.Retention.N)
}
