package publish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/note"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/source"
)

// Service is the desk in an institution: an officer prepares, another person
// approves, the notice takes itself down. Fill in the fields, then use it.
type Service struct {
	Gate  *gate.Gate
	Facts *facts.Gatherer
	Rand  io.Reader
	Cache string // folder for compiled code of the file reader; may be ""
}

// Upload is the file that an officer brings. Text is in its place for a Story.
type Upload struct {
	Name string
	File io.ReaderAt
	Size int64
	Text string
}

// longestWords bounds a title and an article, in bytes.
const longestWords = 300

// who gathers the facts about the actor.
func (s *Service) who(tx *db.Tx, c *gate.Case) error {
	s.Facts.Place(c)
	return s.Facts.Who(tx, c)
}

// know is who, and whether the actor would decide on their own draft (I8).
func (s *Service) know(which id.Publication, p *Publication) gate.Facts {
	return func(tx *db.Tx, c *gate.Case) (err error) {
		if *p, err = load(tx, c.Actor.Institution, which); err != nil {
			return err
		}
		c.Ref, c.Count, c.Hash = p.ID.String(), p.Rows, p.Hash
		c.Facts.AgeBand = p.band()
		c.Facts.OwnRequest = !c.Actor.Staff.IsZero() && c.Actor.Staff == p.By
		return s.who(tx, c)
	}
}

// band is how old those are whom the page shows. The page of a list of children
// under 14, of aid or of need shows notice numbers and nobody, which is judged
// once more before it is public; BAN-09 is about people who are shown.
func (p Publication) band() policy.AgeBand {
	n := p.notice()
	if _, nobody := n.hidden(p.Ages); nobody {
		return policy.Adult
	}
	return policy.Teen
}

func (s *Service) scanner() *detect.Scanner {
	on := civil.DateOf(s.Gate.Now())
	return detect.New(detect.Options{On: detect.On(on.Year(), int(on.Month()), on.Day())})
}

// Prepare takes in a list, judges it, and keeps it sealed for the second person.
// What cannot be made fit to be shown is refused and not kept (S3-50, S3-51).
// Errors: fault.Invalid at title, article, days, occasion or file; what the gate
// refuses.
func (s *Service) Prepare(ctx context.Context, a actor.Actor, n Notice, u Upload) (Publication, error) {
	n.Title, n.Article = strings.TrimSpace(n.Title), strings.TrimSpace(n.Article)
	if err := n.check(); err != nil {
		return Publication{}, err
	}
	var err error
	if n.Header, n.Rows, err = s.read(ctx, n.Occasion, u); err != nil {
		return Publication{}, err
	}
	now := s.Gate.Now()
	d := draft{Header: n.Header, Rows: n.Rows}
	if d.Numbers, err = numbers(s.Rand, strconv.Itoa(civil.DateOf(now).Year()), len(n.Rows)); err != nil {
		return Publication{}, err
	}
	v, err := s.judged(n, d)
	if err != nil {
		return Publication{}, err
	}
	p := Publication{ID: id.Make[id.Publication](now), Institution: a.Institution, Title: n.Title, Occasion: n.Occasion, Article: n.Article,
		Days: n.Days, Ages: v.Ages, People: n.People, State: Draft, By: a.Staff, At: now, Rows: len(n.Rows), Least: v.Proposal.Fits.Least}
	key, err := s.Gate.Vault.Prepare(ctx, s.Gate.DB, a.Institution, keyOf(p.ID))
	if err != nil {
		return Publication{}, err
	}
	parts, err := sealDraft(key, d)
	if err != nil {
		return Publication{}, err
	}
	p.parts = len(parts)
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishPrepare}, s.who, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Ref, c.Count = p.ID.String(), p.Rows
		if err := key.Save(tx); err != nil {
			return err
		}
		for i, sealed := range parts {
			if err := putPart(tx, p, i+1, sealed); err != nil {
				return err
			}
		}
		return insert(tx, p)
	})
	return p, err
}

// check holds the paper of a notice to what must be on it.
func (n *Notice) check() error {
	switch {
	case n.Title == "" || len(n.Title) > longestWords:
		return fault.At("title", "publish.title")
	case n.Occasion != Story && !slices.Contains(Occasions, n.Occasion):
		return fault.At("occasion", "publish.occasion")
	case n.Occasion != Story && n.Article == "" || len(n.Article) > longestWords:
		return fault.At("article", "publish.article")
	case n.Days < 1 || n.Days > longest:
		return fault.At("days", "publish.days", longest)
	case n.People.School < 0 || n.People.Grade < 0 || n.People.Class < 0:
		return fault.At("school", "publish.people")
	}
	return note.Checks("title", n.Title, "article", n.Article)
}

