package demo_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/demo"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/secret"
)

var today = time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))

func TestTheCityHasWhatTheDesignPromises(t *testing.T) {
	c := demo.New(1, today)
	kinds, stores, names := map[string]int{}, 0, map[string]bool{}
	for _, inst := range c.Institutions {
		kinds[inst.Kind]++
		if inst.Kind == "training" {
			stores += len(inst.Places)
		}
		if !strings.Contains(inst.Name, "示例") {
			t.Errorf("%s does not say that it is invented", inst.Key)
		}
		for _, p := range inst.Places {
			if !strings.Contains(p.Name, "示例") || !strings.Contains(p.Address, "示例") || names[p.Key] || names[p.Name] {
				t.Errorf("%s is a duplicate or does not say that it is invented", p.Key)
			}
			names[p.Key], names[p.Name] = true, true
		}
		for _, s := range inst.Staff {
			if names[s.SignIn] || s.Name.Empty() || s.Place >= len(inst.Places) {
				t.Errorf("%s is a duplicate or incomplete", s.SignIn)
			}
			names[s.SignIn] = true
		}
	}
	if kinds["training"] != 5 || stores != 206 || kinds["university"] != 1 || kinds["welfare"] != 1 {
		t.Errorf("%v, %d stores", kinds, stores)
	}
}

// Numbers begin with 154, which is given to nobody, and no two people share one.
func TestFamiliesAreWholeAndReachNobody(t *testing.T) {
	c := demo.New(1, today)
	courses := map[string]bool{}
	seen, teens, places := map[string]bool{}, 0, map[[2]int]bool{}
	take := func(number secret.Text) {
		e164, err := phone.Normalise(number)
		if err != nil || !strings.HasPrefix(e164.Expose(), "+86154") || seen[e164.Expose()] {
			t.Fatalf("a number is unfit or taken twice: %v", err)
		}
		seen[e164.Expose()] = true
	}
	for _, f := range c.Families(5000) {
		places[[2]int{f.Institution, f.Place}] = true
		take(f.Guardian.Phone)
		if f.Guardian.Name.Empty() || len(f.Children) == 0 || !f.Since.Before(today) || f.Since.Before(today.AddDate(-3, 0, -1)) {
			t.Fatalf("an incomplete family, enrolled %v", f.Since)
		}
		names := map[string]bool{}
		for _, k := range f.Children {
			born, err := time.Parse("2006-01", k.Birth.Expose())
			if err != nil || born.AddDate(2, 0, 0).After(f.Since) || born.Before(today.AddDate(-18, 0, -31)) || names[k.Name.Expose()] {
				t.Fatalf("a child of wrong age or equal name: %v", err)
			}
			names[k.Name.Expose()] = true
			courses[k.Course] = true
			if !k.Phone.Empty() {
				teens++
				take(k.Phone)
			}
		}
	}
	if courses[""] || len(courses) < 80 {
		t.Errorf("%d courses, none: %v", len(courses), courses[""])
	}
	if teens < 500 || len(places) != 210 {
		t.Errorf("%d teens, families at %d places", teens, len(places))
	}
}

// The same seed and day give the same city, and any family alone.
func TestACityIsAFunctionOfItsSeed(t *testing.T) {
	a, b, other := demo.New(7, today), demo.New(7, today), demo.New(8, today)
	same := 0
	for i, f := range a.Families(300) {
		g := b.Family(i)
		if f.Guardian.Name.Expose() != g.Guardian.Name.Expose() || f.Children[0].Birth.Expose() != g.Children[0].Birth.Expose() || !f.Since.Equal(g.Since) {
			t.Fatalf("family %d differs", i)
		}
		if f.Guardian.Name.Expose() == other.Family(i).Guardian.Name.Expose() {
			same++
		}
	}
	if same > 30 {
		t.Errorf("%d of 300 names are equal in another city", same)
	}
	if a.Institutions[0].Staff[0].Name.Expose() != b.Institutions[0].Staff[0].Name.Expose() {
		t.Error("staff differ")
	}
}

func TestPersonasStandOnRealPostsAndFamilies(t *testing.T) {
	c := demo.New(1, today)
	roles := map[actor.Role]bool{}
	for _, p := range c.Personas {
		roles[p.Role] = true
		for _, tag := range lang.Tags {
			if !lang.For(tag).Has("demo.persona." + p.Key) {
				t.Errorf("%s: no words for %s", tag, p.Key)
			}
		}
		if (p.SignIn == "") != (p.Family != nil) || (p.SignIn == "") != !p.Phone.Empty() {
			t.Errorf("%s is neither staff nor family", p.Key)
		}
		if p.Place >= len(c.Institutions[p.Institution].Places) {
			t.Errorf("%s works nowhere", p.Key)
		}
		if p.Key == "turning" && p.Family.Children[0].Birth.Expose() != "2012-11" {
			t.Error("the child who turns 14 was not born 14 years ago this month")
		}
	}
	for _, r := range []actor.Role{actor.Guardian, actor.Child, actor.Clerk, actor.Manager, actor.Officer, actor.SysAdmin, actor.CyberOffice, actor.DataOwner} {
		if !roles[r] {
			t.Errorf("no persona for %s", r)
		}
	}
}

// The sample roster shows what an import says: most rows pass, each blunder is
// told, and none of its families is in the city already.
func TestTheSampleRosterCanBeImported(t *testing.T) {
	var b bytes.Buffer
	c := demo.New(1, today)
	if err := c.SampleRoster(&b, 60); err != nil {
		t.Fatal(err)
	}
	schema, err := roster.SchemaFor([]string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := roster.Open(bytes.NewReader(b.Bytes()), int64(b.Len()), roster.Options{Schema: schema, Today: today,
		Phone: func(n string) (secret.Text, error) { return phone.Normalise(secret.NewText(n)) }})
	if err != nil {
		t.Fatal(err)
	}
	good, codes := 0, map[string]int{}
	for r, err := range s.Rows(0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.OK() {
			good++
		}
		for _, p := range r.Problems {
			codes[p.Code]++
		}
	}
	if good != 55 || len(codes) != 6 {
		t.Errorf("%d good rows, problems %v", good, codes)
	}
}

func BenchmarkFamily(b *testing.B) {
	c, i := demo.New(1, today), 0
	for b.Loop() {
		c.Family(i % demo.MaxFamilies)
		i++
	}
}
