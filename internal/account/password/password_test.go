package password_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cheap keeps the tests quick; one test below pays the real price.
var cheap = password.Cost{Passes: 1, Memory: 64, Lanes: 1, Rounds: 10, Workers: 2, Queue: 64}

func text(s string) secret.Text { return secret.NewText(s) }

func TestAPasswordOpensOnlyItsOwnHash(t *testing.T) {
	for _, suite := range []password.Suite{password.Intl, password.GM} {
		h := password.NewHasher(suite, cheap)
		hash, err := h.Hash(t.Context(), text("正确 horse 电池 staple"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.Hash(t.Context(), text("正确 horse 电池 staple"))
		if err != nil || again == hash {
			t.Errorf("%s: two hashes of one password are equal (%v)", suite, err)
		}
		for pw, want := range map[string]bool{
			"正确 horse 电池 staple": true, "正确　ｈｏｒｓｅ　电池　staple": true, // full width, same keys
			"正确 horse 电池 Staple": false, "": false, "正确 horse 电池 stapl": false,
		} {
			if ok, renew, err := h.Check(t.Context(), hash, text(pw)); ok != want || renew || err != nil {
				t.Errorf("%s: got %v %v %v, want %v", suite, ok, renew, err, want)
			}
		}
	}
}

func TestTheRealCostIsWhatTheStandardRecommends(t *testing.T) {
	h := password.NewHasher(password.Intl, password.DefaultCost)
	hash, err := h.Hash(t.Context(), text("a long enough sentence"))
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("got %s, %v", hash, err)
	}
}

// CVE-2025-6011: a name that does not exist costs as much as one that does.
func TestAnUnknownNameCostsTheSameWork(t *testing.T) {
	h := password.NewHasher(password.Intl, cheap)
	hash, err := h.Hash(t.Context(), text("a long enough sentence"))
	if err != nil {
		t.Fatal(err)
	}
	work := func(hash, pw string) int64 {
		before := h.Evaluations()
		if ok, _, err := h.Check(t.Context(), hash, text(pw)); err != nil || ok != (pw == "a long enough sentence" && hash != "") {
			t.Errorf("got %v %v", ok, err)
		}
		return h.Evaluations() - before
	}
	for _, c := range [][2]string{{hash, "a long enough sentence"}, {hash, "wrong"}, {"", "a long enough sentence"}, {"", ""}} {
		if n := work(c[0], c[1]); n != 1 {
			t.Errorf("%d evaluations, want 1", n)
		}
	}
}

func TestAHashOfAnotherSuiteOrCostIsReadAndRenewed(t *testing.T) {
	old := password.NewHasher(password.Intl, cheap)
	hash, err := old.Hash(t.Context(), text("a long enough sentence"))
	if err != nil {
		t.Fatal(err)
	}
	dearer := cheap
	dearer.Passes = 2
	for _, h := range []*password.Hasher{password.NewHasher(password.GM, cheap), password.NewHasher(password.Intl, dearer)} {
		if ok, renew, err := h.Check(t.Context(), hash, text("a long enough sentence")); !ok || !renew || err != nil {
			t.Errorf("got %v %v %v", ok, renew, err)
		}
		if ok, renew, err := h.Check(t.Context(), hash, text("wrong")); ok || renew || err != nil {
			t.Errorf("a wrong password asks for renewal: %v %v %v", ok, renew, err)
		}
	}
}

func TestADamagedHashIsAnErrorAndNeverAMatch(t *testing.T) {
	h := password.NewHasher(password.Intl, cheap)
	for _, s := range []string{
		"x", "$argon2id$v=19$m=64,t=1,p=1$$", "$argon2id$v=16$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43),
		"$pbkdf2-sm3$i=2000000000$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43),
		"$2b$10$abcdefghijklmnopqrstuv",
	} {
		if ok, _, err := h.Check(t.Context(), s, text("x")); ok || err == nil {
			t.Errorf("%s: got %v, %v", s, ok, err)
		}
	}
}

func TestFewHashesRunAtATimeAndTheRestAreTurnedAway(t *testing.T) {
	h := password.NewHasher(password.Intl, password.Cost{Passes: 1, Memory: 8 << 10, Lanes: 1, Workers: 1, Queue: 2})
	var wg sync.WaitGroup
	var mu sync.Mutex
	busy, fine := 0, 0
	for range 64 {
		wg.Go(func() {
			_, err := h.Hash(context.Background(), text("a long enough sentence"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				fine++
			case errors.Is(err, fault.Limited) && fault.CodeOf(err) == "signin.busy":
				busy++
			default:
				t.Errorf("unexpected: %v", err)
			}
		})
	}
	wg.Wait()
	if fine == 0 || busy == 0 || int64(fine) != h.Evaluations() {
		t.Errorf("%d hashed, %d turned away, %d evaluations", fine, busy, h.Evaluations())
	}
}

func TestAHashThatNobodyWaitsForIsNotMade(t *testing.T) {
	h := password.NewHasher(password.Intl, password.Cost{Passes: 1, Memory: 64, Lanes: 1, Workers: 1, Queue: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // select may still pick a free worker; the point is that it returns
		if _, err := h.Hash(ctx, text("a long enough sentence")); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}

// Source: NIST SP 800-63B-4 §3.1.1.2.
func TestWhichPasswordsMayBeChosen(t *testing.T) {
	for _, c := range []struct {
		pw     string
		second bool
		code   string
	}{
		{"plum7 kite", true, ""}, {"梅花三弄七月半雨", true, ""}, {"plum7 kite", false, "password.short"},
		{"plum kite on a hill", false, ""}, {"七八个星天外两三点雨山前旧", false, "password.short"},
		{"plum7ki", true, "password.short"}, {strings.Repeat("长", 86), false, "password.long"},
		{"password", true, "password.common"}, {"P@$$word2026", true, "password.common"}, {"Ｐａｓｓｗｏｒｄ１", true, "password.common"},
		{"12345678", true, "password.common"}, {"87654321", true, "password.common"}, {"qwertyui", true, "password.common"},
		{"abcdefghijklmnop", false, "password.common"}, {"aaaaaaaaaaaaaaaa", false, "password.common"},
		{"xy7xy7xy7xy7xy7x", false, "password.common"}, {"woaini1314520", true, "password.common"},
		{"1qaz2wsx", true, "password.common"}, {"abcd1234", true, "password.common"},
		{"li.na2026", true, "password.common"}, {"chenguang2026", true, "password.common"}, {"chenguang plum kite", false, ""},
	} {
		err := password.Choose(text(c.pw), c.second, "li.na", "ChenGuang")
		if fault.CodeOf(err) != c.code || (err != nil && !errors.Is(err, fault.Invalid)) {
			t.Errorf("%q (second factor %v): got %v, want %q", c.pw, c.second, err, c.code)
		}
	}
}

func FuzzCheck(f *testing.F) {
	h := password.NewHasher(password.Intl, cheap)
	hash, err := h.Hash(context.Background(), text("a long enough sentence"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(hash, "x")
	f.Add("$pbkdf2-sm3$i=1$AAAAAAAAAAAAAAAAAAAAAA$AA", "x")
	f.Fuzz(func(t *testing.T, hash, pw string) {
		if len(hash) > 200 || strings.Contains(hash, "m=") && !strings.Contains(hash, "m=64,t=1,p=1") || strings.Contains(hash, "i=") {
			return // dear but legal costs
		}
		if ok, _, _ := h.Check(context.Background(), hash, text(pw)); ok && pw != "a long enough sentence" {
			t.Fatal("a foreign password matched")
		}
		_ = password.Choose(text(pw), true, hash)
	})
}
