package crash_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

const callers = 16

// I9, I1: the real binary over HTTP, killed with kill -9 at random instants.
// What was answered is there after the next start; a request whose answer was
// lost, sent again under its key, happens once; every value that reached a
// client has its entry; and an outsider verifies the log, over HTTP, against
// every head seen before.
func TestCrashOfTheServedBinaryLosesNothingI9(t *testing.T) {
	s := newServed(t, installed(t, ""), "WARDFOLD_CRASH_SERVED", 12)
	for n := range s.rounds {
		s.program.serve()
		s.judge(n)
		s.load(n, s.program.kill)
	}
	s.program.serve()
	s.judge(s.rounds)
	s.report()
}

// I9, I1 on PostgreSQL: in turn the program, one of its backends, and the whole
// cluster are killed. After the latter two the program recovers by itself.
func TestCrashOnPostgreSQLLosesNothingI9(t *testing.T) {
	c := dbtest.NewCluster(t)
	s := newServed(t, installed(t, c.DSN(t, "wardfold")), "WARDFOLD_CRASH_POSTGRES", 9)
	s.program.serve()
	for n := range s.rounds {
		s.judge(n)
		switch n % 3 {
		case 0:
			s.load(n, s.program.kill)
			s.program.serve()
		case 1:
			s.load(n, func() {
				if !c.KillBackend("wardfold") {
					t.Error("no backend to kill")
				}
			})
			s.program.awaitReady()
		case 2:
			s.load(n, func() {
				c.Kill()
				time.Sleep(50 * time.Millisecond) // callers meet nobody
			})
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			s.program.awaitReady()
		}
	}
	s.judge(s.rounds)
	s.report()
}

// served is a run of rounds against one installation; it outlives them all, so
// what it heard is the external ledger.
type served struct {
	t       *testing.T
	program *program
	rounds  int
	seed    uint64
	dice    *rand.Rand
	client  *http.Client
	key     verify.Key
	heads   []verify.Checkpoint // seen so far
	leaves  int64

	fresh atomic.Int64

	mu       sync.Mutex
	families map[int]*told
	claims   []shown // of all rounds
	checked  int     // judgements so far
	partial  int     // values of which only a part arrived
	acks     map[string]int
	refused  map[string]int
}

// told is what the program said of one family.
type told struct {
	n     int
	acked bool
	answer
}

type answer struct {
	Child, Guardian, Receipt string
	Value                    string
	Found                    []struct{ ID string }
	Entry                    struct {
		Index int64
		Event string
	}
}

// shown is an entry that an answer spoke of.
type shown struct {
	kind, field string
	index       int64
	event       string
}

func newServed(t *testing.T, p *program, rounds string, otherwise int) *served {
	t.Helper()
	s := &served{t: t, program: p, rounds: number(t, rounds, otherwise), families: map[int]*told{}, acks: map[string]int{}, refused: map[string]int{},
		client: &http.Client{Timeout: 90 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: callers}}}
	if testing.Short() {
		s.rounds = min(s.rounds, 3)
	}
	s.seed = uint64(number(t, "WARDFOLD_CRASH_SEED", int(time.Now().UnixNano()&0xFFFFFFFF)))
	s.dice = rand.New(rand.NewPCG(s.seed, 1))
	t.Logf("seed %d, %d rounds of %d callers", s.seed, s.rounds, callers)
	return s
}

// load works until kill has done its work at a random instant.
func (s *served) load(round int, kill func()) {
	ctx, stop := context.WithCancel(s.t.Context())
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(s.seed, uint64(round)<<16|uint64(c)))
			for k := 0; ctx.Err() == nil; k++ {
				s.once(ctx, dice, round*1_000_000+c*10_000+k)
			}
		})
	}
	time.Sleep(20*time.Millisecond + time.Duration(s.dice.Int64N(int64(380*time.Millisecond))))
	kill()
	time.Sleep(20 * time.Millisecond)
	stop()
	all.Wait()
	s.client.CloseIdleConnections()
}

// once is one request: 40 % enrolments, 50 % reveals, 10 % searches.
func (s *served) once(ctx context.Context, dice *rand.Rand, n int) {
	known, ok := s.anybody(dice)
	switch k := dice.IntN(100); {
	case k < 40 || !ok:
		s.enrol(ctx, n)
	case k < 90:
		field := revealable[dice.IntN(len(revealable))]
		s.reveal(ctx, known, field)
	default:
		s.search(ctx, known)
	}
}

