package grant_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/policy"
)

var (
	noon  = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	clerk = id.Make[id.Staff](noon)
	boss  = id.Make[id.Staff](noon)
	shop  = id.Make[id.Store](noon)
	other = id.Make[id.Store](noon)
	kid   = id.Make[id.Subject](noon)
	inst  = id.Make[id.Institution](noon)
)

func application() grant.Application {
	return grant.Application{Who: clerk, Role: actor.Clerk, Purpose: "contact.class",
		Fields: []string{"guardian.phone", "learner.name"}, Store: shop,
		From: noon, Until: noon.Add(30 * 24 * time.Hour), Reason: "class_contact"}
}

func approved(change func(*grant.Grant)) grant.Grant {
	g := grant.Grant{ID: id.Make[id.Grant](noon), Institution: inst, Application: application(),
		State: grant.Approved, Applicant: clerk, AskedAt: noon, Decider: boss, DecidedAt: noon}
	if change != nil {
		change(&g)
	}
	return g
}

func use() grant.Use {
	return grant.Use{Staff: clerk, Role: actor.Clerk, Purpose: "contact.class",
		Fields: []string{"guardian.phone"}, Store: shop, Subject: kid, At: noon}
}

// TestAnApplicationNamesEveryElement: S3-11 range = fields × subjects × time,
// S0-10 every grant has a reason and an end.
func TestAnApplicationNamesEveryElement(t *testing.T) {
	for _, c := range []struct {
		code   string
		change func(*grant.Application)
	}{
		{"", func(*grant.Application) {}},
		{"grant.who", func(a *grant.Application) { a.Who = id.Staff{} }},
		{"grant.role", func(a *grant.Application) { a.Role = actor.Owner }},
		{"grant.role", func(a *grant.Application) { a.Role = actor.SysAdmin }},
		{"grant.purpose", func(a *grant.Application) { a.Purpose = "" }},
		{"grant.fields", func(a *grant.Application) { a.Fields = nil }},
		{"grant.fields", func(a *grant.Application) { a.Fields = make([]string, 33) }},
		{"grant.scope", func(a *grant.Application) { a.Store = id.Store{} }},
		{"", func(a *grant.Application) { a.Store, a.Role = id.Store{}, actor.Officer }},
		{"", func(a *grant.Application) { a.Store, a.Subjects = id.Store{}, []id.Subject{kid} }},
		{"grant.subjects", func(a *grant.Application) { a.Subjects = make([]id.Subject, 501) }},
		{"grant.capsule", func(a *grant.Application) { a.Role, a.Subjects = actor.Vendor, []id.Subject{kid} }},    // S2-14
		{"grant.capsule", func(a *grant.Application) { a.Role, a.Subjects = actor.Volunteer, []id.Subject{kid} }}, // S2-14
		{"grant.written", func(a *grant.Application) { a.Reason = "project" }},                                    // S3-39
		{"grant.written", func(a *grant.Application) { a.Reason = "activity" }},
		{"grant.reserve", func(a *grant.Application) { a.Reserve = true }},
		{"grant.until", func(a *grant.Application) { a.Until = time.Time{} }},
		{"grant.until", func(a *grant.Application) { a.Until = noon }},
		{"grant.until", func(a *grant.Application) { a.From = a.Until }},
		{"", func(a *grant.Application) { a.Until = noon.Add(grant.MaxLife) }},
		{"grant.life", func(a *grant.Application) { a.Until = noon.Add(grant.MaxLife + time.Millisecond) }},
		{"grant.emergency", func(a *grant.Application) { a.Emergency = true }}, // S3-16
		{"", func(a *grant.Application) { a.Emergency, a.Until = true, noon.Add(72*time.Hour) }},
		{"grant.per_day", func(a *grant.Application) { a.PerDay = -1 }},
		{"grant.reason", func(a *grant.Application) { a.Reason = "because" }},
	} {
		a := application()
		c.change(&a)
		if got := fault.CodeOf(a.Check(noon)); got != c.code {
			t.Errorf("%q, want %q for %+v", got, c.code, a)
		}
	}
}

