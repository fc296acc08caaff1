package crash_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/keys/file"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// binary is the program itself, built once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wardfold-binary-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "wardfold")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/wardfold").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return path, err
})

// program is an installation of the real program, and the process that serves it.
type program struct {
	t       *testing.T
	dir     string // the folder, the passphrase and what was said
	data    string
	dsn     string // as the settings name it, or ""
	address string
	inst    id.Institution
	store   id.Store
	bearer  string // an API key
	cmd     *exec.Cmd
	gone    chan struct{}
	ready   []time.Duration
}

// installed makes an installation with "wardfold init" and an API key that two
// people agreed to.
func installed(t *testing.T, dsn string) *program {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, dir: t.TempDir(), dsn: dsn, address: l.Addr().String()}
	_ = l.Close() // the port is the program's from now on
	p.data = filepath.Join(p.dir, "data")
	if err := os.WriteFile(filepath.Join(p.dir, "pass"), []byte(passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"init", "--name", "示例培训机构", "--contact", "示例电话 000", "--store", "示例一店", "--officer-name", "示例专员",
		"--manager-name", "示例店长", "--listen", p.address}
	if dsn != "" {
		args = append(args, "--dsn", dsn)
	}
	if out, err := p.run(args...).CombinedOutput(); err != nil {
		t.Fatalf("init: %v\n%s", err, out)
	}
	if err := p.key(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// run is a command of the program on this installation.
func (p *program) run(args ...string) *exec.Cmd {
	p.t.Helper()
	path, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(path, append(args, "--data", p.data, "--passphrase-file", filepath.Join(p.dir, "pass"))...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd
}

// key makes the API key in the house itself, while nobody serves it.
func (p *program) key(ctx context.Context) error {
	ring, err := file.File{Path: filepath.Join(p.data, "keyring.age")}.Open(secret.NewText(passphrase))
	if err != nil {
		return err
	}
	dsn := p.dsn
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(p.data, "wardfold.db")
	}
	h, err := house.Open(ctx, house.Config{DSN: dsn, KEK: ring.Current(), Gateway: &post{}, Passwords: password.NewHasher("intl", cheap),
		Signer: func(id.Institution) (ledger.Signer, error) {
			return ledger.Signer{}, errors.New("the program signs, not the test")
		}})
	if err != nil {
		return err
	}
	defer h.Close()
	ids, err := h.Institutions(ctx)
	if err != nil {
		return err
	}
	p.inst = ids[0]
	var people []account.Staff
	err = h.DB.View(ctx, p.inst, func(tx *db.Tx) error {
		stores, err := institution.Stores(tx, p.inst)
		p.store = stores[0].ID
		return err
	})
	if err == nil {
		people, err = h.Accounts.StaffOf(ctx, p.inst, id.Store{}, false)
	}
	if err != nil {
		return err
	}
	as := map[actor.Role]actor.Actor{}
	for _, s := range people {
		if err := h.Instruct(ctx, p.inst, s.ID, time.Now().AddDate(1, 0, 0), [32]byte{1}); err != nil {
			return err
		}
		role := actor.Role(s.Login) // init calls the two by what they are
		as[role] = actor.Actor{Institution: p.inst, Store: s.Store, Staff: s.ID, Role: role, ProvedAt: time.Now()}
	}
	which, err := h.Accounts.AskKey(ctx, as[actor.Manager], account.KeyRequest{Label: "crash", Store: p.store, QuotaPerDay: 100_000,
		Purposes: []string{"learner.manage", "contact.class"}, Expires: time.Now().AddDate(0, 2, 0),
		Fields: []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}})
	if err == nil {
		err = h.Accounts.ApproveKey(ctx, as[actor.Officer], which)
	}
	if err != nil {
		return err
	}
	whole, err := h.Accounts.CollectKey(ctx, as[actor.Manager], which)
	p.bearer = whole.Expose()
	return err
}

// serve starts the program and waits until it is ready.
func (p *program) serve() {
	p.t.Helper()
	begun := time.Now()
	p.cmd = p.run("serve")
	log, err := os.OpenFile(filepath.Join(p.dir, "said"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd.Stderr = log
	if err := errors.Join(p.cmd.Start(), log.Close()); err != nil {
		p.t.Fatal(err)
	}
	p.gone = make(chan struct{})
	go func(cmd *exec.Cmd, gone chan struct{}) {
		_ = cmd.Wait() // how it ended is asked elsewhere
		close(gone)
	}(p.cmd, p.gone)
	p.awaitReady()
	p.ready = append(p.ready, time.Since(begun))
}

// awaitReady waits until the program says that it can do its work.
func (p *program) awaitReady() {
	p.t.Helper()
	for begun := time.Now(); time.Since(begun) < 60*time.Second; time.Sleep(10 * time.Millisecond) {
		select {
		case <-p.gone:
			p.t.Fatalf("the program ended by itself:\n%s", p.said())
		default:
		}
		r, err := http.Get("http://" + p.address + "/readyz")
		if err != nil {
			continue
		}
		_ = r.Body.Close()
		if r.StatusCode == http.StatusOK {
			return
		}
	}
	p.t.Fatalf("the program is not ready:\n%s", p.said())
}

// kill ends the program without a word.
func (p *program) kill() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended by itself, which awaitReady tells
	<-p.gone
}

func (p *program) said() string {
	b, _ := os.ReadFile(filepath.Join(p.dir, "said")) // it explains a failure that is told anyway
	if lines := strings.Split(string(b), "\n"); len(lines) > 30 {
		b = []byte(strings.Join(lines[len(lines)-30:], "\n"))
	}
	return string(b)
}
