package verify

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"time"
)

// ParseLeaf reads an entry. Errors: BadEntry, for anything that AppendTo would
// not have written.
func ParseLeaf(entry []byte) (Leaf, error) {
	p := leafParser{rest: entry}
	if len(entry) > maxLeaf || !bytes.HasPrefix(entry, []byte(`{"t":`)) {
		return Leaf{}, fail(BadEntry, "not a Wardfold entry")
	}
	p.rest = entry[len(`{"t":`):]
	var l Leaf
	l.Time = time.UnixMilli(p.number()).UTC()
	p.must('y')
	l.Type = p.text()
	p.must('e')
	l.Event = p.text()
	l.Actor = p.textAt('a')
	l.Role = p.textAt('r')
	l.Store = p.textAt('s')
	l.Operation = p.textAt('o')
	if l.InCharge = p.textAt('c'); l.InCharge == "" {
		l.InCharge = l.Store
	}
	if l.HandledBy = p.textAt('h'); l.HandledBy == "" {
		l.HandledBy = l.Actor
	}
	l.Purpose = p.textAt('p')
	l.Fields = p.listAt('f')
	l.Commitment = p.hashAt('u')
	l.Grant = p.textAt('g')
	l.Denied = p.textAt('d')
	l.Rules = p.listAt('k')
	if p.at('n') {
		l.Count = p.number()
	}
	l.Hash = p.hashAt('b')
	l.Ref = p.textAt('z')
	// The last test catches what the grammar alone lets through: a zero that
	// should be absent, a handler equal to the actor, a number with a plus.
	if !p.eat("}") || len(p.rest) != 0 || p.bad || !bytes.Equal(l.AppendTo(nil), entry) {
		return Leaf{}, fail(BadEntry, "not a canonical Wardfold entry")
	}
	return l, nil
}

// leafParser consumes rest from the left; once bad it stays bad.
type leafParser struct {
	rest []byte
	bad  bool
}

func (p *leafParser) eat(s string) bool {
	if !bytes.HasPrefix(p.rest, []byte(s)) {
		return false
	}
	p.rest = p.rest[len(s):]
	return true
}

// at consumes the key if it comes next.
func (p *leafParser) at(key byte) bool {
	if len(p.rest) < 5 || p.rest[0] != ',' || p.rest[1] != '"' || p.rest[2] != key ||
		p.rest[3] != '"' || p.rest[4] != ':' {
		return false
	}
	p.rest = p.rest[5:]
	return true
}

func (p *leafParser) must(key byte) { p.bad = p.bad || !p.at(key) }

func (p *leafParser) number() int64 {
	n := 0
	for n < len(p.rest) && n < 20 && (p.rest[n] == '-' || p.rest[n] >= '0' && p.rest[n] <= '9') {
		n++
	}
	v, err := strconv.ParseInt(string(p.rest[:n]), 10, 64)
	p.bad = p.bad || err != nil
	p.rest = p.rest[n:]
	return v
}

// text consumes a quoted string that is not empty.
func (p *leafParser) text() string {
	if !p.eat(`"`) {
		p.bad = true
		return ""
	}
	n := 0
	for n < len(p.rest) && plain(p.rest[n]) {
		n++
	}
	s := string(p.rest[:n])
	p.rest = p.rest[n:]
	p.bad = p.bad || n == 0 || !p.eat(`"`)
	return s
}

func (p *leafParser) textAt(key byte) string {
	if !p.at(key) {
		return ""
	}
	return p.text()
}

func (p *leafParser) listAt(key byte) []string {
	if !p.at(key) {
		return nil
	}
	p.bad = p.bad || !p.eat("[")
	list := []string{p.text()}
	for !p.bad && p.eat(",") {
		list = append(list, p.text())
	}
	p.bad = p.bad || !p.eat("]")
	return list
}

func (p *leafParser) hashAt(key byte) Hash {
	if !p.at(key) {
		return Hash{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.text())
	if err != nil || len(raw) != len(Hash{}) {
		p.bad = true
		return Hash{}
	}
	return Hash(raw)
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' ||
		c == '.' || c == '_' || c == '-' || c == '@'
}