// TestNobodyDecidesOnTheirOwnGrant is invariant I8.
func TestNobodyDecidesOnTheirOwnGrant(t *testing.T) {
	g := approved(func(g *grant.Grant) { g.State, g.Who = grant.Asked, id.Make[id.Staff](noon) })
	for _, by := range []id.Staff{g.Applicant, g.Who, {}} {
		if err := g.Decidable(by, noon); !errors.Is(err, fault.Denied) {
			t.Errorf("decidable: %v", err)
		}
	}
	if err := g.Decidable(boss, noon); err != nil {
		t.Errorf("another person: %v", err)
	}
	if err := g.Decidable(boss, g.Until); fault.CodeOf(err) != "grant.late" {
		t.Errorf("after the end: %v", err)
	}
	g.State = grant.Refused
	if err := g.Decidable(boss, noon); fault.CodeOf(err) != "grant.decided" {
		t.Errorf("twice: %v", err)
	}
}

// TestAGrantReachesExactlyItsRange is S3-11 and S3-41.
func TestAGrantReachesExactlyItsRange(t *testing.T) {
	for _, c := range []struct {
		name string
		use  func(*grant.Use)
		want [4]bool // live, purpose, fields, subject
	}{
		{"what was approved", func(*grant.Use) {}, [4]bool{true, true, true, true}},
		{"another purpose (S3-41)", func(u *grant.Use) { u.Purpose = "learner.manage" }, [4]bool{true, false, true, true}},
		{"one field more", func(u *grant.Use) { u.Fields = append(u.Fields, "guardian.name") }, [4]bool{true, true, false, true}},
		{"no field named", func(u *grant.Use) { u.Fields = nil }, [4]bool{true, true, false, true}},
		{"another college's student (S3-11)", func(u *grant.Use) { u.Store = other }, [4]bool{true, true, true, false}},
		{"another person", func(u *grant.Use) { u.Staff = boss }, [4]bool{}},
		{"the same person in another role", func(u *grant.Use) { u.Role = actor.Teacher }, [4]bool{}},
		{"a moment too early", func(u *grant.Use) { u.At = noon.Add(-time.Millisecond) }, [4]bool{}},
		{"the last moment", func(u *grant.Use) { u.At = noon.Add(30*24*time.Hour - 1) }, [4]bool{true, true, true, true}},
		{"a moment too late", func(u *grant.Use) { u.At = noon.Add(30 * 24 * time.Hour) }, [4]bool{}},
	} {
		u := use()
		c.use(&u)
		got := approved(nil).Covers(u)
		if [4]bool{got.Live, got.Purpose, got.Fields, got.Subject} != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
		if got.Whole() != (c.want == [4]bool{true, true, true, true}) {
			t.Errorf("%s: whole %v", c.name, got.Whole())
		}
	}
	listed := approved(func(g *grant.Grant) { g.Subjects = []id.Subject{kid} })
	u := use()
	if !listed.Covers(u).Subject {
		t.Error("a listed subject is outside")
	}
	u.Subject = id.Make[id.Subject](noon)
	if listed.Covers(u).Subject {
		t.Error("an unlisted subject is inside")
	}
}

// TestAMaskedGrantOpensNothing, a used-up one neither, and a reserve waits for
// its glass.
func TestAMaskedGrantOpensNothing(t *testing.T) {
	masked := approved(func(g *grant.Grant) { g.Masked = true })
	u := use()
	if masked.Covers(u).Live {
		t.Error("a grant for masks opens a value")
	}
	u.Masked = true
	if !masked.Covers(u).Whole() {
		t.Error("a grant for masks shows none")
	}
	for name, g := range map[string]grant.Grant{
		"used up":   approved(func(g *grant.Grant) { g.Uses, g.Used = 3, 3 }),
		"a reserve": approved(func(g *grant.Grant) { g.Reserve = true }),
		"ready":     approved(func(g *grant.Grant) { g.State = grant.Ready }),
		"held":      approved(func(g *grant.Grant) { g.State = grant.Held }),
	} {
		if g.Covers(use()).Live {
			t.Errorf("%s, and live", name)
		}
	}
	if !approved(func(g *grant.Grant) { g.Uses, g.Used = 3, 2 }).Covers(use()).Whole() {
		t.Error("the last use is refused")
	}
}

func TestOnlyAnApprovedGrantIsLive(t *testing.T) {
	for _, s := range []grant.State{grant.Asked, grant.Refused, grant.Ended, ""} {
		if approved(func(g *grant.Grant) { g.State = s }).Covers(use()).Live {
			t.Errorf("%q is live", s)
		}
	}
}

