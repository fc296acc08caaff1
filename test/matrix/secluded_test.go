package matrix_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// swept is one request that was made ready while the family was still seen.
type swept struct {
	name, method, path, body string
	form                     bool
}

// needles are what would tell of a family, and where it may stand in an answer.
func (w *world) needles(t *testing.T, n int, of family) map[string]string {
	t.Helper()
	form := housetest.Form(n, "2016-03")
	number := housetest.Phone(n)
	found := map[string]string{"name": form.LearnerName.Expose(), "guardian's name": form.GuardianName.Expose(), "phone": number,
		"masked phone": number[:3] + "****" + number[7:], "child": of.child.String(), "guardian": of.guardian.String()}
	w.View(func(tx *db.Tx) error {
		all, err := enrol.OfChild(tx, w.Institution, of.child)
		for _, e := range all {
			found["receipt"], found["enrolment"] = e.Receipt, e.ID.String()
		}
		return err
	})
	if len(found) != 8 {
		t.Fatalf("%d needles", len(found))
	}
	return found
}

// TestNothingAtWorkTellsOfASecludedChild is S2-23†: one child of a populated house is
// secluded; then everybody at work asks every operation and every page, with the
// things that named the child before. Its name, phone, receipt and identifiers are in
// no answer, and where its own identifier is asked for, the answer is the same as for
// one that nobody ever had. The family's own pages stay.
func TestNothingAtWorkTellsOfASecludedChild(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pages := w.pages(t)
	w.n++
	r := w.Fixture.Enrol(w.n, "2016-03")
	of := family{r.Child, r.Guardian}
	needles := w.needles(t, w.n, of)
	for range 3 {
		w.enrol(t, "2016-03")
	}
	var asked []swept
	for _, op := range w.API.Operations() {
		path, body := w.request(t, op, of, w.Store)
		if op.ID == "enrolment-get" || op.ID == "enrolment-cancel" {
			path = strings.Replace(op.Path, "{id}", needles["enrolment"], 1)
		}
		if op.ID == "subject-search" {
			body = `{"phone":"` + needles["phone"] + `","purpose":"learner.manage"}`
			asked = append(asked, swept{op.ID, op.Method, path, `{"receipt":"` + needles["receipt"] + `","purpose":"learner.manage"}`, false})
		}
		if op.ID == "audit-list" {
			path += "?subject=" + of.child.String()
		}
		asked = append(asked, swept{op.ID, op.Method, path, body, false})
	}
	for _, r := range pages.Routes() {
		if strings.HasPrefix(r.Path(), "/staff") {
			form := url.Values{"what": {needles["phone"]}, "child": {needles["receipt"]}, "of": {of.guardian.String()}, "field": {"guardian.phone"},
				"purpose": {"contact.class"}, "reason": {"injury"}, "answer": {"yes"}, "subjects": {needles["receipt"]}, "receipt": {needles["receipt"]}}
			asked = append(asked, swept{r.Pattern, r.Method(), w.path(t, r, of), form.Encode(), true})
			if r.Path() == "/staff/find" && r.Method() == http.MethodPost {
				form.Set("what", needles["receipt"])
				asked = append(asked, swept{r.Pattern, r.Method(), r.Path(), form.Encode(), true})
			}
		}
	}
	w.seenBefore(t, pages, asked, needles)
	if _, err := w.Compartment.Seclude(t.Context(), w.As(actor.Officer), of.child, secret.NewText("(2026)沪0105刑初12号")); err != nil {
		t.Fatal(err)
	}
	w.familyStays(t, pages, of)
	answers := 0
	for _, who := range w.atWork(t) {
		for _, x := range asked {
			code, body := w.sweep(pages, who, x)
			if code != http.StatusNotFound {
				answers++
			}
			for _, what := range told(x, body, needles) {
				t.Errorf("%s tells the %s", x.name, what)
			}
			for _, mine := range []string{of.child.String(), of.guardian.String()} {
				if !strings.Contains(x.path, mine) {
					continue
				}
				none := x
				none.path = strings.ReplaceAll(x.path, mine, id.Make[id.Subject](w.Now()).String())
				c, of := w.sweep(pages, who, none)
				if c != code || !x.form && (apitest.Answer{Body: []byte(of)}).Code() != (apitest.Answer{Body: []byte(body)}).Code() {
					t.Errorf("%s: %d, and %d for nobody", x.name, code, c)
				}
			}
		}
	}
	if answers < 1000 {
		t.Errorf("only %d answers", answers)
	}
	t.Logf("%d requests in %d roles", len(asked), len(w.atWork(t)))
}

