package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
)

// family is what the nth invented family types.
func family(birth string) map[string]string {
	return map[string]string{"learner.name": "欧阳示例", "learner.birth_month": birth, "guardian.name": "欧阳举例"}
}

// toDetails goes from the code to the form with the items.
func (w town) toDetails(p person, path string, n int) view {
	p.t.Helper()
	v := p.get(path).submit(path, "answer=yes", nil).at(path + "/phone")
	v = v.submit(path+"/phone", "", map[string]string{"guardian.phone": housetest.Phone(n)})
	return v.submit(path+"/code", "", map[string]string{"code": w.Code(n).Expose()})
}

func (w town) toCheck(p person, path string, n int, birth string) view {
	p.t.Helper()
	return w.toDetails(p, path, n).submit(path+"/details", "", family(birth))
}

// S0-01, S0-02, S0-05, S3-13, S3-31: four items and a code, asked for after the
// notice and after the wish to enrol is proved; optional purposes are off; the
// receipt can be checked by anybody; nothing that was typed stands in an address.
func TestAFamilyEnrolsOnItsOwnPhone(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)

	v := p.get(path).says("示例培训机构", "示例一店", "孩子姓名、孩子出生年月、家长姓名、家长手机号", "同意并继续", "不同意")
	if got := v.fields(); len(got) != 0 {
		t.Errorf("the first page asks for %v", got)
	}
	v = w.toDetails(p, path, 1)
	if got, want := v.fields(), []string{"learner.name", "learner.birth_month", "guardian.name"}; !slices.Equal(got, want) {
		t.Errorf("besides the phone the form asks for %v", got)
	}
	v = v.submit(path+"/details", "", family("201603")).says("欧阳示例", "2016年3月", "154****0001", "不满14岁")
	for _, f := range v.fields() {
		if !strings.HasPrefix(f, "optional.") {
			t.Errorf("the last page asks for %s", f)
		}
	}
	if strings.Contains(v.body, " checked") {
		t.Error("something optional is on")
	}
	v = v.submit(path+"/check", "answer=yes", nil).at(path+"/done").says("报名完成", "学员管理、")
	if !strings.Contains(v.body, `href="/me/sign-in?institution=`+w.Institution.String()+`"`) {
		t.Error("the family would have to look for its institution again")
	}
	if strings.Contains(v.body, "照片墙") {
		t.Error("an optional purpose that was off stands on the receipt")
	}
	l := w.state(t, path)
	w.person(t).get("/check/"+w.Institution.String()+"/"+l.Receipt).says("回执是真的", l.Receipt, "示例一店")

	for _, address := range *p.seen {
		for _, pi := range []string{housetest.Phone(1), url.QueryEscape("欧阳"), "2016"} {
			if strings.Contains(address, pi) {
				t.Errorf("personal information in the address %s", address)
			}
		}
	}
	if log := w.log.String(); strings.Contains(log, housetest.Phone(1)) || strings.Contains(log, "欧阳") {
		t.Error("personal information in the log")
	}
}

// B6, S0-18: reading a link has no effect, whoever reads it and however often, and
// says everything before anything is asked.
func TestARobotThatReadsLinksChangesNothing(t *testing.T) {
	w := newTown(t)
	path := w.link(t)
	before := w.state(t, path)
	for _, step := range []string{"", "/phone", "/code", "/details", "/change", "/check", "/done", "/child"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			robot := w.person(t)
			r, err := http.NewRequest(method, w.url+path+step, nil)
			if err != nil {
				t.Fatal(err)
			}
			v := robot.do(r)
			if v.status != http.StatusOK || len(robot.client.Jar.Cookies(r.URL)) > 0 {
				t.Errorf("%s %s: %d, cookies %v", method, step, v.status, robot.client.Jar.Cookies(r.URL))
			}
		}
	}
	if after := w.state(t, path); after.State != enrol.Started || after.Opens != before.Opens || after.ChangedAt != before.ChangedAt {
		t.Errorf("reading changed the enrolment: %+v", after)
	}
}

// B6: both answers are the same kind of button in the same form, and refusing
// takes no more taps than agreeing, on the first page and on the last.
func TestRefusingIsAsEasyAsAgreeing(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)
	p.get(path).submit(path, "answer=no", nil).at(path).says("你选了不同意", "没有收集任何信息")
	if s := w.state(t, path).State; s != enrol.Declined {
		t.Errorf("refused on the first page: %s", s)
	}
	p, path = w.person(t), w.link(t)
	w.toCheck(p, path, 2, "201603").submit(path+"/check", "answer=no", nil).at(path).says("你选了不同意")
	if l := w.state(t, path); l.State != enrol.Declined || !l.Child.IsZero() {
		t.Errorf("refused on the last page: %s", l.State)
	}
}

