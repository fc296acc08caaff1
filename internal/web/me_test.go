package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// signIn takes the holder of the nth phone to the family's pages.
func (w town) signIn(p person, n int) view {
	p.t.Helper()
	v := p.get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(n)})
	w.Advance(time.Minute) // codes to one phone keep a minute's distance
	return v.submit("/me/sign-in/code", "", map[string]string{"code": w.Code(n).Expose()}).at("/me")
}

// enrolled is a family with one child, signed in.
func (w town) enrolled(t *testing.T, n int, birth string) (person, enrol.Receipt, string) {
	t.Helper()
	r := w.Enrol(n, birth)
	w.Advance(2 * time.Minute)
	p := w.person(t)
	w.signIn(p, n)
	return p, r, "/me/children/" + r.Child.String()
}

// S3-24: what is held, in kinds and counts, for what and until when.
func TestAFamilySeesWhatIsHeld(t *testing.T) {
	w := newTown(t)
	p, r, base := w.enrolled(t, 1, "2016-03")
	p.get("/me").says("我的孩子", "欧阳示", "3个用途正在使用")
	p.get(base).says("共4项", "孩子姓名", "家长手机号", "同意，正在使用", "课程结束后最多12个月", "由家长决定", r.Number)
}

// S3-24, S3-46: who looked, with role, store, masked name, purpose and the rules;
// every line's proof is verified by anybody, here and offline.
func TestAFamilySeesWhoLookedAndCanProveEveryLine(t *testing.T) {
	w := newTown(t)
	p, r, base := w.enrolled(t, 1, "2016-03")
	rev, err := w.Desk.Reveal(t.Context(), w.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Desk.Reveal(t.Context(), w.As(actor.Teacher), r.Guardian, subject.GuardianPhone, "contact.class")
	if err == nil {
		t.Fatal("the teacher has no grant")
	}
	if _, err := w.Desk.Message(t.Context(), w.As(actor.Clerk), r.Guardian, "class", "contact.class"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Find(t.Context(), w.As(actor.Clerk), desk.Query{Receipt: r.Number}, "learner.manage"); err != nil {
		t.Fatal(err)
	}
	v := p.get(base+"/looks").says("示例一店的前台示*：查看明文", "为了上课联系", "看的是：家长手机号",
		"示例一店的老师示*想看，被拦下了", "想看：家长手机号", "《",
		"前台示*：发送消息", "用到：家长手机号", "前台示*：查找", "看到打了码的：孩子姓名、孩子出生年月、家长姓名、家长手机号")
	if strings.Contains(v.body, "示例clerk") {
		t.Error("a name of staff stands there in full")
	}
	p.get(base + "/looks/all").says("你自己")

	w.seal(t)
	line := base + "/proof/" + strconv.FormatInt(rev.Index(), 10)
	file := p.get(line)
	if !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") || file.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the proof comes with %v", file.header)
	}
	receipt, err := verify.ParseReceipt([]byte(file.body))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := w.Log.Signer(w.Institution)
	if err != nil {
		t.Fatal(err)
	}
	if proved, err := receipt.Verify(signer.Key()); err != nil || proved.Subject != r.Guardian.String() || proved.Leaf.Type != "reveal" {
		t.Errorf("the proof proves %+v, %v", proved, err)
	}
	anybody := w.person(t)
	anybody.post("/check", url.Values{"proof": {file.body}}).says("属实", "示例培训机构", "查看明文")
	forged := strings.Replace(file.body, "contact.class", "learner.manage", 1)
	anybody.post("/check", url.Values{"proof": {forged}}).says("不属实")
	anybody.post("/check", url.Values{"proof": {"{}"}}).says("不属实")
}

// S3-33, B6: stopping takes as few taps as can be, works at once and leaves a
// receipt; agreeing again later is possible.
func TestAFamilyStopsOnePurposeAndAgreesAgain(t *testing.T) {
	w := newTown(t)
	p, _, base := w.enrolled(t, 1, "2016-03")
	stop := base + "/withdraw/contact.class"
	p.get(stop).submit(stop, "", nil).says("已经停止使用", "已经办好", "上课联系", "日志第")
	p.get(base).says("已停止使用")
	give := base + "/give/contact.class"
	p.get(give).says("上课联系", "同意", "不同意").submit(give, "answer=yes", nil).says("已经记下你的同意")
	if strings.Contains(text(first(p.get(base).root, "main")), "已停止使用") {
		t.Error("the purpose is still stopped")
	}
	give = base + "/give/photo.wall"
	p.get(give).submit(give, "answer=no", nil).at(base)
}

// S3-25, S3-33: a correction takes three steps and says what is wrong in it.
func TestAFamilyCorrectsAnItem(t *testing.T) {
	w := newTown(t)
	p, _, base := w.enrolled(t, 1, "2016-03")
	for field, value := range map[string]string{"learner.name": "欧阳更正", "guardian.name": "欧阳新名"} {
		path := base + "/correct/" + field
		p.get(path).submit(path, "", map[string]string{field: value}).says("已经更正")
	}
	p.get(base).says("欧阳更正")
	path := base + "/correct/learner.birth_month"
	if v := p.get(path).submit(path, "", map[string]string{"learner.birth_month": "201613"}); v.status != http.StatusUnprocessableEntity {
		t.Errorf("month 13: %d", v.status)
	}
	v := p.get(path).submit(path, "", map[string]string{"learner.birth_month": "201001"})
	if v.says("会变成由别人来决定", "带证件到门店"); v.status != http.StatusUnprocessableEntity || !strings.Contains(v.body, `action="`+path) {
		t.Errorf("a month that lets somebody else decide: %d, away from the form", v.status)
	}
	if v := p.get(base + "/correct/guardian.phone"); v.status != http.StatusNotFound {
		t.Errorf("a phone can be corrected without a code: %d", v.status)
	}
}

