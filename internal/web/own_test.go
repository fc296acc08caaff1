package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
)

var ownLink = regexp.MustCompile(`href="(/c/[0-9a-z]{52})"`)

// toOwnLink enrols by a guardian and returns the child's own link.
func (w town) toOwnLink(p person, path string, n int, birth, words string) string {
	p.t.Helper()
	done := w.toCheck(p, path, n, birth).says(words).submit(path+"/check", "answer=yes", nil)
	done.at(path + "/done").says("孩子本人也要确认")
	link := done.submit(path+"/child", "", nil).says("孩子本人也要确认", "7天内有效")
	found := ownLink.FindStringSubmatch(link.body)
	if found == nil {
		p.t.Fatalf("no link for the child in %s", link.body)
	}
	return found[1]
}

func (w town) standings(t *testing.T, path string) map[string]consent.State {
	t.Helper()
	out := map[string]consent.State{}
	l := w.state(t, path)
	w.View(func(tx *db.Tx) error {
		all, err := consent.Standings(tx, w.Institution, l.Child)
		for _, st := range all {
			out[st.Purpose] = st.State
		}
		return err
	})
	return out
}

// S2-17, S3-55, B1: from 14 on the child decides on its own link, after five
// cards; until then nothing is in use, and the guardian is informed.
func TestAChildOf14DecidesForItself(t *testing.T) {
	w := newTown(t)
	for i, c := range []struct{ name, birth, words string }{
		{"after the birthday", "201203", "由孩子自己决定"},
		{"in the month of the birthday", "201211", "由家长和孩子一起决定"},
	} {
		t.Run(c.name, func(t *testing.T) {
			guardian, path := w.person(t), w.link(t)
			own := w.toOwnLink(guardian, path, 20+i, c.birth, c.words)
			for purpose, state := range w.standings(t, path) {
				if state == consent.StateLive {
					t.Errorf("%s is in use before the child has spoken", purpose)
				}
			}
			child := w.person(t)
			v := child.get(own).says("1 / 5", "5 / 5", "家长会知道什么", "不同意")
			if w.state(t, path).State != enrol.Waiting {
				t.Error("reading the cards had an effect")
			}
			v.submit(own, "answer=yes", nil).at(own).says("你同意了")
			if s := w.state(t, path).State; s != enrol.Enrolled {
				t.Errorf("the enrolment is %s", s)
			}
			if s := w.standings(t, path)["learner.manage"]; s != consent.StateLive {
				t.Errorf("the purpose is %s", s)
			}
			v.submit(own, "answer=no", nil).at(own).says("你同意了") // too late to play it again
			child.post(own+"/enter", nil).at("/me").says("欧阳")   // its own view of the same (S3-24)
			guardian.get(path + "/done").says("报名完成")
		})
	}
}

func TestAChildThatSaysNoLeavesNothingBehind(t *testing.T) {
	w := newTown(t)
	guardian, path := w.person(t), w.link(t)
	own := w.toOwnLink(guardian, path, 30, "201203", "由孩子自己决定")
	child := w.person(t)
	child.get(own).submit(own, "answer=no", nil).at(own).says("你选了不同意", "已经删除")
	guardian.get(path).says("你选了不同意")
}

// S2-16: before 14 there is no link for the child at all.
func TestAChildUnder14IsNotAsked(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)
	w.toCheck(p, path, 31, "201212").submit(path+"/check", "answer=yes", nil).at(path + "/done").says("报名完成")
	if v := p.post(path+"/child", nil); slices.Contains([]int{http.StatusOK}, v.status) && ownLink.MatchString(v.body) {
		t.Error("a child under 14 got a link")
	}
}

func TestTheChildsLinkEnds(t *testing.T) {
	w := newTown(t)
	guardian, path := w.person(t), w.link(t)
	former := w.toOwnLink(guardian, path, 32, "201203", "由孩子自己决定")
	done := guardian.get(path + "/done")
	latest := ownLink.FindStringSubmatch(done.submit(path+"/child", "", nil).body)[1]
	if v := w.person(t).get(former); v.status != http.StatusNotFound {
		t.Errorf("a replaced link answers %d", v.status)
	}
	w.Advance(8 * 24 * time.Hour)
	v := w.person(t).get(latest)
	if v.status == http.StatusOK && v.form(latest) != nil {
		t.Error("a link of last week still takes an answer")
	}
}
