package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

func (h *house) keyRequest() account.KeyRequest {
	return account.KeyRequest{Label: "timetable", Store: h.store, Purposes: []string{"contact.class"},
		Fields: []string{"guardian.phone"}, QuotaPerDay: 10, Expires: h.Now().Add(24 * time.Hour)}
}

// key makes an API key by its three steps.
func (h *house) key(asker, approver actor.Actor) (id.APIKey, secret.Text) {
	h.t.Helper()
	return h.keyFor(asker, approver, h.keyRequest())
}

func (h *house) keyFor(asker, approver actor.Actor, r account.KeyRequest) (id.APIKey, secret.Text) {
	h.t.Helper()
	k, err := h.AskKey(h.t.Context(), asker, r)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.ApproveKey(h.t.Context(), approver, k); err != nil {
		h.t.Fatal(err)
	}
	whole, err := h.CollectKey(h.t.Context(), asker, k)
	if err != nil {
		h.t.Fatal(err)
	}
	return k, whole
}

// I8: a key is made by two people and shown once.
func TestAnAPIKeyIsMadeByTwoPeopleAndShownOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, officer, clerk := h.staff("manager", actor.Manager), h.staff("officer", actor.Officer), h.staff("clerk", actor.Clerk)
		_, err := h.AskKey(t.Context(), clerk.Actor, h.keyRequest())
		want(t, err, "role.not_yours", "a clerk asks")
		k, err := h.AskKey(t.Context(), manager.Actor, h.keyRequest())
		want(t, err, "", "a manager asks")
		own, err := h.AskKey(t.Context(), officer.Actor, h.keyRequest())
		want(t, err, "", "an officer asks")
		want(t, h.ApproveKey(t.Context(), officer.Actor, own), "role.same_person", "the asker approves")
		want(t, h.ApproveKey(t.Context(), manager.Actor, own), "role.not_yours", "a manager approves")
		_, err = h.CollectKey(t.Context(), manager.Actor, k)
		want(t, err, "key.not_ready", "before approval")
		want(t, h.ApproveKey(t.Context(), officer.Actor, k), "", "approve")
		want(t, h.ApproveKey(t.Context(), officer.Actor, k), "key.not_pending", "approve twice")
		_, err = h.CollectKey(t.Context(), officer.Actor, k)
		want(t, err, "key.not_yours", "the approver collects")
		whole, err := h.CollectKey(t.Context(), manager.Actor, k)
		want(t, err, "", "the asker collects")
		_, err = h.CollectKey(t.Context(), manager.Actor, k)
		want(t, err, "key.not_ready", "collect twice")
		a, err := h.KeyActor(t.Context(), whole)
		if err != nil || a.Role != actor.Integrator || a.Key != k || a.Store != h.store ||
			!slices.Equal(a.Purposes, []string{"contact.class"}) || !slices.Equal(a.Fields, []string{"guardian.phone"}) ||
			account.Fresh(a, h.Now()) != nil || !a.Staff.IsZero() {
			t.Errorf("got %+v, %v", a, err)
		}
		if n := h.count(`SELECT count(*) FROM api_key WHERE length(secret_hash) = 32`); n != 1 {
			t.Errorf("%d hashes", n)
		}
		list, err := h.Keys(t.Context(), h.inst)
		if err != nil || len(list) != 2 || !list[slices.IndexFunc(list, func(x account.APIKey) bool { return x.ID == k })].Issued {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestAKeyThatDoesNotCountIsRefusedInOneWay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, officer := h.staff("manager", actor.Manager), h.staff("officer", actor.Officer)
		k, whole := h.key(manager.Actor, officer.Actor)
		s := whole.Expose()
		for _, bad := range []string{"", "wf_", s[:len(s)-1], s + "0", strings.ToUpper(s), "wx" + s[2:], strings.Replace(s, "_", "-", 2),
			s[:len(s)-3] + "000", "wf_" + strings.Repeat("0", 52) + "_" + strings.Repeat("0", 52)} {
			_, err := h.KeyActor(t.Context(), text(bad))
			want(t, err, "key.refused", "a bent key")
		}
		other := account.New(h.cfg)
		if _, err := other.KeyActor(t.Context(), whole); err != nil {
			t.Fatal(err)
		}
		want(t, h.RevokeKey(t.Context(), officer.Actor, k), "", "revoke")
		_, err := h.KeyActor(t.Context(), whole)
		want(t, err, "key.refused", "revoked, at once here")
		h.pass(time.Second)
		_, err = other.KeyActor(t.Context(), whole)
		want(t, err, "key.refused", "revoked, a second later elsewhere")
		_, whole = h.key(manager.Actor, officer.Actor)
		h.pass(24 * time.Hour)
		_, err = h.KeyActor(t.Context(), whole)
		want(t, err, "key.refused", "expired")
	})
}

func TestAKeyIsBoundToPurposesFieldsQuotaAndTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager := h.staff("manager", actor.Manager)
		for code, bend := range map[string]func(r *account.KeyRequest){
			"key.label":       func(r *account.KeyRequest) { r.Label = " \x00 " },
			"key.codes":       func(r *account.KeyRequest) { r.Purposes = nil },
			"key.quota_range": func(r *account.KeyRequest) { r.QuotaPerDay = 0 },
			"key.expires":     func(r *account.KeyRequest) { r.Expires = h.Now().Add(401 * 24 * time.Hour) },
		} {
			r := h.keyRequest()
			bend(&r)
			_, err := h.AskKey(t.Context(), manager.Actor, r)
			want(t, err, code, "a bent request")
		}
		r := h.keyRequest()
		r.Fields = []string{"*"}
		_, err := h.AskKey(t.Context(), manager.Actor, r)
		want(t, err, "key.codes", "a key for everything")
	})
}

func TestTheQuotaOfADayIsExactAndARefusedActIsNotCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, officer := h.staff("manager", actor.Manager), h.staff("officer", actor.Officer)
		_, whole := h.key(manager.Actor, officer.Actor)
		a, err := h.KeyActor(t.Context(), whole)
		if err != nil {
			t.Fatal(err)
		}
		spend := func(a actor.Actor, n int) error {
			return h.db.Update(t.Context(), h.inst, func(tx *db.Tx) error { return h.SpendKey(tx, a, n) })
		}
		want(t, spend(a, 7), "", "seven of ten")
		want(t, spend(a, 4), "key.quota", "four more")
		want(t, spend(a, 3), "", "three more")
		if err := spend(a, 1); fault.KindOf(err) != fault.Limited {
			t.Errorf("an eleventh: %v", err)
		}
		want(t, spend(manager.Actor, 1000), "", "people have other limits")
		h.pass(16 * time.Hour) // past midnight UTC
		want(t, spend(a, 10), "", "the next day")
	})
}
