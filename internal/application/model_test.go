package application_test

import (
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
)

// depth bounds the search: how many changes of people and of stand-ins one path
// may have. Decisions are not bounded.
var depth = flag.Int("model-depth", 2, "changes of people and stand-ins on one path of the model checker")

var start = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// figure is a person of a scenario, in the checker's own terms.
type figure struct {
	roles []actor.Role
	unit  string
	store int // 0 for the whole institution
}

// standIn is a delegation that may be made and ended at any time.
type standIn struct {
	from, to int
	role     actor.Role
}

// scenario is a small institution and what somebody applies for in it.
type scenario struct {
	name      string
	facts     application.Facts
	people    []figure
	applicant int
	users     []int
	makers    []int
	standIns  []standIn
}

func staffID(n int) id.Staff {
	var b [16]byte
	b[15] = byte(n + 1)
	x, _ := id.FromBytes[id.Staff](b[:])
	return x
}

func storeID(n int) id.Store {
	var b [16]byte
	b[15] = byte(n)
	if n == 0 {
		return id.Store{}
	}
	x, _ := id.FromBytes[id.Store](b[:])
	return x
}

// seat is what the checker itself saw of one decision.
type seat struct {
	by, as                      int8 // -1: nobody
	here, duty, asked           bool // was there; held the duty; was asked to stand in
	inOrder, unitTrue, roleTrue bool
	times                       uint8
}

// node is one state of the world.
type node struct {
	c       application.Case
	gone    uint16 // who has left
	standIn uint16 // which stand-ins count now
	changes uint8
	dead    bool // refused, withdrawn or lapsed at some time
	left    bool // the applicant or a user had left when it was granted
	seats   [5]seat
}

type key struct {
	gone, standIn uint16
	changes       uint8
	dead, left    bool
	state         application.State
	seats         [5]seat
}

func (n *node) key() key {
	return key{n.gone, n.standIn, n.changes, n.dead, n.left, n.c.State, n.seats}
}

// checker searches every state up to the bound.
type checker struct {
	scenario
	rules  application.Rulebook
	steps  []application.Step
	depth  int
	paper  application.Paper
	seen   map[key]bool
	tried  int
	broken string // the first violation
}

func check(s scenario, rules application.Rulebook, steps []application.Step) *checker {
	return search(s, rules, steps, *depth)
}

// grants counts the states in which something was granted.
func (k *checker) grants() (n int) {
	for x := range k.seen {
		if x.state == application.Granted {
			n++
		}
	}
	return n
}

func search(s scenario, rules application.Rulebook, steps []application.Step, depth int) *checker {
	k := &checker{scenario: s, rules: rules, steps: steps, depth: depth, seen: map[key]bool{}}
	k.paper = application.Paper{Applicant: staffID(s.applicant), Unit: s.people[s.applicant].unit, Steps: steps, Hash: [32]byte{7}}
	for _, u := range s.users {
		k.paper.Users = append(k.paper.Users, staffID(u))
	}
	for _, m := range s.makers {
		k.paper.Makers = append(k.paper.Makers, staffID(m))
	}
	first := &node{c: k.paper.Submit(start)}
	for i := range first.seats {
		first.seats[i].by, first.seats[i].as = -1, -1
	}
	queue := []*node{first}
	k.seen[first.key()] = true
	if len(steps) == 0 {
		k.broken = "nobody is asked"
	}
	for len(queue) > 0 && k.broken == "" {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		k.expand(n, func(next *node) {
			if x := next.key(); !k.seen[x] {
				k.seen[x] = true
				k.judge(next)
				queue = append(queue, next)
			}
		})
	}
	return k
}

// bench is the world as the rules are told of it.
func (k *checker) bench(n *node) application.Bench {
	b := application.Bench{People: make(map[id.Staff]application.Person, len(k.people))}
	for i, f := range k.people {
		b.People[staffID(i)] = application.Person{ID: staffID(i), Active: n.gone&(1<<i) == 0, Roles: f.roles,
			Store: storeID(f.store), Member: f.unit}
	}
	for i, d := range k.standIns {
		if n.standIn&(1<<i) != 0 {
			b.Delegations = append(b.Delegations, application.Delegation{From: staffID(d.from), To: staffID(d.to), Role: d.role,
				Since: start.Add(-time.Hour), Until: start.Add(time.Hour)})
		}
	}
	return b
}

