// Package markup cuts an XML stream into tags and text without holding more than
// one window of it, whatever the stream contains: encoding/xml collects a text
// node whole, however long it is. It is for the parts of office documents that
// somebody else made.
//
// Document type declarations, and with them all entities but the five of XML
// itself, are refused. Prefixes of names are dropped; the nesting of tags is the
// caller's business.
package markup

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"strconv"
	"unicode/utf8"
)

// What can be wrong with a stream, besides the errors of its reader.
var (
	ErrMalformed = errors.New("malformed markup")
	ErrDoctype   = errors.New("document type declaration")
	ErrTags      = errors.New("too many tags")
)

// Tokenizer reads one stream. Raw, Name and Text are valid until the next call
// of Next.
type Tokenizer struct {
	src      io.Reader
	buf      []byte
	pos, end int
	base     int64 // bytes of the stream before the window
	start    int64 // of the current token
	eof      bool
	until    string // inside a comment, CDATA section or instruction: what closes it
	tags     int    // tags still allowed

	Raw   []byte // the bytes of the current token as in the stream; empty for the end of a self-closing tag
	Name  []byte // of a tag, without prefix
	Text  []byte // of a text token, entities not resolved unless CDATA
	CDATA bool
	Alone bool // the start tag closes itself; its end follows as a token of its own
}

// Token is what Next found.
type Token uint8

// The tokens.
const (
	None  Token = iota // comment, instruction, a piece of either
	Start              // <name …> or <name …/>
	End
	Text // may be a piece of a longer text
)

const window = 64 << 10

// New reads r, at most so many tags of it. A tag longer than 64 KiB is an error.
func New(r io.Reader, tags int) *Tokenizer {
	return &Tokenizer{src: r, buf: make([]byte, window), tags: tags}
}

// fill makes room and reads on. It reports false when the window is full or
// the stream had ended before.
func (t *Tokenizer) fill() (bool, error) {
	if t.pos > 0 {
		copy(t.buf, t.buf[t.pos:t.end])
		t.end -= t.pos
		t.base += int64(t.pos)
		t.pos = 0
	}
	if t.eof || t.end == len(t.buf) {
		return false, nil
	}
	for range 100 {
		n, err := t.src.Read(t.buf[t.end:])
		t.end += n
		if err == io.EOF {
			t.eof = true
			return true, nil // what is left may be a token now
		}
		if n > 0 || err != nil {
			return n > 0, err
		}
	}
	return false, io.ErrNoProgress
}

// Next returns the next token, or io.EOF.
func (t *Tokenizer) Next() (Token, error) {
	if t.Alone {
		t.Alone, t.Raw = false, nil
		return End, nil
	}
	// A token is taken from what the window holds; only when that is too little
	// to tell, the window moves.
	for {
		if t.pos < t.end {
			kind, n, err := t.scan(t.buf[t.pos:t.end])
			if err != nil {
				return 0, err
			}
			if n > 0 {
				t.Raw, t.start = t.buf[t.pos:t.pos+n], t.base+int64(t.pos)
				t.pos += n
				return kind, nil
			}
		}
		more, err := t.fill()
		switch {
		case err != nil:
			return 0, err
		case !more && t.pos == t.end && t.until == "":
			return 0, io.EOF
		case !more:
			return 0, ErrMalformed
		}
	}
}

// Offset is where the current token begins in the stream, in bytes.
func (t *Tokenizer) Offset() int64 { return t.start }

// scan finds one token at the start of b and its length; 0 asks for more.
func (t *Tokenizer) scan(b []byte) (Token, int, error) {
	if t.until != "" {
		return t.section(b)
	}
	if b[0] != '<' {
		return t.plain(b)
	}
	if len(b) < len("<![CDATA[") && !t.eof {
		return 0, 0, nil
	}
	switch {
	case bytes.HasPrefix(b, []byte("<?")):
		t.until = "?>"
		return None, 2, nil
	case bytes.HasPrefix(b, []byte("<!--")):
		t.until = "-->"
		return None, 4, nil
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		t.until = "]]>"
		return None, 9, nil
	case bytes.HasPrefix(b, []byte("<!")):
		return 0, 0, ErrDoctype
	}
	return t.tag(b)
}

