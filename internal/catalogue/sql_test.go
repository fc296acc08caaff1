package catalogue_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

type house struct {
	t        *testing.T
	d        *db.DB
	inst     id.Institution
	cat      *catalogue.Catalogue
	proposer id.Staff
	approver id.Staff
	notice   catalogue.Notice
}

func (h *house) update(fn func(tx *db.Tx) error) error {
	return h.d.Update(h.t.Context(), h.inst, fn)
}

func (h *house) must(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.update(fn); err != nil {
		h.t.Fatal(err)
	}
}

// founded runs fn on both engines with an institution that has its catalogue.
func founded(t *testing.T, fn func(h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := &house{
			t: t, d: d, inst: id.Make[id.Institution](at), cat: new(catalogue.Catalogue),
			proposer: id.Make[id.Staff](at), approver: id.Make[id.Staff](at),
		}
		h.must(func(tx *db.Tx) (err error) {
			h.notice, err = h.cat.Found(tx, h.inst, catalogue.Founding{
				Controller: "晨星培训中心", Contact: "电话021-00000000", Officer: "王老师，电话021-00000001",
				Proposer: h.proposer, Approver: h.approver, InCharge: h.proposer,
			})
			return err
		})
		fn(h)
	})
}

func TestANewInstitutionHasItsCatalogue(t *testing.T) { // S0-01, S0-04, S0-05
	founded(t, func(h *house) {
		h.must(func(tx *db.Tx) error {
			b, err := h.cat.Budget(tx, h.inst, catalogue.Minimal)
			if err != nil || len(b.Fields()) != 4 || b.Fingerprint() != catalogue.MinimalSchema().Fingerprint() {
				t.Errorf("budget of %d fields, %v", len(b.Fields()), err)
			}
			purposes, err := h.cat.Purposes(tx, h.inst)
			if err != nil || len(purposes) != 6 {
				t.Errorf("%d purposes, %v", len(purposes), err)
			}
			n, err := h.cat.CurrentNotice(tx, h.inst, catalogue.EnrolmentNotice)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(h.notice, n, cmpopts.IgnoreUnexported(catalogue.Notice{}),
				cmp.Comparer(func(a, b id.Notice) bool { return a == b }),
				cmp.Comparer(func(a, b id.Staff) bool { return a == b })); diff != "" {
				t.Errorf("the notice came back changed:\n%s", diff)
			}
			if n.Hash("zh-CN") != h.notice.Hash("zh-CN") || n.Hash("en") != h.notice.Hash("en") {
				t.Error("the hash came back changed")
			}
			return nil
		})
	})
}

func TestOnlyAnApprovedSchemaWidensWhatCanBeWrittenI7(t *testing.T) { // I7, I8, S0-01
	founded(t, func(h *house) {
		photo := catalogue.Schema{Code: "photo.wall", Items: []catalogue.Item{
			{Field: "learner.photo", Necessity: "照片墙上要有孩子自己的照片"},
		}}
		wall := purpose(func(p *catalogue.Purpose) {
			p.Code, p.Basis, p.Required = "photo.wall", catalogue.Consent, false
			p.Schema, p.Fields = "photo.wall", []string{"learner.photo"}
		})
		h.must(func(tx *db.Tx) (err error) {
			photo, err = h.cat.ProposeSchema(tx, h.inst, h.proposer, photo)
			return err
		})
		define := func(p catalogue.Purpose) error {
			return h.update(func(tx *db.Tx) error { return h.cat.DefinePurpose(tx, h.inst, h.proposer, p) })
		}
		approve := func(by id.Staff) error {
			return h.update(func(tx *db.Tx) error {
				_, err := h.cat.ApproveSchema(tx, h.inst, by, catalogue.Approval{Code: photo.Code, Version: photo.Version})
				return err
			})
		}
		if err := define(wall); fault.CodeOf(err) != "catalogue.schema_unknown" {
			t.Errorf("a purpose on an unapproved schema: %v", err)
		}
		if err := approve(h.proposer); !errors.Is(err, fault.Denied) {
			t.Errorf("approved by its proposer: %v", err)
		}
		if err := approve(h.approver); err != nil {
			t.Fatal(err)
		}
		if err := approve(h.approver); !errors.Is(err, fault.Conflict) {
			t.Errorf("approved twice: %v", err)
		}
		if err := define(wall); err != nil {
			t.Errorf("after approval: %v", err)
		}
		wall.Fields = []string{"learner.photo", "learner.health"}
		if err := define(wall); fault.CodeOf(err) != "catalogue.purpose_budget" {
			t.Errorf("a purpose outside its budget: %v", err)
		}
	})
}

