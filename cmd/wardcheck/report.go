package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wardfold/wardfold/verify"
)

// result is what a verb found; with --json it is printed as it is.
type result struct {
	OK        bool      `json:"ok"`
	Verb      string    `json:"verb"`
	Code      string    `json:"code,omitempty"`   // why not ok: a verify.Code, or "unreadable"
	At        *int64    `json:"at,omitempty"`     // the leaf it concerns
	Detail    string    `json:"detail,omitempty"` // for people who debug
	Origin    string    `json:"origin,omitempty"`
	Key       string    `json:"key,omitempty"`
	Pinned    bool      `json:"pinned"` // the key was given, not taken from the data
	Size      int64     `json:"size"`
	Root      string    `json:"root,omitempty"`
	Witnesses []witness `json:"witnesses,omitempty"`
	Since     *int64    `json:"since,omitempty"`  // size of the older head
	Millis    int64     `json:"millis,omitempty"` // how long a whole log took
	Index     *int64    `json:"index,omitempty"`
	Entry     *entry    `json:"entry,omitempty"`
	Subject   string    `json:"subject,omitempty"`
	Pack      *pack     `json:"pack,omitempty"`
	Release   *released `json:"release,omitempty"`
	Leak      *leaked   `json:"leak,omitempty"`
}

type witness struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// entry is a leaf in words that are longer than its keys.
type entry struct {
	Time      time.Time `json:"time"`
	Type      string    `json:"type"`
	Event     string    `json:"event"`
	Operation string    `json:"operation,omitempty"`
	Purpose   string    `json:"purpose,omitempty"`
	Fields    []string  `json:"fields,omitempty"`
	Actor     string    `json:"actor,omitempty"`
	Role      string    `json:"role,omitempty"`
	InCharge  string    `json:"in_charge,omitempty"`
	HandledBy string    `json:"handled_by,omitempty"`
	Denied    string    `json:"denied,omitempty"`
	Rules     []string  `json:"rules,omitempty"`
	Count     int64     `json:"count,omitempty"`
}

func entryOf(l verify.Leaf) *entry {
	return &entry{l.Time, l.Type, l.Event, l.Operation, l.Purpose, l.Fields, l.Actor, l.Role,
		l.InCharge, l.HandledBy, l.Denied, l.Rules, l.Count}
}

func headResult(h verify.Head, o options) result {
	r := result{Origin: h.Origin, Size: h.Size, Pinned: !o.key.IsZero()}
	if h.Origin != "" {
		r.Root = h.Root.String()
	}
	r.Witnesses = witnessesOf(h)
	return r
}

func witnessesOf(h verify.Head) (list []witness) {
	for _, w := range h.Witnessed {
		list = append(list, witness{w.Name, w.At})
	}
	return list
}

// report prints the outcome and returns the exit status.
func (t terminal) report(o options, r result, err error) int {
	if u, ok := errors.AsType[usageError](err); ok {
		return t.usage(u)
	}
	status := exitTrue
	r.OK = err == nil
	if err != nil {
		status = exitUsage
		r.Code, r.Detail = "unreadable", err.Error()
		if e, ok := errors.AsType[*verify.Error](err); ok {
			status, r.Code = exitFalse, string(e.Code)
			if e.At >= 0 {
				r.At = &e.At
			}
		}
	}
	if o.json {
		b, _ := json.MarshalIndent(r, "", "  ") // strings, numbers and times encode
		_, _ = fmt.Fprintf(t.out, "%s\n", b)
		return status
	}
	t.print(r)
	return status
}

func (t terminal) print(r result) {
	if !r.OK {
		t.say(t.out, "no")
		t.say(t.out, "code-"+r.Code)
		if r.At != nil {
			t.say(t.out, "at", *r.At)
		}
		t.say(t.out, "detail", r.Detail)
		return
	}
	t.say(t.out, "yes-"+r.Verb)
	if r.Release != nil {
		t.printRelease(r)
		return
	}
	t.say(t.out, "origin", r.Origin)
	t.say(t.out, "size", r.Size)
	t.say(t.out, "root", r.Root)
	if r.Since != nil {
		t.say(t.out, "since", *r.Since)
	}
	for _, w := range r.Witnesses {
		t.say(t.out, "witnessed", w.Name, clock(w.At))
	}
	t.printEntry(r)
	t.printPack(r.Pack)
	t.printLeak(r.Leak)
	if !r.Pinned {
		t.say(t.out, "unpinned", r.Key)
	}
}

func (t terminal) printEntry(r result) {
	e := r.Entry
	if e == nil {
		return
	}
	t.say(t.out, "index", *r.Index)
	for _, line := range []struct{ key, value string }{
		{"time", clock(e.Time)}, {"type", e.Type}, {"operation", t.words.operation(e.Operation)},
		{"purpose", e.Purpose}, {"fields", strings.Join(e.Fields, ", ")}, {"actor", e.Actor},
		{"role", e.Role}, {"in-charge", e.InCharge}, {"handled-by", e.HandledBy},
		{"denied", e.Denied}, {"rules", strings.Join(e.Rules, ", ")}, {"subject", r.Subject},
	} {
		if line.value != "" {
			t.say(t.out, line.key, line.value)
		}
	}
}

func clock(at time.Time) string { return at.Local().Format("2006-01-02 15:04:05 -07:00") }

// say prints the words for key with its arguments, and a newline.
func (t terminal) say(w io.Writer, key string, args ...any) {
	text := t.words.text(key)
	for i, a := range args {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), fmt.Sprint(a))
	}
	_, _ = fmt.Fprintln(w, text) // nothing to do if the screen is gone
}
