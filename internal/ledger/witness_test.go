package ledger_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/verify"
)

// bureau is a witness after c2sp.org/tlog-witness, written with torchwood and
// x/mod so that nothing of ours checks itself.
type bureau struct {
	signer *torchwood.CosignatureSigner
	logKey note.Verifier

	mu    sync.Mutex
	known map[string]tlog.Tree
	calls int
}

func newBureau(t *testing.T, name string, log verify.Key) (*bureau, ledger.Witness) {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	s, err := torchwood.NewCosignatureSigner(name, ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(log.String())
	if err != nil {
		t.Fatal(err)
	}
	b := &bureau{signer: s, logKey: v, known: map[string]tlog.Tree{}}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	key, err := verify.ParseKey(s.Verifier().String())
	if err != nil {
		t.Fatal(err)
	}
	return b, ledger.Witness{URL: srv.URL + "/", Key: key}
}

func (b *bureau) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != "POST" || r.URL.Path != "/add-checkpoint" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	status, answer := b.add(body)
	if status == http.StatusConflict {
		w.Header().Set("Content-Type", "text/x.tlog.size")
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (b *bureau) add(body []byte) (int, []byte) {
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	size, isOld := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseInt(size, 10, 64)
	if !ok || !isOld || err != nil || old < 0 || len(lines) > 64 {
		return http.StatusBadRequest, nil
	}
	var proof tlog.TreeProof
	for _, l := range lines[1:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return http.StatusBadRequest, nil
		}
		proof = append(proof, h)
	}
	n, err := note.Open(signed, note.VerifierList(b.logKey))
	if err != nil {
		return http.StatusForbidden, nil
	}
	c, err := torchwood.ParseCheckpoint(n.Text)
	if err != nil || old > c.N {
		return http.StatusBadRequest, nil
	}
	known := b.known[c.Origin]
	if known.N != old {
		return http.StatusConflict, fmt.Appendf(nil, "%d\n", known.N)
	}
	if old > 0 && tlog.CheckTree(proof, c.N, c.Hash, old, known.Hash) != nil {
		return http.StatusUnprocessableEntity, nil
	}
	if old == 0 && len(proof) > 0 {
		return http.StatusBadRequest, nil
	}
	b.known[c.Origin] = c.Tree
	cosigned, err := note.Sign(&note.Note{Text: n.Text}, b.signer)
	if err != nil {
		return http.StatusInternalServerError, nil
	}
	return http.StatusOK, cosigned[bytes.LastIndex(cosigned, []byte("\n\n"))+2:]
}

func (l *testLog) witnessed() []byte {
	l.t.Helper()
	var signed []byte
	err := l.DB.View(l.t.Context(), l.inst, func(tx *db.Tx) (err error) {
		signed, _, err = ledger.WitnessedHead(tx)
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return signed
}

func TestWitnessesCosignHeadsAsTheyGrow(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		bureau, w := newBureau(t, "bureau.example", l.verifier())
		_, w2 := newBureau(t, "association.example", l.verifier())
		for _, n := range []int{3, 300, 1} {
			l.fill(n)
			l.step()
			for _, w := range []ledger.Witness{w, w2} {
				if err := l.Cosign(t.Context(), l.inst, w); err != nil {
					t.Fatal(err)
				}
			}
		}
		head, err := verify.OpenHead(l.witnessed(), l.verifier(), w.Key, w2.Key)
		if err != nil || head.Size != 304 || head.Quorum(2) != nil {
			t.Errorf("%+v, %v", head, err)
		}
		s := l.Status(l.inst)
		if s.Witnessed != 304 || s.WitnessFail != "" || time.Since(s.WitnessedAt) > time.Hour {
			t.Errorf("status %+v", s)
		}
		next := &ledger.Log{DB: d} // the process after this one
		if err := next.Recall(t.Context(), l.inst); err != nil {
			t.Fatal(err)
		}
		if r := next.Status(l.inst); r.Size != 304 || r.Witnessed != 304 || r.Waiting != 0 || !r.SignedAt.Equal(s.SignedAt) || r.WitnessedAt.IsZero() {
			t.Errorf("recalled %+v of %+v", r, s)
		}
		calls := bureau.calls
		if err := l.Cosign(t.Context(), l.inst, w); err != nil || bureau.calls != calls {
			t.Errorf("asked again for nothing: %v", err)
		}
		// A receipt prefers the head that others have seen.
		l.fill(10)
		l.step()
		err = d.View(t.Context(), l.inst, func(tx *db.Tx) error {
			for _, c := range []struct{ index, want int64 }{{5, 304}, {310, 314}} {
				r, err := l.Receipt(tx, c.index, nil)
				if err != nil {
					return err
				}
				p, err := r.Verify(l.verifier(), w.Key)
				if err != nil || p.Head.Size != c.want {
					t.Errorf("receipt of %d under %d leaves, %v", c.index, p.Head.Size, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAWitnessThatRemembersAnotherSizeIsAskedFromThere(t *testing.T) {
	l := newLog(t, open(t))
	bureau, w := newBureau(t, "bureau.example", l.verifier())
	l.fill(20)
	l.step()
	if err := l.Cosign(t.Context(), l.inst, w); err != nil {
		t.Fatal(err)
	}
	l.fill(20)
	l.step()
	origin := "audit.example/" + l.inst.String()
	bureau.known[origin] = tlog.Tree{} // its own affair: it starts from nothing
	if err := l.Cosign(t.Context(), l.inst, w); err != nil || bureau.known[origin].N != 40 {
		t.Errorf("%v, known %d", err, bureau.known[origin].N)
	}
}

// T21, T23: history that a witness has seen cannot be cut or changed unnoticed.
func TestAWitnessExposesARollbackAndAFork(t *testing.T) {
	longer, shorter := newLog(t, open(t)), newLog(t, open(t))
	shorter.inst = longer.inst
	_, w := newBureau(t, "bureau.example", longer.verifier())
	longer.fill(50)
	longer.step()
	if err := longer.Cosign(t.Context(), longer.inst, w); err != nil {
		t.Fatal(err)
	}
	shorter.fill(30)
	shorter.step()
	err := shorter.Cosign(t.Context(), shorter.inst, w)
	if fault.CodeOf(err) != "ledger.behind_witness" || shorter.Status(shorter.inst).WitnessFail != "ledger.behind_witness" {
		t.Errorf("rolled back: %v", err)
	}
	shorter.fill(60)
	shorter.step()
	if err := shorter.Cosign(t.Context(), shorter.inst, w); fault.CodeOf(err) != "ledger.forked" {
		t.Errorf("forked: %v", err)
	}
}

func TestAWitnessThatMisbehavesIsNotBelieved(t *testing.T) {
	l := newLog(t, open(t))
	l.fill(5)
	l.step()
	honest, w := newBureau(t, "bureau.example", l.verifier())
	_, other := newBureau(t, "other.example", l.verifier())
	for name, answer := range map[string]http.HandlerFunc{
		"nonsense":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("— x y\n")) },
		"nothing":      func(http.ResponseWriter, *http.Request) {},
		"an error":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"no size":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409) },
		"endless 409":  conflict("3\n"),
		"negative 409": conflict("-3\n"),
		"a flood":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) },
	} {
		srv := httptest.NewServer(answer)
		if err := l.Cosign(t.Context(), l.inst, ledger.Witness{URL: srv.URL, Key: w.Key}); err == nil {
			t.Errorf("%s was believed", name)
		}
		srv.Close()
	}
	if err := l.Cosign(t.Context(), l.inst, ledger.Witness{URL: other.URL, Key: w.Key}); err == nil {
		t.Error("another witness's signature was believed")
	}
	if l.Status(l.inst).WitnessFail == "" || honest.calls != 0 {
		t.Errorf("status %+v", l.Status(l.inst))
	}
}

func conflict(size string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write([]byte(size))
	}
}

// R6: a witness that hangs delays nothing.
func TestAHangingWitnessDelaysNoHead(t *testing.T) {
	l := newLog(t, open(t))
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(release)
	_, good := newBureau(t, "good.example", l.verifier())
	_, hanging := newBureau(t, "hanging.example", l.verifier())
	hanging.URL = srv.URL
	l.Witnesses = []ledger.Witness{hanging, good}
	l.Every, l.WitnessEvery = 10*time.Millisecond, 10*time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Run(ctx) }()
	for size := int64(1); size <= 5; size++ {
		l.fill(1)
		deadline := time.Now().Add(5 * time.Second)
		for s := l.Status(l.inst); s.Size != size || s.Witnessed != size; s = l.Status(l.inst) {
			if time.Now().After(deadline) {
				t.Fatalf("status %+v, want %d signed and witnessed", s, size)
			}
			time.Sleep(time.Millisecond)
		}
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