func TestAnEndedOrBannedPurposeIsNotActive(t *testing.T) { // I4, S3-18
	founded(t, func(h *house) {
		h.must(func(tx *db.Tx) error { return h.cat.EndPurpose(tx, h.inst, h.proposer, "survey") })
		h.must(func(tx *db.Tx) error {
			p, err := h.cat.Purpose(tx, h.inst, "survey")
			if err != nil || p.Active(tx.Now()) {
				t.Errorf("an ended purpose is active: %v", err)
			}
			if p, err := h.cat.Purpose(tx, h.inst, "learner.manage"); err != nil || !p.Active(tx.Now()) {
				t.Errorf("learner.manage is not active: %v", err)
			}
			if _, err := h.cat.Purpose(tx, h.inst, "fundraising"); !errors.Is(err, fault.Denied) {
				t.Errorf("a banned purpose: %v", err)
			}
			if _, err := h.cat.Purpose(tx, h.inst, "curiosity"); !errors.Is(err, fault.NotFound) {
				t.Errorf("an unknown purpose: %v", err)
			}
			return nil
		})
		// A notice may no longer ask for it.
		err := h.update(func(tx *db.Tx) error {
			_, _, err := h.cat.PublishNotice(tx, h.inst, h.proposer, notice())
			return err
		})
		if fault.CodeOf(err) != "catalogue.lint" {
			t.Errorf("a notice that asks for an ended purpose: %v", err)
		}
	})
}

func TestAPublishedNoticeNeverChangesI11(t *testing.T) { // S0-18, I11, B15
	founded(t, func(h *house) {
		next := notice()
		w := next.Words["zh-CN"]
		w.Summary = "我们只要四项信息。"
		next.Words["zh-CN"] = w
		h.must(func(tx *db.Tx) error {
			n, _, err := h.cat.PublishNotice(tx, h.inst, h.proposer, next)
			if err == nil && (n.Version != 2 || n.ID == h.notice.ID) {
				t.Errorf("version %d", n.Version)
			}
			return err
		})
		h.must(func(tx *db.Tx) error {
			old, err := h.cat.Notice(tx, h.inst, h.notice.ID)
			if err != nil || old.Hash("zh-CN") != h.notice.Hash("zh-CN") {
				t.Errorf("the former version is not what it was: %v", err)
			}
			_, err = h.cat.Notice(tx, id.Make[id.Institution](at), id.Make[id.Notice](at))
			if !errors.Is(err, fault.NotFound) {
				t.Errorf("another institution's notice: %v", err)
			}
			return nil
		})
		for _, attack := range []string{`UPDATE notice_text SET body = ''`, `DELETE FROM notice_text`, `DELETE FROM notice`} {
			if err := h.update(func(tx *db.Tx) error { _, err := tx.Exec(attack); return err }); err == nil {
				t.Errorf("%s went through", attack)
			}
		}
	})
}

func TestSomebodyIsInChargeOfEveryDataSetS2_08(t *testing.T) { // S2-08
	founded(t, func(h *house) {
		store, other := id.Make[id.Store](at), id.Make[id.Store](at)
		h.must(func(tx *db.Tx) error {
			return h.cat.SetInCharge(tx, h.inst, catalogue.Minimal, store, h.approver)
		})
		h.must(func(tx *db.Tx) error {
			if who, err := h.cat.InCharge(tx, h.inst, catalogue.Minimal, store); err != nil || who != h.approver {
				t.Errorf("a store's own: %v", err)
			}
			if who, err := h.cat.InCharge(tx, h.inst, catalogue.Minimal, other); err != nil || who != h.proposer {
				t.Errorf("the institution's: %v", err)
			}
			if _, err := h.cat.InCharge(tx, h.inst, "photo.wall", store); fault.CodeOf(err) != "catalogue.no_owner" {
				t.Errorf("nobody's: %v", err)
			}
			if err := h.cat.SetInCharge(tx, h.inst, "x", store, id.Staff{}); !errors.Is(err, fault.Invalid) {
				t.Errorf("naming nobody: %v", err)
			}
			return nil
		})
	})
}
