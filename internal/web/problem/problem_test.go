package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/problem"
)

func TestEveryKindHasOneStatusAndWordsInBothLanguages(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Invalid: 422, fault.Unauthenticated: 401, fault.Denied: 403, fault.NotFound: 404, fault.Conflict: 409,
		fault.ConsentNeeded: 403, fault.ApprovalNeeded: 403, fault.Erased: 410, fault.Limited: 429, fault.Unavailable: 503,
	} {
		for _, tag := range lang.Tags {
			p := lang.For(tag)
			v := problem.Of(fmt.Errorf("while testing: %w", fault.New(kind, "form.required")), p, "ID1")
			if v.Status != want || v.Instance != "ID1" || v.Code != "form.required" {
				t.Errorf("%s: got %+v", kind, v)
			}
			if strings.HasPrefix(v.Title, "problem.") || v.Detail != p.T("fault.form.required") {
				t.Errorf("%s in %s has no words: %+v", kind, tag, v)
			}
			bare := problem.Of(kind, p, "ID1")
			if bare.Status != want || strings.HasPrefix(bare.Detail, "problem.") {
				t.Errorf("bare %s in %s: %+v", kind, tag, bare)
			}
		}
	}
}

// TestInternalErrorsShowOnlyTheRequestID is I3 at the outer door: the cause of
// an unexpected error, which may quote anything, never leaves.
func TestInternalErrorsShowOnlyTheRequestID(t *testing.T) {
	v := problem.Of(errors.New("row 13800138000 is broken"), lang.For("zh-CN"), "ID2")
	w := httptest.NewRecorder()
	if err := v.Write(w); err != nil {
		t.Fatal(err)
	}
	if v.Status != 500 || v.Instance != "ID2" || v.Code != "" || strings.Contains(w.Body.String(), "138") {
		t.Errorf("got %s", w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %q", got)
	}
}

func TestTheStandardLibrarysErrorsGetWords(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{&http.MaxBytesError{Limit: 1}, 413, "form.too_large"},
		{fault.New(fault.Invalid, "form.unknown").Because(&http.MaxBytesError{Limit: 1}), 413, "form.unknown"},
		{context.DeadlineExceeded, 503, "page.timeout"},
	} {
		if v := problem.Of(c.err, lang.For("en"), "x"); v.Status != c.status || v.Code != c.code {
			t.Errorf("%v: got %d %s", c.err, v.Status, v.Code)
		}
	}
}

func TestRefusalsNameTheirRulesAndFields(t *testing.T) {
	denied := fault.New(fault.Denied, "page.role")
	denied.Rules = []string{"BAN-01", "no-such-rule"}
	v := problem.Of(denied, lang.For("zh-CN"), "x")
	if len(v.Rules) != 2 || v.Rules[0].Text == "" || v.Rules[0].Law == "" || v.Rules[1] != (problem.Rule{ID: "no-such-rule"}) {
		t.Errorf("got %+v", v)
	}
	v = problem.Of(fault.At("learner.name", "form.required"), lang.For("en"), "x")
	var out map[string]any
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if len(v.Errors) != 1 || v.Errors[0].Pointer != "learner.name" || out["type"] != "/problems/form.required" {
		t.Errorf("got %s", b)
	}
}
