package policy_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/policy"
)

// TestEveryRuleSaysItsLawInBothLanguages: PIPL art. 48, the person may ask for
// the rules to be explained.
func TestEveryRuleSaysItsLawInBothLanguages(t *testing.T) {
	e := engine(t)
	if len(e.Rules()) < 60 {
		t.Errorf("%d rules", len(e.Rules()))
	}
	for _, r := range e.Rules() {
		got, ok := e.Explain(r.ID)
		if !ok || got != r || r.Source == "" || len(r.Date) != len("2021-11-01") {
			t.Errorf("%s: %+v", r.ID, got)
		}
		for _, tag := range []string{"zh-CN", "en"} {
			if p := lang.For(tag); !p.Has(r.Title) || !p.Has(r.Law) {
				t.Errorf("%s has no words in %s", r.ID, tag)
			}
		}
	}
	if _, ok := e.Explain("R-999"); ok {
		t.Error("R-999 exists")
	}
}

func TestClassesAndAccessHaveWords(t *testing.T) {
	p := lang.For("zh-CN")
	for _, c := range policy.ClassNames {
		if !p.Has("policy.class." + c.Name) {
			t.Errorf("no words for class %s", c.Name)
		}
	}
	for _, a := range []policy.Access{policy.AccessNone, policy.AccessMasked, policy.AccessGrant,
		policy.AccessOwn, policy.AccessKey} {
		if !p.Has("policy.access." + string(a)) {
			t.Errorf("no words for access %s", a)
		}
	}
}

const good = `@id("R-001") @title("policy.r-001") @source("PIPL art. 9") @date("2021-11-01")
permit (principal, action == Action::"audit.verify", resource);
`

func load(rules ...string) (*policy.Engine, error) {
	files := fstest.MapFS{"good.cedar": {Data: []byte(good)}}
	for i, r := range rules {
		files[string(rune('a'+i))+".cedar"] = &fstest.MapFile{Data: []byte(r)}
	}
	return policy.Load(files)
}

func TestRulesThatCannotBeExplainedDoNotLoad(t *testing.T) {
	if _, err := load(); err != nil {
		t.Fatal(err)
	}
	const notes = `@id("R-002") @title("x") @source("PIPL art. 9") @date("2021-11-01") `
	const limit = `@id("BAN-77") @title("x") @source("PIPL art. 9") @date("2021-11-01") @fault("denied") `
	for name, rule := range map[string]string{
		"no id":               strings.Replace(notes, `@id("R-002")`, "", 1) + `permit (principal, action, resource);`,
		"odd id":              strings.Replace(notes, "R-002", "policy0", 1) + `permit (principal, action, resource);`,
		"taken id":            strings.Replace(notes, "R-002", "R-001", 1) + `permit (principal, action, resource);`,
		"no title":            strings.Replace(notes, `@title("x")`, "", 1) + `permit (principal, action, resource);`,
		"no source":           strings.Replace(notes, "PIPL art. 9", " ", 1) + `permit (principal, action, resource);`,
		"no date":             strings.Replace(notes, "2021-11-01", "soon", 1) + `permit (principal, action, resource);`,
		"ban that permits":    strings.Replace(notes, "R-002", "BAN-02", 1) + `permit (principal, action, resource);`,
		"limit without kind":  notes + `forbid (principal, action, resource);`,
		"permit with kind":    notes + `@fault("denied") permit (principal, action, resource);`,
		"unknown kind":        notes + `@fault("angry") forbid (principal, action, resource);`,
		"misspelt act":        limit + `forbid (principal, action == Action::"lable", resource);`,
		"misspelt role":       limit + `forbid (principal == Role::"ovner", action, resource);`,
		"misspelt attribute":  limit + `forbid (principal, action, resource) when { context.urgent };`,
		"misspelt has":        limit + `forbid (principal, action, resource) when { context has urgent };`,
		"number out of reach": limit + `forbid (principal, action, resource) when { context.bulkCount > 5000 };`,
		"not Cedar":           `permit everything;`,
	} {
		if _, err := load(rule); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	if _, err := policy.Load(fstest.MapFS{}); err == nil {
		t.Error("an empty book loaded")
	}
}

func TestForbidWinsOverPermit(t *testing.T) {
	e, err := load(`@id("BAN-77") @title("x") @source("PIPL art. 9") @date("2021-11-01") @fault("denied")
		forbid (principal, action, resource);`)
	if err != nil {
		t.Fatal(err)
	}
	if d := e.Decide(ideal(actor.Owner, policy.AuditVerify)); d.Allow || d.Rules[0] != "BAN-77" {
		t.Errorf("%+v", d)
	}
}

// TestAnErrorWhileDecidingDeniesAndAlarms: Cedar itself would skip the rule.
func TestAnErrorWhileDecidingDeniesAndAlarms(t *testing.T) {
	for _, effect := range []string{"permit", `@fault("denied") forbid`} {
		e, err := load(`@id("R-002") @title("x") @source("PIPL art. 9") @date("2021-11-01") ` + effect +
			` (principal, action, resource) when { context.consent > 3 };`)
		if err != nil {
			t.Fatal(err)
		}
		d := e.Decide(ideal(actor.Owner, policy.AuditVerify))
		if d.Allow || d.Err == nil || fault.KindOf(e.Refusal(d)) != fault.Unavailable {
			t.Errorf("%s: %+v", effect, d)
		}
		if e.Remembered() != 0 {
			t.Error("a failure is remembered")
		}
	}
}

func TestVersionFollowsEveryByteOfTheRules(t *testing.T) {
	a, err := load()
	if err != nil {
		t.Fatal(err)
	}
	b, err := load("// a comment\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Version()) != 64 || a.Version() == b.Version() || a.Version() == engine(t).Version() {
		t.Errorf("versions %s %s", a.Version(), b.Version())
	}
}
