package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// silent is a gateway that sends nothing: no figure here sends messages.
type silent struct{}

func (silent) Deliver(context.Context, notify.Message) error { return nil }

// open opens the house on a database, with keys that are the same each time and
// worth nothing: everybody in it is invented.
func open(ctx context.Context, dsn string) (*house.House, error) {
	root := sha256.Sum256([]byte("root key of a benchmark"))
	kek, err := seal.Local("bench", secret.NewKey(root[:]))
	if err != nil {
		return nil, err
	}
	h, err := house.Open(ctx, house.Config{DSN: dsn, KEK: kek, Gateway: silent{},
		Passwords: password.NewHasher(password.Suite("intl"), password.Cost{Passes: 1, Memory: 8 << 10, Lanes: 1, Rounds: 1000, Workers: 1, Queue: 8}),
		Signer: func(inst id.Institution) (ledger.Signer, error) {
			seed := sha256.Sum256(inst.Bytes())
			return ledger.NewSigner("audit.example.test/"+inst.String(), ed25519.NewKeyFromSeed(seed[:]))
		}})
	if err != nil {
		return nil, err
	}
	return h, h.DB.Migrate(ctx)
}

// server is the other process: the interface on a port of its own, and the log
// signed beside it, until it is told to stop.
func server(dsn string) error {
	debug.SetGCPercent(200) // as wardfold serve does
	debug.SetMemoryLimit(96 << 20)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	h, err := open(ctx, dsn)
	if err != nil {
		return err
	}
	face, err := api.New(api.Config{House: h, Log: slog.New(slog.NewJSONHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	if name := os.Getenv("WARDFOLD_BENCH_PROFILE"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- h.Log.Run(ctx) }()
	srv := &http.Server{Handler: face, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = srv.Close() // the end of the run
	}()
	fmt.Println(l.Addr())
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return errors.Join(<-done, h.Close())
}

// process is a server that was started.
type process struct {
	cmd  *exec.Cmd
	addr string
	each float64 // µs of processor time for each answer of the last run
}

// tied lets a process end with this one, however this one ends: interrupted or
// killed, it has no time to end others.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }

// start runs the server of a database and waits until it has a port.
func start(dsn string) (*process, error) {
	p := &process{cmd: exec.Command(os.Args[0], "-serve", dsn)}
	p.cmd.SysProcAttr = tied()
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), p.cmd.Wait())
	}
	p.addr = strings.TrimSpace(addr)
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
	return p, nil
}

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// rss returns the resident memory in MB, now or at its peak ("VmRSS", "VmHWM").
func (p *process) rss(field string) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(l, field+":"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64) // the kernel writes a number
			return kb / 1024
		}
	}
	return 0
}

// cpu returns the processor time that the server has used.
func (p *process) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11]) // the kernel writes numbers, in hundredths
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
