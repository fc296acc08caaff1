package web_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/test/browser"
)

// switched presses a switch of the look as a browser without script would: a
// button of the page's own form, sent to the address of the button.
func (v view) switched(name, value string, fill map[string]string) view {
	v.t.Helper()
	var button *html.Node
	each(v.root, func(n *html.Node) {
		if n.Data == "button" && attr(n, "name") == "look."+name && attr(n, "value") == value {
			button = n
		}
	})
	if button == nil || attr(button, "form") != "typed" || !has(button, "formnovalidate") {
		v.t.Fatalf("%s has no switch %s=%s in its form", v.path, name, value)
	}
	var action string
	each(v.root, func(n *html.Node) {
		if n.Data == "form" && attr(n, "id") == "typed" {
			action = attr(n, "action")
		}
	})
	if attr(button, "formaction") != action {
		v.t.Errorf("%s: the switch goes to %s, the form to %s", v.path, attr(button, "formaction"), action)
	}
	return v.submit(action, "look."+name+"="+value, fill)
}

// value is what a field of the page has in it, ticked boxes as "on".
func (v view) value(name string) string {
	found := ""
	each(v.root, func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") == name {
			if found = attr(n, "value"); attr(n, "type") == "checkbox" && !has(n, "checked") {
				found = ""
			}
		}
	})
	return found
}

// G1, S0-30: whoever switches the language or the size in the middle of
// enrolling loses nothing that was typed or ticked, without script, and nothing
// is decided by it.
func TestSwitchingTheLookKeepsWhatWasTyped(t *testing.T) {
	w := newTown(t)
	p := w.person(t)
	path := w.link(t)
	v := p.get(path).submit(path, "answer=yes", nil)
	v = v.switched("large", "on", map[string]string{"guardian.phone": "154-0000"})
	if v.value("guardian.phone") != "154-0000" || !strings.Contains(v.body, `data-size="large"`) {
		t.Errorf("the phone is %q", v.value("guardian.phone"))
	}
	v = v.submit(path+"/phone", "", map[string]string{"guardian.phone": housetest.Phone(1)})
	v = v.switched("lang", "en", map[string]string{"code": "12"})
	if v.value("code") != "12" || v.value("guardian.phone") != housetest.Phone(1) || !strings.Contains(v.body, `lang="en"`) {
		t.Error("the code is lost")
	}
	v = v.submit(path+"/code", "", map[string]string{"code": w.Code(1).Expose()})
	v = v.switched("lang", "zh-CN", map[string]string{"learner.name": "欧阳示"})
	if v.value("learner.name") != "欧阳示" || !strings.Contains(v.body, "孩子姓名") {
		t.Error("the name is lost")
	}
	v = v.submit(path+"/details", "", map[string]string{"learner.name": "欧阳示", "learner.birth_month": "201603", "guardian.name": "欧阳例"})
	v = v.switched("theme", "dark", map[string]string{"optional.survey": "on"})
	if v.value("optional.survey") != "on" || v.value("optional.photo.wall") != "" || v.value("learner.name") != "欧阳示" {
		t.Error("a tick is lost, or one came by itself")
	}
	if w.state(t, path).State != enrol.Declared {
		t.Error("switching decided something")
	}
	v.submit(path+"/check", "answer=yes", nil).at(path + "/done").says("满意度调查")
}

// The same on the pages of a family that is signed in, and of a child.
func TestSwitchingTheLookKeepsWhatAFamilyTyped(t *testing.T) {
	w := newTown(t)
	p, _, base := w.enrolled(t, 1, "2016-03")
	v := p.get(base+"/correct/learner.name").switched("large", "on", map[string]string{"learner.name": "新的名字"})
	if v.value("learner.name") != "新的名字" {
		t.Error("the correction is lost")
	}
	v = p.get("/me/phone").switched("lang", "en", map[string]string{"phone": "15"})
	if v.value("phone") != "15" {
		t.Error("the new number is lost")
	}
	r := w.Enrol(2, "2011-03")
	own := "/c/" + w.ChildLink(r).String()
	child := w.person(t)
	v = child.get(own).switched("large", "on", map[string]string{"optional.photo.wall": "on"})
	if v.value("optional.photo.wall") != "on" {
		t.Error("the child's tick is lost")
	}
	v.submit(own, "answer=no", nil)
	if n := w.person(t).get("/me/sign-in").switched("large", "on", map[string]string{"phone": "1540"}); n.value("phone") != "1540" {
		t.Error("the phone of the sign-in is lost")
	}
}

// S0-03, S0-18: a trial lesson on its own notice, on the family's own phone; it
// says that it is no enrolment and deletes itself.
func TestATrialLessonHasItsOwnPages(t *testing.T) {
	w := newTown(t)
	link, err := w.House.Enrol.StartTrial(t.Context(), w.As(actor.Clerk), "试听")
	if err != nil {
		t.Fatal(err)
	}
	path, p := "/q/"+link.Token.String(), w.person(t)
	p.get(path).says("试听前", "存30天", "试听不等于报名")
	w.toCheck(p, path, 1, "201603").says("同意并试听", "安排一次试听").submit(path+"/check", "answer=yes", nil).
		says("试听回执", "试听已经约好", "30天")
	w.Advance(2 * time.Minute)
	w.signIn(p, 1)
	var base string
	each(p.get("/me").root, func(n *html.Node) {
		if n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/me/children/") {
			base = attr(n, "href")
		}
	})
	v := p.get(base).says("试听", "填写以后最多30天")
	if strings.Contains(v.body, "学员管理") {
		t.Error("a purpose of enrolment is offered")
	}
}

// The pages of a trial lesson hold in every look.
func TestThePagesOfATrialLessonAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	for _, look := range looks[:4] {
		w := newTown(t)
		tab := browser.Open(t, look.screen)
		link, err := w.House.Enrol.StartTrial(t.Context(), w.As(actor.Clerk), "试听")
		if err != nil {
			t.Fatal(err)
		}
		tab.Go(w.url + "/q/" + link.Token.String())
		judged(t, tab, "trial landing "+look.name, 44)
		tab.TapGo(`.answers button[value="yes"]`)
		tab.Type(`input[name="guardian.phone"]`, housetest.Phone(1))
		tab.TapGo(`.top button[name="look.large"]`)
		judged(t, tab, "trial large "+look.name, 60)
		tab.TapGo(`main .btn-wide`)
		tab.Type(`input[name="code"]`, w.Code(1).Expose())
		tab.TapGo(`main .btn-wide`)
		for name, value := range family("201603") {
			tab.Type(`input[name="`+name+`"]`, value)
		}
		tab.TapGo(`main .btn-wide`)
		judged(t, tab, "trial check "+look.name, 60)
		tab.TapGo(`main button[value="yes"]`)
		judged(t, tab, "trial done "+look.name, 60)
	}
}