// TestTwoGrantsDoNotAddUp: the fields of one and the purpose of another are no
// grant (S3-41). Property: a use is covered whole if and only if one single
// grant covers it whole.
func TestTwoGrantsDoNotAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		purposes := []string{"contact.class", "learner.manage"}
		fields := []string{"guardian.phone", "learner.name", "guardian.name"}
		var grants []grant.Grant
		for range rapid.IntRange(0, 4).Draw(t, "grants") {
			grants = append(grants, approved(func(g *grant.Grant) {
				g.Purpose = rapid.SampledFrom(purposes).Draw(t, "purpose")
				g.Fields = rapid.SliceOfN(rapid.SampledFrom(fields), 1, 3).Draw(t, "fields")
				g.Store = rapid.SampledFrom([]id.Store{shop, other}).Draw(t, "store")
				g.State = rapid.SampledFrom([]grant.State{grant.Approved, grant.Ended}).Draw(t, "state")
			}))
		}
		u := use()
		u.Purpose = rapid.SampledFrom(purposes).Draw(t, "use purpose")
		u.Fields = rapid.SliceOfN(rapid.SampledFrom(fields), 1, 2).Draw(t, "use fields")
		any := slices.ContainsFunc(grants, func(g grant.Grant) bool { return g.Covers(u).Whole() })
		best := grant.Best(grants, u)
		if best.Whole() != any {
			t.Fatalf("best %+v, any %v", best, any)
		}
		live := slices.ContainsFunc(grants, func(g grant.Grant) bool { return g.Covers(u).Live })
		if best.Live != live {
			t.Fatalf("live %v, want %v", best.Live, live)
		}
	})
}

// TestAnEmergencyIsOverdueAfter72Hours is S3-16; PIPL art. 18.
func TestAnEmergencyIsOverdueAfter72Hours(t *testing.T) {
	g := approved(func(g *grant.Grant) { g.Emergency = true })
	if g.Overdue(noon.Add(72 * time.Hour)) {
		t.Error("overdue at 72 hours")
	}
	late := noon.Add(72*time.Hour + time.Millisecond)
	if !g.Overdue(late) {
		t.Error("not overdue after 72 hours")
	}
	g.ToldAt = noon
	if g.Overdue(late) {
		t.Error("overdue though told")
	}
}

// TestExactlyTheReadersOfTheRulesMayHoldAGrant keeps the two rooms together.
func TestExactlyTheReadersOfTheRulesMayHoldAGrant(t *testing.T) {
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range actor.Roles {
		a := application()
		a.Role, a.Subjects = role, []id.Subject{kid}
		outside := role == actor.Volunteer || role == actor.Vendor // only by way of an application (S2-14)
		may := rules.AccessOf(role) == policy.AccessGrant && !outside
		if got := a.Check(noon) == nil; got != may {
			t.Errorf("%s: may hold a grant %v, by the rules %v", role, got, may)
		}
	}
}

// TestTheMatrixShowsApproverReasonAndEnd is S0-10.
func TestTheMatrixShowsApproverReasonAndEnd(t *testing.T) {
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	g := approved(nil)
	ended := approved(func(g *grant.Grant) { g.State = grant.Ended })
	m := grant.Draw(rules, []grant.Grant{g, ended}, noon)
	if len(m.Rows) != len(actor.Roles) {
		t.Fatalf("%d rows", len(m.Rows))
	}
	found := 0
	for _, row := range m.Rows {
		for _, cell := range row.Cells {
			for _, l := range cell.Grants {
				found++
				if row.Role != actor.Clerk || l.Approver != boss || l.Reason != "class_contact" || !l.Until.Equal(g.Until) {
					t.Errorf("%s %s: %+v", row.Role, cell.Class, l)
				}
			}
		}
	}
	if found != 2 { // contact and identity
		t.Errorf("%d lines", found)
	}
	if m.Hash() == grant.Draw(rules, nil, noon).Hash() {
		t.Error("a grant does not change the hash")
	}
	if m.Hash() != grant.Draw(rules, []grant.Grant{ended, g}, noon.Add(time.Hour)).Hash() {
		t.Error("the same matrix has another hash")
	}
}

func TestReasonsAndStatesHaveWords(t *testing.T) {
	p := lang.For("zh-CN")
	for _, r := range grant.Reasons {
		if !p.Has("grant.reason." + string(r)) {
			t.Errorf("no words for reason %s", r)
		}
	}
	for _, s := range []grant.State{grant.Asked, grant.Approved, grant.Refused, grant.Ended} {
		if !p.Has("grant.state." + string(s)) {
			t.Errorf("no words for state %s", s)
		}
	}
}
