package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/house/housetest"
)

// S3-33: from the first page after signing in, a family reaches a corrected item
// in three steps: the child, "correct", the new value. Each step is a link or a
// form of the page before.
func TestAnItemIsUpdatedInThreeSteps(t *testing.T) {
	w := newTown(t)
	r := w.Enrol(1, "2016-03")
	w.Advance(2 * time.Minute)
	p := w.person(t)
	v := p.get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(1)})
	w.Advance(time.Minute)
	v = v.submit("/me/sign-in/code", "", map[string]string{"code": w.Code(1).Expose()}).at("/me")
	steps := 0
	follow := func(path string) {
		t.Helper()
		if !strings.Contains(v.body, `href="`+path+`"`) {
			t.Fatalf("%s does not lead to %s", v.path, path)
		}
		steps, v = steps+1, p.get(path)
	}
	base := "/me/children/" + r.Child.String()
	follow(base)
	follow(base + "/correct/learner.name")
	v = v.submit(base+"/correct/learner.name", "", map[string]string{"learner.name": "欧阳新例"})
	if steps++; steps > 3 || v.status != 200 {
		t.Errorf("%d steps, answer %d", steps, v.status)
	}
	c, err := w.House.Family.Child(t.Context(), w.Guardian(r.Guardian), r.Child)
	if err != nil || c.Name.Expose() != "欧阳新例" {
		t.Errorf("the name was not updated: %v", err)
	}
}
