package law_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
)

// renew publishes the notice again with another contact.
func renew(t *testing.T, f *housetest.Fixture) (n catalogue.Notice) {
	t.Helper()
	f.Advance(time.Hour)
	f.Update(func(tx *db.Tx) error {
		n, err := f.Catalogue.CurrentNotice(tx, f.Institution, catalogue.EnrolmentNotice)
		if err != nil {
			return err
		}
		n.Contact = "示例电话 111"
		_, _, err = f.Catalogue.PublishNotice(tx, f.Institution, f.Staff[actor.Officer].ID, n)
		return err
	})
	f.View(func(tx *db.Tx) (err error) {
		if n, err = f.Catalogue.CurrentNotice(tx, f.Institution, catalogue.EnrolmentNotice); err != nil {
			return err
		}
		var kept []byte // of this text, although a former version was changed to make it
		err = tx.QueryRow(`SELECT hash FROM notice_text WHERE institution_id = $1 AND notice_id = $2 AND language = $3`,
			f.Institution, n.ID, "zh-CN").Scan(&kept)
		if shown := n.Hash("zh-CN"); !bytes.Equal(kept, shown[:]) {
			t.Error("the hash kept with the notice is not that of its text")
		}
		return err
	})
	return n
}

func newest(t *testing.T, f *housetest.Fixture, kind ledger.Type) ledger.Entry {
	t.Helper()
	var page ledger.Page
	f.View(func(tx *db.Tx) (err error) {
		page, err = ledger.List(tx, ledger.Filter{Type: kind, Limit: 1})
		return err
	})
	if len(page.Entries) == 0 {
		t.Fatalf("no entry %s", kind)
	}
	return page.Entries[0]
}

// S0-18: a new version is shown at the next sign-in. Until it is answered the
// session reaches nothing of the record; stopping, deleting and asking who
// looked work all the same. Either answer is an event with the hash of the
// text, opens the record, and changes no consent (S0-30).
func TestANewNoticeIsAnsweredBeforeTheRecordIsShown(t *testing.T) {
	for _, accept := range []bool{true, false} {
		f := housetest.New(t)
		ctx := t.Context()
		r := f.Enrol(1, ten)
		parent := f.Guardian(r.Guardian)
		before, err := f.Family.Child(ctx, parent, r.Child)
		must(t, err)
		if _, due, err := f.Family.News(ctx, parent); due || err != nil {
			t.Fatalf("right after enrolling a notice is due: %v", err)
		}

		n := renew(t, f)
		got, due, err := f.Family.News(ctx, parent)
		must(t, err)
		if !due || got.ID != n.ID {
			t.Fatal("the new version is not due")
		}
		_, _, copied := f.Family.Copy(ctx, parent, r.Child)
		_, viewed := f.Family.Child(ctx, parent, r.Child)
		_, listed := f.Family.Home(ctx, parent)
		for what, err := range map[string]error{"copy": copied, "view": viewed, "list": listed} {
			if fault.KindOf(err) != fault.ConsentNeeded || fault.CodeOf(err) != "family.notice" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if e := newest(t, f, ledger.Denied); e.Code != "family.notice" {
			t.Errorf("the refusal is no entry: %s", e.Code)
		}
		_, err = f.Family.Looks(ctx, parent, r.Child, 0)
		must(t, err)
		_, err = f.Family.Withdraw(ctx, parent, r.Child, "contact.class")
		must(t, err)

		_, err = f.Family.Answer(ctx, parent, family.Reply{Notice: n.ID, Language: "zh-CN", Screen: [32]byte{9}, Accept: accept})
		must(t, err)
		kind := map[bool]ledger.Type{true: ledger.NoticeAccepted, false: ledger.NoticeDeclined}[accept]
		if e := newest(t, f, kind); e.Hash != n.Hash("zh-CN") || e.Ref != n.ID.String() {
			t.Errorf("the entry does not say which text was shown: %+v", e)
		}
		after, err := f.Family.Child(ctx, parent, r.Child)
		must(t, err)
		for i, st := range after.Standings {
			if was := before.Standings[i]; st.Purpose != "contact.class" && st.State != was.State {
				t.Errorf("answering %v changed %s from %s to %s", accept, st.Purpose, was.State, st.State)
			}
		}
	}
}

// S0-18: what was read must be what is in force, and only who reads it answers
// it.
func TestAnAnswerIsToTheNoticeInForceAndBelongsToItsReader(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r, other := f.Enrol(1, ten), f.Enrol(2, ten)
	old := renew(t, f)
	n := renew(t, f)
	_, err := f.Family.Answer(ctx, f.Guardian(r.Guardian), family.Reply{Notice: old.ID, Language: "zh-CN", Screen: [32]byte{9}})
	if fault.CodeOf(err) != "family.notice_newer" {
		t.Errorf("an old version was answered: %v", err)
	}
	_, err = f.Family.Answer(ctx, f.Guardian(r.Guardian), family.Reply{Notice: n.ID, Language: "zh-CN"})
	if fault.CodeOf(err) != "consent.screen" {
		t.Errorf("an answer without the screen it was given on: %v", err)
	}
	for range 2 { // answering twice is answering once
		_, err = f.Family.Answer(ctx, f.Guardian(r.Guardian), family.Reply{Notice: n.ID, Language: "zh-CN", Screen: [32]byte{9}, Accept: true})
		must(t, err)
	}
	if _, due, err := f.Family.News(ctx, f.Guardian(other.Guardian)); !due || err != nil {
		t.Errorf("one family's answer counted for another: %v", err)
	}
}