// atWork is everybody who is no family: of the store, of the whole institution, and a
// program.
func (w *world) atWork(t *testing.T) (all []apitest.Asker) {
	t.Helper()
	for _, role := range actor.Roles {
		if role == actor.Guardian || role == actor.Child || role == actor.System {
			continue
		}
		for _, relation := range []string{"own", "wide"} {
			if who, ok := w.asker(t, role, relation, family{}); ok {
				all = append(all, who)
			}
		}
	}
	return append(all, w.Nobody())
}

// sweep asks one thing as somebody, of the pages or of the interface.
func (w *world) sweep(pages http.Handler, who apitest.Asker, x swept) (int, string) {
	if !x.form {
		var a apitest.Answer
		switch x.method {
		case http.MethodGet:
			a = who.Get(x.path)
		case http.MethodDelete:
			a = who.Delete(x.path)
		default:
			a = who.Post(x.path, x.body)
		}
		return a.Status, string(a.Body)
	}
	var body *strings.Reader
	if body = strings.NewReader(""); x.method == http.MethodPost {
		body = strings.NewReader(x.body)
	}
	req := httptest.NewRequest(x.method, x.path, body)
	if x.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	who.Sign(req)
	rec := httptest.NewRecorder()
	pages.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String() + rec.Header().Get("Location")
}

// seenBefore proves that the sweep sees: while the family is there, pages and
// operations that only read do tell of it.
func (w *world) seenBefore(t *testing.T, pages http.Handler, asked []swept, needles map[string]string) {
	t.Helper()
	seen := map[string]bool{}
	for _, role := range []actor.Role{actor.Clerk, actor.Officer} {
		for _, x := range asked {
			if x.method == http.MethodGet || strings.HasSuffix(x.path, "/search") || strings.HasSuffix(x.path, "/find") || strings.HasSuffix(x.path, "/reveal") {
				_, body := w.sweep(pages, w.SignedIn(w.As(role)), x)
				for _, what := range told(x, body, needles) {
					seen[what] = true
				}
			}
		}
	}
	for _, what := range []string{"phone", "masked phone", "child", "guardian", "enrolment"} {
		if !seen[what] {
			t.Errorf("nothing told the %s before", what)
		}
	}
}

// told lists the needles in what came back beside what was sent.
func told(x swept, got string, needles map[string]string) (all []string) {
	for _, own := range []string{x.path, url.QueryEscape(x.path), strings.SplitN(x.path, "?", 2)[0]} {
		got = strings.ReplaceAll(got, own, "")
	}
	sent := x.body
	if form, err := url.ParseQuery(x.body); x.form && err == nil {
		for _, v := range form {
			sent += " " + v[0]
		}
	}
	for what, needle := range needles {
		if strings.Contains(got, needle) && !strings.Contains(sent, needle) && !strings.Contains(x.path, needle) {
			all = append(all, what)
		}
	}
	return all
}

// familyStays asks the family's own pages.
func (w *world) familyStays(t *testing.T, pages http.Handler, of family) {
	t.Helper()
	mother := w.SignedIn(actor.Actor{Institution: w.Institution, Role: actor.Guardian, Subject: of.guardian, ProvedAt: w.Now()})
	for _, path := range []string{"/me", "/me/children/" + of.child.String(), "/me/children/" + of.child.String() + "/looks"} {
		code, body := w.sweep(pages, mother, swept{path: path, method: http.MethodGet, form: true})
		if code != http.StatusOK || !strings.Contains(body, of.child.String()) {
			t.Errorf("%s for the guardian: %d", path, code)
		}
	}
	a := mother.Post("/v1/subjects/"+of.child.String()+"/copy", "")
	if a.Status != http.StatusOK && a.Status != http.StatusCreated {
		t.Errorf("a copy for the guardian: %d %s", a.Status, a.Code())
	}
}
