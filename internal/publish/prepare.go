package publish

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/note"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/source"
)

// Upload is the file that an officer brings. Text is in its place for a Story,
// and Query for a list that lies in the records.
type Upload struct {
	Name  string
	File  io.ReaderAt
	Size  int64
	Text  string
	Query *draw.Query
}

// longestWords bounds a title and an article, in bytes.
const longestWords = 300

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
	d, stands, err := s.take(ctx, a, n.Occasion, u)
	if err != nil {
		return Publication{}, err
	}
	n.Header, n.Rows = d.Header, d.Rows
	now := s.Gate.Now()
	if d.Numbers, err = numbers(s.Rand, strconv.Itoa(civil.DateOf(now).Year()), len(n.Rows)); err != nil {
		return Publication{}, err
	}
	v, err := s.judged(n, d)
	if err != nil {
		return Publication{}, err
	}
	p := Publication{ID: id.Make[id.Publication](now), Institution: a.Institution, Title: n.Title, Occasion: n.Occasion, Article: n.Article, Audience: n.Audience,
		Days: n.Days, Ages: v.Ages, People: n.People, State: Draft, By: a.Staff, At: now, Rows: len(n.Rows), Least: v.Proposal.Fits.Least}
	key, err := s.Gate.Vault.Prepare(ctx, s.Gate.DB, a.Institution, seal.Holder(p.ID))
	if err != nil {
		return Publication{}, err
	}
	parts, err := sealDraft(key, d)
	if err != nil {
		return Publication{}, err
	}
	p.parts = len(parts)
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishPrepare}, s.who, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Ref, c.Count, c.Grant = p.ID.String(), p.Rows, stands
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
	case n.Audience != "" && !slices.Contains(Audiences, n.Audience):
		return fault.At("audience", "publish.audience")
	case n.Occasion != Story && n.Article == "" || len(n.Article) > longestWords:
		return fault.At("article", "publish.article")
	case n.Days < 1 || n.Days > longest:
		return fault.At("days", "publish.days", longest)
	case n.People.School < 0 || n.People.Grade < 0 || n.People.Class < 0:
		return fault.At("school", "publish.people")
	}
	return note.Checks("title", n.Title, "article", n.Article)
}

// take has the list from where it lies: the records or a file.
func (s *Service) take(ctx context.Context, a actor.Actor, o Occasion, u Upload) (d draft, stands id.Grant, err error) {
	if u.Query != nil {
		list, err := draw.Desk{Gate: s.Gate, Facts: s.Facts}.Draw(ctx, a, *u.Query, draw.For{Act: policy.PublishDraw, Row: ledger.PublicationRow})
		for _, child := range list.Records {
			d.Records = append(d.Records, child.String())
		}
		d.Header, d.Rows = list.Header, list.Rows
		return d, list.Grant, err
	}
	d.Header, d.Rows, err = s.read(ctx, o, u)
	return d, stands, err
}

// longestStory bounds the text of a story, in bytes.
const longestStory = 512 << 10

// read finds the one list of a file, or the lines of a text.
func (s *Service) read(ctx context.Context, o Occasion, u Upload) (header []string, rows [][]string, err error) {
	if o == Story {
		for line := range strings.Lines(u.Text) {
			if line = strings.TrimSpace(line); line != "" {
				rows = append(rows, []string{line})
			}
		}
		if len(rows) == 0 || len(u.Text) > longestStory {
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
	if slices.ContainsFunc(v.Problems, func(p Problem) bool { return p.Code == "no_header" }) {
		return v, fault.At("file", "publish.no_header")
	}
	n.Header, n.Rows = v.Proposal.Header, v.Proposal.Rows
	for _, p := range Judge(scanner, n, nil).Problems {
		if err := p.refusal(); err != nil {
			return v, err
		}
	}
	return v, nil
}

// refusal is why a proposal that still has a problem is refused; nil for advice.
func (p Problem) refusal() error {
	switch {
	case p.Advice:
		return nil
	case p.Code == "title" || p.Code == "need_beside_name" && p.Column == 0:
		code := "publish." + p.Code
		return fault.At("title", code)
	case p.Code == "empty":
		return fault.At("file", "publish.nothing")
	case p.Code == "header_twice":
		return fault.At("file", "publish.header_twice")
	}
	return fault.At("file", "publish.unfit", p.Column, p.Row)
}
