package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/secret"
)

// Made-up numbers.
const (
	mother  = "+8613800001234"
	unknown = "+8613800009999"
)

func (h *house) ask(b account.Browser, phone string, use account.Use) error {
	return h.RequestCode(h.t.Context(), h.inst, b, text(phone), use)
}

func (h *house) enter(b account.Browser, phone string, code secret.Text) (account.Entry, error) {
	return h.SignInFamily(h.t.Context(), h.inst, account.FamilyAttempt{Browser: b, Phone: text(phone), Code: code, Device: "phone"})
}

// wrong returns a code that is not the last one sent.
func (h *house) wrong() secret.Text {
	if h.lastCode().Expose() == "000000" {
		return text("000001")
	}
	return text("000000")
}

func TestAGuardianSignsInWithAPhoneCodeTypedInAnyWay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m, b := h.family(mother, actor.Guardian), h.browser()
		want(t, h.ask(b, " 138-0000-1234", account.ToSignIn), "", "ask")
		code := h.lastCode().Expose()
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
			t.Fatal("not six digits")
		}
		full := strings.Map(func(r rune) rune { return r - '0' + '０' }, code)
		e, err := h.enter(b, "００８６ 13800001234", text(full[:9]+" "+full[9:]))
		if err != nil || e.Actor.Subject != m.Subject || e.Actor.Role != actor.Guardian || !h.alive(e.Token) {
			t.Fatalf("got %+v, %v", e.Actor, err)
		}
		_, err = h.enter(b, mother, text(code))
		want(t, err, "code.expired", "the same code again")
	})
}

func TestACodeBelongsToOneBrowserAndOnePhone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.family(mother, actor.Guardian)
		h.family(unknown, actor.Guardian)
		b := h.browser()
		want(t, h.ask(b, mother, account.ToSignIn), "", "ask")
		_, err := h.enter(h.browser(), mother, h.lastCode())
		want(t, err, "code.expired", "another browser")
		_, err = h.enter(b, unknown, h.lastCode())
		want(t, err, "code.expired", "another phone")
		_, err = h.enter(text("made up"), mother, h.lastCode())
		want(t, err, "session.browser", "no browser")
		_, err = h.enter(b, mother, h.lastCode())
		want(t, err, "", "the right ones")
	})
}

func TestACodeLivesFiveMinutesAndFiveTries(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.family(mother, actor.Guardian)
		b := h.browser()
		want(t, h.ask(b, mother, account.ToSignIn), "", "ask")
		h.pass(5 * time.Minute)
		_, err := h.enter(b, mother, h.lastCode())
		want(t, err, "code.expired", "after five minutes")
		want(t, h.ask(b, mother, account.ToSignIn), "", "ask again")
		for i := range 5 {
			_, err := h.enter(b, mother, h.wrong())
			want(t, err, []string{"code.wrong", "code.tries"}[i/4], "a wrong code")
		}
		_, err = h.enter(b, mother, h.lastCode())
		want(t, err, "code.tries", "the right one, too late")
	})
}

func TestCodesAreLimitedPerPhoneInEverySpellingAndAcrossRestarts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		spellings := []string{"13800001234", "+86 138 0000 1234", "１３８００００１２３４", "008613800001234"}
		sent, begun := []time.Time{}, h.Now()
		for i := range 24 * 60 { // ask every minute for a day
			err := h.ask(h.browser(), spellings[i%4], account.ToSignIn)
			if err == nil {
				sent = append(sent, h.Now())
			}
			if i == 3 {
				want(t, h.ask(h.browser(), spellings[0], account.ToSignIn), "code.wait", "within a minute")
				h.Register = account.New(h.cfg)
				want(t, h.ask(h.browser(), spellings[1], account.ToSignIn), "code.wait", "after a restart")
			}
			if len(sent) == 10 {
				break
			}
			h.pass(time.Minute)
		}
		for i := range sent {
			n := 0
			for _, s := range sent {
				if d := s.Sub(sent[i]); d >= 0 && d < time.Hour {
					n++
				}
			}
			if n > 5 {
				t.Fatalf("%d codes within an hour", n)
			}
		}
		if len(sent) != 10 || h.Now().Sub(begun) > 90*time.Minute {
			t.Fatalf("%d codes in %v", len(sent), h.Now().Sub(begun))
		}
		h.pass(2 * time.Hour)
		want(t, h.ask(h.browser(), mother, account.ToSignIn), "code.day", "an eleventh in a day")
		h.pass(22 * time.Hour)
		want(t, h.ask(h.browser(), mother, account.ToSignIn), "", "a day later")
	})
}

