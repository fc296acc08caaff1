package ledger

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Handler serves the logs of all institutions for reading (c2sp.org/tlog-tiles):
//
//	GET /{institution}/checkpoint       the newest head, signed
//	GET /{institution}/witnessed        the newest head that a witness cosigned
//	GET /{institution}/key              the log's verifier key, for convenience
//	GET /{institution}/tile/{path...}   tiles and entry bundles under the newest head
//
// Mount it with http.StripPrefix. What it serves holds no personal information
// (I3); who may read it is nevertheless the caller's decision.
func (l *Log) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{institution}/checkpoint", l.served(noteFile, serveHead(Head)))
	mux.HandleFunc("GET /{institution}/witnessed", l.served(noteFile, serveHead(WitnessedHead)))
	mux.HandleFunc("GET /{institution}/key", l.served(noteFile, l.serveKey))
	mux.HandleFunc("GET /{institution}/tile/{path...}", l.served(tileFile, serveTile))
	return mux
}

// A kind of file: a head changes every second, a tile never.
type fileKind struct{ contentType, cache string }

var (
	noteFile = fileKind{"text/plain; charset=utf-8", "no-cache"}
	tileFile = fileKind{"application/octet-stream", "public, max-age=31536000, immutable"}
)

type serveFunc func(tx *db.Tx, r *http.Request) ([]byte, error)

func (l *Log) served(kind fileKind, read serveFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*") // anybody's page may verify the log
		h.Set("X-Content-Type-Options", "nosniff")
		inst, err := id.Parse[id.Institution](r.PathValue("institution"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		var data []byte
		err = l.DB.View(r.Context(), inst, func(tx *db.Tx) error {
			data, err = read(tx, r)
			return err
		})
		switch {
		case errors.Is(err, fs.ErrNotExist):
			http.NotFound(w, r)
			return
		case err != nil:
			h.Set("Retry-After", "1")
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		h.Set("Content-Type", kind.contentType)
		h.Set("Cache-Control", kind.cache)
		h.Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data) // a reader who hangs up is no news
	}
}

func serveHead(read func(*db.Tx) ([]byte, int64, error)) serveFunc {
	return func(tx *db.Tx, _ *http.Request) ([]byte, error) {
		signed, _, err := read(tx)
		return signed, none(err)
	}
}

func (l *Log) serveKey(tx *db.Tx, _ *http.Request) ([]byte, error) {
	s, err := l.Signer(tx.Institution())
	return []byte(s.Key().String() + "\n"), err
}

// serveTile serves what lies under the newest head and nothing beyond: an entry
// without a signed head is not published yet.
func serveTile(tx *db.Tx, r *http.Request) ([]byte, error) {
	want, err := verify.ParseTilePath("tile/" + r.PathValue("path"))
	if err != nil {
		return nil, fs.ErrNotExist
	}
	head, err := readHead(tx)
	if err != nil {
		return nil, err
	}
	return newTree(tx, head.N).tile(want)
}
