package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Witness is somebody outside who cosigns heads after checking that each
// continues the one before (c2sp.org/tlog-witness): an association, an
// education bureau. It learns sizes and roots, never an entry.
type Witness struct {
	URL    string       // the witness's submission prefix; add-checkpoint is appended
	Key    verify.Key   // its cosignature key
	Client *http.Client // nil means one with a time-out of ten seconds
}

// ID names the witness in the table of cosignatures.
func (w Witness) ID() string { return fmt.Sprintf("%s+%08x", w.Key.Name(), w.Key.KeyHash()) }

// runWitness asks one witness until ctx is done. It runs beside everything
// else: a witness that hangs holds up its own next round and nothing more.
func (l *Log) runWitness(ctx context.Context, w Witness) {
	every := l.WitnessEvery
	if every <= 0 {
		every = 30 * time.Second
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		insts, err := l.uncosigned(ctx, w)
		if err != nil && ctx.Err() == nil {
			l.warn("log not read", id.Institution{}, err)
		}
		for _, inst := range insts {
			if err := l.Cosign(ctx, inst, w); err != nil && ctx.Err() == nil {
				l.warn("head not cosigned", inst, err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// uncosigned lists the institutions whose newest head a witness has not signed.
func (l *Log) uncosigned(ctx context.Context, w Witness) (list []id.Institution, err error) {
	err = l.DB.View(ctx, id.Institution{}, func(tx *db.Tx) error {
		list, err = db.Column[id.Institution](tx, `SELECT institution_id FROM log_counter
WHERE COALESCE((SELECT MAX(size) FROM head WHERE head.institution_id = log_counter.institution_id), 0) >
COALESCE((SELECT MAX(size) FROM cosignature WHERE cosignature.institution_id = log_counter.institution_id AND witness = $1), 0)
ORDER BY institution_id`, w.ID())
		return err
	})
	return list, err
}

// Cosign asks a witness for its signature of the newest head of an institution
// and stores it. Nothing waits for it.
//
// Errors, fault.Unavailable: ledger.behind_witness when the witness has seen a
// longer log than ours, ledger.forked when it cannot reconcile ours with what
// it saw: both mean that history was lost or changed. ledger.witness when it
// did not answer as it should.
func (l *Log) Cosign(ctx context.Context, inst id.Institution, w Witness) error {
	line, size, err := l.submit(ctx, inst, w)
	if err == nil && line != "" {
		err = l.DB.Update(ctx, inst, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO cosignature (institution_id, size, witness, at, line) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (institution_id, size, witness) DO NOTHING`, inst.Bytes(), size, w.ID(), tx.Now().UnixMilli(), line)
			return err
		})
	}
	l.update(inst, func(s *Status) {
		switch {
		case err != nil:
			if s.WitnessFail = fault.CodeOf(err); s.WitnessFail == "" {
				s.WitnessFail = "ledger.witness"
			}
		case line != "":
			s.WitnessFail, s.Witnessed = "", max(s.Witnessed, size)
			s.WitnessedAt = witnessedAt(line)
		}
	})
	return err
}

// submit sends the newest head, once more if the witness remembers another
// size than we do.
func (l *Log) submit(ctx context.Context, inst id.Institution, w Witness) (line string, size int64, err error) {
	signer, err := l.Signer(inst)
	if err != nil {
		return "", 0, err
	}
	var req request
	read := func(tx *db.Tx) (err error) { req, err = newRequest(tx, w); return err }
	if err := l.DB.View(ctx, inst, read); err != nil || req.size == req.old {
		return "", 0, err
	}
	answer, known, err := w.post(ctx, req)
	if err == nil && known >= 0 {
		if known > req.size {
			return "", 0, fault.New(fault.Unavailable, "ledger.behind_witness", req.size, known)
		}
		req.old = known
		read := func(tx *db.Tx) error { return req.prove(tx) }
		if err := l.DB.View(ctx, inst, read); err != nil {
			return "", 0, err
		}
		if answer, known, err = w.post(ctx, req); err == nil && known >= 0 {
			err = fault.New(fault.Unavailable, "ledger.witness")
		}
	}
	if err != nil {
		return "", 0, err
	}
	line, err = w.line(req, answer, signer.Key())
	return line, req.size, err
}

// request is one call of add-checkpoint.
type request struct {
	old, size int64
	proof     []tlog.Hash
	signed    []byte
}

func newRequest(tx *db.Tx, w Witness) (request, error) {
	r := request{}
	err := tx.QueryRow(`SELECT COALESCE(MAX(size), 0) FROM cosignature WHERE institution_id = $1 AND witness = $2`,
		tx.Institution().Bytes(), w.ID()).Scan(&r.old)
	if err != nil {
		return r, err
	}
	err = tx.QueryRow(`SELECT size, note FROM head WHERE institution_id = $1 ORDER BY size DESC LIMIT 1`,
		tx.Institution().Bytes()).Scan(&r.size, &r.signed)
	if err != nil {
		return r, err
	}
	return r, r.prove(tx)
}

// prove makes the consistency proof from the witness's last size.
func (r *request) prove(tx *db.Tx) (err error) {
	r.proof = nil
	if r.old > 0 && r.old < r.size {
		r.proof, err = tlog.ProveTree(r.size, r.old, newTree(tx, r.size))
	}
	return err
}

func (r request) body() []byte {
	b := fmt.Appendf(nil, "old %d\n", r.old)
	for _, h := range r.proof {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return append(append(b, '\n'), r.signed...)
}

// maxAnswer bounds what is read from a witness.
const maxAnswer = 16 << 10

// post sends a request. It returns the cosignature lines, or, when the witness
// remembers another size than old, that size; otherwise known is -1.
func (w Witness) post(ctx context.Context, r request) (answer []byte, known int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	url := strings.TrimSuffix(w.URL, "/") + "/add-checkpoint"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(r.body()))
	if err != nil {
		return nil, -1, err
	}
	req.Header.Set("User-Agent", "wardfold")
	client := w.Client
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, -1, err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, -1, err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return answer, -1, nil
	case http.StatusConflict:
		known, err := strconv.ParseInt(strings.TrimSuffix(string(answer), "\n"), 10, 64)
		if err != nil || known < 0 || resp.Header.Get("Content-Type") != "text/x.tlog.size" {
			return nil, -1, errors.New("ledger: the witness answers 409 without a size")
		}
		return nil, known, nil
	case http.StatusUnprocessableEntity:
		return nil, -1, fault.New(fault.Unavailable, "ledger.forked", r.old)
	}
	return nil, -1, fmt.Errorf("ledger: the witness answers %s", resp.Status)
}

// line picks and checks the witness's own line of the answer. Every other line
// is dropped: the answer is a stranger's.
func (w Witness) line(r request, answer []byte, log verify.Key) (string, error) {
	for line := range strings.Lines(string(answer)) {
		if !strings.HasPrefix(line, "— "+w.Key.Name()+" ") || !strings.HasSuffix(line, "\n") {
			continue
		}
		h, err := verify.OpenHead(append(bytes.Clone(r.signed), line...), log, w.Key)
		if err == nil && len(h.Witnessed) == 1 {
			return line, nil
		}
	}
	return "", fault.New(fault.Unavailable, "ledger.witness")
}

// witnessedAt reads the time inside a cosignature line that was checked.
func witnessedAt(line string) time.Time {
	_, b64, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "— "), " ")
	raw, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(raw) < 12 {
		return time.Time{}
	}
	var unix int64
	for _, b := range raw[4:12] {
		unix = unix<<8 | int64(b)
	}
	return time.Unix(unix, 0).UTC()
}
