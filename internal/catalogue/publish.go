package catalogue

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// PublishNotice stores a new version of a notice, which counts from now on, and
// returns it with its identifier and the linter's warnings. If the linter
// refuses, it fails with fault.Invalid (catalogue.lint) whose Fields say where.
func (c *Catalogue) PublishNotice(tx *db.Tx, inst id.Institution, by id.Staff, n Notice) (Notice, []Finding, error) {
	purposes, err := selectPurposes(tx, inst)
	if err != nil {
		return Notice{}, nil, err
	}
	usable := map[string]Purpose{}
	for _, p := range purposes {
		if p.Active(tx.Now()) {
			usable[p.Code] = p
		}
	}
	found := Lint(n, usable)
	if err := Refuse(found); err != nil {
		return Notice{}, found, err
	}
	if n.Version, err = nextNoticeVersion(tx, inst, n.Code); err != nil {
		return Notice{}, nil, err
	}
	n.ID, n.PublishedBy, n.PublishedAt = id.Make[id.Notice](tx.Now()), by, tx.Now()
	n.hashes = nil // it may be a former version with a word changed
	return n, found, insertNotice(tx, inst, n)
}

// Notice returns a published notice, current or former, which the caller must
// not change. It fails with fault.NotFound, catalogue.notice_unknown.
func (c *Catalogue) Notice(tx *db.Tx, inst id.Institution, which id.Notice) (Notice, error) {
	type key struct {
		inst  id.Institution
		which id.Notice
	}
	if v, ok := c.notices.Load(key{inst, which}); ok {
		return v.(Notice), nil
	}
	n, err := selectNotice(tx, inst, which)
	if err == nil {
		n = n.fixed()
		// Should its publication be rolled back, nobody will ask for this identifier.
		c.notices.Store(key{inst, which}, n)
	}
	return n, err
}

// CurrentNotice returns the newest version of a notice. It fails like Notice.
func (c *Catalogue) CurrentNotice(tx *db.Tx, inst id.Institution, code string) (Notice, error) {
	which, err := currentNotice(tx, inst, code)
	if err != nil {
		return Notice{}, err
	}
	return c.Notice(tx, inst, which)
}

// Founding is what a new training institution starts with.
type Founding struct {
	Controller string // full name
	Contact    string
	Officer    string // how the officer for children's information is reached
	Proposer   id.Staff
	Approver   id.Staff // another person (I8)
	InCharge   id.Staff
}

// Found gives a new institution the pledge's schema, the default purposes and
// the notices of trial lessons and of enrolment, which last it returns. It fails like the steps it is made of.
func (c *Catalogue) Found(tx *db.Tx, inst id.Institution, f Founding) (Notice, error) {
	sc, err := c.ProposeSchema(tx, inst, f.Proposer, MinimalSchema())
	if err != nil {
		return Notice{}, err
	}
	if _, err := c.ApproveSchema(tx, inst, f.Approver, Approval{Code: sc.Code, Version: sc.Version}); err != nil {
		return Notice{}, err
	}
	for _, p := range append(DefaultPurposes(), TrialPurpose()) {
		if err := c.DefinePurpose(tx, inst, f.Proposer, p); err != nil {
			return Notice{}, err
		}
	}
	if err := c.SetInCharge(tx, inst, sc.Code, id.Store{}, f.InCharge); err != nil {
		return Notice{}, err
	}
	if _, _, err := c.PublishNotice(tx, inst, f.Proposer, DefaultTrialNotice(f.Controller, f.Contact, f.Officer)); err != nil {
		return Notice{}, err
	}
	n, _, err := c.PublishNotice(tx, inst, f.Proposer, DefaultNotice(f.Controller, f.Contact, f.Officer, DefaultPurposes()))
	return n, err
}
