package house

import (
	"context"
	"errors"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/attest"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// screened is how many births are looked at in one transaction and one entry.
const screened = 250

// Sweep does for an institution what a new day asks for: authority passes to the
// children whose day has come (B1), files of imports and trial lessons whose time
// is over are destroyed, and the daily statement on technical means is made. It may be called at any time and broken off; what is done is done,
// and a day that is complete costs one read.
//
// Until the sweep of a day is complete, no guardian's consent of an earlier
// month is trusted (package facts), so call it at the start and after midnight.
func (h *House) Sweep(ctx context.Context, inst id.Institution) error {
	err := h.handOver(ctx, inst)
	_, tidied := h.Intake.Tidy(ctx, inst)
	_, down := h.Notices.Sweep(ctx, inst)
	_, stale := h.Research.Sweep(ctx, inst)
	tidied = errors.Join(tidied, down, stale, h.Applications.Sweep(ctx, inst), h.Releases.Sweep(ctx, inst))
	trials := errors.Join(h.endTrials(ctx, inst), h.review(ctx, inst))
	_ = h.clearNow(ctx) // a reader in the way is no failure of the sweep: the next one tries again
	return errors.Join(err, tidied, trials, h.attest(ctx, inst), h.remind(ctx, inst))
}

// remind tells deciders, once a working day, what waits for them. What could not
// be delivered is tried again by the next sweep.
func (h *House) remind(ctx context.Context, inst id.Institution) error {
	if h.Remind == nil {
		return nil
	}
	d, err := h.Applications.Digest(ctx, inst)
	if err != nil || len(d.People) == 0 {
		return err
	}
	if err := h.Remind(ctx, d); err != nil {
		return err
	}
	return h.Applications.Reminded(ctx, d)
}

// review asks, once a week, for a person to look at the fields that nobody uses
// (S3-09).
func (h *House) review(ctx context.Context, inst id.Institution) error {
	var due bool
	var idle []inventory.Held
	err := h.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		if due, err = inventory.DueReviews(tx, inst); err != nil || !due {
			return err
		}
		idle, err = inventory.Idlers(tx, h.Catalogue, inst)
		return err
	})
	if err != nil || !due {
		return err
	}
	return h.DB.Update(ctx, inst, func(tx *db.Tx) error {
		_, err := inventory.OpenReviews(tx, inst, idle)
		return err
	})
}

// endTrials erases what was given for trial lessons a month ago (S0-03).
func (h *House) endTrials(ctx context.Context, inst id.Institution) error {
	for {
		if n, err := h.Enrol.EndTrials(ctx, inst); n == 0 || err != nil {
			return err
		}
	}
}

// attest states once a day by which means information is protected (S0-06).
func (h *House) attest(ctx context.Context, inst id.Institution) error {
	if h.Outside == nil {
		return nil
	}
	due := false
	err := h.DB.View(ctx, inst, func(tx *db.Tx) error {
		s, err := attest.Latest(tx, inst)
		due = civil.DateOf(s.At) != civil.DateOf(tx.Now())
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	})
	if err == nil && due {
		_, err = h.Attest.Make(ctx, inst, *h.Outside)
	}
	return err
}

// handOver looks at every child whose consent rests on a guardian. One record
// that does not open holds nobody else up, but the day stays open.
func (h *House) handOver(ctx context.Context, inst id.Institution) error {
	var swept, today civil.Date
	err := h.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		today = civil.DateOf(tx.Now())
		swept, err = consent.SweptOn(tx, inst)
		return err
	})
	if err != nil || !swept.IsZero() && !swept.Before(today) {
		return err
	}
	var failed error
	for after, more := (id.Subject{}), true; more && ctx.Err() == nil; {
		page, due, err := h.screen(ctx, inst, after)
		if err != nil {
			return err
		}
		for _, subj := range due {
			failed = errors.Join(failed, h.handOverOne(ctx, inst, subj))
		}
		if more = len(page) > 0; more {
			after = page[len(page)-1]
		}
	}
	if failed = errors.Join(failed, ctx.Err()); failed != nil {
		return failed
	}
	return h.DB.Update(ctx, inst, func(tx *db.Tx) error { return consent.SetSwept(tx, inst, today) })
}

