// Package problem is the one place where a fault becomes something a person or
// a program outside reads: a status, a title and words. HTML pages and the JSON
// interface tell the same problem.
//
// An error without a fault kind is internal: the answer carries a request id
// and nothing of the cause. RFC 9457.
package problem

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
)

// ContentType is the media type of a problem in JSON. RFC 9457 §6.1.
const ContentType = "application/problem+json"

// statuses is the table: every kind has one status, and a title under
// "problem."+kind in package lang. Internal errors are the kind "".
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Denied:          http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.ConsentNeeded:   http.StatusForbidden,
	fault.ApprovalNeeded:  http.StatusForbidden,
	fault.Erased:          http.StatusGone,
	fault.Limited:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	"":                    http.StatusInternalServerError,
}

// Problem is what went wrong, in words. It holds no personal information and
// never repeats what was sent.
type Problem struct {
	Type     string  `json:"type"` // path of the page that explains Code
	Title    string  `json:"title"`
	Status   int     `json:"status"`
	Detail   string  `json:"detail,omitempty"` // what happened, why, what to do
	Instance string  `json:"instance"`         // request id
	Code     string  `json:"code,omitempty"`
	Rules    []Rule  `json:"rules,omitempty"`
	Errors   []Field `json:"errors,omitempty"`
	Next     string  `json:"next,omitempty"` // path to go to, such as the sign-in
}

// Rule is one rule that stands behind a refusal: what it says, and the law it
// comes from.
type Rule struct {
	ID   string `json:"id"`
	Text string `json:"text,omitempty"`
	Law  string `json:"law,omitempty"`
}

// Field is one wrong part of the input.
type Field struct {
	Pointer string `json:"pointer" doc:"JSON pointer into what was sent, or the name of a header, a parameter, a form's part or a record's field."`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// Of describes err to a person who reads p. instance is the request id.
func Of(err error, p lang.Printer, instance string) Problem {
	f := asFault(err)
	kind := fault.KindOf(err)
	if f != nil {
		kind = f.Kind
	}
	status, known := statuses[kind]
	if !known {
		kind, status = "", statuses[""]
	}
	v := Problem{Type: "about:blank", Title: title(p, kind), Status: status, Instance: instance}
	if kind == "" || f == nil {
		v.Detail = p.T("problem.detail." + name(kind))
		return v
	}
	v.Code = f.Code
	v.Type = "/problems/" + f.Code
	v.Detail = p.T("fault."+f.Code, f.Args...)
	for _, id := range f.Rules {
		v.Rules = append(v.Rules, ruleOf(p, id))
	}
	for _, x := range f.Fields {
		v.Errors = append(v.Errors, Field{x.Path, x.Code, p.T("fault."+x.Code, x.Args...)})
	}
	if tooLarge(err) {
		v.Status = http.StatusRequestEntityTooLarge
	}
	return v
}

// ruleOf finds the words of a rule, which package policy keeps under its id.
func ruleOf(p lang.Printer, id string) Rule {
	r, key := Rule{ID: id}, "policy."+strings.ToLower(id)
	if p.Has(key) {
		r.Text = p.T(key)
	}
	if p.Has("law." + key) {
		r.Law = p.T("law." + key)
	}
	return r
}

// Write answers with v in JSON.
func (v Problem) Write(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", ContentType)
	w.WriteHeader(v.Status)
	return json.NewEncoder(w).Encode(v)
}

// asFault finds the outermost fault in err, and gives the standard library's
// ways of saying "too large" and "too late" a code.
func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	switch {
	case tooLarge(err):
		return fault.New(fault.Invalid, "form.too_large")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.New(fault.Unavailable, "page.timeout")
	}
	return nil
}

func tooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

func name(k fault.Kind) string {
	if k == "" {
		return "internal"
	}
	return string(k)
}

func title(p lang.Printer, k fault.Kind) string { return p.T("problem." + name(k)) }