// expand tries everything that anybody could try.
func (k *checker) expand(n *node, visit func(*node)) {
	b := k.bench(n)
	for by := range k.people {
		for i := range k.steps {
			for as := -1; as < len(k.people); as++ {
				if as != by {
					k.decide(n, b, by, as, i, visit)
				}
			}
		}
		k.other(n, b, application.Event{Verb: application.Withdraw, By: staffID(by), At: start}, visit)
	}
	k.other(n, b, application.Event{Verb: application.Lapse, At: start}, visit)
	if int(n.changes) >= k.depth || n.c.State != application.Pending {
		return
	}
	for i := range k.people {
		if n.gone&(1<<i) == 0 {
			next := *n
			next.gone, next.changes = n.gone|1<<i, n.changes+1
			visit(&next)
		}
	}
	for i := range k.standIns {
		next := *n
		next.standIn, next.changes = n.standIn^1<<i, n.changes+1
		visit(&next)
	}
}

// decide tries one decision: as it is, and with each lie about unit and role.
func (k *checker) decide(n *node, b application.Bench, by, as, step int, visit func(*node)) {
	s := k.steps[step]
	e := application.Event{Verb: application.Agree, At: start, By: staffID(by), Role: s.Role, Unit: k.people[by].unit, Step: step,
		Paper: [32]byte{7}, Store: storeID(k.people[by].store)}
	if as >= 0 {
		e.For, e.Store = staffID(as), storeID(k.people[as].store)
	}
	lie := e
	lie.Unit = "elsewhere"
	k.attempt(n, b, lie, as, visit)
	if lie.Unit = s.Department; lie.Unit != "" && lie.Unit != e.Unit {
		k.attempt(n, b, lie, as, visit)
	}
	lie = e
	lie.Role = actor.Clerk
	k.attempt(n, b, lie, as, visit)
	k.attempt(n, b, e, as, visit)
	e.Verb, e.Reason = application.Refuse, application.Refusals[0]
	k.other(n, b, e, visit)
}

func (k *checker) attempt(n *node, b application.Bench, e application.Event, as int, visit func(*node)) {
	k.tried++
	c, err := k.rules.Apply(b, n.c, e)
	if err != nil {
		return
	}
	next := *n
	next.c, next.left = c, k.anyLeft(n)
	next.seats[e.Step] = k.seat(n, int(e.By.Bytes()[15])-1, as, e)
	visit(&next)
}

// other tries what ends a case.
func (k *checker) other(n *node, b application.Bench, e application.Event, visit func(*node)) {
	k.tried++
	c, err := k.rules.Apply(b, n.c, e)
	if err != nil {
		return
	}
	if e.Verb == application.Withdraw && e.By != k.paper.Applicant {
		k.broken = "withdrawn by somebody else"
	}
	next := *n
	next.c, next.dead = c, true
	visit(&next)
}

func (k *checker) anyLeft(n *node) bool {
	return slices.ContainsFunc(append([]int{k.applicant}, k.users...), func(i int) bool { return n.gone&(1<<i) != 0 })
}

// seat is the truth about one decision, found without the rules.
func (k *checker) seat(n *node, by, as int, e application.Event) seat {
	s, was := k.steps[e.Step], n.seats[e.Step]
	x := seat{by: int8(by), as: int8(as), here: n.gone&(1<<by) == 0, unitTrue: e.Unit == k.people[by].unit, roleTrue: e.Role == s.Role, times: was.times + 1, asked: true}
	holder := by
	if as >= 0 {
		holder = as
		x.asked = k.people[as].unit == k.people[by].unit && slices.ContainsFunc(k.standIns, func(d standIn) bool {
			return d.from == as && d.to == by && d.role == s.Role && n.standIn&(1<<slices.Index(k.standIns, d)) != 0
		})
	}
	f := k.people[holder]
	x.duty = n.gone&(1<<holder) == 0 && slices.Contains(f.roles, s.Role) && (s.Department == "" || f.unit == s.Department) &&
		(s.Store.IsZero() || f.store == 0 || storeID(f.store) == s.Store)
	x.inOrder = true
	for i, earlier := range k.steps {
		x.inOrder = x.inOrder && (earlier.Stage >= s.Stage || n.seats[i].by >= 0)
	}
	return x
}

