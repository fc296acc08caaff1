package deid_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/wardfold/wardfold/deid"
)

// S3-51: a mask is judged by how many people it leaves possible, together with
// what stands beside it.
func TestColumnsBesideAMaskAreCountedWithIt(t *testing.T) { // S3-51
	var people [][]string
	for i := range 40 {
		people = append(people, []string{[]string{"张小明", "李芳"}[i%2], fmt.Sprint("班", i/20), []string{"男", "女"}[i/10%2]})
	}
	name := deid.Shown{Kind: deid.ChildName, Form: deid.Surname}
	beside := deid.Shown{Form: deid.Whole}
	for _, c := range []struct {
		shown []deid.Shown
		least int
	}{
		{[]deid.Shown{name}, 20},
		{[]deid.Shown{name, beside}, 10},
		{[]deid.Shown{name, beside, beside}, 5},
	} {
		s := deid.Look(people, c.shown)
		if s.Least != c.least || !s.Passes() || s.Alone != 0 {
			t.Errorf("%d columns: %+v, want %d candidates", len(c.shown), s, c.least)
		}
	}
	people[7][0] = "欧阳明"
	s := deid.Look(people, []deid.Shown{name, beside, beside})
	if s.Least != 1 || s.Of[7] != 1 || s.Passes() || s.Alone != 1.0/40 {
		t.Errorf("a rare surname: %+v", s)
	}
	if s := deid.Look(nil, nil); s.Passes() {
		t.Errorf("nobody at all passes: %+v", s)
	}
}

// The published shares of children who are alone in their group (a surname and a
// star, a month of birth, both), which were counted over another list of names.
func TestTheEstimateAgreesWithPublishedShares(t *testing.T) {
	surname := deid.Shown{Kind: deid.ChildName, Form: deid.Surname}
	month := deid.Shown{Kind: deid.BirthMonth, Form: deid.Whole}
	sex := deid.Shown{Form: deid.Whole, Values: 2}
	for _, c := range []struct {
		n     int
		shown []deid.Shown
		want  float64
	}{
		{20, []deid.Shown{surname}, 0.67}, {30, []deid.Shown{surname}, 0.59}, {50, []deid.Shown{surname}, 0.49},
		{100, []deid.Shown{surname}, 0.37}, {500, []deid.Shown{surname}, 0.14}, {1000, []deid.Shown{surname}, 0.08},
		{30, []deid.Shown{surname, sex}, 0.73}, {500, []deid.Shown{surname, sex}, 0.23},
		{20, []deid.Shown{month}, 0.19}, {30, []deid.Shown{month}, 0.08}, {100, []deid.Shown{month}, 0},
		{30, []deid.Shown{surname, month}, 0.94}, {500, []deid.Shown{surname, month}, 0.53},
	} {
		e := deid.Crowd{Size: c.n, Years: 1}.Expect(c.shown...)
		if math.Abs(e.Alone-c.want) > 0.06 {
			t.Errorf("%d people, %d columns: %.2f alone, published %.2f", c.n, len(c.shown), e.Alone, c.want)
		}
	}
	if e := (deid.Crowd{Size: 500, Years: 12}).Expect(deid.Shown{Kind: deid.Phone, Form: deid.Mobile}); e.Alone < 0.99 || e.Passes() {
		t.Errorf("a masked mobile number hides among 500: %+v", e)
	}
	if e := (deid.Crowd{Size: 30}).Expect(deid.Shown{Kind: deid.ChildName, Form: deid.Nothing}); e.Candidates != 30 || e.Alone > 1e-9 {
		t.Errorf("a star alone: %+v", e)
	}
}

// What is expected is what is counted when people are drawn as it is expected.
func TestTheEstimateIsWhatACountOfInventedPeopleShows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	crowd := deid.Crowd{Size: 200, Years: 3}
	shown := []deid.Shown{{Kind: deid.BirthMonth, Form: deid.Whole}, {Form: deid.Whole, Values: 4}}
	alone := 0.0
	const towns = 400
	for range towns {
		var people [][]string
		for range crowd.Size {
			people = append(people, []string{fmt.Sprintf("%d-%02d", 2015+r.IntN(3), 1+r.IntN(12)), fmt.Sprint(r.IntN(4))})
		}
		alone += deid.Look(people, shown).Alone / towns
	}
	if e := crowd.Expect(shown...); math.Abs(e.Alone-alone) > 0.01 {
		t.Errorf("expected %.3f alone, counted %.3f", e.Alone, alone)
	}
}

func ExampleLook() {
	class := [][]string{{"张小明", "男"}, {"张浩", "男"}, {"李芳", "女"}, {"张伟", "男"}}
	s := deid.Look(class, []deid.Shown{{Kind: deid.ChildName, Form: deid.Surname}, {Form: deid.Whole}})
	fmt.Println(s.Of, s.Passes())
	// Output: [3 3 1 3] false
}
