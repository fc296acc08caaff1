package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/web/ui"
	"github.com/wardfold/wardfold/verify"
)

// Sizes of the list of who looked.
const (
	looksShown  = 20
	looksRounds = 3 // pages of the log that one view reads at most
)

// looksPage lists who looked: date, role, masked name, purpose, and the proof of
// every line (S3-46).
type looksPage struct {
	ownPage
	All     bool
	Moments []ui.Moment
	Older   string
}

func (s *Site) looks(w http.ResponseWriter, r *Request) error    { return s.listLooks(w, r, false) }
func (s *Site) looksAll(w http.ResponseWriter, r *Request) error { return s.listLooks(w, r, true) }

func (s *Site) listLooks(w http.ResponseWriter, r *Request, all bool) error {
	own, err := s.ownPage(r, "me.looks.title")
	if err != nil {
		return err
	}
	v := looksPage{ownPage: own, All: all}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	entries, next, err := s.entries(r, own.Child.ID, before, all)
	if err != nil {
		return err
	}
	tell := s.teller(r)
	for _, e := range entries {
		m, err := tell.moment(e, own.Base)
		if err != nil {
			return err
		}
		v.Moments = append(v.Moments, m)
	}
	if next > 0 {
		v.Older = v.Page.Path + "?before=" + strconv.FormatInt(next, 10)
	}
	return r.Show(w, v.body())
}

// whose are the records that a page about a child is about: the child's and,
// for a guardian, the guardian's own.
func whose(a actor.Actor, child id.Subject) []id.Subject {
	if a.Role == actor.Guardian && a.Subject != child {
		return []id.Subject{child, a.Subject}
	}
	return []id.Subject{child}
}

// entries reads the newest entries about a child and its guardian, before an
// index. Without all, what the family did itself is left out.
func (s *Site) entries(r *Request, child id.Subject, before int64, all bool) (found []ledger.Entry, next int64, err error) {
	for range looksRounds {
		page, after, err := s.entryPage(r, child, before)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range page {
			if len(found) == looksShown {
				return found, found[looksShown-1].Index, nil
			}
			if all || !isFamily(e.Role) {
				found = append(found, e)
			}
		}
		if before = after; before == 0 {
			return found, 0, nil
		}
	}
	return found, before, nil
}

// entryPage merges the lists of the records, newest first.
func (s *Site) entryPage(r *Request, child id.Subject, before int64) (page []ledger.Entry, next int64, err error) {
	for _, subj := range whose(r.Actor, child) {
		l, err := s.Families.Looks(r.Context(), r.Actor, subj, before)
		if err != nil {
			return nil, 0, err
		}
		page, next = append(page, l.Entries...), max(next, l.Next)
	}
	slices.SortFunc(page, func(a, b ledger.Entry) int { return cmp.Compare(b.Index, a.Index) })
	page = slices.CompactFunc(page, func(a, b ledger.Entry) bool { return a.Index == b.Index })
	// What lies below the higher of two ends is read again with the next page.
	return slices.DeleteFunc(page, func(e ledger.Entry) bool { return e.Index < next }), next, nil
}

// teller puts entries into words; it looks every name up once.
type teller struct {
	s      *Site
	r      *Request
	staff  map[string]string
	stores map[id.Store]string
}

func (s *Site) teller(r *Request) *teller {
	return &teller{s: s, r: r, staff: map[string]string{}, stores: map[id.Store]string{}}
}

func (t *teller) moment(e ledger.Entry, base string) (ui.Moment, error) {
	who, err := t.who(e)
	if err != nil {
		return ui.Moment{}, err
	}
	p := t.r.P
	m := ui.Moment{When: p.Time(e.At), Title: p.T("me.look", who, p.T("ledger.type."+string(e.Type))), Kind: ui.Info}
	switch {
	case e.Code != "":
		m.Title, m.Kind = p.T("me.look.denied", who), ui.Danger
	case isFamily(e.Role):
		m.Kind = ui.Plain
	}
	if e.Purpose != "" {
		m.Detail = p.T("me.look.for", p.T("purpose."+e.Purpose))
	}
	if len(e.Fields) > 0 {
		m.Detail += p.T(lookedAt(e.Type), items(p, e.Fields))
	}
	m.Part = lookMore(p, e.Index, t.rules(e), base)
	return m, nil
}

// lookedAt is in which words the fields of an entry stand: what was read, what
// was read masked, and what was only used, such as the number that a message
// went to and nobody saw.
func lookedAt(t ledger.Type) string {
	switch t {
	case ledger.Reveal, ledger.Copy:
		return "me.look.fields"
	case ledger.Search, ledger.ViewMasked:
		return "me.look.masked"
	case ledger.Denied:
		return "me.look.wanted"
	}
	return "me.look.used"
}

