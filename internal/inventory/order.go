package inventory

import (
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// Order checks every record that is not erased and returns what is out of
// order, and how many records it looked at:
//
//	no_source        its source is neither an enrolment nor an import
//	no_declaration   the ledger has no entry of the family's wish to enrol, or of the import
//	before_wish      it was collected before that entry
//	no_consent       it came from an enrolment and is in use, and nobody agreed
//	before_consent   it came from an enrolment, is in use, and is older than the first consent
//	read_first       staff opened it before the first consent, on a basis that needs one
//
// The times of the ledger decide: it cannot be changed afterwards, rows can.
func Order(tx *db.Tx, c *catalogue.Catalogue, inst id.Institution) ([]Finding, int, error) {
	wishes, err := wishes(tx)
	if err != nil {
		return nil, 0, err
	}
	purposes, err := c.Purposes(tx, inst)
	if err != nil {
		return nil, 0, err
	}
	o := order{tx: tx, inst: inst, wishes: wishes, free: free(purposes)}
	n := 0
	for after := (id.Subject{}); ; {
		page, err := selectRecords(tx, inst, after)
		if err != nil {
			return nil, n, err
		}
		for _, r := range page {
			if err := o.check(r); err != nil {
				return nil, n, err
			}
			after, n = r.subject, n+1
		}
		if len(page) < recordPage {
			return o.found, n, nil
		}
	}
}

// free returns the codes of the purposes that stand without a consent: duty,
// emergency, other law (PIPL art. 13(2)).
func free(all []catalogue.Purpose) (codes []string) {
	for _, p := range all {
		switch p.Basis {
		case catalogue.Statutory, catalogue.Emergency, catalogue.OtherLaw:
			codes = append(codes, p.Code)
		}
	}
	return codes
}

// wishes returns when each enrolment was declared and each import came in, by
// printed identifier. An integrator takes the wish in its own program, and its
// one entry stands for both. It costs some 50 bytes an enrolment.
func wishes(tx *db.Tx) (map[string]time.Time, error) {
	first := map[string]time.Time{}
	for _, t := range []ledger.Type{ledger.EnrolOpened, ledger.EnrolCompleted, ledger.ImportReceived,
		ledger.ImportQuarantined, ledger.ImportApplied} {
		err := each(tx, ledger.Filter{Type: t}, func(e ledger.Entry) bool {
			own := t != ledger.EnrolCompleted || e.Role == actor.Integrator
			if at, known := first[e.Ref]; e.Allow && own && (!known || e.At.Before(at)) {
				first[e.Ref] = e.At
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return first, nil
}

// record is one row of the check. A zero time means never.
type record struct {
	subject   id.Subject
	kind      subject.Kind
	state     subject.State
	source    string
	collected time.Time
	agreed    time.Time // first consent of the child's, or of one of the guardian's children
	read      time.Time // first opened by staff or a program
}

type order struct {
	tx     *db.Tx
	inst   id.Institution
	wishes map[string]time.Time
	free   []string
	found  []Finding
}

func (o *order) check(r record) error {
	enrolled := strings.HasPrefix(r.source, "enr_")
	if !enrolled && !strings.HasPrefix(r.source, "imp_") {
		o.add("no_source", r)
		return nil
	}
	wish, known := o.wishes[r.source]
	switch {
	case !known:
		o.add("no_declaration", r)
	case r.collected.Before(wish):
		o.add("before_wish", r)
	}
	if enrolled && r.kind == subject.Child && r.state == subject.Live {
		if err := o.checkConsent(r); err != nil {
			return err
		}
	}
	if r.read.IsZero() || !r.agreed.IsZero() && !r.read.Before(r.agreed) {
		return nil
	}
	bad, err := o.readWithout(r)
	if bad {
		o.add("read_first", r)
	}
	return err
}

// checkConsent looks whether consent came no later than the record. A record
// that waited for a child of 14 or more was restricted until the child agreed,
// and then the first consent is later.
func (o *order) checkConsent(r record) error {
	switch {
	case r.agreed.IsZero():
		o.add("no_consent", r)
	case r.agreed.After(r.collected):
		waited, err := o.waited(r)
		if err != nil {
			return err
		}
		if !waited {
			o.add("before_consent", r)
		}
	}
	return nil
}

// readWithout reports whether an entry before the first consent stands on a
// basis that needs one. A guardian's former child may be erased and its ties
// with it; then the enrolments still tell.
func (o *order) readWithout(r record) (bool, error) {
	agreed := r.agreed
	if r.kind == subject.Guardian {
		at, err := firstThrough(o.tx, o.inst, r.subject)
		if err != nil {
			return false, err
		}
		if !at.IsZero() && (agreed.IsZero() || at.Before(agreed)) {
			agreed = at
		}
	}
	bad := false
	for before := int64(0); ; {
		page, err := ledger.ForSubject(o.tx, r.subject, before, 500)
		if err != nil {
			return false, err
		}
		for _, e := range page.Entries {
			opened := e.Allow && e.Actor != "" && (e.Type == ledger.Reveal || e.Type == ledger.MessageSent)
			if opened && (agreed.IsZero() || e.At.Before(agreed)) && !slices.Contains(o.free, e.Purpose) {
				bad = true
			}
		}
		if before = page.Next; before == 0 || bad {
			return bad, nil
		}
	}
}

func (o *order) add(code string, r record) {
	o.found = append(o.found, Finding{code, []any{r.source}})
}

// Refuse returns nil without findings, or else Unavailable inventory.found with
// their number, for programs that only ask whether all is well.
func Refuse(found []Finding) error {
	if len(found) == 0 {
		return nil
	}
	return fault.New(fault.Unavailable, "inventory.found", len(found))
}