// S0-30, B6: whoever refuses every optional item gets the same enrolment as
// whoever agrees to all; only those purposes differ.
func TestRefusingEverythingOptionalGivesTheSameEnrolment(t *testing.T) {
	w := newTown(t)
	live := func(n int, fill map[string]string) (enrol.State, []string) {
		p, path := w.person(t), w.link(t)
		w.toCheck(p, path, n, "201603").submit(path+"/check", "answer=yes", fill).at(path + "/done")
		l := w.state(t, path)
		var out []string
		w.View(func(tx *db.Tx) error {
			all, err := consent.Standings(tx, w.Institution, l.Child)
			for _, st := range all {
				if st.State == consent.StateLive {
					out = append(out, st.Purpose)
				}
			}
			return err
		})
		return l.State, out
	}
	none, few := live(1, nil)
	all, many := live(2, map[string]string{"optional.photo.wall": "on", "optional.survey": "on"})
	if none != enrol.Enrolled || all != enrol.Enrolled {
		t.Errorf("refusing gives %s, agreeing %s", none, all)
	}
	if want := []string{"contact.class", "course.deliver", "learner.manage"}; !slices.Equal(few, want) {
		t.Errorf("refusing everything optional leaves %v", few)
	}
	if want := []string{"contact.class", "course.deliver", "learner.manage", "photo.wall", "survey"}; !slices.Equal(many, want) {
		t.Errorf("agreeing to everything gives %v", many)
	}
}

// S3-55, S3-13: the consent is kept as an event per purpose with the notice's
// hash and the hash of the very part of the page that bore both answers.
func TestAConsentKeepsWhatWasOnTheScreen(t *testing.T) {
	w := newTown(t)
	screens := map[[32]byte]bool{}
	for n := 1; n <= 2; n++ {
		p, path := w.person(t), w.link(t)
		w.toCheck(p, path, n, "201603").submit(path+"/check", "answer=yes", nil).at(path + "/done")
		w.View(func(tx *db.Tx) error {
			events, err := consent.Events(tx, w.Institution, w.state(t, path).Child)
			for _, e := range events {
				if e.Kind == consent.Given && (e.Screen == [32]byte{} || e.Hash != w.Notice.Hash("zh-CN") || e.Proof != consent.ProofSMS) {
					t.Errorf("the consent keeps %+v", e.Evidence)
				}
				if e.Kind == consent.Given {
					screens[e.Screen] = true
				}
			}
			return err
		})
	}
	if len(screens) != 1 {
		t.Errorf("two families that saw the same page have %d screens", len(screens))
	}
}

func TestAReplayedFormGivesTheSameReceipt(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)
	check := w.toCheck(p, path, 1, "201603")
	check.submit(path+"/check", "answer=yes", nil).at(path + "/done")
	first := w.state(t, path)
	for range 3 {
		check.submit(path+"/check", "answer=yes", map[string]string{"learner.name": "欧阳另外"}).at(path + "/done").says(first.Receipt)
	}
	if again := w.state(t, path); again.Child != first.Child || again.Receipt != first.Receipt {
		t.Error("a second record was made")
	}
}

func TestALinkThatLeadsNowhereSaysWhy(t *testing.T) {
	w := newTown(t)
	t.Run("two phones on one code", func(t *testing.T) {
		p, other, path := w.person(t), w.person(t), w.link(t)
		w.toDetails(p, path, 1)
		v := other.get(path).says("已由尾号01的手机打开")
		if v.form(path) != nil {
			t.Error("the second phone can answer")
		}
		other.post(path, url.Values{"answer": {"yes"}}).at(path).says("已在另一部手机上打开")
		other.post(path+"/check", url.Values{"answer": {"yes"}}).at(path)
		if n := w.state(t, path).Opens; n != 1 {
			t.Errorf("the clerk sees %d others", n)
		}
	})
	t.Run("expired", func(t *testing.T) {
		p, path := w.person(t), w.link(t)
		check := w.toCheck(p, path, 2, "201603")
		w.Advance(16 * time.Minute)
		check.submit(path+"/check", "answer=yes", nil).at(path).says("二维码已经过期", "没有留下任何信息")
	})
	t.Run("unknown", func(t *testing.T) {
		v := w.person(t).get("/q/nothing")
		if v.status != http.StatusNotFound {
			t.Errorf("%d", v.status)
		}
		v.says("没有这个链接")
	})
}

func TestAWrongPhoneIsToldAtItsField(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)
	p.get(path).submit(path, "answer=yes", nil)
	v := p.post(path+"/phone", url.Values{"guardian.phone": {"138００ab"}})
	v.at(path + "/phone").says("手机号里有字母")
	if !v.blamed() || !strings.Contains(v.body, `id="f-guardian-phone-error"`) || !strings.Contains(v.body, `href="#f-guardian-phone"`) {
		t.Errorf("%d, %s", v.status, text(first(v.root, "main")))
	}
	if v = p.get(path + "/phone"); v.blamed() || v.value("guardian.phone") != "138００ab" {
		t.Error("loaded again, the page repeats what was wrong, or loses what was typed")
	}
}

