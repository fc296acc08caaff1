package account_test

import (
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/secret"
)

func (h *house) try(login, pw string, code secret.Text) error {
	_, err := h.SignIn(h.t.Context(), h.inst, account.Attempt{Login: login, Password: text(pw), Code: code})
	return err
}

func TestAMemberOfStaffSignsInUnderAnySpellingOfTheLogin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("Li.Na", actor.Clerk)
		if e.Actor.Role != actor.Clerk || e.Actor.Store != h.store || !e.Actor.ProvedAt.Equal(h.Now()) {
			t.Errorf("got %+v", e.Actor)
		}
		for _, spelling := range []string{"li.na", " LI.NA ", "ＬＩ．ＮＡ", "li.\u200bna", "li .na", "LI.\tNA"} {
			want(t, h.try(spelling, goodPassword, secret.Text{}), "", spelling)
		}
		want(t, h.try("li.nа", goodPassword, secret.Text{}), "signin.wrong", "with a Cyrillic а")
	})
}

// CVE-2025-6011: neither the answer nor the work tells a known login from an
// unknown one, a removed one or an invited one.
func TestAnUnknownLoginGetsTheSameAnswerForTheSameWork(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("known", actor.Clerk)
		gone := h.staff("gone", actor.Clerk)
		want(t, h.Remove(t.Context(), h.root, gone.Actor.Staff), "", "remove")
		if _, _, err := h.AddStaff(t.Context(), h.root, account.NewStaff{Login: "invited", Name: "李", Roles: []actor.Role{actor.Clerk}}); err != nil {
			t.Fatal(err)
		}
		for _, login := range []string{"known", "unknown", "gone", "invited", "", "\u200b", "13800001234"} {
			before, entries := h.cfg.Passwords.Evaluations(), h.count(`SELECT count(*) FROM event`)
			want(t, h.try(login, "wrong", secret.Text{}), "signin.wrong", login)
			if n := h.cfg.Passwords.Evaluations() - before; n != 1 {
				t.Errorf("%q: %d evaluations, want 1", login, n)
			}
			if n := h.count(`SELECT count(*) FROM event`) - entries; n != 1 {
				t.Errorf("%q: %d entries, want 1", login, n)
			}
		}
	})
}

// CVE-2025-6004: every spelling counts against the one lock, known or not, and
// a restart does not reset it.
func TestTwentyFailuresInARowLockALoginInEverySpelling(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, clerk := h.staff("manager", actor.Manager), h.staff("li.na", actor.Clerk)
		spellings := []string{"li.na", "LI.NA", "ｌｉ．ｎａ", " li.na"}
		for i := range 19 {
			want(t, h.try(spellings[i%4], "wrong", secret.Text{}), "signin.wrong", "guess")
		}
		want(t, h.try("li.na", goodPassword, secret.Text{}), "", "the 20th, right")
		for i := range 20 {
			want(t, h.try(spellings[i%4], "wrong", secret.Text{}), "signin.wrong", "guess")
			want(t, h.try("nobody", "wrong", secret.Text{}), "signin.wrong", "guess at nobody")
		}
		h.Register = account.New(h.cfg) // a restart
		before := h.cfg.Passwords.Evaluations()
		for _, s := range spellings {
			want(t, h.try(s, goodPassword, secret.Text{}), "signin.locked", s)
		}
		want(t, h.try("nobody", "wrong", secret.Text{}), "signin.locked", "nobody locks alike")
		if h.cfg.Passwords.Evaluations() != before {
			t.Error("a locked login still costs hashes")
		}
		want(t, h.Unlock(t.Context(), clerk.Actor, clerk.Actor.Staff), "role.self", "unlock oneself")
		want(t, h.Unlock(t.Context(), manager.Actor, clerk.Actor.Staff), "", "unlock")
		want(t, h.try("li.na", goodPassword, secret.Text{}), "", "after unlocking")
	})
}

