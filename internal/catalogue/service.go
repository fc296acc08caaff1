package catalogue

import (
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// freshness is how long a Catalogue trusts what it read. A change made by this
// process is seen at once, one made by another node within this time.
const freshness = time.Second

// Catalogue is the catalogues of all institutions as the program uses them: it
// keeps what it read, decoded. The zero Catalogue is empty and ready; its methods
// may be called by any goroutine. Whether the actor may change the catalogue is the
// gate's business; the methods are the body of its acts.
type Catalogue struct {
	held    sync.Map // id.Institution → *held
	notices sync.Map // id.Notice → Notice, immutable
}

type held struct {
	readAt   time.Time
	purposes []Purpose
	byCode   map[string]Purpose
	budgets  map[string]Budget
	owners   map[place]id.Staff
}

// place is a data set in a store, or, with a zero store, in the institution.
type place struct {
	dataset string
	store   id.Store
}

func (c *Catalogue) open(tx *db.Tx, inst id.Institution) (*held, error) {
	if v, ok := c.held.Load(inst); ok {
		if age := tx.Now().Sub(v.(*held).readAt); age >= 0 && age < freshness {
			return v.(*held), nil
		}
	}
	h, err := read(tx, inst)
	if err == nil {
		c.held.Store(inst, h)
	}
	return h, err
}

func read(tx *db.Tx, inst id.Institution) (*held, error) {
	h := &held{readAt: tx.Now(), byCode: map[string]Purpose{}, budgets: map[string]Budget{}}
	var err error
	if h.purposes, err = selectPurposes(tx, inst); err != nil {
		return nil, err
	}
	for _, p := range h.purposes {
		h.byCode[p.Code] = p
	}
	schemas, err := selectSchemas(tx, inst)
	if err != nil {
		return nil, err
	}
	for _, sc := range schemas { // newest first: the newest approved version counts
		if _, done := h.budgets[sc.Code]; done {
			continue
		}
		if b, err := sc.Budget(); err == nil {
			h.budgets[sc.Code] = b
		}
	}
	owners, err := selectOwners(tx, inst)
	if err != nil {
		return nil, err
	}
	h.owners = make(map[place]id.Staff, len(owners))
	for _, o := range owners {
		h.owners[place{o.Dataset, o.Store}] = o.InCharge
	}
	return h, nil
}

// drop forgets what was read, now and again once the change is durable.
func (c *Catalogue) drop(tx *db.Tx, inst id.Institution) {
	c.held.Delete(inst)
	tx.AfterCommit(func() { c.held.Delete(inst) })
}

// Purposes lists the purposes in order of code, ended ones too.
func (c *Catalogue) Purposes(tx *db.Tx, inst id.Institution) ([]Purpose, error) {
	h, err := c.open(tx, inst)
	if err != nil {
		return nil, err
	}
	return append([]Purpose(nil), h.purposes...), nil
}

// Purpose returns a purpose, which may have ended: ask Active. It fails with
// fault.Denied (catalogue.banned) for a banned code and with fault.NotFound
// (catalogue.purpose_unknown).
func (c *Catalogue) Purpose(tx *db.Tx, inst id.Institution, code string) (Purpose, error) {
	h, err := c.open(tx, inst)
	if err != nil {
		return Purpose{}, err
	}
	if p, ok := h.byCode[code]; ok {
		return p, nil
	}
	switch code {
	case LifeHealth:
		return lifeHealth(tx.Now()), nil
	case ChildProtection:
		return childProtection(), nil
	}
	for _, b := range Banned {
		if code == b {
			return Purpose{}, fault.New(fault.Denied, "catalogue.banned", code)
		}
	}
	return Purpose{}, fault.New(fault.NotFound, "catalogue.purpose_unknown")
}

// Budget returns the newest approved version of a schema. It fails with
// fault.NotFound, catalogue.schema_unknown.
func (c *Catalogue) Budget(tx *db.Tx, inst id.Institution, schema string) (Budget, error) {
	h, err := c.open(tx, inst)
	if err != nil {
		return Budget{}, err
	}
	if b, ok := h.budgets[schema]; ok {
		return b, nil
	}
	return Budget{}, fault.New(fault.NotFound, "catalogue.schema_unknown")
}

// DefinePurpose stores a new version of a purpose. Its fields must lie in the
// approved budget it names (I7). It fails like Purpose.Check and Budget, and
// with fault.Invalid, catalogue.purpose_budget.
func (c *Catalogue) DefinePurpose(tx *db.Tx, inst id.Institution, by id.Staff, p Purpose) error {
	if err := p.Check(tx.Now()); err != nil {
		return err
	}
	h, err := read(tx, inst) // not what is held: this transaction may have approved the schema
	if err != nil {
		return err
	}
	b, ok := h.budgets[p.Schema]
	if !ok {
		return fault.New(fault.NotFound, "catalogue.schema_unknown")
	}
	for _, f := range p.Fields {
		if b.Admit(f) != nil {
			return fault.At(f, "catalogue.purpose_budget", f)
		}
	}
	if err := insertPurpose(tx, inst, by, p); err != nil {
		return err
	}
	c.drop(tx, inst)
	return nil
}

// EndPurpose takes a purpose out of use. It fails like Purpose.
func (c *Catalogue) EndPurpose(tx *db.Tx, inst id.Institution, by id.Staff, code string) error {
	p, err := c.Purpose(tx, inst, code)
	if err != nil {
		return err
	}
	p.Ended = true
	if err := insertPurpose(tx, inst, by, p); err != nil {
		return err
	}
	c.drop(tx, inst)
	return nil
}

// Schemas lists every version of every schema, newest first within a code.
func (c *Catalogue) Schemas(tx *db.Tx, inst id.Institution) ([]Schema, error) {
	return selectSchemas(tx, inst)
}

// ProposeSchema stores a schema for somebody else to approve and returns it with
// its version. It fails like Schema.Check.
func (c *Catalogue) ProposeSchema(tx *db.Tx, inst id.Institution, by id.Staff, sc Schema) (Schema, error) {
	if err := sc.Check(); err != nil {
		return Schema{}, err
	}
	sc.ProposedBy, sc.ProposedAt = by, tx.Now()
	sc.ApprovedBy, sc.ApprovedAt, sc.Signer, sc.Signature = id.Staff{}, time.Time{}, "", nil
	var err error
	sc.Version, err = insertSchema(tx, inst, sc)
	return sc, err
}

// Approval is the second person's decision about one version of a schema,
// optionally with an association's signature over its fingerprint.
type Approval struct {
	Code      string
	Version   int
	Signer    string
	Signature []byte
}

// ApproveSchema makes a proposed schema a budget. It fails with fault.NotFound
// (catalogue.schema_unknown), fault.Denied if the approver proposed it
// (catalogue.own_approval, I8) and fault.Conflict if it is approved already.
func (c *Catalogue) ApproveSchema(tx *db.Tx, inst id.Institution, by id.Staff, a Approval) (Schema, error) {
	all, err := selectSchemas(tx, inst)
	if err != nil {
		return Schema{}, err
	}
	for _, sc := range all {
		if sc.Code != a.Code || sc.Version != a.Version {
			continue
		}
		if by.IsZero() || by == sc.ProposedBy {
			return Schema{}, fault.New(fault.Denied, "catalogue.own_approval")
		}
		sc.ApprovedBy, sc.ApprovedAt, sc.Signer, sc.Signature = by, tx.Now(), a.Signer, a.Signature
		if err := approveSchema(tx, inst, sc); err != nil {
			return Schema{}, err
		}
		c.drop(tx, inst)
		return sc, nil
	}
	return Schema{}, fault.New(fault.NotFound, "catalogue.schema_unknown")
}