// judge compares a state with what the measures demand, in words of its own.
func (k *checker) judge(n *node) {
	if n.c.State != application.Granted || k.broken != "" {
		return
	}
	say := func(bad bool, what string) {
		if bad && k.broken == "" {
			k.broken = what
		}
	}
	say(n.dead, "granted after it was refused, withdrawn or lapsed")
	say(n.left, "granted though the applicant or a user had left")
	people := map[int8]bool{}
	for i, s := range k.steps {
		x := n.seats[i]
		say(x.by < 0, "granted without a step")
		say(!x.here || !x.duty, "decided by somebody without the duty")
		say(!x.asked, "decided for somebody who had not asked")
		say(!x.inOrder, "decided out of order")
		say(x.times > 1, "decided twice")
		say(!x.unitTrue || !x.roleTrue, "the record lies about unit or role")
		for _, h := range []int8{x.by, x.as} {
			if h < 0 {
				continue
			}
			say(int(h) == k.applicant || slices.Contains(k.users, int(h)) || slices.Contains(k.makers, int(h)), "decided in their own case")
			say(people[h], "two steps in one hand")
			people[h] = true
		}
		unit := k.people[max(x.by, 0)].unit
		say(s.Apart && unit == k.people[k.applicant].unit, "the office is of the applicant's unit")
		for j, o := range k.steps {
			say(j != i && s.Apart && o.Duty == application.DataOwner && n.seats[j].by >= 0 && k.people[n.seats[j].by].unit == unit,
				"owner and office are one unit")
		}
	}
	say(len(people) < len(demanded(k.facts)), "fewer people than the rule")
	for _, d := range demanded(k.facts) {
		say(!slices.ContainsFunc(k.steps, func(s application.Step) bool {
			return s.Role == d.role && s.Department == d.unit && s.Store == d.store
		}), "nobody asked "+string(d.role)+" "+d.unit)
	}
}

// demand is one person whom the measures want asked.
type demand struct {
	role  actor.Role
	unit  string
	store id.Store
}

