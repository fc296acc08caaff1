package leak

import (
	"strings"

	"github.com/wardfold/wardfold/internal/lang"
)

// Said puts a result into words, a line each: what it proves first, then on whom
// and on what, how the list was read, and what is assumed.
func Said(p lang.Printer, r Result) (lines []string) {
	say := func(key string, args ...any) { lines = append(lines, p.T(key, args...)) }
	say("leak.said.case", r.Case, p.Time(r.At))
	say("leak.said.file", r.File)
	say("leak.verdict." + string(r.Verdict))
	for _, part := range []struct {
		key  string
		list []Finding
	}{{"leak.exports", r.Exports}, {"leak.stores", r.Stores}, {"leak.accounts", r.Accounts}} {
		for _, f := range part.list {
			say("leak.said.line", p.T(part.key), f.ID, p.T("leak.named."+f.Grade()))
		}
	}
	for _, g := range r.Among {
		say("leak.said.among", strings.Join(g.IDs, " "))
	}
	for _, g := range r.Window {
		say("leak.said.when", p.Time(g.From), p.Time(g.Until))
	}
	if !r.NotBefore.IsZero() {
		say("leak.notbefore", p.Time(r.NotBefore))
	}
	if r.Read.Matched() > 0 && r.Outside > 0 {
		say("leak.elsewhere", int(100*r.Outside+0.5))
	}
	say("leak.person")
	say("leak.sure", 100*(1-r.Alpha))
	say("leak.said.read", r.Read.Rows, r.Read.Matched(), r.Read.Marked, r.Read.Outside, r.Read.Nothing)
	say("leak.compared", r.Compared, r.Searched)
	for _, a := range r.Assumed {
		say("leak.assumed." + a)
	}
	return lines
}
