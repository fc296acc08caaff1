// Package demo invents a city: training chains, a university, a welfare home,
// their staff and a few thousand families, so that somebody can try the program
// without one real child in it.
//
// Everything here is fiction and says so: every institution and place carries
// 示例 ("example") in its name. Telephone numbers begin with 154, which the
// numbering plan gives to no operator (the published national metadata of
// libphonenumber for CN has mobile numbers 15[0-35-9] only), so no message that
// escapes a demonstration reaches anybody; the program still takes them for
// mobile numbers. Personal names are drawn by chance from frequent surnames and
// characters; one that equals somebody's name is an accident.
//
// A city is a function of its seed and day: the same numbers give the same
// city, and any family can be asked for alone, so that loading can be resumed
// and spread. The package is pure and knows no database; the demo verb feeds
// its values to the services.
package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/secret"
)

// MaxFamilies is how many families a city can have without two sharing a number.
const MaxFamilies = 2_000_000

// City is an invented city.
type City struct {
	Name         string
	Institutions []Institution
	Personas     []Persona

	seed  uint64
	today time.Time
	sum   []int // weights of all places, added up
	at    []spot
}

type spot struct{ institution, place int }

// Institution is a body that holds children's information.
type Institution struct {
	Key    string // stable and short: "chain1" … "chain5", "university", "welfare"
	Name   string
	Kind   string // as in package institution: training, university, welfare
	Places []Place
	Staff  []Staff
}

// Place is a store, campus or post.
type Place struct {
	Key     string // "chain1.001"
	Name    string
	Address string
	weight  int
}

// Staff is one member of staff.
type Staff struct {
	SignIn string // account name, unique in the city, such as "clerk.chain1.001"
	Name   secret.Text
	Role   actor.Role
	Place  int // index in Places; -1 for the whole institution
}

// Family is one guardian with children, all enrolled at one place.
type Family struct {
	Institution int // index in City.Institutions
	Place       int // index in its Places
	Guardian    Person
	Children    []Child
	Since       time.Time // when they enrolled: at most three years before the city's day
	Optional    []string  // optional purposes that the guardian agreed to
}

// Person has a name and a number.
type Person struct {
	Name  secret.Text
	Phone secret.Text // as typed: eleven digits
}

// Child is a learner. A child of 14 or more has a number of its own.
type Child struct {
	Name  secret.Text
	Birth secret.Text // yyyy-mm
	Phone secret.Text // empty below the age of 14

	Course string // the class it goes to: "美术基础班（周六上午）"
}

// New invents the city of a seed as it is on a day.
func New(seed uint64, today time.Time) *City {
	c := &City{Name: cityName, seed: seed, today: today}
	c.Institutions = institutions(c.dice(1 << 40))
	total := 0
	for i, inst := range c.Institutions {
		for j, p := range inst.Places {
			total += p.weight
			c.sum, c.at = append(c.sum, total), append(c.at, spot{i, j})
		}
	}
	c.Personas = c.personas()
	return c
}

// dice gives the randomness of one thing in the city.
func (c *City) dice(n uint64) *rand.Rand { return rand.New(rand.NewPCG(c.seed, n)) }

// number writes a telephone number that nobody has. Each block counts its own.
func number(block, n int) string { return fmt.Sprintf("154%d%07d", block, n) }

// The blocks of numbers.
const (
	blockPersona  = 0
	blockGuardian = 1
	blockRoster   = 2
	blockChild    = 3 // four for each family
)