// handing is what the program asks the gate for.
func handing(inst id.Institution, subj id.Subject) gate.Request {
	return gate.Request{Actor: actor.Actor{Institution: inst, Role: actor.System}, Act: policy.ConsentHandover,
		Purpose: "learner.manage", Fields: []string{subject.LearnerBirth, subject.GuardianPhone}, Subject: subj}
}

// screen opens the births of one page of candidates and returns those whose
// day has come. The births go no further; one entry says how many were looked
// at, so the log does not grow by every child on every day.
func (h *House) screen(ctx context.Context, inst id.Institution, after id.Subject) (page, due []id.Subject, err error) {
	err = h.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		page, err = consent.Candidates(tx, inst, after, screened)
		return err
	})
	if err != nil || len(page) == 0 {
		return nil, nil, err
	}
	req := handing(inst, id.Subject{})
	req.Fields = []string{subject.LearnerBirth}
	_, err = h.Gate.Do(ctx, req, h.Facts.Why, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		c.Type, c.Count, due = ledger.Search, len(page), nil
		today := civil.DateOf(tx.Now())
		for _, subj := range page {
			birth, err := h.birth(tx, p, inst, subj)
			if err == nil && today.Before(consent.Handover(birth)) {
				continue
			}
			// What does not open is not judged here: handing over says why.
			found, unread := consent.CapacityOf(tx, h.Vault, p, inst, subj)
			if err != nil || unread != nil || found.Capacity == consent.Able {
				due = append(due, subj)
			}
		}
		return nil
	})
	return page, due, err
}

func (h *House) birth(tx *db.Tx, p seal.Permit, inst id.Institution, subj id.Subject) (civil.Birth, error) {
	v, err := subject.OpenOwn(tx, h.Vault, p, inst, subj, subject.LearnerBirth)
	if err != nil {
		return civil.Birth{}, err
	}
	return subject.Birth(v, civil.DateOf(tx.Now()))
}

// handOverOne passes authority to one child. If nothing that the child agreed to
// itself is left, the record is restricted and the enrolment waits for the
// child. Every guardian is told. All of it is one transaction with one entry,
// which the family finds.
func (h *House) handOverOne(ctx context.Context, inst id.Institution, subj id.Subject) error {
	_, err := h.Gate.Do(ctx, handing(inst, subj), func(tx *db.Tx, c *gate.Case) error {
		row, err := subject.LoadOwn(tx, inst, subj)
		if err != nil {
			return err
		}
		c.Store = row.Store
		return h.Facts.Why(tx, c)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		birth, err := h.birth(tx, p, inst, subj)
		if err != nil {
			return err
		}
		found, err := consent.CapacityOf(tx, h.Vault, p, inst, subj)
		if err != nil {
			return err
		}
		ended, err := consent.HandOver(tx, inst, subj, birth, found.Capacity)
		if err != nil {
			return err
		}
		if c.Count = len(ended); c.Count == 0 {
			return nil
		}
		if err := enrol.Hold(tx, inst, subj); err != nil {
			return err
		}
		_, err = h.tell(tx, p, inst, subj, "handover")
		return err
	})
	if k := fault.KindOf(err); k == fault.Erased || k == fault.NotFound {
		return nil // it went away meanwhile
	}
	return err
}

// tell sends every guardian of a child a message and returns the number of the
// last.
func (h *House) tell(tx *db.Tx, p seal.Permit, inst id.Institution, child id.Subject, template string) (last id.Message, err error) {
	guardians, err := subject.Guardians(tx, inst, child)
	if err != nil {
		return last, err
	}
	for _, g := range guardians {
		number, err := subject.OpenOwn(tx, h.Vault, p, inst, g, subject.GuardianPhone)
		if fault.KindOf(err) == fault.Invalid || fault.KindOf(err) == fault.Erased {
			continue // no phone is held
		}
		if err != nil {
			return last, err
		}
		if last, err = h.Outbox.Send(tx, inst, number, template); err != nil {
			return last, err
		}
	}
	return last, nil
}
