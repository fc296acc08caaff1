package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/wardfold/wardfold/internal/source/database"
	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/ole"
	"github.com/wardfold/wardfold/internal/source/pdf"
)

// headSize is how much of an input is looked at to tell what it is.
const headSize = 64 << 10

// examiner reads one item, with whatever is nested in it.
type examiner struct {
	ctx    context.Context
	opt    *Options
	w      *flow.Writer
	out    int64 // bytes unpacked so far
	packed int64 // size of the item as it lies there
	bomb   bool  // too much was unpacked: the rest of the item is left
	pdf    *pdf.Reader
}

// input is one thing to examine. Either r or at is set.
type input struct {
	name  string // whole, nested
	size  int64  // -1 if unknown
	r     io.Reader
	at    io.ReaderAt
	file  string // path on disk, if it is a file of its own
	mime  string // what a server or a mail says it is
	depth int
}

// examine reads an input and reports what is wrong with it. Errors: ErrStop, and
// that of the context.
func (e *examiner) examine(in input) error {
	if e.bomb {
		return nil
	}
	err := guarded(func() error { return e.open(in) })
	if stop := e.ctx.Err(); stop != nil {
		return stop
	}
	return e.w.Report(in.name, problem(in.name, err))
}

func (e *examiner) open(in input) error {
	if in.r == nil {
		in.r = io.NewSectionReader(in.at, 0, in.size)
	}
	b := bufio.NewReaderSize(&watched{e.ctx, in.r}, headSize)
	head, err := b.Peek(headSize)
	if err != nil && err != io.EOF && len(head) == 0 {
		return err
	}
	in.r = b
	k := kindOf(path.Base(in.name), head)
	if strings.HasPrefix(in.mime, "text/html") && (k == kindText || k == kindXML) {
		k = kindHTML
	}
	return e.as(k, in, head)
}

// as reads an input whose kind is known. What cannot be opened is told with what
// to do about it.
func (e *examiner) as(k kind, in input, head []byte) error {
	err := e.opened(k, in, head)
	if p, ok := errors.AsType[*flow.Problem](err); ok && p.Code == "source.closed" {
		p.Code = closed(p.Name, head)
	}
	return err
}

func (e *examiner) opened(k kind, in input, head []byte) error {
	switch k {
	case kindEmpty:
		return nil
	case kindPicture, kindProgram, kindBinary:
		return skip(in.name, "source.kind."+string(k))
	case kindClosed:
		return &flow.Problem{Name: in.name, Code: "source.closed"}
	case kindZip, kindGzip, kindBzip2, kindTar:
		return e.archive(k, in)
	case kindOLE:
		return e.random(in, func(at io.ReaderAt, size int64) error { return ole.Read(at, size, in.name, e.w) })
	case kindPDF:
		return e.random(in, func(at io.ReaderAt, size int64) error { return e.pdf.Read(e.ctx, at, size, in.name, e.w) })
	case kindSQLite:
		if in.file == "" {
			return &flow.Problem{Name: in.name, Code: "source.closed"}
		}
		return database.File(e.ctx, in.file, in.name, e.opt.Base, e.w)
	}
	return e.text(k, in, head)
}

// text reads what consists of characters.
func (e *examiner) text(k kind, in input, head []byte) error {
	charset, mark := flow.Sniff(head)
	switch k {
	case kindHTML:
		return readHTML(in.r, in.name, charset, e.w)
	case kindJSON:
		return readJSON(in.r, in.name, charset, mark, e.w)
	case kindXML:
		if charset == flow.UTF8 && !bytes.Contains(head, []byte("<!DOCTYPE")) { // with one, it is read as plain text
			return readXML(in.r, in.name, e.w)
		}
	case kindMail:
		return e.mail(in)
	case kindTable:
		if comma := flow.Comma(charset.Decode(head), named[strings.ToLower(path.Ext(in.name))] == kindTable); comma != 0 {
			return e.raw(in, charset, comma)
		}
	}
	return e.raw(in, charset, 0)
}

func (e *examiner) raw(in input, charset flow.Charset, comma byte) error {
	if err := e.w.Part(flow.Part{Name: in.name, Table: comma != 0}); err != nil {
		return err
	}
	return e.w.Raw(in.r, charset, comma)
}

// random gives fn an input that can be read out of order.
func (e *examiner) random(in input, fn func(at io.ReaderAt, size int64) error) error {
	if in.at != nil {
		return fn(in.at, in.size)
	}
	s, err := newSpill(in.r, e.opt.Limits.Spill)
	if err != nil {
		return err
	}
	defer s.Close()
	return fn(s, s.size)
}

// watched ends reading when the context does.
type watched struct {
	ctx context.Context
	r   io.Reader
}

func (w *watched) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(b)
}
