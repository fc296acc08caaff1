package office

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/attest"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// promised are the sentences of the promise, in order: words in lang under
// "promise.text."+each. They are the sector's own of 2023-08-15 (S0-01…S0-09);
// an institution signs them as they are.
var promised = []string{"items", "when", "before", "use", "secure", "staff", "report"}

// Promise is what an institution has signed for everybody to read (S0-07).
type Promise struct {
	Version int
	Words   map[string][]string // by language
	Hash    [32]byte            // of the words in every language
	By      id.Staff
	At      time.Time
}

// SignPromise signs the promise in the institution's name as a new version; its
// hash is in the log. For the officer, freshly proved.
func (s *Service) SignPromise(ctx context.Context, a actor.Actor) (Promise, error) {
	var p Promise
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.NoticePublish}, s.who, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		if err := account.Fresh(a, tx.Now()); err != nil {
			return err
		}
		in, err := placeOf(tx, a.Institution)
		if err != nil {
			return err
		}
		p = Promise{Words: map[string][]string{}, By: a.Staff, At: tx.Now()}
		for _, tag := range lang.Tags {
			p.Words[tag] = sentences(tag, in.Name)
		}
		body, err := json.Marshal(p.Words) // maps are encoded in order of key
		if err != nil {
			return err
		}
		p.Hash = sha256.Sum256(body)
		c.Hash, c.Ref = p.Hash, a.Institution.String()
		if err := tx.QueryRow(`SELECT COALESCE(MAX(version), 0) + 1 FROM public_promise WHERE institution_id = $1`,
			a.Institution).Scan(&p.Version); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO public_promise (institution_id, version, body, hash, signed_by, signed_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, a.Institution, p.Version, string(body), p.Hash[:], p.By, p.At.UnixMilli())
		return err
	})
	return p, err
}

// sentences are the promise in a language.
func sentences(tag, name string) (out []string) {
	say := lang.For(tag)
	for _, x := range promised {
		out = append(out, say.T("promise.text."+x, name))
	}
	return out
}

// PromiseText is the promise that SignPromise would sign, in a language.
func (s *Service) PromiseText(ctx context.Context, inst id.Institution, tag string) (text []string, err error) {
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error {
		in, err := placeOf(tx, inst)
		text = sentences(tag, in.Name)
		return err
	})
	return text, err
}

func placeOf(tx *db.Tx, inst id.Institution) (institution.Institution, error) {
	all, err := institution.All(tx)
	for _, x := range all {
		if x.ID == inst {
			return x, nil
		}
	}
	return institution.Institution{}, errors.Join(err, fault.New(fault.NotFound, "institution.unknown"))
}

// Public is the promise as everybody sees it, with what the program itself has
// counted: nobody can be told from it.
type Public struct {
	Promise
	Institution institution.Institution
	Signer      string // masked name
	Index       int64  // of the entry in the log; -1 if it is no longer there
	Items       int    // fields that an enrolment asks for (S0-01)
	Unreceipted int    // fields of learners held without a receipt (S0-03)
	Trained     int    // members of staff with a valid training (S0-14)
	Staff       int
	Stated      time.Time // of the last daily statement on technical means (S0-06); zero if there is none
}

// Promise reads the newest promise of an institution. NotFound promise.none.
func (s *Service) Promise(ctx context.Context, inst id.Institution) (Public, error) {
	p := Public{Index: -1}
	err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		if p.Institution, err = placeOf(tx, inst); err != nil {
			return err
		}
		if p.Promise, err = newestPromise(tx, inst); err != nil {
			return err
		}
		b, err := s.Catalogue.Budget(tx, inst, catalogue.Minimal)
		if err != nil {
			return err
		}
		p.Items = len(b.Fields())
		if p.Unreceipted, err = s.unreceipted(tx, inst); err != nil {
			return err
		}
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.NoticePublished, Limit: 200})
		for _, e := range page.Entries {
			if e.Hash == p.Hash && p.Index < 0 {
				p.Index = e.Index
			}
		}
		if err != nil {
			return err
		}
		stated, err := attest.Latest(tx, inst)
		if p.Stated = stated.At; fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	})
	if err != nil {
		return Public{}, err
	}
	staff, err := s.Facts.Accounts.StaffOf(ctx, inst, id.Store{}, false)
	for _, x := range staff {
		if x.State != account.Active {
			continue
		}
		if p.Staff++; x.TrainedUntil.After(s.Gate.Now()) {
			p.Trained++
		}
		if x.ID == p.By {
			p.Signer = account.Masked(x.Name)
		}
	}
	return p, err
}

// unreceipted is a count and when it was made.
type unreceipted struct {
	n  int
	at time.Time
}

// countLife is how long a count of the whole base is shown before it is made
// anew: the page is everybody's to ask for.
const countLife = time.Hour

func (s *Service) unreceipted(tx *db.Tx, inst id.Institution) (int, error) {
	if v, ok := s.counted.Load(inst); ok {
		if c := v.(unreceipted); tx.Now().Sub(c.at) < countLife && !tx.Now().Before(c.at) {
			return c.n, nil
		}
	}
	n, err := inventory.Unreceipted(tx, inst)
	if err == nil {
		s.counted.Store(inst, unreceipted{n, tx.Now()})
	}
	return n, err
}

func newestPromise(tx *db.Tx, inst id.Institution) (p Promise, err error) {
	var body string
	var hash []byte
	var at int64
	err = tx.QueryRow(`SELECT version, body, hash, signed_by, signed_at FROM public_promise
		WHERE institution_id = $1 ORDER BY version DESC LIMIT 1`, inst).Scan(&p.Version, &body, &hash, &p.By, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.NotFound, "promise.none")
	}
	if err != nil {
		return p, err
	}
	copy(p.Hash[:], hash)
	p.At = time.UnixMilli(at).UTC()
	return p, json.Unmarshal([]byte(body), &p.Words)
}
