package detect_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// TestATableTellsHowManyPeople exactly while they are few, about when they are
// many, once each however often they stand there, and never more minors than
// people.
func TestATableTellsHowManyPeople(t *testing.T) {
	g := invented{rand.New(rand.NewPCG(7, 8))}
	for _, people := range []int{1, 900, 8000, 60_000} {
		tab := everything.Table([]string{"姓名", "身份证号"})
		for range people {
			id := g.id(2008 + g.IntN(12))
			for range 1 + g.IntN(3) {
				tab.Row(g.name(), id)
			}
		}
		s := tab.Summary()
		far := max(s.Persons-int64(people), int64(people)-s.Persons)
		if s.By != detect.ResidentID || s.About != (people > 8192) || !s.About && far > int64(people)/100 || far > int64(people)/20 {
			t.Errorf("of %d people the table tells %+v", people, s)
		}
		if s.Under14+s.From14To17 > s.Persons {
			t.Errorf("more minors than people: %+v", s)
		}
	}
}

// TestPeopleWithoutANumberAreToldApartByAllThatTheyHave: there are many 王芳, and
// one of them may stand in a list twice.
func TestPeopleWithoutANumberAreToldApartByAllThatTheyHave(t *testing.T) {
	tab := everything.Table([]string{"学生姓名", "出生日期", "家长手机"})
	for i := range 600 {
		tab.Row("王芳", fmt.Sprintf("2014-%02d-%02d", 1+i/50, 1+i%25), fmt.Sprintf("139%08d", i%25))
	}
	if s := tab.Summary(); s.Persons != 300 || s.By != detect.PersonName || s.Under14 != 300 {
		t.Errorf("%+v", s)
	}
	if s := everything.Table([]string{"订单号"}).Summary(); s.Persons != 0 || s.By != detect.None {
		t.Errorf("of orders: %+v", s)
	}
}