func TestGuessesSideBySideCannotOutrunTheLimit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("li.na", actor.Clerk)
		before := h.cfg.Passwords.Evaluations()
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() { _ = h.try("li.na", "wrong", secret.Text{}) })
		}
		wg.Wait()
		if n := h.cfg.Passwords.Evaluations() - before; n != 20 {
			t.Errorf("%d guesses were judged, want 20", n)
		}
	})
}

// CVE-2025-6014: a one-time code is spent before it succeeds, in every session.
func TestAOneTimeCodeIsTheSecondFactorAndWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk)
		uri, err := h.BeginOneTime(t.Context(), e.Actor)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.ConfirmOneTime(t.Context(), e.Token, text("000000x"))
		want(t, err, "totp.wrong", "a wrong first code")
		renewed, err := h.ConfirmOneTime(t.Context(), e.Token, h.oneTime(uri))
		if err != nil || h.alive(e.Token) || !h.alive(renewed.Token) {
			t.Fatalf("the session was not renewed: %v", err)
		}
		want(t, h.try("li.na", goodPassword, h.oneTime(uri)), "signin.code_wrong", "the code of enrolment again")
		h.pass(30 * time.Second)
		want(t, h.try("li.na", goodPassword, secret.Text{}), "signin.code_needed", "without a code")
		want(t, h.try("li.na", "wrong", h.oneTime(uri)), "signin.wrong", "a wrong password does not spend the code")
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for range 8 { // side by side, only one gets in
			wg.Go(func() {
				if h.try("li.na", goodPassword, h.oneTime(uri)) == nil {
					mu.Lock()
					in++
					mu.Unlock()
				}
			})
		}
		if wg.Wait(); in != 1 {
			t.Errorf("one code let in %d", in)
		}
		h.pass(30 * time.Second)
		for i := range 30 { // with the right password, guessing codes still locks
			if err := h.try("li.na", goodPassword, text("00000x")); i >= 20 {
				want(t, err, "signin.locked", "guessing codes")
			}
		}
	})
}

func TestTheSecretOfOneTimeCodesIsNowhereInTheBase(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk)
		uri, err := h.BeginOneTime(t.Context(), e.Actor)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.ConfirmOneTime(t.Context(), e.Token, h.oneTime(uri)); err != nil {
			t.Fatal(err)
		}
		if n := h.count(`SELECT length(totp) FROM staff WHERE institution_id = $1 AND login = 'li.na'`, h.inst); n != 16 {
			t.Errorf("the base holds %d bytes, want a nonce of 16", n)
		}
	})
}

func TestAnOldHashIsRenewedAtTheNextSignIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("li.na", actor.Clerk)
		h.cfg.Passwords = password.NewHasher(password.GM, cheap)
		h.Register = account.New(h.cfg)
		want(t, h.try("li.na", goodPassword, secret.Text{}), "", "with the old hash")
		if n := h.count(`SELECT count(*) FROM staff WHERE password LIKE '$pbkdf2-sm3$%'`); n != 1 {
			t.Error("the hash is still the old one")
		}
		want(t, h.try("li.na", goodPassword, secret.Text{}), "", "with the new hash")
		want(t, h.try("li.na", "wrong", secret.Text{}), "signin.wrong", "a wrong password")
	})
}

func TestChangingThePasswordEndsEveryOtherSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, two := h.staff("li.na", actor.Clerk), h.signIn("li.na")
		_, err := h.SetPassword(t.Context(), one.Token, text("wrong"), secret.Text{}, text("another good sentence"))
		want(t, err, "signin.wrong", "with a wrong old password")
		_, err = h.SetPassword(t.Context(), one.Token, text(goodPassword), secret.Text{}, text("short"))
		want(t, err, "password.short", "a short one")
		renewed, err := h.SetPassword(t.Context(), one.Token, text(goodPassword), secret.Text{}, text("another good sentence"))
		want(t, err, "", "change")
		if h.alive(one.Token) || h.alive(two.Token) || !h.alive(renewed.Token) {
			t.Error("the wrong sessions live")
		}
		want(t, h.try("li.na", goodPassword, secret.Text{}), "signin.wrong", "the old password")
		want(t, h.try("li.na", "another good sentence", secret.Text{}), "", "the new password")
	})
}
