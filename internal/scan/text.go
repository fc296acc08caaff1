package scan

import (
	"bufio"
	"fmt"
	"io"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/lang"
)

// shownMax is how many findings of one part a text report shows.
const shownMax = 20

// WriteText writes the report for somebody at a terminal: first the answer, then
// the places, then what to do.
func WriteText(w io.Writer, j *Journal, s Summary, p lang.Printer) error {
	t := &text{w: bufio.NewWriter(w), p: p}
	t.head(s)
	for l, err := range j.Lines() {
		if err != nil {
			return err
		}
		t.result(l)
	}
	t.more()
	if err := t.problems(j, s); err != nil {
		return err
	}
	if todo := Advice(p, s); len(todo) > 0 {
		t.say("")
		t.say(p.T("scan.do"))
		for _, line := range todo {
			t.say("  - " + line)
		}
		if s.Found > 0 {
			t.say("  - " + p.T("scan.do.baseline"))
		}
	}
	return t.w.Flush()
}

type text struct {
	w      *bufio.Writer
	p      lang.Printer
	part   string
	listed int64
	hidden int64
}

func (t *text) say(line string) { _, _ = fmt.Fprintln(t.w, line) } // Flush tells of errors

func (t *text) head(s Summary) {
	p := t.p
	t.say(HeadWords(p, s))
	if s.All() == 0 {
		t.say(p.T("scan.nothing"))
	} else {
		t.say(p.T("scan.found", s.All(), s.Under14, s.From14To17))
	}
	if s.People.Persons > 0 {
		t.say(HeadcountWords(p, s.People))
	}
	if s.Accepted > 0 {
		t.say(p.T("scan.accepted", s.Accepted))
	}
	if s.Sampled > 0 {
		t.say(p.T("scan.sampled_tables", s.Sampled))
	}
	if !s.Complete() {
		t.say(p.T("scan.incomplete", s.Problems))
	}
	for k := range detect.Every.All() {
		if c := s.Kinds[k]; c.All()+c.Masked > 0 {
			t.say("  " + p.T("scan.kind_line", KindName(p, k), c.Certain, c.Likely, c.Possible, c.Masked))
		}
	}
}

// under begins the lines of a part.
func (t *text) under(part string) {
	if part == t.part {
		return
	}
	t.more()
	t.part = part
	t.say("")
	t.say(part)
}

// more tells how much of the last part was not shown.
func (t *text) more() {
	if t.hidden > 0 {
		t.say("  " + t.p.T("scan.more", t.hidden))
	}
	t.listed, t.hidden = 0, 0
}

func (t *text) result(l Line) {
	p := t.p
	switch {
	case l.People != nil:
		t.under(l.People.Location)
		t.say("  " + PeopleWords(p, l.People))
	case l.Column != nil:
		c := l.Column
		t.under(c.Part)
		line := p.T("scan.column_line", c.Column, c.Header, KindName(p, c.Kind), LevelName(p, c.Level), c.Valid, c.Filled)
		if c.Under14+c.From14To17 > 0 {
			line += p.T("scan.minors", c.Under14, c.From14To17)
		}
		t.say("  " + line + SampleWords(p, c) + state(p, c.Accepted))
	case l.Finding != nil:
		f := l.Finding
		if f.Masked {
			return
		}
		t.under(f.Part)
		if t.listed++; t.listed > shownMax {
			t.hidden++
			return
		}
		why := ReasonNames(p, f.Reasons)
		if young(f.Minor) {
			why = joined(p, MinorName(p, f.Minor), why)
		}
		line := p.T("scan.finding_line", PlaceWords(p, f), KindName(p, f.Kind), LevelName(p, f.Level), f.Sample, why)
		if f.Planted != "" {
			line += p.T("scan.is_planted", f.Planted)
		}
		t.say("  " + line + state(p, f.Accepted))
	case l.Over != nil:
		t.under(l.Over.Location)
		t.hidden += l.Over.Count
	case l.Party != nil && l.Party.How == "form" && !l.Party.Known:
		t.under(l.Party.Location)
		t.say("  " + PartyWords(p, l.Party))
	}
}

// state tells whether a result is accepted.
func state(p lang.Printer, a *Accepted) string {
	switch {
	case a == nil:
		return ""
	case a.Expired:
		return p.T("scan.expired", a.Until)
	}
	return p.T("scan.is_accepted", a.Until, a.Reason)
}

// problems lists what was not examined, and counts what was left out.
func (t *text) problems(j *Journal, s Summary) error {
	p := t.p
	if s.Problems > 0 {
		t.say("")
		t.say(p.T("scan.problems", s.Problems))
	}
	skipped := make(map[string]int64)
	for l, err := range j.of("problem") {
		if err != nil {
			return err
		}
		if l.Problem.Skipped {
			skipped[l.Problem.Code]++
			continue
		}
		t.say("  " + p.T("scan.problem_line", l.Problem.Location, ProblemWords(p, l.Problem)))
	}
	if len(skipped) > 0 {
		t.say("")
		t.say(p.T("scan.skipped", s.Skipped))
		for _, code := range sorted(skipped) {
			t.say("  " + p.T("scan.skipped_line", SkipWords(p, code), skipped[code]))
		}
	}
	return nil
}