// section gives the content of a CDATA section as text, and that of a comment
// or an instruction as nothing, in pieces.
func (t *Tokenizer) section(b []byte) (Token, int, error) {
	kind, n := None, len(b)-len(t.until)+1
	end := bytes.Index(b, []byte(t.until))
	if end >= 0 {
		n = end
	}
	if t.until == "]]>" && n > 0 {
		t.Text, t.CDATA = b[:n], true
		return Text, n, nil
	}
	if end >= 0 {
		n += len(t.until)
		t.until = ""
	}
	return kind, max(n, 0), nil
}

// plain gives text up to the next tag, and keeps a begun entity together.
func (t *Tokenizer) plain(b []byte) (Token, int, error) {
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		n = len(b)
		if amp := bytes.LastIndexByte(b, '&'); amp >= 0 && n-amp <= 12 && bytes.IndexByte(b[amp:], ';') < 0 && !t.eof {
			n = amp
		}
	}
	t.Text, t.CDATA = b[:n], false
	return Text, n, nil
}

func (t *Tokenizer) tag(b []byte) (Token, int, error) {
	n := tagEnd(b)
	if n < 0 {
		return 0, 0, nil
	}
	if t.tags--; t.tags < 0 {
		return 0, 0, ErrTags
	}
	kind, name := Start, b[1:n-1]
	if len(name) > 0 && name[0] == '/' {
		kind, name = End, name[1:]
	} else if len(name) > 0 && name[len(name)-1] == '/' {
		t.Alone, name = true, name[:len(name)-1]
	}
	if i := bytes.IndexAny(name, " \t\r\n"); i >= 0 {
		name = name[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 || bytes.IndexByte(name, '<') >= 0 {
		return 0, 0, ErrMalformed
	}
	t.Name = name
	return kind, n, nil
}

// tagEnd returns the length of the tag at the start of b, or -1. A '>' within
// quotes belongs to an attribute.
func tagEnd(b []byte) int {
	for i := 1; i < len(b); {
		j := bytes.IndexByte(b[i:], '>')
		if j < 0 {
			return -1
		}
		q := bytes.IndexAny(b[i:i+j], `"'`)
		if q < 0 {
			return i + j + 1
		}
		close := bytes.IndexByte(b[i+q+1:], b[i+q])
		if close < 0 {
			return -1
		}
		i += q + 1 + close + 1
	}
	return -1
}

// Attrs gives the attributes of the current tag; keys come without prefix, values
// with their entities not resolved. What is no attribute ends them.
func (t *Tokenizer) Attrs() iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for rest := t.Raw; ; {
			key, value, more, ok := attribute(rest)
			if !ok || !yield(key, value) {
				return
			}
			rest = more
		}
	}
}

// Attr returns the value of an attribute of the current tag, entities not
// resolved, or nil; the name is given without prefix.
func (t *Tokenizer) Attr(name string) []byte {
	for rest := t.Raw; ; {
		key, value, more, ok := attribute(rest)
		if !ok {
			return nil
		}
		if string(key) == name {
			return value
		}
		rest = more
	}
}

// attribute finds the next attribute of a tag.
func attribute(b []byte) (key, value, rest []byte, ok bool) {
	eq := bytes.IndexByte(b, '=')
	if eq < 0 {
		return nil, nil, nil, false
	}
	key = bytes.TrimRight(b[:eq], " \t\r\n")
	if i := bytes.LastIndexAny(key, " \t\r\n:"); i >= 0 {
		key = key[i+1:]
	}
	b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
	if len(b) == 0 || (b[0] != '"' && b[0] != '\'') {
		return nil, nil, nil, false
	}
	end := bytes.IndexByte(b[1:], b[0])
	if end < 0 {
		return nil, nil, nil, false
	}
	return key, b[1 : 1+end], b[end+2:], true
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// Unescape appends text to dst with the entities of XML resolved. Errors:
// ErrMalformed.
func Unescape(dst, text []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(dst, text...), nil
		}
		dst = append(dst, text[:i]...)
		text = text[i+1:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			return nil, ErrMalformed
		}
		name := string(text[:end])
		text = text[end+1:]
		if s, ok := entities[name]; ok {
			dst = append(dst, s...)
		} else if r, ok := reference(name); ok {
			dst = utf8.AppendRune(dst, r)
		} else {
			return nil, ErrMalformed
		}
	}
}

// reference resolves a character reference such as #20320 or #x4F60.
func reference(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune && utf8.ValidRune(rune(n)) && n != 0
}
