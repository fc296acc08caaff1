package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/house/housetest"
)

// calling gives a person's browser a name of its own.
type calling struct{ agent string }

func (a calling) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", a.agent)
	return http.DefaultTransport.RoundTrip(r)
}

// A family knows its own devices by names that people use, not by what browsers
// say of themselves.
func TestAFamilyKnowsItsDevices(t *testing.T) {
	w := newTown(t)
	w.Enrol(1, "2016-03")
	w.Advance(2 * time.Minute)
	p := w.person(t)
	p.client.Transport = calling{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54"}
	w.signIn(p, 1)
	if v := p.get("/me/devices").says("微信 · iPhone"); strings.Contains(v.body, "Mozilla") {
		t.Error("a browser's own words are shown")
	}
}

// S2-17: a child's own pages speak to the child.
func TestAChildsOwnPagesSpeakToTheChild(t *testing.T) {
	w := newTown(t)
	r := w.Enrol(1, "2011-03")
	own := "/c/" + w.ChildLink(r).String()
	p := w.person(t)
	v := p.get(own).submit(own, "answer=yes", nil)
	v = v.submit(own+"/enter", "", nil).at("/me").says("我的信息")
	if strings.Contains(v.body, "我的孩子") {
		t.Error("the child is led to its children")
	}
	base := "/me/children/" + r.Child.String()
	if v = p.get(base); strings.Contains(v.body, "换手机号") {
		t.Error("the child is told how to change a phone that is not its own")
	}
	if strings.Contains(p.get(base+"/looks").body, "回到孩子") {
		t.Error("the child is led back to the child")
	}
}

// A code is of use only in the browser that asked for it: another one that asks
// too soon is told how long to wait, and not that a code is on its way.
func TestACodeOfAnotherBrowserIsNotWaitedFor(t *testing.T) {
	w := newTown(t)
	w.Enrol(1, "2016-03")
	w.Advance(2 * time.Minute)
	ask := func(p person) view {
		return p.get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(1)})
	}
	first, other := w.person(t), w.person(t)
	ask(first).at("/me/sign-in/code")
	ask(first).at("/me/sign-in/code") // pressed twice: it still counts
	if v := ask(other).at("/me/sign-in").says("秒"); !v.blamed() {
		t.Error("the other browser is led to wait for a code that it cannot use")
	}
}
