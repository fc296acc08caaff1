package notify_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ account.Sender = (*notify.Outbox)(nil)

// office is an institution with an outbox, a clock and a gateway that obeys.
type office struct {
	notify.Outbox
	t    testing.TB
	inst id.Institution

	mu    sync.Mutex
	at    time.Time
	fail  error
	taken []notify.Message
}

func (o *office) Now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

func (o *office) failing(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = err
}

// gateway takes messages for the office, or fails as it was told.
type gateway struct{ *office }

func (g gateway) Deliver(_ context.Context, m notify.Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fail != nil {
		return g.fail
	}
	g.taken = append(g.taken, m)
	return nil
}

func (o *office) received() []notify.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]notify.Message(nil), o.taken...)
}

func each(t *testing.T, fn func(t *testing.T, o *office)) {
	t.Helper()
	var now func() time.Time
	dbtest.EachWith(t, db.Config{Now: func() time.Time { return now() }}, func(t *testing.T, d *db.DB) {
		for _, suite := range []seal.Suite{seal.Intl, seal.GM} {
			o := &office{t: t, at: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
			now = o.Now
			o.inst = id.Make[id.Institution](o.Now())
			o.DB, o.Gateway = d, gateway{o}
			o.Vault = vault(t)
			o.update(func(tx *db.Tx) error {
				if _, err := tx.Exec(`INSERT INTO institution (institution_id, name, kind, suite, created_at) VALUES ($1, $2, $3, $4, $5)`,
					o.inst, "晨光教育", "chain", suite.String(), tx.Now().UnixMilli()); err != nil {
					return err
				}
				return o.Vault.(*seal.Vault).Provision(tx, o.inst, suite)
			})
			fn(t, o)
		}
	})
}

func vault(t testing.TB) *seal.Vault {
	t.Helper()
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	kek, err := seal.Local("test", secret.NewKey(raw))
	if err != nil {
		t.Fatal(err)
	}
	v, err := seal.New(seal.Config{KEK: kek})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (o *office) update(fn func(tx *db.Tx) error) {
	o.t.Helper()
	if err := o.DB.Update(o.t.Context(), o.inst, fn); err != nil {
		o.t.Fatal(err)
	}
}

const mother = "+8613800001234" // made up

func (o *office) code(live bool) {
	o.t.Helper()
	o.update(func(tx *db.Tx) error {
		return o.SendCode(tx, o.inst, secret.NewText(mother), secret.NewText("123456"), 5*time.Minute, live)
	})
}

func (o *office) deliver() {
	o.t.Helper()
	if err := o.Outbox.Deliver(o.t.Context(), o.inst); err != nil {
		o.t.Fatal(err)
	}
}

// letters says how many messages are in a state, and the reason of the last.
func (o *office) letters(state string) (n int, reason string) {
	o.t.Helper()
	list, err := o.Letters(o.t.Context(), o.inst, state, 100)
	if err != nil {
		o.t.Fatal(err)
	}
	if len(list) > 0 {
		reason = list[0].Reason
	}
	return len(list), reason
}

func (o *office) sealed() (n int) {
	o.t.Helper()
	if err := o.DB.View(o.t.Context(), o.inst, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM message WHERE institution_id = $1 AND sealed IS NOT NULL`, o.inst).Scan(&n)
	}); err != nil {
		o.t.Fatal(err)
	}
	return n
}

func TestACodeIsSentInWordsAndThenForgotten(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.code(true)
		if o.sealed() != 1 {
			t.Error("nothing waits")
		}
		o.deliver()
		got := o.received()
		if len(got) != 1 || got[0].To.Expose() != mother || got[0].Template != "code" || got[0].Args[0].Expose() != "123456" ||
			!strings.HasPrefix(got[0].Text.Expose(), "【晨光教育】验证码123456，5分钟") || got[0].Language != "zh-CN" {
			t.Fatalf("got %d messages", len(got))
		}
		if n, _ := o.letters("sent"); n != 1 || o.sealed() != 0 {
			t.Error("a sent message still holds its content")
		}
		o.deliver()
		if len(o.received()) != 1 {
			t.Error("sent twice")
		}
	})
}

// T36: for a phone that nobody knows here the same row is written and nothing sent.
func TestAVoidMessageIsNeverSent(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.code(false)
		o.deliver()
		if len(o.received()) != 0 || o.sealed() != 1 {
			t.Error("a void message was sent, or is cheaper than a real one")
		}
		o.pass(6 * time.Minute)
		if err := o.Sweep(t.Context(), o.inst); err != nil || o.sealed() != 0 {
			t.Errorf("not swept: %v", err)
		}
	})
}

func TestTheBaseHoldsNeitherPhoneNorWords(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.code(true)
		var sealed []byte
		o.update(func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT sealed FROM message WHERE institution_id = $1`, o.inst).Scan(&sealed)
		})
		if s := string(sealed); strings.Contains(s, "13800001234") || strings.Contains(s, "123456") {
			t.Error("clear text in the base")
		}
	})
}

