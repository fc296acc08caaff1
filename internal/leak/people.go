package leak

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/list"
)

// portion is how many children are compared in one act of the gate: a tenth of a
// second, in which nobody else waits long, and one entry of the log.
const portion = 2000

// digest is a match key under the key of one comparison.
type digest [16]byte

// people is every child of the institution, as items of a trace, and what their
// match keys lead to. The keys are hashed under a key that exists for one
// comparison and nowhere else; no name and no number is kept.
type people struct {
	mac     []byte
	number  map[id.Subject]uint32 // the current item of each child
	version map[id.Subject]uint32 // the version of its guardian's number
	former  map[formerItem]uint32 // items of values that were current once
	span    []trace.Span          // of each item
	store   []id.Store
	keys    map[digest][]uint32
	child   map[id.Subject][]uint32 // items of a guardian's children

	byNumber map[uint32]bool // items that a row of the list was matched to by number
}

// formerItem is a child with an earlier number.
type formerItem struct {
	child   id.Subject
	version uint32
}

func newPeople(rand io.Reader) (*people, error) {
	p := &people{mac: make([]byte, 32), number: make(map[id.Subject]uint32), version: make(map[id.Subject]uint32),
		former: make(map[formerItem]uint32), keys: make(map[digest][]uint32), child: make(map[id.Subject][]uint32), byNumber: make(map[uint32]bool)}
	_, err := io.ReadFull(rand, p.mac)
	return p, err
}

func (p *people) digest(k list.Kind, value string) digest {
	m := hmac.New(sha256.New, p.mac)
	m.Write([]byte{byte(k)})
	m.Write([]byte(value))
	return digest(m.Sum(nil)[:16])
}

func (p *people) add(k list.Kind, value string, item uint32) {
	if value != "" {
		d := p.digest(k, value)
		p.keys[d] = append(p.keys[d], item)
	}
}

// find is list.Base.Items.
func (p *people) find(k list.Kind, value string) []uint32 {
	found := p.keys[p.digest(k, value)]
	if k == list.ByPhone {
		for _, x := range found {
			p.byNumber[x] = true
		}
	}
	return found
}

// item makes one.
func (p *people) item(from trace.Span, store id.Store) uint32 {
	p.span, p.store = append(p.span, from), append(p.store, store)
	return uint32(len(p.span) - 1)
}

// past returns the item of a child with an earlier number, as an export had it.
func (p *people) past(child id.Subject, version uint32) (uint32, bool) {
	now, ok := p.number[child]
	if !ok || version == 0 || version >= p.version[child] {
		return now, ok
	}
	k := formerItem{child, version}
	if _, ok := p.former[k]; !ok {
		s := p.span[now]
		p.former[k] = p.item(trace.Span{From: s.From}, p.store[now])
	}
	return p.former[k], true
}

// compare reads every child of the institution, portion by portion, each an act
// of the gate with an entry.
func (s *Service) compare(ctx context.Context, a actor.Actor, c Case, p *people, progress func(done int)) error {
	var after id.Subject
	for {
		var page []family
		var last id.Subject
		req := gate.Request{Actor: a, Act: policy.LeakTrace}
		_, err := s.Gate.Do(ctx, req, s.who, func(tx *db.Tx, permit seal.Permit, gc *gate.Case) (err error) {
			if page, err = families(tx, a.Institution, after, portion); err != nil {
				return err
			}
			gc.Ref, gc.Count, gc.Hash = c.ID.String(), len(page), c.Hash
			for i := range page {
				if err := page[i].open(tx, s.Gate.Vault, permit, a.Institution); err != nil {
					return err
				}
				last = page[i].child
			}
			if after.IsZero() {
				return note(tx, c, a, "opened", c.Hash)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i := range page {
			p.take(&page[i])
		}
		if progress != nil {
			progress(len(p.number))
		}
		if after = last; len(page) < portion {
			return nil
		}
	}
}

// family is one child with those who care for it. A record that may not be used
// is compared by nothing: its values stay sealed.
type family struct {
	child, guardian id.Subject
	store           id.Store
	since           time.Time
	version         uint32

	values map[string]secret.Text
}

// open opens what is compared.
func (f *family) open(tx *db.Tx, v *seal.Vault, p seal.Permit, inst id.Institution) error {
	f.values = make(map[string]secret.Text)
	for _, of := range []struct {
		who    id.Subject
		fields []string
	}{
		{f.child, []string{subject.LearnerName, subject.LearnerBirth, subject.LearnerPhone}},
		{f.guardian, []string{subject.GuardianName, subject.GuardianPhone}},
	} {
		if of.who.IsZero() {
			continue
		}
		s, held, err := subject.LoadAll(tx, inst, of.who)
		if err != nil {
			return err
		}
		if s.Usable() != nil {
			continue
		}
		for _, code := range of.fields {
			sealed, ok := held[code]
			if !ok {
				continue
			}
			if f.values[code], err = sealed.Open(tx, v, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// take gives a child its item and its match keys, and forgets the values.
func (p *people) take(f *family) {
	x := p.item(trace.Span{From: f.since}, f.store)
	p.number[f.child], p.version[f.child] = x, f.version
	p.child[f.child] = append(p.child[f.child], x)
	if !f.guardian.IsZero() {
		p.child[f.guardian] = append(p.child[f.guardian], x)
	}
	name, _ := list.Name(f.values[subject.LearnerName].Expose())
	guardian, _ := list.Name(f.values[subject.GuardianName].Expose())
	month, _ := list.Month(f.values[subject.LearnerBirth].Expose())
	if name != "" && month != "" {
		p.add(list.ByName, list.Value(name, month), x)
	}
	if guardian != "" && month != "" {
		p.add(list.ByGuardian, list.Value(guardian, month), x)
	}
	for _, code := range []string{subject.GuardianPhone, subject.LearnerPhone} {
		phone, ok := list.Phone(f.values[code].Expose())
		if !ok {
			continue
		}
		p.add(list.ByPhone, phone, x)
		if name != "" {
			p.add(list.ByTail, list.Value(name, list.Tail(phone)), x)
		}
	}
	f.values = nil
}
