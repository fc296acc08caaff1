package matrix_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/web"
)

// pages is the site of the world, with its sessions.
func (w *world) pages(t *testing.T) *web.Server {
	t.Helper()
	site := &web.Site{Origin: "https://fold.example", Places: w.House, Sessions: w.Accounts, Enrolments: w.House.Enrol,
		Families: w.House.Family, Phones: w.Accounts, Signer: w.House.Log.Signer, Confirmations: w.Intake}
	site.Staff = web.Staff{Accounts: w.Accounts, Enrol: w.House.Enrol, Desk: w.Desk, Grants: w.Grants, Releases: w.Releases,
		Office: &office.Service{Gate: w.Gate, Facts: w.Facts, Catalogue: w.Catalogue, Log: w.House.Log}, Evidence: w.House.Evidence, Surveys: w.House.Surveys}
	site.Staff.Applications, site.Staff.Leaks, site.Staff.Compartment = w.Applications, w.Leaks, w.Compartment
	site.Staff.Notices, site.Staff.Research = w.House.Notices, w.House.Research
	s, err := web.New(web.Config{Routes: site.Routes(), Sessions: w.Face, Now: w.Now, Jar: web.Jar{Plain: true},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// visit asks a page as somebody.
func (w *world) visit(s *web.Server, who apitest.Asker, r web.Route, path string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(r.Method(), path, nil)
	if r.Method() == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	who.Sign(req)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	return rec
}

// path fills the wildcards of a route with fresh things.
func (w *world) path(t *testing.T, r web.Route, of family) string {
	t.Helper()
	target := of.child.String()
	switch p := r.Path(); {
	case strings.HasPrefix(p, web.PathEnrol+"/"):
		link, err := w.House.Enrol.Start(t.Context(), w.As(actor.Clerk), "")
		w.must(t, err)
		target = link.ID.String()
	case strings.HasPrefix(p, web.PathChanges+"/"):
		target = w.change(t, of).String()
	case strings.HasPrefix(p, web.PathGrants+"/"):
		target = w.grant(t, false).String()
	case strings.HasPrefix(p, web.PathPeople+"/"):
		target = w.hired(t, false).String()
	case strings.HasPrefix(p, web.PathKeys+"/"):
		target = w.asked(t, false).String()
	case strings.HasPrefix(p, web.PathNotices+"/"):
		target = w.Notice.ID.String()
	}
	if strings.HasPrefix(r.Path(), web.PathLeaks+"/") {
		list := "13800001234"
		c, err := w.Leaks.Receive(t.Context(), w.As(actor.Officer), strings.NewReader(list), int64(len(list)))
		w.must(t, err)
		target = c.ID.String()
	}
	if strings.HasPrefix(r.Path(), web.PathPublications+"/") {
		list := "姓名,获奖\n王小明,一等奖\n"
		x, err := w.House.Notices.Prepare(t.Context(), w.As(actor.Officer), publish.Notice{Title: "示例公示", Occasion: publish.Aid, Article: "某条例第十条", Days: 7},
			publish.Upload{Name: "a.csv", File: strings.NewReader(list), Size: int64(len(list))})
		w.must(t, err)
		target = x.ID.String()
	}
	if strings.HasPrefix(r.Path(), web.PathResearch+"/{id}") {
		target = w.dataset(t).String()
	}
	if x := w.approvalPath(t, r.Path(), of); x != "" {
		target = x
	}
	request := ""
	if strings.HasPrefix(r.Path(), web.PathCompartment+"/") {
		f := w.secluded(t)
		target, request = f.ID.String(), w.unsealing(t, f, compartment.ToOpen).String()
	}
	return strings.NewReplacer("{id}", target, "{change}", target, "{child}", of.child.String(), "{purpose}", "survey", "{field}", "learner.name",
		"{index}", "1", "{decision}", "approve", "{what}", what(r), "{request}", request, "{act}", "withdraw", "{code}", "enrolment.minimal", "{version}", "1",
		"{token}", "none", "{step}", "phone", "{$}", "", "{institution}", w.Institution.String(), "{notice}", w.Notice.ID.String(),
		"{event}", "evt_none", "{number}", "2611-0000-0000-00").Replace(r.Path())
}

// what is the act that a form of a page asks for.
func what(r web.Route) string {
	if strings.HasPrefix(r.Path(), web.PathLeaks+"/") {
		return "trace"
	}
	if strings.HasPrefix(r.Path(), web.PathPublications+"/") {
		return "withdraw"
	}
	if strings.HasPrefix(r.Path(), web.PathCompartment+"/") {
		return "agree"
	}
	return "revoke"
}

// TestEveryPageForEveryRoleAndRelation asks every page as every role in every
// relation and compares with the table. A page without a row fails. S0-10, I8,
// T30, T31.
func TestEveryPageForEveryRoleAndRelation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.pages(t)
	got := map[row][]string{}
	for _, r := range s.Routes() {
		if r.Access.Public {
			continue // open to everybody whoever asks: there is nothing to compare
		}
		if rec := w.visit(s, w.Nobody(), r, w.path(t, r, w.enrol(t, "2016-03"))); rec.Code != 401 && rec.Code != 303 {
			t.Errorf("%s for nobody: %d", r.Pattern, rec.Code)
		}
		for _, role := range actor.Roles {
			if role != actor.System && role != actor.Integrator {
				got[row{strings.ReplaceAll(r.Pattern, " ", ":"), role}] = w.pageCells(t, s, r, role)
			}
		}
	}
	compare(t, "web.txt", got)
}

func (w *world) pageCells(t *testing.T, s *web.Server, r web.Route, role actor.Role) []string {
	t.Helper()
	out := make([]string, len(relations))
	for i, relation := range relations {
		of := w.enrol(t, "2016-03")
		who, ok := w.asker(t, role, relation, of)
		if out[i] = "-"; !ok {
			continue
		}
		rec := w.visit(s, who, r, w.path(t, r, of))
		out[i] = fmt.Sprint(rec.Code)
		ended := relation == "revoked" || relation == "expired"
		switch {
		case rec.Code >= 500:
			t.Errorf("%s as %s, %s: %d", r.Pattern, role, relation, rec.Code)
		case rec.Code == 200 && (ended || !slices.Contains(r.Access.Roles, role)):
			t.Errorf("%s lets a %s %s in", r.Pattern, relation, role)
		case rec.Code < 300 && (relation == "other" || relation == "foreign") && r.Access.Relation == web.OwnChild && strings.Contains(r.Path(), "{child}"):
			t.Errorf("%s shows a %s somebody else's child", r.Pattern, role)
		}
	}
	return out
}
