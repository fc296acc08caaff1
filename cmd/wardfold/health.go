package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// patience bounds one question about health.
const patience = 2 * time.Second

// readiness tells whoever restarts or balances this server how it is.
//
//	GET /livez   200 while the process answers at all
//	GET /readyz  200 when it can do its work, 503 with the reasons when not
type readiness struct{ in *installation }

// around answers the two and leaves everything else to the faces.
func (r *readiness) around(f faces) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { answerHealth(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, q *http.Request) {
		ctx, cancel := context.WithTimeout(q.Context(), patience)
		defer cancel()
		answerHealth(w, r.reasons(ctx))
	})
	f.mount(mux)
	return mux
}

func answerHealth(w http.ResponseWriter, reasons []string) {
	if reasons == nil {
		reasons = []string{} // a list in JSON, too
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if len(reasons) > 0 {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(reasons) == 0, "reasons": reasons}) // the asker has gone
}

// reasons lists the fault codes of what keeps the server from its work.
func (r *readiness) reasons(ctx context.Context) (codes []string) {
	ids, err := r.in.Institutions(ctx)
	if err != nil {
		return []string{codeOr(err, "db.down")}
	}
	for _, inst := range ids {
		if s := r.in.Log.Status(inst); s.Fault != "" {
			codes = append(codes, s.Fault)
		}
		if err := r.in.Vault.Load(ctx, r.in.DB, inst); err != nil {
			codes = append(codes, codeOr(err, "seal.no_keys"))
		}
	}
	if r.in.stones != nil && r.in.stones.broken() {
		codes = append(codes, "tombstones")
	}
	return codes
}

func codeOr(err error, otherwise string) string {
	if code := fault.CodeOf(err); code != "" {
		return code
	}
	return otherwise
}

// metricsServer serves /metrics in the Prometheus text format, on an address of
// its own that no family can reach. It counts; it names nobody.
func metricsServer(in *installation) *http.Server {
	set := metrics.NewSet()
	stat := func(name string, read func(db.Stats) uint64) {
		set.NewGauge(name, func() float64 { return float64(read(in.DB.Stats())) })
	}
	stat("wardfold_db_commits_total", func(s db.Stats) uint64 { return s.Commits })
	stat("wardfold_db_batched_total", func(s db.Stats) uint64 { return s.Batched })
	stat("wardfold_db_failed_total", func(s db.Stats) uint64 { return s.Failed })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		ids, err := in.Institutions(r.Context())
		if err != nil {
			http.Error(w, codeOr(err, "db.down"), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		set.WritePrometheus(w)
		for _, inst := range ids {
			logMetrics(r.Context(), w, in, inst)
		}
		metrics.WriteProcessMetrics(w)
	})
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
}

func logMetrics(ctx context.Context, w http.ResponseWriter, in *installation, inst id.Institution) {
	s := in.Log.Status(inst)
	gauge := func(name string, v float64) {
		metrics.WriteGaugeFloat64(w, name+`{institution=`+strconv.Quote(inst.String())+`}`, v)
	}
	gauge("wardfold_log_size", float64(s.Size))
	gauge("wardfold_log_unsigned", float64(s.Waiting))
	gauge("wardfold_log_witnessed", float64(s.Witnessed))
	if !s.SignedAt.IsZero() {
		gauge("wardfold_log_signed_timestamp_seconds", float64(s.SignedAt.Unix()))
	}
	if unseen, err := in.unseen(ctx, inst); err == nil {
		gauge("wardfold_log_unwitnessed_seconds", unseen.Seconds())
	}
	fault := 0.0
	if s.Fault != "" {
		fault = 1
	}
	gauge("wardfold_log_fault", fault)
}