func TestTwentyWrongCodesInARowLockAPhoneUntilTheStore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.cfg.Limits = account.Limits{CodesPerHour: 100, CodesPerDay: 100}
		h.Register = account.New(h.cfg)
		h.family(mother, actor.Guardian)
		clerk := h.staff("clerk", actor.Clerk)
		for _, phone := range []string{mother, unknown} { // locked alike: no oracle
			var b account.Browser
			for i := range 20 {
				if i%5 == 0 {
					h.pass(time.Minute)
					b = h.browser()
					want(t, h.ask(b, phone, account.ToSignIn), "", "ask")
				}
				if i == 19 && phone == mother { // in a row means in a row
					break
				}
				_, err := h.enter(b, phone, h.wrong())
				want(t, err, []string{"code.wrong", "code.tries"}[i%5/4], "a wrong code")
			}
			if phone == mother {
				_, err := h.enter(b, phone, h.lastCode())
				want(t, err, "", "the right code after nineteen wrong ones")
				for i := range 20 {
					if i%5 == 0 {
						h.pass(time.Minute)
						b = h.browser()
						want(t, h.ask(b, phone, account.ToSignIn), "", "ask")
					}
					_, _ = h.enter(b, phone, h.wrong())
				}
			}
			_, err := h.enter(b, phone, h.lastCode())
			want(t, err, "code.locked", "the right code after twenty")
			h.pass(time.Minute)
			want(t, h.ask(h.browser(), phone, account.ToSignIn), "code.locked", "asking")
		}
		h.update(func(tx *db.Tx) error {
			want(t, h.ReleasePhone(tx, actor.Actor{Institution: h.inst, Role: actor.Guardian}, text(mother)), "role.not_yours", "not by oneself")
			return h.ReleasePhone(tx, clerk.Actor, text(mother))
		})
		want(t, h.ask(h.browser(), mother, account.ToSignIn), "", "after release")
	})
}

// T36, CVE-2025-6011: a known and an unknown phone get the same answers, the same
// rows, the same entries; only the gateway knows that one message is void.
func TestAnUnknownPhoneCannotBeToldFromAKnownOne(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.family(mother, actor.Guardian)
		var seen [2]string
		for i, phone := range []string{mother, unknown} {
			b := h.browser()
			rows := func() string {
				var out []string
				for _, table := range []string{"phone_code", "phone_send", "guess_guard", "phone_proof", "session", "event", "event_subject"} {
					out = append(out, fmt.Sprint(table, h.count(`SELECT count(*) FROM `+table)))
				}
				return strings.Join(out, " ")
			}
			before := rows()
			answers := fmt.Sprint(h.ask(b, phone, account.ToSignIn), h.ask(b, phone, account.ToSignIn))
			for range 6 {
				_, err := h.enter(b, phone, h.wrong())
				answers += fmt.Sprint(err)
			}
			seen[i] = answers + diff(before, rows())
			if got := h.sent[len(h.sent)-1].live; got != (phone == mother) {
				t.Errorf("live is %v", got)
			}
			h.update(func(tx *db.Tx) error { // the second phone starts from the same base
				_, err := tx.Exec(`DELETE FROM phone_send WHERE institution_id = $1`, h.inst)
				return err
			})
		}
		if seen[0] != seen[1] {
			t.Errorf("known: %s\nunknown: %s", seen[0], seen[1])
		}
		want(t, h.ask(h.browser(), unknown, account.ToProve), "", "enrolling")
		if !h.sent[len(h.sent)-1].live {
			t.Error("a family that enrols gets no code")
		}
	})
}

// diff says by how much each count grew.
func diff(before, after string) string {
	a, b := strings.Fields(before), strings.Fields(after)
	var out []string
	for i := range a {
		name := strings.TrimRight(a[i], "0123456789")
		var x, y int
		_, _ = fmt.Sscan(strings.TrimPrefix(a[i], name), &x)
		_, _ = fmt.Sscan(strings.TrimPrefix(b[i], name), &y)
		out = append(out, fmt.Sprint(name, y-x))
	}
	return strings.Join(out, " ")
}

func TestTheBaseHoldsNeitherPhoneNorCode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.family(mother, actor.Guardian)
		b := h.browser()
		want(t, h.ask(b, mother, account.ToSignIn), "", "ask")
		for _, column := range []string{"phone_index", "mac"} {
			if n := h.count(`SELECT count(*) FROM phone_code WHERE length(` + column + `) = 16`); n != 1 {
				t.Errorf("%s is not a keyed hash", column)
			}
		}
		var bodies []string
		h.update(func(tx *db.Tx) error {
			rows, err := tx.Query(`SELECT body FROM event WHERE institution_id = $1`, h.inst)
			if err != nil {
				return err
			}
			for rows.Next() {
				var body []byte
				if err := rows.Scan(&body); err != nil {
					return err
				}
				bodies = append(bodies, string(body))
			}
			return nil
		})
		code := h.lastCode().Expose()
		if slices.ContainsFunc(bodies, func(s string) bool { return strings.Contains(s, "13800001234") || strings.Contains(s, code) }) {
			t.Error("I3: an entry holds a phone or a code")
		}
	})
}

