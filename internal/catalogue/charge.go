package catalogue

import (
	"database/sql"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// "Who is in charge is responsible, who processes is responsible" (S2-08; a
// university's PI measures art. 7). A data set, which is a signed schema, has a
// person in charge, of the whole institution or of a store. Somebody names the
// person, and it counts when that person has accepted.

// Owner is the person in charge of a data set.
type Owner struct {
	Dataset  string
	Store    id.Store // zero: the whole institution
	InCharge id.Staff
	Since    time.Time
}

// Named is a person who was named and has not accepted yet.
type Named struct {
	Owner // Since is when the person was named
	By    id.Staff
}

// SetInCharge names who is in charge of a data set (a schema's code): of the
// whole institution if the store is zero. "Who is in charge is responsible"
// (S2-08).
func (c *Catalogue) SetInCharge(tx *db.Tx, inst id.Institution, dataset string, store id.Store, who id.Staff) error {
	if who.IsZero() {
		return fault.New(fault.Invalid, "catalogue.no_owner")
	}
	c.drop(tx, inst)
	_, err := tx.Exec(`INSERT INTO dataset_owner (institution_id, dataset, store_id, in_charge, since)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (institution_id, dataset, store_id) DO UPDATE SET in_charge = excluded.in_charge, since = excluded.since`,
		inst, dataset, store.Bytes(), who, tx.Now())
	return wrap("name who is in charge", err)
}

// InCharge returns who is in charge of a data set in a store, or in the whole
// institution if the store has nobody of its own. Without anybody it fails with
// fault.Unavailable (catalogue.no_owner): an act that nobody answers for is not
// done (S2-08).
func (c *Catalogue) InCharge(tx *db.Tx, inst id.Institution, dataset string, store id.Store) (who id.Staff, err error) {
	err = tx.QueryRow(`SELECT in_charge FROM dataset_owner
		WHERE institution_id = $1 AND dataset = $2 AND store_id IN ($3, $4) ORDER BY store_id DESC LIMIT 1`,
		inst, dataset, store.Bytes(), id.Store{}.Bytes()).Scan(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return id.Staff{}, fault.New(fault.Unavailable, "catalogue.no_owner")
	}
	return who, wrap("look up who is in charge", err)
}

// Charge returns who is in charge of the data set that a purpose uses, in a store
// or in the whole institution; zero if nobody was ever named. It is read once a
// second at most.
func (c *Catalogue) Charge(tx *db.Tx, inst id.Institution, purpose string, store id.Store) (id.Staff, error) {
	h, err := c.open(tx, inst)
	if err != nil {
		return id.Staff{}, err
	}
	dataset := Minimal
	if p, ok := h.byCode[purpose]; ok {
		dataset = p.Schema
	}
	for _, at := range []place{{dataset, store}, {dataset, id.Store{}}, {Minimal, store}, {Minimal, id.Store{}}} {
		if who, ok := h.owners[at]; ok {
			return who, nil
		}
	}
	return id.Staff{}, nil
}

// Owners lists who is in charge of what, by data set.
func (c *Catalogue) Owners(tx *db.Tx, inst id.Institution) ([]Owner, error) {
	return selectOwners(tx, inst)
}

// NameInCharge asks a person to take charge of a data set; it counts from
// AcceptCharge on. Invalid catalogue.no_owner without anybody; NotFound
// catalogue.schema_unknown.
func (c *Catalogue) NameInCharge(tx *db.Tx, inst id.Institution, by id.Staff, o Owner) error {
	if o.InCharge.IsZero() {
		return fault.New(fault.Invalid, "catalogue.no_owner")
	}
	if _, err := c.Budget(tx, inst, o.Dataset); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO dataset_named (institution_id, dataset, store_id, staff_id, named_by, named_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (institution_id, dataset, store_id) DO UPDATE SET staff_id = excluded.staff_id,
			named_by = excluded.named_by, named_at = excluded.named_at`,
		inst, o.Dataset, o.Store.Bytes(), o.InCharge, by, tx.Now())
	return wrap("name who takes charge", err)
}

// NamedFor returns who was named for a data set. NotFound catalogue.not_named.
func (c *Catalogue) NamedFor(tx *db.Tx, inst id.Institution, dataset string, store id.Store) (Named, error) {
	all, err := selectNamed(tx, inst)
	for _, n := range all {
		if n.Dataset == dataset && n.Store == store {
			return n, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "catalogue.not_named")
	}
	return Named{}, err
}

// Waiting lists who was named and has not accepted, by data set.
func (c *Catalogue) Waiting(tx *db.Tx, inst id.Institution) ([]Named, error) {
	return selectNamed(tx, inst)
}

// AcceptCharge puts the person who was named in charge.
func (c *Catalogue) AcceptCharge(tx *db.Tx, inst id.Institution, n Named) error {
	if err := c.SetInCharge(tx, inst, n.Dataset, n.Store, n.InCharge); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM dataset_named WHERE institution_id = $1 AND dataset = $2 AND store_id = $3`,
		inst, n.Dataset, n.Store.Bytes())
	return wrap("take charge", err)
}

func selectOwners(tx *db.Tx, inst id.Institution) ([]Owner, error) {
	all, err := db.List(tx, func(o *Owner, scan db.Scan) error {
		return scan(&o.Dataset, &o.Store, &o.InCharge, &o.Since)
	}, `SELECT dataset, store_id, in_charge, since FROM dataset_owner
		WHERE institution_id = $1 ORDER BY dataset, store_id`, inst)
	return all, wrap("list who is in charge", err)
}

func selectNamed(tx *db.Tx, inst id.Institution) ([]Named, error) {
	all, err := db.List(tx, func(n *Named, scan db.Scan) error {
		return scan(&n.Dataset, &n.Store, &n.InCharge, &n.By, &n.Since)
	}, `SELECT dataset, store_id, staff_id, named_by, named_at FROM dataset_named
		WHERE institution_id = $1 ORDER BY dataset, store_id`, inst)
	return all, wrap("list who was named", err)
}
