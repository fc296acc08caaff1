package policy

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/wardfold/wardfold/internal/fault"
)

//go:embed rules/*.cedar
var embedded embed.FS

// Rule is one policy as people know it.
type Rule struct {
	ID     string     // "R-105", "BAN-04"; stands in decisions and audit entries
	Forbid bool       // a limit or a ban; otherwise a permit
	Ban    bool       // beats every role and flag
	Source string     // the law behind it
	Date   string     // the day the source took force, YYYY-MM-DD
	Title  string     // key of package lang: what it says in plain words
	Law    string     // key of package lang: the law behind it, in words
	Kind   fault.Kind // of a refusal by it; "" for a permit
}

// Engine holds the rules ready to decide. It is safe for concurrent use.
type Engine struct {
	version  string
	rules    map[string]Rule
	permits  *cedar.PolicySet
	forbids  *cedar.PolicySet
	entities types.EntityMap
	shelves  map[place]shelf
	purposes map[string]bool // the purposes that some rule names
	memory   memory
}

// New returns the engine with the rules that the program carries. They cannot
// change while it runs, so every call returns the same engine.
func New() (*Engine, error) { return carried() }

var carried = sync.OnceValues(func() (*Engine, error) {
	files, err := fs.Sub(embedded, "rules")
	if err != nil {
		return nil, err
	}
	return Load(files)
})

// Load reads every .cedar file at the root of files. It refuses a rule without
// id, title, source or date, a forbid without the kind of its refusal, an id
// that is taken, and a rule that names an act, role, team, group or attribute
// that does not exist, since Cedar itself would silently skip it.
func Load(files fs.FS) (*Engine, error) {
	names, err := fs.Glob(files, "*.cedar")
	if err != nil {
		return nil, err
	}
	e := &Engine{
		rules:   map[string]Rule{NoPermit: defaultDeny},
		permits: cedar.NewPolicySet(), forbids: cedar.NewPolicySet(),
		entities: entities(), purposes: make(map[string]bool),
	}
	sum, scopes := sha256.New(), make(map[string]scope)
	var errs []error
	for _, name := range names { // sorted by Glob's contract for one directory
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%d %s %d ", len(name), name, len(text))
		sum.Write(text)
		errs = append(errs, e.read(name, text, scopes))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("policy: no rules")
	}
	e.fillShelves(scopes)
	e.version = hex.EncodeToString(sum.Sum(nil))
	return e, nil
}

// defaultDeny is the rule that needs no policy: what nothing allows is denied.
var defaultDeny = Rule{
	ID: NoPermit, Forbid: true, Source: "PIPL arts. 6, 51(4)", Date: "2021-11-01",
	Title: "policy.r-000", Law: "law.policy.r-000", Kind: fault.Denied,
}

// read adds the policies of one file.
func (e *Engine) read(name string, text []byte, scopes map[string]scope) error {
	list, err := cedar.NewPolicyListFromBytes(name, text)
	if err != nil {
		return fmt.Errorf("policy: %s: %w", name, err)
	}
	var errs []error
	for _, p := range list {
		r, err := describe(p)
		if err != nil {
			errs = append(errs, fmt.Errorf("policy: %s line %d: %w", name, p.Position().Line, err))
			continue
		}
		if _, taken := e.rules[r.ID]; taken {
			errs = append(errs, fmt.Errorf("policy: %s: rule %s exists twice", name, r.ID))
		}
		e.rules[r.ID] = r
		set := e.permits
		if r.Forbid {
			set = e.forbids
		}
		set.Add(cedar.PolicyID(r.ID), p)
		tree, err := parsed(p)
		if err != nil {
			return fmt.Errorf("policy: %s: rule %s: %w", name, r.ID, err)
		}
		scopes[r.ID] = scopeOf(tree)
		errs = append(errs, e.inspect(r.ID, tree))
	}
	return errors.Join(errs...)
}

var ruleID = regexp.MustCompile(`^(R-\d{3}|BAN-\d{2})$`)

// kinds are the kinds of refusal that a rule may name.
var kinds = []fault.Kind{fault.Invalid, fault.Unauthenticated, fault.Denied, fault.NotFound,
	fault.ConsentNeeded, fault.ApprovalNeeded, fault.Erased, fault.Limited, fault.Unavailable}

func describe(p *cedar.Policy) (Rule, error) {
	note := func(key types.AnnotationKey) string { return strings.TrimSpace(string(p.Annotations()[key])) }
	r := Rule{
		ID: note("id"), Source: note("source"), Date: note("date"), Title: note("title"),
		Law: "law." + note("title"), Kind: fault.Kind(note("fault")),
		Forbid: p.Effect() == cedar.Forbid, Ban: strings.HasPrefix(note("id"), "BAN-"),
	}
	_, badDate := time.Parse(time.DateOnly, r.Date)
	switch {
	case !ruleID.MatchString(r.ID):
		return r, fmt.Errorf("no @id of the form R-000 or BAN-00")
	case r.Source == "":
		return r, fmt.Errorf("rule %s has no @source", r.ID)
	case badDate != nil:
		return r, fmt.Errorf("rule %s has no @date", r.ID)
	case r.Title == "":
		return r, fmt.Errorf("rule %s has no @title", r.ID)
	case r.Ban && !r.Forbid:
		return r, fmt.Errorf("ban %s is not a forbid", r.ID)
	case r.Forbid != slices.Contains(kinds, r.Kind):
		return r, fmt.Errorf("rule %s: exactly the forbids have a @fault", r.ID)
	}
	return r, nil
}

// Version is the hash of all rule files, in hex. It goes into the audit log
// whenever rules are loaded, so that each decision can be traced to its rules.
func (e *Engine) Version() string { return e.version }

// Explain returns the rule with an id, to tell the person which rule and which
// law stand behind a decision. Source: PIPL art. 48.
func (e *Engine) Explain(id string) (Rule, bool) {
	r, ok := e.rules[id]
	return r, ok
}

// Rules returns every rule, sorted by id.
func (e *Engine) Rules() []Rule {
	all := make([]Rule, 0, len(e.rules))
	for _, r := range e.rules {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