// I5: what was sealed for one message opens in no other.
func TestSealedContentMovedToAnotherMessageDoesNotOpen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.code(true)
		o.pass(time.Millisecond)
		o.code(true)
		o.update(func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE message SET sealed = (SELECT sealed FROM message WHERE institution_id = $1 ORDER BY message_id LIMIT 1)
				WHERE institution_id = $1`, o.inst)
			return err
		})
		o.deliver()
		if len(o.received()) != 1 {
			t.Errorf("%d messages opened, want only the unmoved one", len(o.received()))
		}
	})
}

func TestAFailedDeliveryIsTriedAgainWithGrowingPausesUntilItHasNoPoint(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.failing(fault.New(fault.Unavailable, "notify.down"))
		o.code(true)
		tries := 0
		for range 600 { // ten minutes, second by second
			before, _ := o.attempts()
			o.deliver()
			if after, _ := o.attempts(); after != before {
				tries++
			}
			o.pass(time.Second)
		}
		if tries < 3 || tries > 6 {
			t.Errorf("%d attempts in five minutes", tries)
		}
		if n, reason := o.letters("dead"); n != 1 || reason != "notify.down" || o.sealed() != 0 {
			t.Errorf("%d dead (%s), %d with content", n, reason, o.sealed())
		}
		o.failing(nil)
		o.code(true)
		o.deliver()
		if len(o.received()) != 1 {
			t.Error("the next message was not sent")
		}
	})
}

// attempts returns how often the newest message was tried.
func (o *office) attempts() (n int, state string) {
	o.t.Helper()
	if err := o.DB.View(o.t.Context(), o.inst, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT attempts, state FROM message WHERE institution_id = $1 ORDER BY message_id DESC LIMIT 1`, o.inst).Scan(&n, &state)
	}); err != nil {
		o.t.Fatal(err)
	}
	return n, state
}

func TestARefusedMessageIsDeadAtOnceAndAGatewaysOwnWordsAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.failing(fault.New(fault.Invalid, "notify.refused", 422))
		o.code(true)
		o.deliver()
		if n, reason := o.letters("dead"); n != 1 || reason != "notify.refused" {
			t.Errorf("%d dead (%s)", n, reason)
		}
		o.failing(errors.New("cannot send 123456 to +8613800001234"))
		o.pass(time.Second)
		o.code(true)
		o.deliver()
		if list, err := o.Letters(t.Context(), o.inst, "due", 10); err != nil || len(list) != 1 || list[0].Reason != "notify.failed" {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestWorkersSideBySideSendEachMessageOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const n = 100
		for range n {
			o.code(true)
		}
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if err := o.Outbox.Deliver(context.Background(), o.inst); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		seen := map[id.Message]bool{}
		for _, m := range o.received() {
			if seen[m.ID] {
				t.Error("a message was sent twice")
			}
			seen[m.ID] = true
		}
		if len(seen) != n {
			t.Errorf("%d of %d sent", len(seen), n)
		}
	})
}

// A worker that dies after claiming loses nothing: the lease runs out.
func TestAMessageOfADeadWorkerIsTakenOver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.code(true)
		o.update(func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE message SET lease_until = $1, lease_by = $2 WHERE institution_id = $3`,
				tx.Now().Add(time.Minute).UnixMilli(), []byte("a dead worker..."), o.inst)
			return err
		})
		if o.deliver(); len(o.received()) != 0 {
			t.Error("a leased message was sent")
		}
		o.pass(time.Minute + time.Second)
		if o.deliver(); len(o.received()) != 1 {
			t.Error("a message was lost with its worker")
		}
	})
}

func TestAMessageGoesOutAsSoonAsItsTransactionIsDurableAndNeverWithoutIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			o.Run(ctx, func(context.Context) ([]id.Institution, error) { return []id.Institution{o.inst}, nil },
				func(err error) { t.Error(err) })
		})
		oops := errors.New("oops")
		err := o.DB.Update(t.Context(), o.inst, func(tx *db.Tx) error {
			if _, err := o.Send(tx, o.inst, secret.NewText(mother), "call"); err != nil {
				return err
			}
			return oops
		})
		if !errors.Is(err, oops) {
			t.Fatal(err)
		}
		o.update(func(tx *db.Tx) error {
			_, err := o.Send(tx, o.inst, secret.NewText(mother), "class")
			return err
		})
		for deadline := time.Now().Add(5 * time.Second); len(o.received()) == 0 && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		stop()
		wg.Wait()
		if got := o.received(); len(got) != 1 || got[0].Template != "class" {
			t.Errorf("%d messages", len(got))
		}
	})
}

func TestAnUnknownTemplateIsRefused(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		err := o.DB.Update(t.Context(), o.inst, func(tx *db.Tx) error {
			_, err := o.Send(tx, o.inst, secret.NewText(mother), "congratulations")
			return err
		})
		if fault.CodeOf(err) != "notify.template" {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheDemonstrationsPhoneKeepsWhatWouldHaveBeenSent(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := &notify.Phone{Now: o.Now}
		o.Gateway = p
		o.code(true)
		o.deliver()
		got := p.Messages()
		if len(got) != 1 || !strings.Contains(got[0].Text.Expose(), "123456") || !got[0].At.Equal(o.Now()) {
			t.Errorf("%d messages", len(got))
		}
		if err := p.Deliver(t.Context(), got[0].Message); err != nil || len(p.Messages()) != 1 {
			t.Error("a repetition was kept")
		}
		for range 250 {
			_ = p.Deliver(t.Context(), notify.Message{ID: id.Make[id.Message](o.Now())})
		}
		if len(p.Messages()) != 200 {
			t.Errorf("%d kept", len(p.Messages()))
		}
	})
}
