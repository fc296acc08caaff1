package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
)

func defined() map[string]catalogue.Purpose {
	m := map[string]catalogue.Purpose{}
	for _, p := range catalogue.DefaultPurposes() {
		m[p.Code] = p
	}
	return m
}

func notice() catalogue.Notice {
	return catalogue.DefaultNotice("晨星培训中心", "电话021-00000000", "王老师，电话021-00000001", catalogue.DefaultPurposes())
}

func codes(found []catalogue.Finding) (out []string) {
	for _, f := range found {
		out = append(out, f.Code+" "+f.Path)
	}
	return out
}

func TestTheNoticeWeShipPassesItsOwnLinter(t *testing.T) { // S0-30, S3-13
	if found := catalogue.Lint(notice(), defined()); len(found) > 0 {
		t.Errorf("found %v", codes(found))
	}
	if err := catalogue.Refuse(nil); err != nil {
		t.Errorf("nothing found is refused: %v", err)
	}
}

// Children's Provisions art. 10; PIPL arts 17 and 30.
func TestANoticeWithAnEmptyBlockIsRefused(t *testing.T) {
	for _, tag := range lang.Tags {
		for i, topic := range catalogue.Topics {
			for _, part := range []string{"plain", "law"} {
				n := notice()
				w := n.Words[tag]
				w.Blocks = slices.Clone(w.Blocks)
				if part == "plain" {
					w.Blocks[i].Plain = " \n"
				} else {
					w.Blocks[i].Law = ""
				}
				n.Words[tag] = w
				want := []string{"catalogue.lint.empty " + tag + "/" + string(topic) + "/" + part}
				if diff := cmp.Diff(want, codes(catalogue.Lint(n, defined()))); diff != "" {
					t.Errorf("%s", diff)
				}
			}
		}
	}
}

func TestTheLinterRefusesWhatBundlesPresumesOrPresses(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(*catalogue.Notice)
	}{
		{"one tick for two sensitive purposes S3-55", "catalogue.lint.bundled asks/0", func(n *catalogue.Notice) { // S3-55
			n.Asks = []catalogue.Ask{{Purposes: []string{"learner.manage", "course.deliver"}}}
		}},
		{"a sensitive and an ordinary purpose S3-55", "catalogue.lint.bundled asks/0", func(n *catalogue.Notice) { // S3-55
			n.Asks = []catalogue.Ask{{Purposes: []string{"survey", "photo.wall"}}}
		}},
		{"optional and on S0-05", "catalogue.lint.default_on asks/3", func(n *catalogue.Notice) { n.Asks[3].DefaultOn = true }}, // S0-05
		{"mandatory by consent S3-19", "catalogue.lint.mandatory asks/4", func(n *catalogue.Notice) { // S3-19
			n.Asks[4].Mandatory = []string{"guardian.phone"}
		}},
		{"a field outside the purpose", "catalogue.lint.field asks/4", func(n *catalogue.Notice) {
			n.Asks[4].Fields = []string{"guardian.phone", "learner.name"}
		}},
		{"a banned purpose", "catalogue.banned asks/5", func(n *catalogue.Notice) {
			n.Asks = append(n.Asks, catalogue.Ask{Purposes: []string{"livestream.sales"}})
		}},
		{"an undefined purpose", "catalogue.lint.purpose_unknown asks/5", func(n *catalogue.Notice) {
			n.Asks = append(n.Asks, catalogue.Ask{Purposes: []string{"curiosity"}})
		}},
		{"a choice about nothing", "catalogue.lint.no_purpose asks/5", func(n *catalogue.Notice) { n.Asks = append(n.Asks, catalogue.Ask{}) }},
		{"no choice", "catalogue.lint.no_ask asks", func(n *catalogue.Notice) { n.Asks = nil }},
		{"nobody named", "catalogue.lint.empty controller", func(n *catalogue.Notice) { n.Controller = "" }},
		{"no contact", "catalogue.lint.empty contact", func(n *catalogue.Notice) { n.Contact = "" }},
		{"no officer", "catalogue.lint.empty officer", func(n *catalogue.Notice) { n.Officer = "　" }},
		{"no Chinese", "catalogue.lint.language zh-CN", func(n *catalogue.Notice) { delete(n.Words, "zh-CN") }},
		{"a long summary", "catalogue.lint.summary zh-CN/summary", func(n *catalogue.Notice) {
			w := n.Words["zh-CN"]
			w.Summary = strings.Repeat("我们只要四项。", 22)
			n.Words["zh-CN"] = w
		}},
		{"blocks in another order", "catalogue.lint.order en/purpose", func(n *catalogue.Notice) {
			w := n.Words["en"]
			w.Blocks = slices.Clone(w.Blocks)
			slices.Reverse(w.Blocks)
			n.Words["en"] = w
		}},
	} {
		n := notice()
		c.change(&n)
		found := catalogue.Lint(n, defined())
		if !slices.Contains(codes(found), c.want) {
			t.Errorf("%s: found %v", c.name, codes(found))
		}
		err := catalogue.Refuse(found)
		if fault.CodeOf(err) != "catalogue.lint" || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: refused with %v", c.name, err)
		}
		for _, f := range found {
			if !lang.For("zh-CN").Has("fault." + f.Code) {
				t.Errorf("%s: no words for %s", c.name, f.Code)
			}
		}
	}
}

