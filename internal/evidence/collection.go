package evidence

import (
	"cmp"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/verify"
)

// crowd are the kinds of entries that daily work makes by the thousand. They are
// in a pack only when it is about a person; the whole log has all of them.
var crowd = []ledger.Type{
	ledger.EnrolStarted, ledger.EnrolOpened, ledger.EnrolDeclined, ledger.EnrolCompleted,
	ledger.ConsentGiven, ledger.ConsentRefused, ledger.ConsentWithdrawn, ledger.ConsentExpired, ledger.ConsentInformed,
	ledger.NoticeAccepted, ledger.NoticeDeclined,
	ledger.Reveal, ledger.Search, ledger.ViewMasked, ledger.MessageSent, ledger.CallAsked, ledger.CallForwarded, ledger.Correct, ledger.Copy,
	ledger.SignIn, ledger.SignInFailed, ledger.SignOut, ledger.StepUp, ledger.CodeSent,
	ledger.AuditSearched, ledger.Denied,
}

// collection is a pack while it comes together.
type collection struct {
	s     *Service
	inst  id.Institution
	ask   Request
	found []ledger.Entry
	heads []verify.EarlierHead
	texts []verify.Paper
	own   []verify.Paper // of a matter
	ref   string

	enrolment enrol.Enrolment // of the receipt, if the pack is about somebody
}

// gather collects what is about nobody. What it reads is append-only, so it is
// still true when the pack is sealed.
func (c *collection) gather(tx *db.Tx) (err error) {
	if c.ask.Of != nil {
		return c.matter(tx)
	}
	for _, t := range ledger.Types {
		if slices.Contains(crowd, t) {
			continue
		}
		if err := c.list(tx, ledger.Filter{Type: t, From: c.ask.From, To: c.ask.To}); err != nil {
			return err
		}
	}
	c.heads, err = c.s.Log.Past(tx, c.ask.From, c.ask.To, mostHeads)
	return err
}

// matter collects what one matter's pack holds.
func (c *collection) matter(tx *db.Tx) error {
	m, err := c.ask.Of(tx)
	if err != nil {
		return err
	}
	if len(m.Entries) > Most {
		return fault.At("to", "evidence.too_many", Most)
	}
	c.ask.From, c.found, c.own, c.ref = m.From, m.Entries, m.Papers, m.Ref
	c.heads, err = c.s.Log.Past(tx, m.From, c.ask.To, mostHeads)
	return err
}

func enrolmentOf(tx *db.Tx, inst id.Institution, typed string) (enrol.Enrolment, error) {
	number, ok := enrol.CleanReceipt(typed)
	if !ok {
		return enrol.Enrolment{}, fault.New(fault.NotFound, "enrol.receipt")
	}
	e, err := enrol.ByReceipt(tx, inst, number)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.NotFound, "enrol.receipt")
	}
	return e, err
}

// list adds all entries that a filter matches.
func (c *collection) list(tx *db.Tx, f ledger.Filter) error {
	f.Limit = 500
	for {
		page, err := ledger.List(tx, f)
		if err != nil {
			return err
		}
		if c.found = append(c.found, page.Entries...); len(c.found) > Most {
			return fault.At("to", "evidence.too_many", Most)
		}
		if f.Before = page.Next; f.Before == 0 {
			return nil
		}
	}
}

// pack adds what is about a person, and lists the whole.
func (c *collection) pack(tx *db.Tx, p seal.Permit) (verify.Evidence, error) {
	signer, err := c.s.Log.Signer(c.inst)
	if err != nil {
		return verify.Evidence{}, err
	}
	whole := *c // may run again
	whole.found, whole.texts = slices.Clone(c.found), nil
	e := verify.Evidence{Format: verify.EvidenceFormat, Log: signer.Key().String(),
		From: second(c.ask.From), To: second(c.ask.To), Heads: c.heads}
	openings := map[int64]*verify.Opening{}
	if c.ask.Receipt != "" {
		if whole.enrolment, err = enrolmentOf(tx, c.inst, c.ask.Receipt); err != nil {
			return e, err
		}
	}
	if child := whole.enrolment.Child; !child.IsZero() {
		e.About = child.String()
		if openings, err = whole.about(tx, p); err != nil {
			return e, err
		}
	}
	whole.order()
	for _, x := range whole.found {
		e.Exhibits = append(e.Exhibits, verify.Exhibit{Index: x.Index, Leaf: x.Leaf, Opening: openings[x.Index]})
	}
	for _, shelf := range append([]Shelf{c.s.notices, c.s.schemas, statements}, c.s.Shelves...) {
		papers, err := shelf(tx, c.inst, whole.found)
		if err != nil {
			return e, err
		}
		whole.texts = append(whole.texts, papers...)
	}
	e.Papers = append(whole.texts, c.own...)
	e.Manifest, err = e.ManifestOf()
	return e, err
}

func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// order sorts the entries and drops those that were found twice.
func (c *collection) order() {
	slices.SortFunc(c.found, func(a, b ledger.Entry) int { return cmp.Compare(a.Index, b.Index) })
	c.found = slices.CompactFunc(c.found, func(a, b ledger.Entry) bool { return a.Index == b.Index })
}
