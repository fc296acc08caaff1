package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
)

// maxSummary is the length of the first screen, in characters: parents distrust
// long agreements.
const maxSummary = 150

// Finding is one thing wrong with a notice. A warning does not stop it.
type Finding struct {
	Path    string // such as "zh-CN/storage/plain" or "asks/0"
	Code    string // words in lang under "fault."+Code
	Args    []any
	Warning bool
}

// Lint judges a notice before it is published. purposes are those defined, by
// code. It refuses an empty block or one out of order (Children's Provisions
// art. 10), an absent controller or contact (PIPL art. 17), one tick for two
// sensitive purposes (S3-55), a tick that is on before anybody touched it
// (S0-05), a mandatory mark where the basis is consent (S3-19), fields outside
// the purpose, banned or undefined purposes, and a summary over 150 characters.
// It warns of texts that are hard to read.
func Lint(n Notice, purposes map[string]Purpose) []Finding {
	l := &linter{purposes: purposes}
	l.notEmpty("controller", n.Controller)
	l.notEmpty("contact", n.Contact)
	l.notEmpty("officer", n.Officer)
	if !validCode(n.Code) {
		l.add("code", "catalogue.lint.code")
	}
	if _, ok := n.Words[lang.Default]; !ok {
		l.add(lang.Default, "catalogue.lint.language", lang.Default)
	}
	for _, tag := range n.Languages() {
		l.words(tag, n.Words[tag])
	}
	if len(n.Asks) == 0 {
		l.add("asks", "catalogue.lint.no_ask")
	}
	for i, a := range n.Asks {
		l.ask(fmt.Sprintf("asks/%d", i), a)
	}
	return l.found
}

// Refuse returns the fault for what a linter found, nil if only warnings.
func Refuse(found []Finding) error {
	e := fault.New(fault.Invalid, "catalogue.lint")
	for _, f := range found {
		if !f.Warning {
			e.Fields = append(e.Fields, fault.Field{Path: f.Path, Code: f.Code, Args: f.Args})
		}
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

type linter struct {
	purposes map[string]Purpose
	found    []Finding
}

func (l *linter) add(path, code string, args ...any) {
	l.found = append(l.found, Finding{Path: path, Code: code, Args: args})
}

func (l *linter) notEmpty(path, s string) {
	if strings.TrimSpace(s) == "" {
		l.add(path, "catalogue.lint.empty")
	}
}

func (l *linter) words(tag string, w Words) {
	if !slices.Contains(lang.Tags, tag) {
		l.add(tag, "catalogue.lint.language", tag)
	}
	l.notEmpty(tag+"/title", w.Title)
	l.notEmpty(tag+"/summary", w.Summary)
	if n := utf8.RuneCountInString(w.Summary); tag == lang.Default && n > maxSummary {
		l.add(tag+"/summary", "catalogue.lint.summary", n, maxSummary)
	}
	l.readable(tag, tag+"/summary", w.Summary)
	for i, topic := range Topics {
		path := tag + "/" + string(topic)
		if i >= len(w.Blocks) || w.Blocks[i].Topic != topic {
			l.add(path, "catalogue.lint.order", i+1)
			continue
		}
		l.notEmpty(path+"/plain", w.Blocks[i].Plain)
		l.notEmpty(path+"/law", w.Blocks[i].Law)
		l.readable(tag, path+"/plain", w.Blocks[i].Plain)
	}
	if len(w.Blocks) > len(Topics) {
		l.add(tag, "catalogue.lint.order", len(w.Blocks))
	}
}

// readable warns of a Chinese text that a reader with nine years of school
// would stumble over.
func (l *linter) readable(tag, path, s string) {
	if tag != lang.Default {
		return
	}
	if hard := lang.Lint(s); len(hard) > 0 {
		l.found = append(l.found, Finding{Path: path, Code: "catalogue.lint.reading", Args: []any{len(hard)}, Warning: true})
	}
}

func (l *linter) ask(path string, a Ask) {
	if len(a.Purposes) == 0 {
		l.add(path, "catalogue.lint.no_purpose")
	}
	if a.DefaultOn {
		l.add(path, "catalogue.lint.default_on")
	}
	sensitive, allowed := 0, map[string]bool{}
	for _, code := range a.Purposes {
		p, ok := l.purposes[code]
		switch {
		case slices.Contains(Banned, code):
			l.add(path, "catalogue.banned", code)
		case !ok:
			l.add(path, "catalogue.lint.purpose_unknown", code)
		}
		// The reader's age is unknown, so the younger band decides.
		if p.Sensitive(civil.Under14) {
			sensitive++
		}
		for _, f := range p.Fields {
			allowed[f] = true
		}
		if !p.MayMarkMandatory() && len(a.Mandatory) > 0 {
			l.add(path, "catalogue.lint.mandatory", code)
		}
	}
	if sensitive > 1 || sensitive == 1 && len(a.Purposes) > 1 {
		l.add(path, "catalogue.lint.bundled", len(a.Purposes))
	}
	for _, f := range append(slices.Clone(a.Fields), a.Mandatory...) {
		if !allowed[f] {
			l.add(path, "catalogue.lint.field", f)
		}
	}
}