// What people type wrongly is told at its field, keeps the rest, and never
// quotes a value in an address or an error page.
func TestWrongDetailsAreToldWhereTheyStand(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)
	details := w.toDetails(p, path, 1)
	for _, c := range []struct{ name, field, value string }{
		{"month 13", "learner.birth_month", "201613"},
		{"a future month", "learner.birth_month", "203001"},
		{"an impossible year", "learner.birth_month", "000003"},
		{"letters", "learner.birth_month", "March"},
		{"empty", "learner.name", " "},
		{"emoji", "learner.name", "小明🙂"},
		{"digits in a name", "guardian.name", "陈13800138000"},
		{"a long name", "guardian.name", strings.Repeat("长", 200)},
		{"markup", "learner.name", "<script>alert(1)</script>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fill := family("201603")
			fill[c.field] = c.value
			v := details.submit(path+"/details", "", fill)
			if v.at(path + "/details"); !v.blamed() || !strings.Contains(v.body, `href="#f-`+strings.ReplaceAll(c.field, ".", "-")) {
				t.Errorf("%d, %s", v.status, text(first(v.root, "main")))
			}
			if c.name == "empty" && !strings.Contains(v.body, "这一项还没有填") {
				t.Error("what is missing is told in words for a table")
			}
			if strings.Contains(v.body, "<script>alert") {
				t.Error("markup came back as markup")
			}
			other := "guardian.name"
			if c.field == other {
				other = "learner.name"
			}
			if !strings.Contains(v.body, `value="`+family("")[other]+`"`) {
				t.Error("what was right is lost")
			}
		})
	}
}

func TestUnusualButRightDetailsAreTaken(t *testing.T) {
	w := newTown(t)
	for i, c := range []struct{ name, birth, shown string }{
		{"阿依古丽·买买提", "2016-3", "2016年3月"},
		{"𬎆𠮷", "２０１６０３", "2016年3月"},
		{"欧阳娜娜", "2016年3月", "2016年3月"},
		{"Anna Maria O'Neill", "201603", "2016年3月"},
	} {
		p, path := w.person(t), w.link(t)
		fill := family(c.birth)
		fill["learner.name"] = c.name
		w.toDetails(p, path, 10+i).submit(path+"/details", "", fill).says(c.name, c.shown).
			submit(path+"/check", "answer=yes", nil).at(path + "/done")
	}
}

func TestWrongPhonesAndCodesAreToldWhereTheyStand(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)
	ask := p.get(path).submit(path, "answer=yes", nil).at(path + "/phone")
	for _, bad := range []string{"", "1380013", "phone", "000000000000000000"} {
		if v := ask.submit(path+"/phone", "", map[string]string{"guardian.phone": bad}); !v.blamed() || v.path != path+"/phone" {
			t.Errorf("%q: at %s", bad, v.path)
		}
	}
	wide := "１５４ ００００ ０００１"
	code := ask.submit(path+"/phone", "", map[string]string{"guardian.phone": wide}).says("154****0001")
	code.submit(path+"/code", "", map[string]string{"code": "000000"}).says("验证码")
	ask.submit(path+"/phone", "", map[string]string{"guardian.phone": wide}).says("填写验证码") // too soon: the first still counts
	code.submit(path+"/code", "", map[string]string{"code": w.Code(1).Expose()}).says("填写报名信息")
	huge := w.person(t).post(path+"/phone", url.Values{"guardian.phone": {strings.Repeat("1", 10<<20)}})
	if huge.status != http.StatusRequestEntityTooLarge {
		t.Errorf("10 MB: %d", huge.status)
	}
}

// I1, I3: every step left its entry, and no entry names anybody.
func TestEveryStepOfAnEnrolmentIsInTheLog(t *testing.T) {
	w := newTown(t)
	p, path := w.person(t), w.link(t)
	w.toCheck(p, path, 1, "201603").submit(path+"/check", "answer=yes", nil).at(path + "/done")
	seen := map[ledger.Type]bool{}
	w.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Limit: 100})
		for _, e := range page.Entries {
			seen[e.Type] = true
			if strings.Contains(e.Leaf, "154") && strings.Contains(e.Leaf, housetest.Phone(1)) {
				t.Error("a phone stands in the log")
			}
		}
		return err
	})
	for _, want := range []ledger.Type{ledger.EnrolStarted, ledger.EnrolOpened, ledger.EnrolCompleted} {
		if !seen[want] {
			t.Errorf("no entry %s", want)
		}
	}
}
