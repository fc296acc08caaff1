package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/verify"
)

// served reads a log through its HTTP handler, as wardcheck does.
type served struct{ *testLog }

func (s served) Read(_ context.Context, path string) ([]byte, error) {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/"+s.inst.String()+"/"+path, nil))
	switch w.Code {
	case http.StatusOK:
		return w.Body.Bytes(), nil
	case http.StatusNotFound:
		return nil, fs.ErrNotExist
	}
	return nil, fmt.Errorf("%s: status %d", path, w.Code)
}

// server serves the log over a real connection and returns its URL.
func (l *testLog) server() string {
	srv := httptest.NewServer(http.StripPrefix("/log", l.Handler()))
	l.t.Cleanup(srv.Close)
	return srv.URL + "/log/" + l.inst.String()
}

func get(t *testing.T, url string) (int, http.Header, []byte) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, b
}

// The commitment that package seal makes opens in a receipt, and only to the
// person it was made for.
func TestAReceiptOpensWithTheSaltOfPackageSeal(t *testing.T) {
	l := newLog(t, open(t))
	subject, event := id.Make[id.Subject](now), id.Make[id.Event](now)
	salt := seal.EventSalt([]byte("0123456789abcdef"), event)
	e := reveal(subject)
	e.ID, e.Commitment = event, seal.Commit(salt, subject)
	var p *ledger.Pending
	err := l.DB.Update(t.Context(), l.inst, func(tx *db.Tx) error {
		p = ledger.Append(tx, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l.step()
	for who, want := range map[string]error{subject.String(): nil, id.Make[id.Subject](now).String(): verify.NotOpened} {
		err := l.DB.View(t.Context(), l.inst, func(tx *db.Tx) error {
			r, err := l.Receipt(tx, p.Index(), &verify.Opening{Subject: who, Salt: salt})
			if err != nil {
				return err
			}
			proved, err := r.Verify(l.verifier())
			if err == nil && proved.Subject != who {
				t.Errorf("opens to %q", proved.Subject)
			}
			return err
		})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

// The served log is verified by code that is not ours: torchwood's client reads
// every entry, x/mod's TileHashReader and note check tiles and signature.
func TestServedLogSatisfiesForeignClients(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		l.fill(700)
		l.step()
		url := l.server()
		_, _, signed := get(t, url+"/checkpoint")
		v, err := note.NewVerifier(l.verifier().String())
		if err != nil {
			t.Fatal(err)
		}
		policy := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(v.Name()), torchwood.SingleVerifierPolicy(v))
		c, _, err := torchwood.VerifyCheckpoint(signed, policy)
		if err != nil || c.N != 700 {
			t.Fatalf("torchwood: %+v, %v", c, err)
		}
		fetcher, err := torchwood.NewTileFetcher(url)
		if err != nil {
			t.Fatal(err)
		}
		client, err := torchwood.NewClient(fetcher)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for i, entry := range client.AllEntries(t.Context(), c.Tree, 0) {
			if e, err := ledger.Decode(entry); i != n || err != nil || e.Type != ledger.Reveal {
				t.Fatalf("entry %d: %+v, %v", i, e, err)
			}
			n++
		}
		if client.Err() != nil || n != 700 {
			t.Fatalf("%d entries, %v", n, client.Err())
		}
		hashes := torchwood.TileHashReaderWithContext(t.Context(), c.Tree, fetcher)
		entry, proof, err := client.Entry(t.Context(), c.Tree, 555)
		if err != nil || tlog.CheckRecord(proof, c.N, c.Hash, 555, tlog.RecordHash(entry)) != nil {
			t.Errorf("entry 555: %v", err)
		}
		if _, err := tlog.ProveTree(700, 256, hashes); err != nil {
			t.Error(err)
		}
	})
}

func TestServedFilesHaveTheRightHeadersAndNothingElseIsServed(t *testing.T) {
	l := newLog(t, open(t))
	l.fill(300)
	l.step()
	l.fill(300) // committed, but under no head yet
	url := l.server()
	for _, c := range []struct {
		path, contentType, cache string
		status                   int
	}{
		{"/checkpoint", "text/plain; charset=utf-8", "no-cache", 200},
		{"/key", "text/plain; charset=utf-8", "no-cache", 200},
		{"/tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable", 200},
		{"/tile/0/001.p/44", "application/octet-stream", "public, max-age=31536000, immutable", 200},
		{"/tile/0/001.p/3", "application/octet-stream", "public, max-age=31536000, immutable", 200}, // of an older head
		{"/tile/1/000.p/1", "application/octet-stream", "public, max-age=31536000, immutable", 200},
		{"/tile/entries/001.p/44", "application/octet-stream", "public, max-age=31536000, immutable", 200},
		{"/witnessed", "", "", 404},
		{"/tile/0/001", "", "", 404},
		{"/tile/0/001.p/45", "", "", 404},
		{"/tile/entries/001", "", "", 404},
		{"/tile/entries/9", "", "", 404},
		{"/tile/2/000.p/1", "", "", 404},
		{"/tile/0/../../checkpoint", "", "", 404},
		{"/", "", "", 404},
	} {
		status, h, body := get(t, url+c.path)
		if status != c.status || status == 200 && (h.Get("Content-Type") != c.contentType ||
			h.Get("Cache-Control") != c.cache || len(body) == 0) {
			t.Errorf("%s: %d, %v", c.path, status, h)
		}
		if status != 200 && h.Get("Cache-Control") == "public, max-age=31536000, immutable" {
			t.Errorf("%s: an absence is cached for ever", c.path)
		}
	}
	if status, _, _ := get(t, strings.TrimSuffix(url, l.inst.String())+"ins_x/checkpoint"); status != 404 {
		t.Errorf("no institution: %d", status)
	}
	resp, err := http.Post(url+"/checkpoint", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", resp.StatusCode)
	}
}

func TestReceiptsVerifyOffline(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		last := l.fill(700)
		receipt := func(index int64) (r verify.Receipt, err error) {
			err = d.View(t.Context(), l.inst, func(tx *db.Tx) error {
				r, err = l.Receipt(tx, index, nil)
				return err
			})
			return r, err
		}
		if _, err := receipt(last.Index()); err == nil || !strings.Contains(err.Error(), "ledger.unsigned") {
			t.Errorf("before any head: %v", err)
		}
		l.step()
		for _, i := range []int64{0, 255, 256, 511, 699} {
			r, err := receipt(i)
			if err != nil {
				t.Fatal(err)
			}
			back, err := verify.ParseReceipt([]byte(r.String()))
			if err != nil {
				t.Fatal(err)
			}
			if p, err := back.Verify(l.verifier()); err != nil || p.Index != i {
				t.Errorf("%d: %+v, %v", i, p, err)
			}
		}
		if _, err := receipt(700); err == nil || !strings.Contains(err.Error(), "ledger.no_entry") {
			t.Errorf("beyond the end: %v", err)
		}
		var e ledger.Entry
		err := d.View(t.Context(), l.inst, func(tx *db.Tx) (err error) {
			e, err = ledger.Find(tx, last.ID())
			return err
		})
		if err != nil || e.Index != last.Index() || e.ID != last.ID() {
			t.Errorf("Find: %+v, %v", e, err)
		}
	})
}
