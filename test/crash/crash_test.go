package crash_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

const (
	clients   = 32
	freshEach = 20 // rounds on the same data
)

// I9, I1, I10: kill -9 at a random instant under mixed work, again and again.
// Every acknowledged write is there, every value shown has its entry, nothing
// erased opens, no act is there by half, the log verifies from the first leaf.
func TestCrashLosesNothingAcknowledgedI9(t *testing.T) {
	rounds := number(t, "WARDFOLD_CRASH_ROUNDS", 200)
	if testing.Short() {
		rounds = 5
	}
	seed := uint64(number(t, "WARDFOLD_CRASH_SEED", int(time.Now().UnixNano()&0xFFFFFFFF)))
	t.Logf("seed %d, %d rounds of %d clients", seed, rounds, clients)
	s := &series{t: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 0)), acks: map[string]int{}}
	for i := range rounds {
		if i%freshEach == 0 {
			s.renew()
		}
		s.round(i, (i+1)%freshEach == 0 || i == rounds-1)
		if t.Failed() {
			t.Fatalf("in round %d of seed %d; the data are kept in %s", i, seed, s.place.Dir)
		}
	}
	s.report(rounds)
}

// series is a run of rounds.
type series struct {
	t     *testing.T
	seed  uint64
	dice  *rand.Rand
	place place
	book  *book
	acks  map[string]int
	ready []time.Duration
	begun time.Time
}

// renew begins a new house.
func (s *series) renew() {
	if s.book == nil {
		s.begun = time.Now()
	} else if err := os.RemoveAll(s.place.Dir); err != nil {
		s.t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "wardfold-crash-")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if !s.t.Failed() {
			_ = os.RemoveAll(dir) // a folder left behind is no failure of what is tested
		}
	})
	s.book = newBook()
	if s.place, err = found(s.t.Context(), dir); err != nil {
		s.t.Fatal(err)
	}
}

// round lets one child live and die, and judges what it left.
func (s *series) round(n int, whole bool) {
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	since := len(s.book.entries)
	s.kill(ctx, n)
	for op, k := range s.book.acks {
		s.acks[op] += k
	}
	clear(s.book.acks)
	h, err := open(ctx, s.place.Dir, &post{})
	if err != nil {
		s.t.Errorf("round %d: the house does not open again: %v", n, err)
		return
	}
	graves := stones{path: filepath.Join(s.place.Dir, "tombstones")}
	dead, err := graves.set()
	j := &judge{House: h, book: s.book, place: s.place, dead: dead}
	if err := errors.Join(err, j.check(ctx, since, whole), h.Close()); err != nil {
		s.t.Errorf("round %d: %v", n, err)
	}
	for _, w := range s.book.wrong {
		s.t.Errorf("round %d: %s", n, w)
	}
}

// kill starts a child and kills it 5 to 400 ms after it was ready.
func (s *series) kill(ctx context.Context, n int) {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=1")
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	begun := time.Now()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		s.t.Fatal(err)
	}
	p := plan{Place: s.place, Seed: s.seed, Round: n, Clients: clients, Families: s.book.alive()}
	if _, err := in.Write(encode(p)); err != nil {
		s.t.Errorf("round %d: the child does not listen: %v", n, err)
	}
	after := 5*time.Millisecond + time.Duration(s.dice.Int64N(int64(395*time.Millisecond)))
	ready := false
	s.book.listen(out, func() {
		ready = true
		s.ready = append(s.ready, time.Since(begun))
		time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended by itself, which Wait will tell
	})
	err := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ready || !ok || exit.Exited() {
		s.t.Errorf("round %d: the child ended by itself: %v", n, err)
	}
}

func (s *series) report(rounds int) {
	total := 0
	for _, n := range s.acks {
		total += n
	}
	slices.Sort(s.ready)
	s.t.Logf("%d kills in %v, seed %d: %d acknowledgements, 0 lost: %v", rounds,
		time.Since(s.begun).Round(time.Second), s.seed, total, s.acks)
	s.t.Logf("ready again after %v (median), %v (p99)", s.ready[len(s.ready)/2].Round(time.Millisecond),
		s.ready[len(s.ready)*99/100].Round(time.Millisecond))
}

func number(t *testing.T, name string, otherwise int) int {
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		t.Fatalf("%s=%s is no number", name, v)
	}
	return n
}
