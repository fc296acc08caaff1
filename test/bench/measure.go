package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the driver whose own inserts are measured

	"github.com/wardfold/wardfold/test/load"
)

// inserts measures one durable INSERT after another, with the settings of the
// house and nothing else.
func inserts(name string, d time.Duration) (float64, error) {
	base, err := sql.Open("sqlite", "file:"+name+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer base.Close()
	base.SetMaxOpenConns(1)
	if _, err := base.Exec(`CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB) STRICT`); err != nil {
		return 0, err
	}
	insert, err := base.Prepare(`INSERT INTO t (v) VALUES (?)`)
	if err != nil {
		return 0, err
	}
	v, begin, n := make([]byte, 256), time.Now(), 0
	for time.Since(begin) < d {
		if _, err := insert.Exec(v); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

// serial numbers the Idempotency-Keys of a run.
var serial atomic.Int64

// request prints a POST with the key of the world.
func (w *world) request(path, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nIdempotency-Key: k%d\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, w.key, serial.Add(1), len(body), body)
}

func (w *world) reveal(int, int) []byte {
	return w.request("/v1/subjects/"+w.guardians[rand.IntN(len(w.guardians))].String()+"/reveal",
		`{"field":"guardian.phone","purpose":"contact.class"}`)
}

func (w *world) search(int, int) []byte {
	return w.request("/v1/subjects/search", `{"phone":"`+phone(rand.IntN(len(w.guardians)))+`","purpose":"contact.class"}`)
}

// enrolled counts the families that enrolments bring in.
var enrolled atomic.Int64

func (w *world) enrol(int, int) []byte {
	n := len(w.guardians) + int(enrolled.Add(1))
	name := "欧阳" + string(rune(0x4E00+n%2000)) + string(rune(0x4E00+n/2000%2000))
	return w.request("/v1/enrolments", fmt.Sprintf(
		`{"learner":{"name":%q,"birth_month":"2016-03"},"guardian":{"name":%q,"phone":%q},"agree":true,"screen":%q}`,
		name, name, phone(n), strings.Repeat("5c", 32)))
}

// holds accepts an answer of a status whose body has a part.
func holds(status int, part string) func(int, load.Reply) error {
	return func(_ int, r load.Reply) error {
		if r.Status != status || !bytes.Contains(r.Body, []byte(part)) {
			return fmt.Errorf("status %d: %.300s", r.Status, r.Body)
		}
		return nil
	}
}

// drive runs one kind of request; a single failure fails it.
func (p *process) drive(s settings, clients int, request func(int, int) []byte, answer func(int, load.Reply) error) (load.Result, error) {
	used := p.cpu()
	r, err := load.Do(load.Run{Addr: p.addr, Clients: clients, For: s.run, Request: request, Answer: answer})
	if err == nil && r.Failed > 0 {
		err = r.First
	}
	p.each = float64((p.cpu() - used).Microseconds()) / float64(max(r.Answered, 1))
	return r, err
}

// told prints a result with the server's processor time, which a busy machine
// disturbs less than the rate.
func (p *process) told(r load.Result) string { return fmt.Sprintf("%s  %.0f µs", r, p.each) }

// sqlite measures the house on its default database.
func sqlite(ctx context.Context, s settings, m limits) error {
	name := filepath.Join(s.dir, "wardfold.db")
	dsn := "sqlite:" + name
	w, size, err := prepare(ctx, s, dsn, name)
	if err != nil {
		return err
	}
	began := time.Now()
	p, err := start(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = p.cmd.Process.Kill() }() // when something failed; otherwise it is gone
	if _, err := load.Do(load.Run{Addr: p.addr, Clients: 1, For: time.Minute, Most: 1, Request: w.reveal, Answer: holds(200, `"+86154`)}); err != nil {
		return err
	}
	up := time.Since(began)
	if err := p.figures(s, w, m); err != nil {
		return err
	}
	line("start to first answer", fmt.Sprintf("%8.0f ms with %d subjects", float64(up.Microseconds())/1000, s.subjects), below(up.Seconds(), 1, " s"))
	now, peak := p.rss("VmRSS"), p.rss("VmHWM")
	line("memory under that load", fmt.Sprintf("%8.0f MB resident, %.0f MB at its peak", now, peak), below(peak, 200, " MB"))
	line("database per subject", fmt.Sprintf("%8.0f bytes (child, guardian, consent, keys, indexes)", size), below(size/1024, 2.5, " KiB"))
	if err := p.stop(); err != nil {
		return err
	}
	return verified(ctx, dsn, w)
}

// prepare founds an institution in a new database and loads its subjects; size is
// what one of them takes on the disk, 0 if there is no file to measure.
func prepare(ctx context.Context, s settings, dsn, name string) (w *world, size float64, err error) {
	h, err := open(ctx, dsn)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if w, err = found(ctx, h); err != nil {
		return nil, 0, err
	}
	began := time.Now()
	if err := w.fill(ctx, h, s.subjects); err != nil {
		return nil, 0, err
	}
	if err := h.Sweep(ctx, w.founded.Institution); err != nil { // as serve does first every day
		return nil, 0, err
	}
	fmt.Printf("\nloaded in %s\n\n", time.Since(began).Round(time.Millisecond))
	if name == "" {
		return w, 0, nil
	}
	if err := h.DB.Checkpoint(ctx); err != nil {
		return nil, 0, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	return w, float64(info.Size()) / float64(s.subjects), nil
}

// figures are the rates over HTTP.
func (p *process) figures(s settings, w *world, m limits) error {
	shown := holds(200, `"value":"+86154`)
	one, err := p.drive(s, 1, w.reveal, shown)
	if err != nil {
		return fmt.Errorf("reveal: %w", err)
	}
	line("reveal, c = 1", p.told(one), fmt.Sprintf("%.2f of inserts; ", one.PerSecond()/m.inserts)+against(one.PerSecond()/m.inserts, .4, ""))
	many, err := p.drive(s, 64, w.reveal, shown)
	if err != nil {
		return fmt.Errorf("reveal: %w", err)
	}
	share := many.PerSecond() / m.hello64
	line("reveal, c = 64", p.told(many), fmt.Sprintf("%.2f of hello; ", share)+against(share, .35, "")+"; "+
		against(many.PerSecond(), 10_000, "/s")+"; p99 "+below(many.Quantile(.99).Seconds()*1000, 20, " ms"))
	if err := p.byWrk(s, w); err != nil {
		return err
	}
	found, err := p.drive(s, 64, w.search, holds(200, `"phone":"154****`))
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	line("search by phone, c = 64", p.told(found), against(found.PerSecond(), 8000, "/s"))
	enrolled, err := p.drive(s, 64, w.enrol, holds(201, `"state":"enrolled"`))
	if err != nil {
		return fmt.Errorf("enrolment: %w", err)
	}
	line("complete enrolment, c = 64", p.told(enrolled), against(enrolled.PerSecond(), 3000, "/s"))
	return nil
}

// verified reads the whole log that the load has written.
func verified(ctx context.Context, dsn string, w *world) error {
	h, err := open(ctx, dsn)
	if err != nil {
		return err
	}
	defer h.Close()
	w.guardians = nil // nor what loading has left: the verification is measured
	runtime.GC()
	if err := h.Log.Step(ctx, w.founded.Institution); err != nil { // the server was stopped before it had signed the last of it
		return err
	}
	began, used := time.Now(), cpu()
	r, err := h.Log.VerifyAll(ctx, w.founded.Institution, nil)
	if err != nil || !r.OK {
		return errors.Join(err, fmt.Errorf("the log does not verify: %+v", r))
	}
	rate, core := float64(r.Size)/time.Since(began).Seconds(), float64(r.Size)/(cpu()-used).Seconds()
	line("whole-log verification", fmt.Sprintf("%8.0f/s  %.0f/s per core, %d entries, %d heads", rate, core, r.Size, r.Heads), against(core, 500_000, "/s"))
	return nil
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