func TestTheInstitutionHasADailyBudgetOfCodes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.cfg.Limits = account.Limits{CodesPerInstitution: 3}
		h.Register = account.New(h.cfg)
		for i := range 3 {
			want(t, h.ask(h.browser(), fmt.Sprintf("1380000000%d", i), account.ToSignIn), "", "ask")
		}
		want(t, h.ask(h.browser(), "13800000009", account.ToSignIn), "code.budget", "one more")
		h.pass(24 * time.Hour)
		want(t, h.ask(h.browser(), "13800000009", account.ToSignIn), "", "a day later")
	})
}

func TestAProvedPhoneIsGoodForHalfAnHourInItsBrowser(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser()
		proved := func(b account.Browser, phone string) (at time.Time, err error) {
			h.update(func(tx *db.Tx) error {
				at, err = h.PhoneProved(tx, h.inst, b, text(phone))
				return nil
			})
			return at, err
		}
		want(t, h.ask(b, unknown, account.ToProve), "", "ask")
		_, err := proved(b, unknown)
		want(t, err, "code.unproved", "before the code")
		want(t, h.ProvePhone(t.Context(), h.inst, b, text(unknown), h.lastCode()), "", "prove")
		at, err := proved(b, "138 0000 9999")
		if err != nil || !at.Equal(h.Now()) {
			t.Errorf("got %v, %v", at, err)
		}
		_, err = proved(h.browser(), unknown)
		want(t, err, "code.unproved", "another browser")
		_, err = proved(b, mother)
		want(t, err, "code.unproved", "another phone")
		again := account.FamilyAttempt{Browser: b, Phone: text(unknown)}
		_, err = h.ContinueFamily(t.Context(), h.inst, again)
		want(t, err, "family.none", "before enrolling")
		h.family(unknown, actor.Guardian)
		proof := h.Now()
		h.pass(20 * time.Minute)
		e, err := h.ContinueFamily(t.Context(), h.inst, again)
		if err != nil || !e.Actor.ProvedAt.Equal(proof) {
			t.Errorf("proved %v, %v", e.Actor.ProvedAt, err)
		}
		h.pass(10 * time.Minute)
		_, err = h.ContinueFamily(t.Context(), h.inst, again)
		want(t, err, "code.unproved", "after half an hour")
	})
}

func TestOnePhoneForSeveralRecordsSwitchesBetweenThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		parent, child := h.family(mother, actor.Guardian), h.family(mother, actor.Child)
		stranger := h.family(unknown, actor.Guardian)
		b := h.browser()
		want(t, h.ask(b, mother, account.ToSignIn), "", "ask")
		e, err := h.enter(b, mother, h.lastCode())
		if err != nil || !slices.Equal(e.Members, []account.Member{parent, child}) {
			t.Fatalf("got %v, %v", e.Members, err)
		}
		if list, err := h.Members(t.Context(), e.Actor); err != nil || len(list) != 2 {
			t.Errorf("got %v, %v", list, err)
		}
		_, err = h.SwitchMember(t.Context(), e.Token, stranger)
		want(t, err, "family.none", "somebody else's record")
		_, err = h.SwitchMember(t.Context(), e.Token, account.Member{Subject: child.Subject, Role: actor.Guardian})
		want(t, err, "family.none", "the right record in a role it has not")
		as, err := h.SwitchMember(t.Context(), e.Token, child)
		if err != nil || as.Actor.Subject != child.Subject || as.Actor.Role != actor.Child || h.alive(e.Token) {
			t.Errorf("got %+v, %v", as.Actor, err)
		}
		h.update(func(tx *db.Tx) error { return h.ForgetSubject(tx, h.inst, child.Subject) })
		if h.alive(as.Token) {
			t.Error("a session of a forgotten record lives")
		}
	})
}

func TestAFamilyProvesItsPhoneAnew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.family(mother, actor.Guardian)
		h.family(unknown, actor.Guardian)
		b := h.browser()
		want(t, h.ask(b, mother, account.ToSignIn), "", "ask")
		e, err := h.enter(b, mother, h.lastCode())
		want(t, err, "", "sign in")
		h.pass(time.Minute)
		want(t, h.ask(b, unknown, account.ToSignIn), "", "ask")
		_, err = h.StepUpFamily(t.Context(), e.Token, account.FamilyAttempt{Browser: b, Phone: text(unknown), Code: h.lastCode()})
		want(t, err, "family.none", "with another family's phone")
		if !h.alive(e.Token) {
			t.Error("a refused step-up ended the session")
		}
		want(t, h.ask(b, mother, account.ToSignIn), "", "ask")
		up, err := h.StepUpFamily(t.Context(), e.Token, account.FamilyAttempt{Browser: b, Phone: text(mother), Code: h.lastCode()})
		if err != nil || h.alive(e.Token) || !up.Actor.ProvedAt.Equal(h.Now()) {
			t.Errorf("got %+v, %v", up.Actor, err)
		}
	})
}
