package research

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/note"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// Service is the use cases. Fill in the fields, then use it; it is safe for
// concurrent use.
type Service struct {
	Gate   *gate.Gate
	Facts  *facts.Gatherer
	Signer func(id.Institution) (ledger.Signer, error) // signs certificates
	Rand   io.Reader
	Cache  string // folder for compiled code of the file reader; may be ""
}

// longestWords bounds what people type, in bytes.
const longestWords = 300

// who gathers the facts about the actor.
func (s *Service) who(tx *db.Tx, c *gate.Case) error {
	s.Facts.Place(c)
	return s.Facts.Who(tx, c)
}

// know is who, and whether the actor would decide on what they proposed (I8).
func (s *Service) know(which id.Dataset, d *Dataset) gate.Facts {
	return func(tx *db.Tx, c *gate.Case) (err error) {
		if *d, err = load(tx, c.Actor.Institution, which); err != nil {
			return err
		}
		c.Ref, c.Count = d.ID.String(), d.Rows
		c.Facts.OwnRequest = !c.Actor.Staff.IsZero() && c.Actor.Staff == d.By
		return s.who(tx, c)
	}
}

// Proposal is what somebody hands in.
type Proposal struct {
	Population id.Population
	Purpose    string
	Recipient  string
	Person     bool        // the recipient is a natural person, which is banned
	List       Upload      // the people whose data shall be made anonymous
	Query      *draw.Query // in the place of List: a list that lies in the records
	Register   Upload      // the population, with the columns that help to recognise; may be empty
}

// Propose takes in a list, seals it and proposes what each column is. A list from
// the records is read under a grant, with an entry for each child, and is then
// judged like any other. Errors: fault.Invalid at population, purpose, recipient,
// file or register, which names row and column; those of draw.Desk.Draw; what the
// gate refuses.
func (s *Service) Propose(ctx context.Context, a actor.Actor, p Proposal) (Dataset, error) {
	p.Purpose, p.Recipient = strings.TrimSpace(p.Purpose), strings.TrimSpace(p.Recipient)
	if err := p.check(); err != nil {
		return Dataset{}, err
	}
	list, stands, err := s.take(ctx, a, p)
	if err != nil {
		return Dataset{}, err
	}
	now := s.Gate.Now()
	d := Dataset{ID: id.Make[id.Dataset](now), Institution: a.Institution, Population: p.Population, Purpose: p.Purpose, Recipient: p.Recipient,
		State: Draft, By: a.Staff, At: now, Rows: list.Rows(), Settings: Usual(), touched: now}
	if d.Columns, err = s.classify(list); err != nil {
		return Dataset{}, err
	}
	if p.Query != nil {
		d.Columns[0] = recordColumn(list)
	}
	key, err := s.Gate.Vault.Prepare(ctx, s.Gate.DB, a.Institution, seal.Holder(d.ID))
	if err != nil {
		return Dataset{}, err
	}
	sealed, err := sealTable(key, sourceField, list)
	if err != nil {
		return Dataset{}, err
	}
	if d.sum, err = sumOf(key, list); err != nil {
		return Dataset{}, err
	}
	var people [][]byte
	if !p.Register.empty() {
		register, err := s.read(ctx, "register", p.Register)
		if err != nil {
			return Dataset{}, err
		}
		if people, err = sealTable(key, peopleField, register); err != nil {
			return Dataset{}, err
		}
	}
	d.source, d.people = len(sealed), len(people)
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchPropose}, func(tx *db.Tx, c *gate.Case) error {
		c.Facts.RecipientNaturalPerson = p.Person
		return s.who(tx, c)
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		if _, err := loadPopulation(tx, a.Institution, p.Population); err != nil {
			return err
		}
		c.Ref, c.Count, c.Grant = d.ID.String(), d.Rows, stands
		if err := key.Save(tx); err != nil {
			return err
		}
		if err := putParts(tx, d, sourceField, sealed); err != nil {
			return err
		}
		if err := putParts(tx, d, peopleField, people); err != nil {
			return err
		}
		return insert(tx, d)
	})
	return d, err
}

func (p Proposal) check() error {
	switch {
	case p.Population.IsZero():
		return fault.At("population", "research.population")
	case p.Purpose == "" || len(p.Purpose) > longestWords:
		return fault.At("purpose", "research.purpose")
	case p.Recipient == "" || len(p.Recipient) > longestWords:
		return fault.At("recipient", "research.recipient")
	}
	return note.Checks("purpose", p.Purpose, "recipient", p.Recipient)
}

func sealTable(key *seal.Sealer, field string, t *table.Table) ([][]byte, error) {
	text, err := written(t)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return key.SealParts(field, bytes.NewReader(text))
}

// sumOf tells whether two lists are the same, to nobody without the key.
func sumOf(key *seal.Sealer, t *table.Table) ([]byte, error) {
	text, err := written(t)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	sum := sha256.Sum256(text)
	return key.Index(sourceField, secret.NewText(hex.EncodeToString(sum[:])))
}

// List gives the newest data sets: figures, so no entry. Errors: Denied
// research.denied for roles that have nothing to do with them.
func (s *Service) List(ctx context.Context, a actor.Actor) (list []Dataset, err error) {
	if err := s.may(a); err != nil {
		return nil, err
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		list, err = newest(tx, a.Institution)
		return err
	})
	return list, err
}

// Look shows one: figures and names of columns, nobody's data. Errors: Denied
// research.denied, NotFound research.unknown.
func (s *Service) Look(ctx context.Context, a actor.Actor, which id.Dataset) (d Dataset, err error) {
	if err := s.may(a); err != nil {
		return d, err
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		d, err = load(tx, a.Institution, which)
		return err
	})
	return d, err
}

func (s *Service) may(a actor.Actor) error {
	if !s.Gate.Policy.MayEver(a.Role, policy.ResearchApprove) && !s.Gate.Policy.MayEver(a.Role, policy.ResearchPropose) {
		return fault.New(fault.Denied, "research.denied")
	}
	return nil
}