// demanded reads the measures once more, by hand (issue: approval matrix;
// University PI Measures art. 11).
func demanded(f application.Facts) (list []demand) {
	add := func(role actor.Role, unit string, store id.Store) {
		if d := (demand{role, unit, store}); !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	uni := f.Kind == institution.University
	place := actor.Manager
	if f.Store.IsZero() {
		place = actor.Owner
		if uni {
			place = actor.CyberOffice
		}
	}
	office, lead := actor.Officer, actor.Owner
	if uni {
		office, lead = actor.CyberOffice, actor.Leader
	}
	clear := f.Clear || f.Outside
	switch {
	case !clear:
		add(place, "", f.Store)
	case !uni:
		add(place, "", f.Store)
	case len(f.Departments) == 0:
		add(actor.DataOwner, application.Platform, id.Store{})
	default:
		for _, d := range f.Departments {
			add(actor.DataOwner, d, id.Store{})
		}
	}
	if clear || f.Elsewhere {
		add(office, "", id.Store{})
	}
	if f.Subjects > 500 {
		add(actor.Officer, "", id.Store{})
	}
	if f.Outside {
		add(lead, "", id.Store{})
	}
	return list
}

// scenarios are small institutions in which as much as possible is in few
// hands, which is where rules break.
func scenarios() []scenario {
	uni := []figure{
		{[]actor.Role{actor.DataOwner, actor.CyberOffice, actor.Manager}, "registry", 1}, // 0 applies
		{[]actor.Role{actor.CyberOffice, actor.Leader}, "network", 0},                    // 1 would use it
		{[]actor.Role{actor.DataOwner, actor.CyberOffice, actor.Officer}, "registry", 0},
		{[]actor.Role{actor.DataOwner, actor.Leader, actor.CyberOffice}, "students", 0},
		{[]actor.Role{actor.CyberOffice, actor.Officer, actor.Leader}, "network", 0},
		{[]actor.Role{actor.Leader, actor.Officer, actor.Manager}, "president", 0},
		{[]actor.Role{actor.Manager}, "registry", 1}, // holds nothing here but may stand in
		{[]actor.Role{actor.Manager}, "network", 2},
		{[]actor.Role{actor.Leader, actor.Officer}, "president", 0},
	}
	chain := []figure{
		{[]actor.Role{actor.Clerk, actor.Manager}, "one", 1},
		{[]actor.Role{actor.Manager, actor.Officer}, "one", 1},
		{[]actor.Role{actor.Manager}, "one", 1},
		{[]actor.Role{actor.Officer, actor.Owner, actor.Manager}, "head", 0},
		{[]actor.Role{actor.Owner, actor.Officer}, "head", 0},
		{[]actor.Role{actor.Manager}, "two", 2},
		{[]actor.Role{actor.Owner, actor.Officer}, "board", 0},
	}
	uniIns := []standIn{{2, 6, actor.DataOwner}, {4, 7, actor.CyberOffice}, {6, 7, actor.DataOwner}, {5, 7, actor.Leader}, {4, 7, actor.Leader}}
	chainIns := []standIn{{1, 2, actor.Manager}, {4, 3, actor.Officer}, {3, 4, actor.Owner}, {2, 0, actor.Manager}}
	f := application.Facts{Kind: institution.University, Clear: true, Subjects: 30, Departments: []string{"registry", "students"}, Store: storeID(1)}
	change := func(g func(*application.Facts)) application.Facts { x := f; g(&x); return x }
	c := application.Facts{Kind: institution.Training, Subjects: 30, Under14: true, Store: storeID(1)}
	of := func(g func(*application.Facts)) application.Facts { x := c; g(&x); return x }
	return []scenario{
		{"university, inside, masked", change(func(f *application.Facts) { f.Clear = false }), uni, 0, []int{1}, []int{7}, uniIns},
		{"university, kept elsewhere", change(func(f *application.Facts) { f.Clear, f.Elsewhere = false, true }), uni, 0, []int{1}, nil, uniIns},
		{"university, clear, one owner", change(func(f *application.Facts) { f.Departments = f.Departments[:1] }), uni, 0, []int{1}, []int{7}, uniIns},
		{"university, clear, two owners", f, uni, 0, []int{1}, nil, uniIns},
		{"university, clear, 501", change(func(f *application.Facts) { f.Departments, f.Subjects = f.Departments[1:], 501 }), uni, 0, []int{1}, nil, uniIns},
		{"university, outside, two owners, 501", change(func(f *application.Facts) { f.Outside, f.Subjects = true, 501 }), uni, 0, []int{1}, nil, uniIns},
		{"chain, inside, masked", c, chain, 0, []int{0}, []int{1}, chainIns},
		{"chain, clear, 501", of(func(f *application.Facts) { f.Clear, f.Subjects = true, 501 }), chain, 0, []int{0}, nil, chainIns},
		{"chain, outside", of(func(f *application.Facts) { f.Clear, f.Outside = true, true }), chain, 0, []int{0}, nil, chainIns},
		{"chain, outside, every store", of(func(f *application.Facts) { f.Outside, f.Store = true, id.Store{} }), chain, 0, []int{5}, nil, chainIns},
	}
}

// TestNoPathToAGrantWithFewerPeopleOrStepsThanTheRule walks every order of
// decisions, refusals, departures and stand-ins up to the bound, with everybody
// trying everything. I8, S3-22, S3-40, S3-49, T37.
func TestNoPathToAGrantWithFewerPeopleOrStepsThanTheRule(t *testing.T) {
	states, tried := 0, 0
	for _, s := range scenarios() {
		k := check(s, application.Statute, application.Route(s.facts))
		states, tried = states+len(k.seen), tried+k.tried
		if k.broken != "" {
			t.Errorf("%s: %s", s.name, k.broken)
		}
		granted := k.grants()
		if granted == 0 {
			t.Errorf("%s: nothing is ever granted, so the search proves nothing", s.name)
		}
		t.Logf("%-40s %8d states, %7d of them granted", s.name, len(k.seen), granted)
	}
	t.Logf("%d states, %d attempts, 0 violations", states, tried)
}

// TestEverySmallInstitutionKeepsTheRule enumerates every institution of three
// deciders: each may hold any of owner, office and leader, in any of three
// units. Where too few people are there nothing is granted; never is anything
// granted by fewer than the rule. I8, S3-40, T37.
func TestEverySmallInstitutionKeepsTheRule(t *testing.T) {
	roles := []actor.Role{actor.DataOwner, actor.CyberOffice, actor.Leader}
	units := []string{"registry", "network", "students"}
	var kinds []figure
	for mask := range 1 << len(roles) {
		for _, u := range units {
			f := figure{unit: u}
			for i, r := range roles {
				if mask&(1<<i) != 0 {
					f.roles = append(f.roles, r)
				}
			}
			kinds = append(kinds, f)
		}
	}
	facts := application.Facts{Kind: institution.University, Clear: true, Subjects: 9, Departments: []string{"registry"}}
	outside := facts
	outside.Outside = true
	institutions, granting, states, tried := 0, 0, 0, 0
	for a := range kinds {
		for b := a; b < len(kinds); b++ {
			for c := b; c < len(kinds); c++ {
				for _, f := range []application.Facts{facts, outside} {
					s := scenario{facts: f, people: []figure{{roles, "students", 0}, kinds[a], kinds[b], kinds[c]}, users: []int{0},
						standIns: []standIn{{1, 2, actor.DataOwner}, {2, 3, actor.CyberOffice}}}
					k := search(s, application.Statute, application.Route(f), *depth-2)
					institutions, states, tried = institutions+1, states+len(k.seen), tried+k.tried
					if k.grants() > 0 {
						granting++
					}
					if k.broken != "" {
						t.Fatalf("%+v: %s", s.people, k.broken)
					}
				}
			}
		}
		if testing.Short() && a == 3 {
			break
		}
	}
	t.Logf("%d institutions, %d of which can grant: %d states, %d attempts, 0 violations", institutions, granting, states, tried)
}

// TestTheCheckerFindsEveryPlantedFault tears out one rule, and one line of the
// matrix, at a time: each time some scenario must break.
func TestTheCheckerFindsEveryPlantedFault(t *testing.T) {
	found := func(rules application.Rulebook, route func(application.Facts) []application.Step) string {
		for depth := 1; depth <= 2; depth++ { // most are found at once
			for _, s := range scenarios() {
				if k := search(s, rules, route(s.facts), depth); k.broken != "" {
					return s.name + ": " + k.broken
				}
			}
		}
		return ""
	}
	elsewhere := []string{ // their own tests hold them; no grant hangs on them
		"the paper is the one that was handed in", "a refusal has a reason", "a capsule closes with every statement"}
	planted := 0
	for _, name := range application.Statute.Names() {
		if slices.Contains(elsewhere, name) {
			continue
		}
		planted++
		how := found(application.Statute.Without(name), application.Route)
		if how == "" {
			t.Errorf("without %q the checker finds nothing", name)
		}
		t.Logf("without %q: %s", name, how)
	}
	for _, name := range application.Clauses() {
		planted++
		how := found(application.Statute, func(f application.Facts) []application.Step { return application.RouteWithout(name, f) })
		if how == "" {
			t.Errorf("without %q in the matrix the checker finds nothing", name)
		}
		t.Logf("without %q: %s", name, how)
	}
	t.Logf("%d faults planted", planted)
}
