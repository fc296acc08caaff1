package crash_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/wardfold/wardfold/verify"
)

// sampled is how many acknowledged families are looked at one by one in a round.
const sampled = 100

// judge compares what the program serves after a crash with what was heard.
func (s *served) judge(round int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	s.again(ctx)
	leaves := s.verify(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.claims {
		leaf, ok := leaves[c.index]
		switch {
		case !ok || leaf.Event != c.event || leaf.Type != c.kind || leaf.Denied != "":
			s.t.Errorf("round %d: the entry at %d is not the one that was spoken of", round, c.index)
		case c.field != "" && (len(leaf.Fields) != 1 || leaf.Fields[0] != c.field || leaf.Purpose != "contact.class"):
			s.t.Errorf("round %d: the entry at %d does not say what was shown for which purpose", round, c.index)
		}
	}
	reveals, enrolled := 0, 0
	for _, l := range leaves {
		switch l.Type {
		case "reveal":
			reveals++
		case "enrol.completed":
			enrolled++
		}
	}
	heard := s.partial
	for _, c := range s.claims {
		if c.kind == "reveal" {
			heard++
		}
	}
	if heard > reveals {
		s.t.Errorf("round %d: %d values were seen and %d are logged", round, heard, reveals)
	}
	if acked := s.acked(); acked != enrolled {
		s.t.Errorf("round %d: %d families are enrolled and %d enrolments are logged", round, acked, enrolled)
	}
	if s.t.Failed() {
		s.t.Fatalf("in round %d of seed %d:\n%s", round, s.seed, s.program.said())
	}
}

func (s *served) acked() (n int) {
	for _, f := range s.families {
		if f.acked {
			n++
		}
	}
	return n
}

// again sends every enrolment that was begun once more, under the same key: what
// was answered is answered alike, what was lost happens now, and nothing twice.
// Then it looks at those families, and at some of the last round's others; in the
// last judgement of all rounds the log stands for the rest.
func (s *served) again(ctx context.Context) {
	s.mu.Lock()
	var begun []int
	known := 0
	for n, f := range s.families {
		if f.acked && n/1_000_000 == s.checked-1 {
			known++
		}
		if !f.acked || n/1_000_000 == s.checked-1 && known <= sampled {
			begun = append(begun, n)
		}
	}
	s.checked++
	s.mu.Unlock()
	for _, n := range begun {
		f := s.enrolled(ctx, n)
		if !f.acked {
			s.t.Errorf("family %d cannot be enrolled any more", n)
			continue
		}
		s.reveal(ctx, f, "guardian.phone")
		s.search(ctx, f)
	}
}

// enrolled sends an enrolment until it is answered, as a client does: a database
// whose backend was killed may say that it is ready and only then go into
// recovery.
func (s *served) enrolled(ctx context.Context, n int) told {
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		s.enrol(ctx, n)
		s.mu.Lock()
		f := *s.families[n]
		s.mu.Unlock()
		if f.acked || time.Now().After(end) {
			return f
		}
	}
}

// Read makes served a verify.Source: the log as anybody can fetch it.
func (s *served) Read(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/log/%s/%s", s.program.address, s.program.inst, path), nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() // only read
	switch resp.StatusCode {
	case http.StatusOK:
		return io.ReadAll(resp.Body)
	case http.StatusNotFound:
		return nil, fs.ErrNotExist
	}
	return nil, fmt.Errorf("%s: %s", path, resp.Status)
}

// verify reads the whole log as an outsider who kept every head of earlier
// rounds, once the program has signed all that it answered.
func (s *served) verify(ctx context.Context) map[int64]verify.Leaf {
	s.t.Helper()
	if s.key.IsZero() {
		line, err := s.Read(ctx, "key")
		if err == nil {
			s.key, err = verify.ParseKey(strings.TrimSpace(string(line)))
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	need := int64(0)
	s.mu.Lock()
	for _, c := range s.claims {
		need = max(need, c.index+1)
	}
	s.mu.Unlock()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		leaves := map[int64]verify.Leaf{}
		head, err := verify.Log(ctx, s, verify.Options{Key: s.key, From: s.heads, Entry: func(i int64, entry []byte) error {
			l, err := verify.ParseLeaf(entry)
			leaves[i] = l
			return err
		}})
		if err == nil && head.Size >= need {
			s.heads, s.leaves = append(s.heads, head.Checkpoint), head.Size
			return leaves
		}
		if time.Since(begun) > 30*time.Second {
			s.t.Fatalf("the log does not verify up to entry %d: head of %d, %v\n%s", need, head.Size, err, s.program.said())
		}
	}
}