// read finds the one list of a file, or the lines of a text.
func (s *Service) read(ctx context.Context, o Occasion, u Upload) (header []string, rows [][]string, err error) {
	if o == Story {
		for line := range strings.Lines(u.Text) {
			if line = strings.TrimSpace(line); line != "" {
				rows = append(rows, []string{line})
			}
		}
		if len(rows) == 0 || len(u.Text) > partSize {
			return nil, nil, fault.At("text", "publish.text")
		}
		return []string{""}, rows, nil
	}
	if u.File == nil || u.Size == 0 {
		return nil, nil, fault.At("file", "publish.file")
	}
	src := source.Upload(u.Name, u.File, u.Size, source.Options{Cache: s.Cache, Random: func(b []byte) error { _, err := io.ReadFull(s.Rand, b); return err }})
	defer src.Close()
	var found []Sheet
	for it, err := range src.Items(ctx) {
		if err != nil {
			return nil, nil, err
		}
		list, err := Read(ctx, src.Read(ctx, it))
		if k := fault.KindOf(err); k == fault.Invalid {
			return nil, nil, fault.At("file", fault.CodeOf(err))
		}
		if err != nil {
			return nil, nil, err
		}
		found = append(found, slices.DeleteFunc(list, func(x Sheet) bool { return len(x.Rows) == 0 || len(x.Header) < 2 && x.Header[0] == "" })...)
	}
	switch {
	case len(found) == 0:
		return nil, nil, fault.At("file", "publish.nothing")
	case len(found) > 1:
		return nil, nil, fault.At("file", "publish.several", len(found))
	}
	return found[0].Header, found[0].Rows, nil
}

// judged is the verdict on a draft, whose proposal must itself pass the desk.
func (s *Service) judged(n Notice, d draft) (Verdict, error) {
	n.Header, n.Rows = d.Header, d.Rows
	scanner := s.scanner()
	v := Judge(scanner, n, func(row int) string { return d.Numbers[row] })
	n.Header, n.Rows = v.Proposal.Header, v.Proposal.Rows
	for _, p := range Judge(scanner, n, nil).Problems {
		switch {
		case p.Advice:
		case p.Code == "title" || p.Code == "need_beside_name" && p.Column == 0:
			code := "publish." + p.Code
			return v, fault.At("title", code)
		default:
			return v, fault.At("file", "publish.unfit", p.Column, p.Row)
		}
	}
	return v, nil
}

// Preview is what the second person decides on: the problems of the list that was
// brought, without its values, and what would be public.
type Preview struct {
	Publication
	Verdict Verdict
	Seen    [32]byte // of what would be public
}

// Look shows a publication. Looking at a draft opens it, so the entry is durable
// before this returns (I1). Errors: NotFound publish.unknown; what the gate
// refuses.
func (s *Service) Look(ctx context.Context, a actor.Actor, which id.Publication) (Preview, error) {
	var v Preview
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishRead}, s.know(which, &v.Publication),
		func(tx *db.Tx, permit seal.Permit, _ *gate.Case) error {
			if v.State != Draft || v.parts == 0 {
				return nil
			}
			d, err := openDraft(tx, s.Gate.Vault, permit, v.Publication)
			if err != nil {
				return err
			}
			if v.Verdict, err = s.judged(v.notice(), d); err != nil {
				return err
			}
			_, v.Seen, err = page(v.Verdict.Proposal)
			return err
		})
	return v, err
}

// List gives the newest publications: no list of anybody, no entry. Errors: Denied
// for roles that may never read one.
func (s *Service) List(ctx context.Context, a actor.Actor) (list []Publication, err error) {
	if !s.Gate.Policy.MayEver(a.Role, policy.PublishRead) {
		return nil, fault.New(fault.Denied, "publish.denied")
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		list, err = newest(tx, a.Institution)
		return err
	})
	return list, err
}

// Page is what the public sees.
type Page struct {
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"`
}

