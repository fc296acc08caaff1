package policy_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/policy"
)

// bans maps each ban to what it forbids.
var bans = []struct {
	rule    string
	act     policy.Act
	purpose string
}{
	{"BAN-01", policy.Label, "label"},                          // S2-01
	{"BAN-02", policy.PublicityTraffic, "publicity.traffic"},   // S2-02
	{"BAN-03", policy.Fundraising, "fundraising"},              // S2-03
	{"BAN-04", policy.LivestreamSales, "livestream.sales"},     // S2-04
	{"BAN-05", policy.MarketingAuto, "marketing.auto"},         // MNR 24
	{"BAN-06", policy.ProvideIndividual, ""},                   // S3-48
	{"BAN-07", policy.CollectPersonal, "personal"},             // S3-30
	{"BAN-08", policy.PublishGrades, ""},                       // School Provisions 10
	{"BAN-09", policy.PublishSensitive, ""},                    // S3-58
	{"BAN-10", policy.ForeignDisclosure, "foreign.disclosure"}, // PIPL 41
}

// settings is every flag off, every flag on, each alone on and each alone off.
func settings() []policy.Facts {
	var off, on policy.Facts
	for _, b := range flags(&on) {
		*b = true
	}
	all := []policy.Facts{off, on}
	for i := range flags(&off) {
		one, allBut := off, on
		*flags(&one)[i], *flags(&allBut)[i] = true, false
		all = append(all, one, allBut)
	}
	return all
}

// TestBannedActsAreDeniedToEveryRoleUnderEveryFlag is invariant I4 and behaviour
// B2 for acts: role × banned act × purpose × each flag × age.
func TestBannedActsAreDeniedToEveryRoleUnderEveryFlag(t *testing.T) {
	e := engine(t)
	for _, ban := range bans {
		for _, role := range actor.Roles {
			for _, f := range settings() {
				for _, age := range []policy.AgeBand{policy.AgeUnknown, policy.Teen} {
					f.AgeBand = age
					for _, purpose := range []string{"learner.manage", ban.purpose} {
						mustBan(t, e, ban.rule, policy.Request{Role: role, Act: ban.act, Purpose: purpose, Facts: f})
					}
				}
			}
		}
	}
}

// TestBannedPurposesAreDeniedForEveryActAndRole is invariant I4 for purposes
// (S2-02, S2-03, S2-04): role × act × banned purpose × the flags that lift
// something anywhere, owner and emergency among them.
func TestBannedPurposesAreDeniedForEveryActAndRole(t *testing.T) {
	e := engine(t)
	for _, ban := range bans {
		if ban.purpose == "" {
			continue
		}
		for _, role := range actor.Roles {
			for _, act := range policy.Acts() {
				urgent := ideal(role, act).Facts
				urgent.Emergency, urgent.Basis = true, policy.BasisEmergency
				for _, f := range []policy.Facts{{}, ideal(role, act).Facts, urgent} {
					mustBan(t, e, ban.rule, policy.Request{Role: role, Act: act, Purpose: ban.purpose, Facts: f})
				}
			}
		}
	}
}

// TestOwnerWithEmergencyFlagCannotSellByLiveStream is the fixture "Role = owner
// + emergency flag, purpose = live-stream sales" (S2-04, I4).
func TestOwnerWithEmergencyFlagCannotSellByLiveStream(t *testing.T) {
	r := ideal(actor.Owner, policy.FieldReveal)
	r.Purpose, r.Facts.Emergency, r.Facts.InDifficulty = "livestream.sales", true, true
	mustBan(t, engine(t), "BAN-04", r)
}

func mustBan(t *testing.T, e *policy.Engine, rule string, r policy.Request) {
	t.Helper()
	if d := e.DecideAfresh(r); d.Allow || !slices.Contains(d.Rules, rule) {
		t.Fatalf("%s %s for %s: %+v, want %s; facts %+v", r.Role, r.Act, r.Purpose, d, rule, r.Facts)
	}
}

// TestBansReadNothingThatAPersonCouldBringAbout proves I4 for the combinations
// that cannot be walked: a ban's outcome depends on these attributes alone, so
// no approval, emergency, consent or setting changes it.
func TestBansReadNothingThatAPersonCouldBringAbout(t *testing.T) {
	e := engine(t)
	allowed := []string{"operation", "ageBand", "bulkCount", "grades", "difficulty", "sensitive",
		"recipientNaturalPerson", "personalAccount"}
	found := 0
	for _, r := range e.Rules() {
		if !r.Ban {
			continue
		}
		found++
		for _, attr := range e.Reads(r.ID) {
			if !slices.Contains(allowed, attr) {
				t.Errorf("%s reads %s", r.ID, attr)
			}
		}
	}
	if found != len(bans) {
		t.Errorf("%d bans in the rules, %d in the test", found, len(bans))
	}
}

// TestWhatABanForbidsIsNeverAllowed draws requests at random over everything (I4, B2).
func TestWhatABanForbidsIsNeverAllowed(t *testing.T) {
	e := engine(t)
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t)
		ban := rapid.SampledFrom(bans).Draw(t, "ban")
		if rapid.Bool().Draw(t, "by act") || ban.purpose == "" {
			r.Act = ban.act
		} else {
			r.Purpose = ban.purpose
		}
		adults := ban.rule == "BAN-05" && r.Facts.AgeBand == policy.Adult
		d := e.Decide(r)
		known := slices.Contains(actor.Roles, r.Role) && slices.Contains(policy.Acts(), r.Act)
		if d.Allow && !adults || known && !adults && !slices.Contains(d.Rules, ban.rule) {
			t.Fatalf("%+v: %+v", r, d)
		}
	})
}

func TestBansOnWhatGoesOut(t *testing.T) {
	e := engine(t)
	for _, c := range []struct {
		name, rule string
		change     func(*policy.Request)
	}{
		{"a list that shows which children are in difficulty (S2-01)", "BAN-01", func(r *policy.Request) {
			r.Fields, r.Facts.BulkCount = []string{"case.difficulty"}, 2
		}},
		{"a value for a teacher as a private person (S3-48)", "BAN-06", func(r *policy.Request) {
			r.Facts.RecipientNaturalPerson = true
		}},
		{"collecting on a personal account (S3-30)", "BAN-07", func(r *policy.Request) {
			r.Operation, r.Facts.PersonalAccount = policy.Collect, true
		}},
		{"disclosing marks", "BAN-08", func(r *policy.Request) {
			r.Operation, r.Fields = policy.Disclose, []string{"learner.grades"}
		}},
		{"disclosing anything about a child under 14 (S3-58)", "BAN-09", func(r *policy.Request) {
			r.Operation, r.Facts.AgeBand = policy.Disclose, policy.Under14
		}},
		{"disclosing a field that nobody has classified (S3-58)", "BAN-09", func(r *policy.Request) {
			r.Operation, r.Facts.AgeBand, r.Fields = policy.Disclose, policy.Teen, []string{"learner.blood_type"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, role := range actor.Roles {
				r := ideal(role, policy.FieldReveal)
				c.change(&r)
				mustBan(t, e, c.rule, r)
			}
		})
	}
}

// TestARefusalNamesTheBanAlone: what else is missing does not matter then.
func TestARefusalNamesTheBanAlone(t *testing.T) {
	d := engine(t).Decide(policy.Request{Role: actor.Owner, Act: policy.Fundraising, Purpose: "fundraising"})
	if got := strings.Join(d.Rules, " "); got != "BAN-03" {
		t.Errorf("rules %s", got)
	}
}