// who is the role and, of staff, the masked name and the store (S3-46).
func (t *teller) who(e ledger.Entry) (string, error) {
	p := t.r.P
	role := p.T("role." + string(e.Role))
	if isFamily(e.Role) {
		if e.Role == t.r.Actor.Role {
			return p.T("me.look.you"), nil
		}
		return role, nil
	}
	staff, err := id.Parse[id.Staff](e.Actor)
	if err != nil {
		return role, nil // the program itself, or an integrator
	}
	name, known := t.staff[e.Actor]
	if !known {
		found, err := t.s.Phones.Staff(t.r.Context(), t.r.Actor.Institution, staff)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return "", err
		}
		name = deid.Rules.Mask(deid.StaffName, deid.Family, found.Name)
		t.staff[e.Actor] = name
	}
	store, err := t.store(e.Store)
	if store != "" {
		return p.T("me.look.staff", store, role, name), err
	}
	return p.T("me.look.staff.anywhere", role, name), err
}

func (t *teller) store(store id.Store) (string, error) {
	if store.IsZero() {
		return "", nil
	}
	if name, known := t.stores[store]; known {
		return name, nil
	}
	found, err := t.s.Places.StoreOf(t.r.Context(), t.r.Actor.Institution, store)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return "", err
	}
	t.stores[store] = found.Name
	return found.Name, nil
}

// ruleLine is one rule that decided, in words, with its law.
type ruleLine struct{ ID, Text, Law string }

func (t *teller) rules(e ledger.Entry) []ruleLine {
	var out []ruleLine
	for _, x := range e.Rules {
		if key := "policy." + strings.ToLower(x); t.r.P.Has(key) {
			out = append(out, ruleLine{x, t.r.P.T(key), t.r.P.T("law." + key)})
		}
	}
	return out
}

// proofWait is how long a proof waits for the head that covers a fresh entry.
const proofWait = 3 * time.Second

// proof gives one line's proof as a file that anybody can check, here or offline.
func (s *Site) proof(w http.ResponseWriter, r *Request) error {
	child, err := childOf(r)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(r.PathValue("index"), 10, 64)
	if err != nil || index < 0 {
		return fault.New(fault.NotFound, "page.unknown")
	}
	ctx, cancel := context.WithTimeout(r.Context(), proofWait)
	defer cancel()
	receipt, err := s.proofOf(ctx, r.Actor, child, index)
	if err != nil {
		return err
	}
	return r.download(w, "wardfold-proof-"+strconv.FormatInt(index, 10)+".json", []byte(receipt.String()))
}

func (s *Site) proofOf(ctx context.Context, a actor.Actor, child id.Subject, index int64) (receipt verify.Receipt, err error) {
	for {
		for _, subj := range whose(a, child) {
			receipt, err = s.Families.Proof(ctx, a, subj, index)
			if fault.KindOf(err) != fault.NotFound {
				break
			}
		}
		if fault.CodeOf(err) != "ledger.unsigned" {
			return receipt, err
		}
		select {
		case <-ctx.Done():
			return receipt, err
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// receiptPage shows one act of the family as a receipt to keep.
type receiptPage struct {
	ownPage
	Ticket ui.Ticket
	Proof  string
}

func (s *Site) actReceipt(w http.ResponseWriter, r *Request) error {
	index, err := strconv.ParseInt(r.PathValue("index"), 10, 64)
	if err != nil || index < 0 {
		return fault.New(fault.NotFound, "page.unknown")
	}
	own, err := s.ownPage(r, "me.receipt.title")
	if err != nil {
		return err
	}
	page, _, err := s.entryPage(r, own.Child.ID, index+1)
	if err != nil {
		return err
	}
	if len(page) == 0 || page[0].Index != index {
		return fault.New(fault.NotFound, "ledger.no_entry")
	}
	e, p := page[0], r.P
	who, err := s.teller(r).who(e)
	if err != nil {
		return err
	}
	v := receiptPage{ownPage: own, Proof: own.Base + "/proof/" + r.PathValue("index")}
	v.Ticket = ui.Ticket{Title: p.T("ledger.type." + string(e.Type)), Number: p.T("me.receipt.number", e.Index), When: p.Time(e.At),
		Rows: []ui.Row{{Key: p.T("me.receipt.who"), Value: who}}}
	if e.Purpose != "" {
		v.Ticket.Rows = append(v.Ticket.Rows, ui.Row{Key: p.T("check.row.purpose"), Value: p.T("purpose." + e.Purpose)})
	}
	if len(e.Fields) > 0 {
		v.Ticket.Rows = append(v.Ticket.Rows, ui.Row{Key: p.T("me.receipt.fields"), Value: items(p, e.Fields)})
	}
	return r.Show(w, v.body())
}

// receiptOf is where the receipt of an act stands.
func receiptOf(base string, index int64) string {
	return base + "/receipt/" + strconv.FormatInt(index, 10)
}
