package web_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/house/housetest"
)

// republish brings out the notice again with another contact.
func (w town) republish() {
	w.Advance(time.Hour)
	w.Update(func(tx *db.Tx) error {
		n, err := w.Catalogue.CurrentNotice(tx, w.Institution, catalogue.EnrolmentNotice)
		if err != nil {
			return err
		}
		n.Contact = "示例电话 111"
		_, _, err = w.Catalogue.PublishNotice(tx, w.Institution, w.Staff[actor.Officer].ID, n)
		return err
	})
}

// S0-18, S0-30: after a new version of the notice every page of the family leads
// to it, both answers stand side by side, and either leads back to the record.
func TestANewNoticeIsShownAtTheNextSignIn(t *testing.T) {
	for _, answer := range []string{"yes", "no"} {
		w := newTown(t)
		r := w.Enrol(1, "2016-03")
		w.republish()
		p := w.person(t)
		v := p.get("/me/sign-in").submit("/me/sign-in", "", map[string]string{"phone": housetest.Phone(1)})
		w.Advance(time.Minute)
		v = v.submit("/me/sign-in/code", "", map[string]string{"code": w.Code(1).Expose()}).at("/me/notice")
		v.says("告知书有变化", "看过了，接受", "不接受", "随时可以停止")
		base := "/me/children/" + r.Child.String()
		p.get(base).at("/me/notice")
		p.get(base + "/looks").at("/me/notice")
		if answer == "no" {
			v.submit("/me/notice", "answer=no", nil).at("/me").says("什么都没有变")
		} else {
			v.submit("/me/notice", "answer=yes", nil).at("/me")
		}
		p.get(base).at(base).says("共4项", "3个用途正在使用")
		p.get("/me/notice").at("/me") // nothing is left to answer
	}
}