func (s *served) anybody(dice *rand.Rand) (told, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 4 { // map order is chance enough to begin with
		for _, n := range []int{dice.IntN(callers), dice.IntN(callers)} {
			for _, f := range s.families {
				if n--; n <= 0 && f.acked {
					return *f, true
				}
			}
		}
	}
	return told{}, false
}

// enrol sends a whole enrolment under a key that follows from its number, so the
// same request can be sent again.
func (s *served) enrol(ctx context.Context, n int) {
	s.mu.Lock()
	f := s.families[n]
	if f == nil {
		f = &told{n: n}
		s.families[n] = f
	}
	s.mu.Unlock()
	body := fmt.Sprintf(`{"store":%q,"learner":{"name":%q,"birth_month":%q},"guardian":{"name":%q,"phone":%q},"agree":true,"screen":%q}`,
		s.program.store, learnerName(n, 0), birth(), guardianName(n), phoneOf(n), strings.Repeat("5c", 32))
	a, ok := s.send(ctx, "enrol", "/v1/enrolments", body, fmt.Sprint("family-", n), http.StatusCreated)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.acked && (f.Child != a.Child || f.Receipt != a.Receipt || f.Entry.Index != a.Entry.Index) {
		s.t.Errorf("family %d was enrolled twice under one key", n)
	}
	if !f.acked {
		s.claims = append(s.claims, shown{"enrol.completed", "", a.Entry.Index, a.Entry.Event})
	}
	f.acked, f.answer = true, a
}

func (s *served) reveal(ctx context.Context, f told, field string) {
	who, want := f.Guardian, value(family{N: f.n}, field)
	if field == subject.LearnerName {
		who = f.Child
	}
	a, ok := s.send(ctx, "reveal", "/v1/subjects/"+who+"/reveal", fmt.Sprintf(`{"field":%q,"purpose":"contact.class"}`, field), "", http.StatusOK)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Value != want {
		s.t.Errorf("family %d shows a %s that is not its own", f.n, field)
	}
	s.claims = append(s.claims, shown{"reveal", field, a.Entry.Index, a.Entry.Event})
}

func (s *served) search(ctx context.Context, f told) {
	a, ok := s.send(ctx, "search", "/v1/subjects/search", fmt.Sprintf(`{"phone":%q,"purpose":"contact.class"}`, phoneOf(f.n)), "", http.StatusOK)
	if ok && (len(a.Found) != 1 || a.Found[0].ID != f.Child) {
		s.t.Errorf("family %d is found %d times", f.n, len(a.Found))
	}
}

// send posts a body and reads whatever comes back. A refusal for a while is part
// of the game; any other answer is not.
func (s *served) send(ctx context.Context, op, path, body, key string, want int) (a answer, ok bool) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.program.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return a, false
	}
	r.Header.Set("Authorization", "Bearer "+s.program.bearer)
	r.Header.Set("Content-Type", "application/json")
	if key == "" {
		key = fmt.Sprint("fresh-", s.fresh.Add(1), "-", s.seed)
	}
	r.Header.Set("Idempotency-Key", key)
	resp, err := s.client.Do(r)
	if err != nil {
		return a, false
	}
	got, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // only read
	s.mu.Lock()
	defer s.mu.Unlock()
	if op == "reveal" && resp.StatusCode == want && (err != nil || json.Unmarshal(got, &a) != nil) {
		s.partial += bytes.Count(got, []byte(`"value":"`))
		return a, false
	}
	if err != nil {
		return a, false
	}
	if resp.StatusCode != want {
		later := resp.StatusCode == http.StatusServiceUnavailable || bytes.Contains(got, []byte(`"idempotency.running"`))
		if !later && ctx.Err() == nil {
			s.t.Errorf("%s answers %s: %s", op, resp.Status, got)
		}
		s.refused[op]++
		return a, false
	}
	if err := json.Unmarshal(got, &a); err != nil {
		s.t.Errorf("%s: %v", op, err)
		return a, false
	}
	s.acks[op]++
	return a, true
}

func (s *served) report() {
	s.t.Helper()
	total := 0
	for _, n := range s.acks {
		total += n
	}
	slices.Sort(s.program.ready)
	s.t.Logf("%d kills, seed %d: %d acknowledgements, 0 lost: %v; refused %v; %d entries verified by an outsider; ready after %v (median), %v (slowest)",
		s.rounds, s.seed, total, s.acks, s.refused, s.leaves, s.program.ready[len(s.program.ready)/2].Round(time.Millisecond),
		s.program.ready[len(s.program.ready)-1].Round(time.Millisecond))
	if len(slices.Collect(maps.Keys(s.families))) == 0 {
		s.t.Error("nobody was enrolled")
	}
}
