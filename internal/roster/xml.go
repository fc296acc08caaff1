package roster

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/fault"
)

// tokenizer cuts an XML stream into tags and text without holding more than
// one window of it, whatever the stream contains: encoding/xml collects a text
// node whole, however long it is. Document type declarations, and with them
// all entities but the five of XML itself, are refused. Prefixes of names are
// dropped; the nesting of tags is the caller's business.
type tokenizer struct {
	src      io.Reader
	buf      []byte
	pos, end int
	eof      bool
	until    string // inside a comment, CDATA section or instruction: what closes it
	tags     int    // tags still allowed

	raw   []byte // the bytes of the current token as in the stream; empty for the end of a self-closing tag
	name  []byte // of a tag, without prefix
	text  []byte // of a text token, entities not resolved unless cdata
	cdata bool
	alone bool // the start tag closes itself; its end follows as a token of its own
}

type token uint8

const (
	tokenNone  token = iota // comment, instruction
	tokenStart              // <name …> or <name …/>
	tokenEnd
	tokenText // may be a piece of a longer text
)

const window = 64 << 10

func newTokenizer(r io.Reader, tags int) *tokenizer {
	return &tokenizer{src: r, buf: make([]byte, window), tags: tags}
}

var errMarkup = fault.New(fault.Invalid, "roster.damaged").Because(errors.New("malformed markup"))

// fill makes room and reads on. It reports false when the window is full or
// the stream has ended.
func (t *tokenizer) fill() (bool, error) {
	if t.pos > 0 {
		copy(t.buf, t.buf[t.pos:t.end])
		t.end -= t.pos
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
			return n > 0, nil
		}
		if n > 0 || err != nil {
			return n > 0, err
		}
	}
	return false, io.ErrNoProgress
}

// next returns the next token, or io.EOF.
func (t *tokenizer) next() (token, error) {
	if t.alone {
		t.alone, t.raw = false, nil
		return tokenEnd, nil
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
				t.raw = t.buf[t.pos : t.pos+n]
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
			return 0, errMarkup
		}
	}
}

// scan finds one token at the start of b and its length; 0 asks for more.
func (t *tokenizer) scan(b []byte) (token, int, error) {
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
		return tokenNone, 2, nil
	case bytes.HasPrefix(b, []byte("<!--")):
		t.until = "-->"
		return tokenNone, 4, nil
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		t.until = "]]>"
		return tokenNone, 9, nil
	case bytes.HasPrefix(b, []byte("<!")):
		return 0, 0, fault.New(fault.Invalid, "roster.bomb").Because(errors.New("document type declaration"))
	}
	return t.tag(b)
}

// section gives the content of a CDATA section as text, and that of a comment
// or an instruction as nothing, in pieces.
func (t *tokenizer) section(b []byte) (token, int, error) {
	kind, n := tokenNone, len(b)-len(t.until)+1
	end := bytes.Index(b, []byte(t.until))
	if end >= 0 {
		n = end
	}
	if t.until == "]]>" && n > 0 {
		t.text, t.cdata = b[:n], true
		return tokenText, n, nil
	}
	if end >= 0 {
		n += len(t.until)
		t.until = ""
	}
	return kind, max(n, 0), nil
}

// plain gives text up to the next tag, and keeps a begun entity together.
func (t *tokenizer) plain(b []byte) (token, int, error) {
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		n = len(b)
		if amp := bytes.LastIndexByte(b, '&'); amp >= 0 && n-amp <= 12 && bytes.IndexByte(b[amp:], ';') < 0 && !t.eof {
			n = amp
		}
	}
	t.text, t.cdata = b[:n], false
	return tokenText, n, nil
}

func (t *tokenizer) tag(b []byte) (token, int, error) {
	n := tagEnd(b)
	if n < 0 {
		return 0, 0, nil
	}
	if t.tags--; t.tags < 0 {
		return 0, 0, bomb("tags")
	}
	kind, name := tokenStart, b[1:n-1]
	if len(name) > 0 && name[0] == '/' {
		kind, name = tokenEnd, name[1:]
	} else if len(name) > 0 && name[len(name)-1] == '/' {
		t.alone, name = true, name[:len(name)-1]
	}
	if i := bytes.IndexAny(name, " \t\r\n"); i >= 0 {
		name = name[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 || bytes.IndexByte(name, '<') >= 0 {
		return 0, 0, errMarkup
	}
	t.name = name
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

// attr returns the value of an attribute of the current tag, entities not
// resolved; the name is given without prefix.
func (t *tokenizer) attr(name string) []byte {
	b := t.raw
	for {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return nil
		}
		key := bytes.TrimRight(b[:eq], " \t\r\n")
		if i := bytes.LastIndexAny(key, " \t\r\n:"); i >= 0 {
			key = key[i+1:]
		}
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 || (b[0] != '"' && b[0] != '\'') {
			return nil
		}
		close := bytes.IndexByte(b[1:], b[0])
		if close < 0 {
			return nil
		}
		if string(key) == name {
			return b[1 : 1+close]
		}
		b = b[close+2:]
	}
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// unescape appends text to dst with the entities of XML resolved.
func unescape(dst, text []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(dst, text...), nil
		}
		dst = append(dst, text[:i]...)
		text = text[i+1:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			return nil, errMarkup
		}
		name := string(text[:end])
		text = text[end+1:]
		if s, ok := entities[name]; ok {
			dst = append(dst, s...)
		} else if r, ok := reference(name); ok {
			dst = utf8.AppendRune(dst, r)
		} else {
			return nil, errMarkup
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
