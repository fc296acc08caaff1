package flow

import (
	"bytes"
	"io"
	"strconv"
)

// Raw reads a file of text to its end, as the part that was begun: its bytes
// are handed on as they are (UTF-16 excepted), and places are lines and offsets
// in the file. A table is cut between its records. Errors: ErrStop; the reader's.
func (w *Writer) Raw(r io.Reader, c Charset, comma byte) error {
	d := &raw{w: w, r: r, charset: c, comma: comma, line: 1}
	if c == UTF16LE || c == UTF16BE {
		d.wide = 2
	}
	for !d.eof {
		if err := d.next(); err != nil {
			return err
		}
	}
	w.part = nil
	return d.err
}

type raw struct {
	w       *Writer
	r       io.Reader
	charset Charset
	comma   byte
	wide    int // 2 if characters take two bytes at least
	base    int64
	line    int64
	rest    []byte // read, not yet handed over
	from    int    // what of the rest was the last piece's context
	eof     bool
	mixed   bool  // it was told that some of it is in UTF-16
	err     error // of the reader; what was read before it is handed on
}

// next hands over one piece.
func (d *raw) next() error {
	room := Size
	if d.wide > 0 {
		room = Size / 2 // a character of two bytes may take three in UTF-8
	}
	text := append(newText(), d.rest...)
	n, err := readFull(d.r, text[len(text):room])
	text = text[:len(text)+n]
	switch {
	case err == io.EOF:
		d.eof = true
	case err != nil:
		d.eof, d.err = true, err
	}
	quotes := d.comma != 0 && (d.wide > 0 || bytes.IndexByte(text, '"') >= 0)
	end, from := len(text), len(text)
	if !d.eof {
		end, from = d.seam(text, quotes)
	}
	p := &Piece{Part: d.w.part, First: d.w.first, Last: d.eof, base: d.base, line: d.line,
		From: d.from, charset: d.charset, comma: d.comma, quotes: quotes, place: byLine}
	if d.w.part.Table {
		p.rows, p.place = records, byCell
	}
	d.w.first = false
	d.rest, d.from = append(d.rest[:0], text[from:]...), end-from
	d.base += int64(from)
	keep := text
	if from == end {
		keep = text[:end] // nothing of what follows is needed as context
	}
	d.line += int64(bytes.Count(text[:from], []byte{'\n'}))
	if d.wide > 0 {
		return d.send16(p, keep, end)
	}
	if err := d.tellWide(p, text[:end]); err != nil {
		return err
	}
	p.Text, p.To, p.Read = keep, end, d.w.read()
	return d.w.Send(p)
}

// tellWide reports once where UTF-16 stands in a file of another charset, as in a
// log that two programs write: it is not read.
func (d *raw) tellWide(p *Piece, text []byte) error {
	at := -1
	if !d.mixed {
		at = wideAt(text)
	}
	if at < 0 {
		return nil
	}
	d.mixed = true
	line := p.line + int64(bytes.Count(text[:at], []byte{'\n'}))
	return d.w.Problem(&Problem{Name: p.Part.Name, Code: "source.mixed", Args: []any{line}})
}

// wideLetters is how many Latin letters, digits or marks of UTF-16 in a row are
// told from zero bytes that stand there for another reason.
const wideLetters = 8

// wideAt returns where such a row begins, or -1.
func wideAt(text []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], 0)
		if i < 0 {
			return -1
		}
		at += i
		n := 1
		for next := at + 2; next < len(text) && text[next] == 0 && text[next-1] != 0; next += 2 {
			n++
		}
		if n >= wideLetters {
			return at
		}
		at += 2*n - 1
	}
}

// send16 hands over a piece in UTF-8.
func (d *raw) send16(p *Piece, text []byte, end int) error {
	from := p.From
	all := d.charset.decode16(newText(), text[:from])
	p.From = len(all)
	all = d.charset.decode16(all, text[from:end])
	p.To = len(all)
	p.Text = d.charset.decode16(all, text[end:])
	b := text[:0]
	buffers.Put(&b)
	p.Read = d.w.read()
	narrow := p.place
	p.place = func(p *Piece, at int) Place {
		return Place{narrow(p, at).Unit, p.base + width16(p.Text[:at])}
	}
	return d.w.Send(p)
}

// seam finds where a full buffer is cut, and where the next piece begins. The
// two differ only where there is no line end to cut at.
func (d *raw) seam(text []byte, quotes bool) (end, from int) {
	if d.wide > 0 {
		for i := len(text) &^ 1; i > len(text)/2; i -= 2 {
			if d.charset.unit(text[i-2:]) == '\n' {
				return i, i
			}
		}
		end = (len(text) - overlap) &^ 1
		return end, end - overlap
	}
	if quotes {
		if i := lastRecord(text); i > len(text)/2 {
			return i, i
		}
	}
	half := len(text) / 2
	if bytes.IndexByte(text[half:], '\n') >= 0 { // much faster than its sibling, where there is none
		i := bytes.LastIndexByte(text, '\n') + 1
		return i, i
	}
	end = boundary(text, len(text)-overlap)
	return end, boundary(text, end-overlap)
}

// lastRecord is where the last record of text begins that may be incomplete: after
// a line end before which quotes come in pairs.
func lastRecord(text []byte) int {
	quotes := bytes.Count(text, []byte{'"'})
	for end := len(text); ; {
		i := bytes.LastIndexByte(text[:end], '\n')
		if i < 0 {
			return 0
		}
		quotes -= bytes.Count(text[i:end], []byte{'"'})
		if quotes%2 == 0 {
			return i + 1
		}
		end = i
	}
}

func readFull(r io.Reader, b []byte) (n int, err error) {
	for idle := 0; n < len(b) && err == nil; {
		var m int
		if m, err = r.Read(b[n:]); m > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			err = io.ErrNoProgress
		}
		n += m
	}
	return n, err
}

func byLine(p *Piece, at int) Place {
	return Place{"L" + strconv.FormatInt(p.lineAt(at), 10), p.base + int64(at)}
}
