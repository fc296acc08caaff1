package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/survey"
	"github.com/wardfold/wardfold/internal/web/problem"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Staff is what the pages of those who work in an institution need. The zero
// value has the routes and no answers.
type Staff struct {
	Applications *application.Service
	Releases     *release.Service

	Accounts    *account.Register
	Enrol       *enrol.Service
	Desk        *desk.Service
	Grants      *grant.Register
	Office      *office.Service
	Imports     Imports // nil: no imports here
	Evidence    *evidence.Service
	Leaks       *leak.Service
	Compartment *compartment.Service // nil: none here
	Surveys     *survey.Service      // nil: no scans here
	Notices     *publish.Service     // nil: no public notices here
	Research    *research.Service    // nil: no research data here
	Passkeys    bool                 // the site has a name that passkeys can be bound to
	Providers   []string             // names of the identity providers
}

// Who comes in where. The gate decides once more on each act.
var (
	everyStaff = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.CyberOffice, actor.DataOwner,
		actor.Leader, actor.Owner, actor.Auditor, actor.SysAdmin, actor.Volunteer, actor.Vendor, actor.Overseer}
	frontDesk   = []actor.Role{actor.Clerk, actor.Manager}
	searchers   = []actor.Role{actor.Clerk, actor.Manager, actor.Officer}
	readers     = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Volunteer, actor.Vendor}
	callers     = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager}
	granting    = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Volunteer, actor.Vendor, actor.DataOwner, actor.CyberOffice, actor.Leader}
	deciders    = []actor.Role{actor.Manager, actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader}
	staffing    = []actor.Role{actor.Manager, actor.Owner, actor.Officer, actor.SysAdmin}
	accountable = []actor.Role{actor.Manager, actor.Officer, actor.Owner, actor.Leader, actor.DataOwner, actor.CyberOffice, actor.Auditor}
	reviewers   = []actor.Role{actor.Manager, actor.Officer, actor.Auditor, actor.Owner}
	officers    = []actor.Role{actor.Officer}
	importers   = []actor.Role{actor.Officer, actor.Manager, actor.DataOwner, actor.CyberOffice, actor.Leader}
	keyKeepers  = []actor.Role{actor.Manager, actor.Officer, actor.Owner, actor.DataOwner, actor.CyberOffice, actor.SysAdmin}
)

// staffPages answers the routes of staff.
type staffPages struct {
	*Site
	*Staff
}

// staffRoutes are the pages of staff, in the order of the menu.
func (s *Site) staffRoutes() []Route {
	p := &staffPages{s, &s.Staff}
	var all []Route
	for _, part := range [][]Route{p.doorRoutes(), p.todayRoutes(), p.deskRoutes(), p.callRoutes(), p.changeRoutes(), p.managerRoutes(), p.applicationRoutes(), p.exportRoutes(), p.officerRoutes(), p.selfRoutes()} {
		all = append(all, part...)
	}
	return all
}

// said tells a fault in the error summary of the form it came from. ok is false
// for what the form cannot help.
func (r *Request) said(err error, kinds ...fault.Kind) (ui.Errors, bool) {
	if lines, ok := r.Wrong(err); ok {
		return lines, true
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return nil, false
	}
	for _, k := range kinds {
		if f.Kind == k {
			return ui.Errors{{Text: r.P.T("fault."+f.Code, f.Args...)}}, true
		}
	}
	return nil, false
}

// refusal is a problem in words for a page of its own.
func (r *Request) refusal(err error) problem.Problem { return problem.Of(err, r.P, r.ID) }

// names maps accounts to names as colleagues see them, former ones too.
func (p *staffPages) names(r *Request) (map[string]string, error) {
	list, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, id.Store{}, true)
	out := make(map[string]string, len(list))
	for _, s := range list {
		out[s.ID.String()] = s.Name
	}
	return out, err
}

// storeNames maps stores to names.
func (p *staffPages) storeNames(ctx context.Context, inst id.Institution) (map[string]string, error) {
	list, err := p.Office.Stores(ctx, inst)
	out := make(map[string]string, len(list))
	for _, s := range list {
		out[s.ID.String()] = s.Name
	}
	return out, err
}

// storeChoice lists the stores an actor may choose: their own, or all.
func (p *staffPages) storeChoice(r *Request) ([]ui.Option, error) {
	list, err := p.Office.Stores(r.Context(), r.Actor.Institution)
	var out []ui.Option
	for _, s := range list {
		if r.Actor.Store.IsZero() || r.Actor.Store == s.ID {
			out = append(out, ui.Option{Value: s.ID.String(), Text: s.Name})
		}
	}
	return out, err
}

// browserLabel is a short label of a browser for the list of devices, made from what
// it says of itself; unknown ones have no label.
func browserLabel(r *http.Request) string {
	agent := r.UserAgent()
	var parts []string
	for _, group := range [][]struct{ says, name string }{
		{{"MicroMessenger", "微信"}, {"Edg", "Edge"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}},
		{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"}},
	} {
		for _, x := range group {
			if strings.Contains(agent, x.says) {
				parts = append(parts, x.name)
				break
			}
		}
	}
	return strings.Join(parts, " · ")
}

// readJSON reads the whole body of the script's request, within the route's
// limit.
func (r *Request) readJSON() ([]byte, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fault.New(fault.Invalid, "form.unknown").Because(unquoted(err))
	}
	return b, nil
}

// fieldList says fields in words, separated as the language does.
func fieldList(p lang.Printer, codes []string) string {
	return keyList(p, "field.", codes)
}

func keyList(p lang.Printer, prefix string, codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = wordOr(p, prefix+c, c)
	}
	return p.List(words)
}

// wordOr is the words of a key, or a code that has none, such as a purpose of
// the institution's own.
func wordOr(p lang.Printer, key, code string) string {
	if p.Has(key) {
		return p.T(key)
	}
	return code
}