func TestHardWordsAreAWarningOnly(t *testing.T) {
	n := notice()
	w := n.Words["zh-CN"]
	w.Blocks = slices.Clone(w.Blocks)
	w.Blocks[2].Plain = "数据主体的鉴权信息，包括但不限于上述内容。"
	n.Words["zh-CN"] = w
	found := catalogue.Lint(n, defined())
	if len(found) != 1 || !found[0].Warning || found[0].Code != "catalogue.lint.reading" {
		t.Errorf("found %v", codes(found))
	}
	if err := catalogue.Refuse(found); err != nil {
		t.Errorf("a warning stops the notice: %v", err)
	}
}

// The hash is the evidence of what was shown, so whatever is shown changes it.
func TestTheHashCoversEverythingShown(t *testing.T) { // S0-18, B15
	base := notice()
	h := base.Hash("zh-CN")
	if h == base.Hash("en") || h != notice().Hash("zh-CN") || base.Hash("fr") != [32]byte{} {
		t.Error("the hash is not one per language")
	}
	for name, change := range map[string]func(*catalogue.Notice){
		"controller": func(n *catalogue.Notice) { n.Controller += "x" },
		"contact":    func(n *catalogue.Notice) { n.Contact += "x" },
		"officer":    func(n *catalogue.Notice) { n.Officer += "x" },
		"ask":        func(n *catalogue.Notice) { n.Asks[0].Fields = n.Asks[0].Fields[:1] },
		"law text": func(n *catalogue.Notice) {
			w := n.Words["zh-CN"]
			w.Blocks[6].Law += "。"
		},
	} {
		n := notice()
		change(&n)
		if n.Hash("zh-CN") == h {
			t.Errorf("a changed %s goes unnoticed", name)
		}
	}
}

func TestEveryTopicAndBasisHasWords(t *testing.T) {
	say := lang.For("zh-CN")
	for _, topic := range catalogue.Topics {
		if !say.Has("notice.topic." + string(topic)) {
			t.Errorf("topic %s has no words", topic)
		}
	}
	for _, b := range catalogue.Bases {
		if !say.Has("basis." + string(b)) {
			t.Errorf("basis %s has no words", b)
		}
	}
	for _, p := range catalogue.DefaultPurposes() {
		if !say.Has("purpose."+p.Code) || !say.Has("purpose."+p.Code+".why") {
			t.Errorf("purpose %s has no words", p.Code)
		}
	}
}
