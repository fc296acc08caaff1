package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/verify"
)

// released is what is known of a data set after it was counted again.
type released struct {
	Statement verify.Statement `json:"statement"`
	Counted   verify.Counted   `json:"counted"`
}

// checkRelease verifies the certificate of a data set and counts the data set.
func checkRelease(_ context.Context, t terminal, o options) (result, error) {
	data, err := t.read(o.operands[0])
	if err != nil {
		return result{}, err
	}
	cert, err := verify.ParseRelease(data)
	if err != nil {
		return result{}, err
	}
	s, err := cert.Verify(o.key)
	if err != nil {
		return result{}, err
	}
	f, err := os.Open(o.operands[1])
	if err != nil {
		return result{}, err
	}
	defer func() { _ = f.Close() }() // only read
	counted, err := s.Check(f)
	return result{Key: cert.Key, Pinned: !o.key.IsZero(), Release: &released{s, counted}}, err
}

func (t terminal) printRelease(r result) {
	s, c := r.Release.Statement, r.Release.Counted
	key, _ := verify.ParseKey(r.Key) // verified
	t.say(t.out, "release-by", key.Name(), clock(s.Made))
	t.say(t.out, "release-models", strings.Join(s.Models, ", "), s.Method)
	t.say(t.out, "release-identifying", names(s, func(r string) bool { return r == verify.Identifying }))
	if kept := names(s, func(r string) bool { return r != verify.Identifying }); kept != "" {
		t.say(t.out, "release-kept", kept)
	}
	t.say(t.out, "release-counted", c.Records, c.Classes, max(c.Smallest-1, 0))
	if len(c.Distinct) > 0 {
		t.say(t.out, "release-distinct", strings.Trim(fmt.Sprint(c.Distinct), "[]"))
	}
	t.say(t.out, "release-risk", percent(s.Risk.Prosecutor), percent(s.Risk.Marketer))
	if x := s.Trial; x != nil {
		t.say(t.out, "release-trial", x.Targets, percent(x.Linked), percent(x.Most))
		if x.Held > 0 {
			t.say(t.out, "release-held", x.Held, percent(x.Guessed), percent(x.Learned))
		}
	}
	if !r.Pinned {
		t.say(t.out, "unpinned", r.Key)
	}
}

func names(s verify.Statement, fits func(role string) bool) string {
	var list []string
	for _, c := range s.Columns {
		if fits(c.Role) {
			list = append(list, c.Name)
		}
	}
	return strings.Join(list, ", ")
}

func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 2, 64) + " %" }
