package ledger

import (
	"bytes"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/verify"
)

// Prove fills in the head of an evidence pack whose manifest the entry at index
// holds, that entry, and every proof under that head.
//
// Errors: NotFound, ledger.no_entry; Unavailable, ledger.unsigned, when no head
// covers the entry yet.
func (l *Log) Prove(tx *db.Tx, index int64, e *verify.Evidence) error {
	r, err := l.Receipt(tx, index, nil)
	if err != nil {
		return err
	}
	e.Log, e.Checkpoint, e.Seal = r.Log, r.Checkpoint, r.Exhibit()
	head, err := noteSize(r.Checkpoint)
	if err != nil {
		return err
	}
	t := newTree(tx, head)
	for i := range e.Exhibits {
		if e.Exhibits[i].Proof, err = tlog.ProveRecord(head, e.Exhibits[i].Index, t); err != nil {
			return damaged(err)
		}
	}
	for i := range e.Heads {
		size, err := noteSize(e.Heads[i].Checkpoint)
		if err != nil {
			return err
		}
		if e.Heads[i].Proof = nil; size == head {
			continue
		}
		if e.Heads[i].Proof, err = tlog.ProveTree(head, size, t); err != nil {
			return damaged(err)
		}
	}
	return nil
}

// noteSize reads the size of a signed checkpoint.
func noteSize(signed string) (int64, error) {
	text, _, _ := strings.Cut(signed, "\n\n")
	c, err := verify.ParseCheckpoint(text + "\n")
	return c.Size, err
}

// Past returns heads that were signed in [from, to), at most so many, spread
// evenly, shortest first, without proofs. Where a witness cosigned a head it is
// preferred to one that nobody outside has seen.
func (l *Log) Past(tx *db.Tx, from, to time.Time, most int) (list []verify.EarlierHead, err error) {
	signer, err := l.Signer(tx.Institution())
	if err != nil {
		return nil, err
	}
	if first := l.begin(tx); from.Before(first) {
		from = first
	}
	step := to.Sub(from) / time.Duration(most)
	for i := range most {
		size, err := headBefore(tx, from.Add(time.Duration(i+1)*step))
		if err != nil {
			return nil, err
		}
		if size == 0 {
			continue
		}
		signed, err := cosignedUpTo(tx, size)
		if err != nil {
			return nil, err
		}
		// A head of the log's former name cannot be opened with its key of today.
		if !bytes.HasPrefix(signed, []byte(signer.Name()+"\n")) {
			continue
		}
		if n := len(list); n == 0 || list[n-1].Checkpoint != string(signed) {
			list = append(list, verify.EarlierHead{Checkpoint: string(signed)})
		}
	}
	return list, nil
}

// begin is when the first head was signed.
func (l *Log) begin(tx *db.Tx) time.Time {
	var ms int64
	if err := tx.QueryRow(`SELECT at FROM head WHERE institution_id = $1 ORDER BY size LIMIT 1`, tx.Institution().Bytes()).Scan(&ms); err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// headBefore returns the size of the newest head signed before a moment, or 0.
// Heads grow with time, so it halves the range of sizes.
func headBefore(tx *db.Tx, at time.Time) (int64, error) {
	newest, err := readHead(tx)
	if err != nil {
		return 0, err
	}
	found, lo, hi := int64(0), int64(1), newest.N
	for lo <= hi {
		mid := lo + (hi-lo)/2
		var size, ms int64
		err := tx.QueryRow(`SELECT size, at FROM head WHERE institution_id = $1 AND size >= $2 ORDER BY size LIMIT 1`,
			tx.Institution().Bytes(), mid).Scan(&size, &ms)
		if err != nil {
			return 0, err
		}
		if ms < at.UnixMilli() {
			found, lo = size, size+1
		} else {
			hi = mid - 1
		}
	}
	return found, nil
}

// cosignedUpTo returns the newest head of at most a size that a witness signed,
// with the witnesses' lines, or failing that the head of that size.
func cosignedUpTo(tx *db.Tx, size int64) ([]byte, error) {
	var witnessed int64
	err := tx.QueryRow(`SELECT COALESCE(MAX(size), 0) FROM cosignature WHERE institution_id = $1 AND size <= $2`,
		tx.Institution().Bytes(), size).Scan(&witnessed)
	if err != nil {
		return nil, err
	}
	if witnessed > 0 {
		size = witnessed
	}
	signed, _, err := readSigned(tx, `SELECT size, note FROM head WHERE institution_id = $1 AND size = $2`, size)
	return signed, err
}