// S3-24: the copy is machine-readable, complete and never stored on the way.
func TestAFamilyTakesACopy(t *testing.T) {
	w := newTown(t)
	p, _, base := w.enrolled(t, 1, "2016-03")
	v := p.get(base+"/copy").submit(base+"/copy", "", nil)
	var doc struct{ Fields map[string]string }
	if err := json.Unmarshal([]byte(v.body), &doc); err != nil || len(doc.Fields) != 4 || doc.Fields["guardian.phone"] != "+86"+housetest.Phone(1) {
		t.Errorf("the copy holds %d fields, %v", len(doc.Fields), err)
	}
	if v.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(v.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the copy comes with %v", v.header)
	}
}

// I10: after deletion the family's pages know nothing, and the certificate, which
// names nobody, is there for whoever has its address.
func TestAFamilyDeletesAndKeepsACertificate(t *testing.T) {
	w := newTown(t)
	p, _, base := w.enrolled(t, 1, "2016-03")
	v := p.get(base+"/delete").says("不能反悔").submit(base+"/delete", "", nil)
	v.says("删除证明", "已经删除", "孩子姓名、孩子出生年月、家长姓名、家长手机号", "2份")
	if strings.Contains(v.body, housetest.Phone(1)) || strings.Contains(v.body, "欧阳") {
		t.Error("the certificate names somebody")
	}
	w.seal(t)
	file := w.person(t).get(v.path + "/proof.json")
	w.person(t).post("/check", url.Values{"proof": {file.body}}).says("属实", "已删除")
	if v := p.get(base); v.path != "/me/sign-in" {
		t.Errorf("after deletion the session of a guardian without children still opens %s (%d)", v.path, v.status)
	}
}

// The answers about somebody else's child and about a child that is not there are
// one, on every page.
func TestNobodyReachesAnotherFamilysChild(t *testing.T) {
	w := newTown(t)
	p, _, own := w.enrolled(t, 1, "2016-03")
	other := w.Enrol(2, "2015-07")
	base := "/me/children/" + other.Child.String()
	for _, page := range []string{"", "/looks", "/looks/all", "/proof/1", "/receipt/1", "/withdraw/contact.class", "/give/photo.wall", "/correct/learner.name", "/copy", "/delete"} {
		if v := p.get(base + page); v.status != http.StatusNotFound {
			t.Errorf("GET %s: %d", page, v.status)
		}
	}
	for _, page := range []string{"/withdraw/contact.class", "/give/photo.wall", "/correct/learner.name", "/copy", "/delete"} {
		form := url.Values{"answer": {"yes"}, "learner.name": {"欧阳别人"}}
		if v := p.post(base+page, form); v.status != http.StatusNotFound {
			t.Errorf("POST %s: %d", page, v.status)
		}
	}
	if v := p.get(own); v.status != http.StatusOK {
		t.Errorf("the own child: %d", v.status)
	}
	if v := w.person(t).get(own); v.path != "/me/sign-in" {
		t.Errorf("nobody in particular: %s %d", v.path, v.status)
	}
}

func TestTheAnswerDoesNotSayWhetherAPhoneIsKnown(t *testing.T) {
	w := newTown(t)
	w.Enrol(1, "2016-03")
	w.Advance(2 * time.Minute)
	known := w.person(t).get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(1)})
	unknown := w.person(t).get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(2)})
	a, b := strings.ReplaceAll(known.body, housetest.Phone(1), "#"), strings.ReplaceAll(unknown.body, housetest.Phone(2), "#")
	if a, b = strings.ReplaceAll(a, "0001", "#"), strings.ReplaceAll(b, "0002", "#"); known.status != unknown.status || a != b {
		t.Error("a known and an unknown phone get different pages")
	}
	for range 5 {
		known.submit("/me/sign-in/code", "", map[string]string{"code": "000000"}).says("验证码")
	}
	known.submit("/me/sign-in/code", "", map[string]string{"code": "000000"}).says("重")
}

func TestSigningOutEndsTheSessionEverywhereItWas(t *testing.T) {
	w := newTown(t)
	p, _, base := w.enrolled(t, 1, "2016-03")
	q := w.person(t)
	w.Advance(2 * time.Minute)
	w.signIn(q, 1)
	v := p.get("/me/devices").says("就是这部", "让它退出")
	v.submit("/me/devices/end", "", nil).says("那部设备已经退出")
	if v := q.get(base); v.path != "/me/sign-in" {
		t.Errorf("the ended device still opens %s", v.path)
	}
	p.get("/me").submit("/sign-out", "", nil).at("/").says("已经退出")
	if v := p.get(base); v.path != "/me/sign-in" {
		t.Errorf("after signing out: %s", v.path)
	}
}