// page is the public form of a proposal: in the order of the notice numbers, so
// that the order of the list says nothing.
func page(p Proposal) ([]byte, [32]byte, error) {
	out := Page{Header: p.Header, Rows: slices.Clone(p.Rows)}
	if len(out.Header) > 0 && out.Header[0] == NumberHeader {
		slices.SortFunc(out.Rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	}
	text, err := json.Marshal(out)
	return text, sha256.Sum256(text), err
}

// Approve makes a draft public from now on and destroys the list. seen is the
// Seen of the Preview that the second person decided on. Errors: Denied for one's
// own draft (I8), Unauthenticated if the last proof of identity is too old,
// ApprovalNeeded publish.locked while a lock of a story is missing (S2-21†),
// Conflict publish.changed and publish.state.….
func (s *Service) Approve(ctx context.Context, a actor.Actor, which id.Publication, seen [32]byte) (Publication, error) {
	var p Publication
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishApprove}, s.know(which, &p), func(tx *db.Tx, permit seal.Permit, c *gate.Case) error {
		if err := p.require(Draft); err != nil {
			return err
		}
		if len(p.Open()) > 0 {
			return fault.New(fault.ApprovalNeeded, "publish.locked")
		}
		d, err := openDraft(tx, s.Gate.Vault, permit, p)
		if err != nil {
			return err
		}
		v, err := s.judged(p.notice(), d)
		if err != nil {
			return err
		}
		if p.body, p.Hash, err = page(v.Proposal); err != nil {
			return err
		}
		if p.Hash != seen {
			return fault.New(fault.Conflict, "publish.changed")
		}
		if p.Occasion != Story {
			if p.numbers, err = json.Marshal(d.Numbers); err != nil {
				return err
			}
		}
		p.State, p.Approver, p.From, p.Least = Published, a.Staff, tx.Now(), v.Proposal.Fits.Least
		p.Until = civil.DateOf(p.From).AddDays(p.Days).End()
		c.Hash = p.Hash
		if err := destroy(tx, s.Gate.Vault, &p); err != nil {
			return err
		}
		return update(tx, p)
	})
	return p, err
}

// Withdraw takes a notice down at once, or gives up a draft. What was shown is
// deleted; the record stays. Errors: Conflict publish.state.….
func (s *Service) Withdraw(ctx context.Context, a actor.Actor, which id.Publication) (Publication, error) {
	return s.end(ctx, a, which, map[State]State{Draft: Refused, Published: Withdrawn})
}

// end ends a publication whose state is in the table.
func (s *Service) end(ctx context.Context, a actor.Actor, which id.Publication, becomes map[State]State) (Publication, error) {
	var p Publication
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishWithdraw}, s.know(which, &p), func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if becomes[p.State] == "" {
			return p.require()
		}
		return s.close(tx, &p, becomes[p.State])
	})
	return p, err
}

func (s *Service) close(tx *db.Tx, p *Publication, state State) error {
	p.State, p.EndedAt, p.body, p.numbers = state, tx.Now(), nil, nil
	if err := destroy(tx, s.Gate.Vault, p); err != nil {
		return err
	}
	return update(tx, *p)
}

// Public is a notice for whoever opens its address. A notice whose days are over
// is not shown, whether or not the sweep has been there. Errors: NotFound
// publish.over.
func (s *Service) Public(ctx context.Context, inst id.Institution, which id.Publication) (p Publication, page Page, err error) {
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		p, err = load(tx, inst, which)
		if err == nil && (p.State != Published || !tx.Now().Before(p.Until) || len(p.Open()) > 0) {
			err = fault.New(fault.NotFound, "publish.over")
		}
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return Publication{}, Page{}, fault.New(fault.NotFound, "publish.over")
	}
	if err != nil {
		return Publication{}, Page{}, err
	}
	return p, page, json.Unmarshal(p.body, &page)
}

// Numbers hands the preparer, once, the notice number of each row of the list
// that they brought, to tell the families one by one. Errors: Denied
// publish.not_yours; Erased publish.taken.
func (s *Service) Numbers(ctx context.Context, a actor.Actor, which id.Publication) (list []string, err error) {
	var p Publication
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishRead}, s.know(which, &p), func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if p.By != a.Staff {
			return fault.New(fault.Denied, "publish.not_yours")
		}
		if err := p.require(Published); err != nil {
			return err
		}
		if !p.HasNumbers() {
			return fault.New(fault.Erased, "publish.taken")
		}
		if err := json.Unmarshal(p.numbers, &list); err != nil {
			return err
		}
		p.numbers = nil
		return update(tx, p)
	})
	return list, err
}

// Sweep takes down what has stood its days and destroys drafts that nobody
// approved. It returns how many.
func (s *Service) Sweep(ctx context.Context, inst id.Institution) (n int, err error) {
	var list []Publication
	if err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		list, err = due(tx, inst, tx.Now())
		return err
	}); err != nil {
		return 0, err
	}
	system := actor.Actor{Institution: inst, Role: actor.System}
	for _, p := range list {
		_, err := s.end(ctx, system, p.ID, map[State]State{Draft: Lapsed, Published: Ended})
		if err != nil && fault.KindOf(err) != fault.Conflict { // somebody was quicker
			return n, err
		}
		n++
	}
	return n, nil
}
