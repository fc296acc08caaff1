package web_test

import (
	"bytes"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/test/browser"
)

// imported brings one family of a former system in as the officer does, and
// returns the path of its child.
func (w town) imported(t *testing.T, n int) string {
	t.Helper()
	file := []byte("学员姓名,出生年月,家长姓名,联系方式\n欧阳示例,2016-03,欧阳例," + housetest.Phone(n) + "\n")
	b, err := w.Intake.Upload(t.Context(), w.As(actor.Officer), intake.Source{Kind: intake.Migration, Basis: catalogue.Contract, Store: w.Store,
		Document: intake.Document{Code: "forms-2026-11", Hash: sha256.Sum256([]byte("scan"))}}, bytes.NewReader(file), int64(len(file)))
	if err == nil {
		_, err = w.Intake.Apply(t.Context(), w.As(actor.Officer), b.ID, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	cards, err := w.Desk.Find(t.Context(), w.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(n))}, "learner.manage")
	if err != nil || len(cards) != 1 {
		t.Fatalf("%d families, %v", len(cards), err)
	}
	return "/me/children/" + cards[0].Child.String()
}

// acknowledge answers the notice that a family from a roster has never seen.
func (p person) acknowledge() {
	p.t.Helper()
	p.get("/me/notice").submit("/me/notice", "answer=yes", nil)
}

// S3-31, I6, S0-30: a record that came with a roster is kept and not used; its
// guardian reads the notice in force, agrees with nothing ticked beforehand, and
// from then on it is in use. Who does not agree is led to where it is deleted.
func TestAFamilyConfirmsAnImportedRecord(t *testing.T) {
	w := newTown(t)
	base := w.imported(t, 1)
	w.Advance(2 * time.Minute)
	p := w.person(t)
	w.signInFirst(p, 1)
	p.acknowledge()
	p.get(base).says("等你决定", "只是保存着")
	page := p.get(base+"/confirm").says("保存着", "同意", "不同意", "由家长决定")
	page.submit(base+"/confirm", "answer=no", nil).at(base + "/delete")
	page.submit(base+"/confirm", "answer=yes", nil).at(base).says("已经记下你的同意", "同意，正在使用")
	if p.get(base+"/confirm").path != base {
		t.Error("what is confirmed is asked again")
	}
	if _, err := w.Desk.Find(t.Context(), w.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(1))}, "learner.manage"); err != nil {
		t.Error(err)
	}
}

func (w town) deliver(t *testing.T) {
	t.Helper()
	if err := w.Outbox.Deliver(t.Context(), w.Institution); err != nil {
		t.Fatal(err)
	}
}

// signInFirst signs in to a record whose notice has not been answered yet.
func (w town) signInFirst(p person, n int) {
	p.t.Helper()
	v := p.get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(n)})
	w.Advance(time.Minute)
	v.submit("/me/sign-in/code", "", map[string]string{"code": w.Code(n).Expose()}).at("/me/notice")
}

// S3-33: a family changes its number with a code to each; then the former one
// opens nothing, and the sign-in says so.
func TestAFamilyChangesItsNumberOnItsPages(t *testing.T) {
	w := newTown(t)
	p, _, base := w.enrolled(t, 1, "2016-03")
	if p.get(base).form("") != nil {
		t.Error("a form without an address")
	}
	v := p.get("/me/phone").says("换手机号")
	v.submit("/me/phone", "", map[string]string{"phone": "1"}).says("手机")
	v = v.submit("/me/phone", "", map[string]string{"phone": housetest.Phone(5)}).says("验证码发到了")
	v.submit("/me/phone/code", "", map[string]string{"code": "00000"}).at("/me/phone/code").says("验证码")
	v.submit("/me/phone/code", "", map[string]string{"code": w.Code(5).Expose()}).at("/me/sign-in").says("号码已经换好")
	p.get("/me").at("/me/sign-in")
	w.deliver(t)
	w.Advance(2 * time.Minute)
	w.signIn(p, 5)
	p.get(base).says("欧阳示")
	other := w.person(t)
	other.get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(1)})
	w.deliver(t)
	if m, ok := w.Post.Last("+86" + housetest.Phone(1)); !ok || m.Template != "phone_left" {
		t.Errorf("the former number was last sent %q", m.Template)
	}
}

// The pages of this file hold in every look.
func TestConfirmingAndChangingNumbersIsAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	for _, look := range looks {
		w := newTown(t)
		base := w.imported(t, 1)
		w.Advance(2 * time.Minute)
		tab := browser.Open(t, look.screen)
		target := 44
		if look.large {
			target = 60
			tab.Go(w.url + "/")
			tab.TapGo(`.top button[name$="large"]`)
		}
		tab.Go(w.url + "/me/sign-in")
		tab.Type(`input[name="phone"]`, housetest.Phone(1))
		tab.TapGo("main .btn-wide")
		tab.Type(`input[name="code"]`, w.Code(1).Expose())
		tab.TapGo("main .btn-wide")
		tab.TapGo(`button[value="yes"]`)
		tab.Go(w.url + base)
		judged(t, tab, "me waits "+look.name, target)
		tab.TapGo(`main a[href$="/confirm"]`)
		judged(t, tab, "me confirm "+look.name, target)
		tab.Go(w.url + "/me/phone")
		judged(t, tab, "me phone "+look.name, target)
		tab.Type(`input[name="phone"]`, housetest.Phone(6))
		tab.TapGo("main .btn-wide")
		judged(t, tab, "me phone code "+look.name, target)
	}
}
