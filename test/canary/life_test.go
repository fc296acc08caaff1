package canary_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger/guard"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/secret"
)

// life is a house whose every trace is kept.
type life struct {
	*hunt
	*housetest.Fixture
	t       *testing.T
	dir     string // everything that this test writes lies under it
	streams []func()
	fails   int // acts that were refused
	acts    int
}

func begin(t *testing.T) *life {
	t.Helper()
	t.Setenv("WARDFOLD_TEST_DB", "sqlite") // whose files are searched
	t.Setenv("TMPDIR", t.TempDir())
	x := &life{hunt: newHunt(), t: t, dir: filepath.Dir(t.TempDir())}
	x.outputs()
	x.Fixture = housetest.New(t)
	x.House.Log.Logger = slog.New(slog.NewJSONHandler(&x.log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))
	g, err := guard.Open(filepath.Join(t.TempDir(), "guard"))
	if err != nil {
		t.Fatal(err)
	}
	x.House.Log.Guard = g
	return x
}

// outputs catches what the process writes to its standard streams.
func (x *life) outputs() {
	x.t.Helper()
	for name, stream := range map[string]**os.File{"standard output": &os.Stdout, "standard error": &os.Stderr} {
		f, err := os.CreateTemp(x.t.TempDir(), "stream")
		if err != nil {
			x.t.Fatal(err)
		}
		before := *stream
		*stream = f
		x.t.Cleanup(func() { *stream = before })
		x.streams = append(x.streams, func() {
			data, err := os.ReadFile(f.Name())
			x.ok("read back "+name, err)
			x.keep(name, data)
		})
	}
	log.SetOutput(&x.log)
	x.t.Cleanup(func() { log.SetOutput(os.Stderr) })
	fmt.Fprintln(os.Stderr, "caught") // so that an empty catch is noticed
}

// said keeps what the process has written to its standard streams.
func (x *life) said() {
	for _, read := range x.streams {
		read()
	}
}

func text(s string) secret.Text { return secret.NewText(s) }

// try keeps the error of an act that may or may not succeed, and what fmt
// prints of its answers.
func (x *life) try(where string, err error, answers ...any) {
	x.acts++
	if err != nil {
		x.fails++
	}
	x.note("the error of "+where, err)
	for _, a := range answers {
		x.note("what fmt prints of "+where, a)
	}
}

// ok is try for an act that must succeed, since later ones build on it.
func (x *life) ok(where string, err error, answers ...any) {
	x.t.Helper()
	x.try(where, err, answers...)
	if err != nil {
		x.t.Fatalf("%s: %v", where, err)
	}
}

// refused is try for an act that must not succeed.
func (x *life) refused(where string, err error, answers ...any) {
	x.t.Helper()
	x.try(where, err, answers...)
	if err == nil {
		x.t.Errorf("%s: not refused", where)
	}
}

// enrolment walks a family through the whole way, with every mistake.
func (x *life) enrolment(ctx context.Context, tag string, form enrol.Form, wrong []enrol.Form) (enrol.Receipt, enrol.Link, account.Browser) {
	x.t.Helper()
	svc := x.House.Enrol
	link, err := svc.Start(ctx, x.As(actor.Clerk), x.kept(tag+"course", "course-"+tag+"k7w3n8"))
	x.ok("start", err)
	x.token(tag+"link", link.Token.String())
	browser, err := x.Accounts.NewBrowser()
	x.ok("new browser", err, browser)
	x.token(tag+"browser cookie", browser.Expose())
	other, err := x.Accounts.NewBrowser()
	x.ok("new browser", err)
	_, err = svc.Look(ctx, link.Token, browser)
	x.ok("look", err)
	x.ok("continue", svc.Continue(ctx, link.Token, browser))
	x.refused("continue elsewhere", svc.Continue(ctx, link.Token, other))
	x.refused("code to letters", svc.SendCode(ctx, link.Token, browser, text(x.canary("phone with letters", "154-canary-qlwnzr"))))
	x.refused("code to a short phone", svc.SendCode(ctx, link.Token, browser, text(x.canary("short phone", "1586402"))))
	x.ok("send code", svc.SendCode(ctx, link.Token, browser, form.Phone), form)
	x.refused("send code again at once", svc.SendCode(ctx, link.Token, browser, form.Phone))
	x.refused("wrong code", svc.Prove(ctx, link.Token, browser, form.Phone, text(x.canary("wrong code", "code-xq91vz"))))
	for _, f := range wrong {
		_, err := svc.Confirm(ctx, link.Token, browser, f)
		x.refused("confirm before proof", err, f)
	}
	code := x.codeFor(form.Phone.Expose())
	x.canary(tag+"code", code.Expose())
	x.ok("prove", svc.Prove(ctx, link.Token, browser, form.Phone, code))
	for _, f := range wrong {
		_, err := svc.Confirm(ctx, link.Token, browser, f)
		x.refused("confirm what is wrong", err, f)
	}
	no := form
	no.Agree = false
	_, err = svc.Confirm(ctx, link.Token, browser, no)
	x.refused("confirm without agreeing", err)
	r, err := svc.Confirm(ctx, link.Token, browser, form)
	x.ok("confirm", err, r)
	_, err = svc.Confirm(ctx, link.Token, other, form)
	x.refused("confirm elsewhere", err)
	_, err = svc.Confirm(ctx, link.Token, browser, form)
	x.ok("confirm again", err)
	return r, link, browser
}

// codeFor delivers what waits and returns the code last sent to a phone.
func (x *life) codeFor(number string) secret.Text {
	x.t.Helper()
	x.ok("deliver", x.Outbox.Deliver(x.t.Context(), x.Founded.Institution))
	m, sent := x.Post.Last("+86" + strings.TrimPrefix(number, "+86"))
	if !sent || len(m.Args) == 0 {
		x.t.Fatal("no code was sent")
	}
	x.note("what fmt prints of a message", m)
	return m.Args[0]
}

// traces keeps what is left at one moment: files, entries, the served log.
func (x *life) traces(ctx context.Context, when string) {
	x.t.Helper()
	x.files(x.t, x.dir)
	x.ok("step", x.House.Log.Step(ctx, x.Founded.Institution))
	x.files(x.t, x.dir)
	x.View(func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT idx, body FROM event ORDER BY idx`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var idx int64
			var body []byte
			if err := rows.Scan(&idx, &body); err != nil {
				return err
			}
			x.keep("a leaf, "+when+": "+string(body[:0]), body)
		}
		return nil
	})
	x.note("the status of the log", x.House.Log.Status(x.Founded.Institution))
	x.note("the figures of the database", x.DB.Stats())
	backup := filepath.Join(x.dir, "backup-"+when+".db")
	x.ok("back up", x.DB.Backup(ctx, backup))
	x.files(x.t, x.dir)
	x.ok("check", x.DB.Check(ctx))
	x.ok("checkpoint", x.DB.Checkpoint(ctx))
	x.files(x.t, x.dir)
	x.Advance(time.Minute)
}

// brokenGateway quotes what it was given, as gateways do.
type brokenGateway struct{}

func (brokenGateway) Deliver(_ context.Context, m notify.Message) error {
	return fmt.Errorf("cannot reach %s: %s", m.To.Expose(), m.Text.Expose())
}
