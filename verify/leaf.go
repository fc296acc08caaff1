package verify

import (
	"encoding/base64"
	"strconv"
	"time"
)

// Leaf is one entry of a Wardfold log. It holds typed facts only: identifiers,
// codes, counts and hashes, never a word that somebody typed. The person it is
// about appears as a salted commitment, which nobody can connect to anything
// once the salt is destroyed.
//
// An entry is one JSON object without spaces. Its keys are in the order below;
// a key whose value is empty is absent, except t, y and e, which are always
// there. Strings contain only the characters A-Z a-z 0-9 . _ - @ and need no
// escapes, numbers are plain decimal, and the 32-byte values are base64url
// without padding (43 characters). There is therefore exactly one encoding of
// a Leaf, and ParseLeaf refuses every other.
type Leaf struct {
	Time       time.Time // t: Unix milliseconds, by the log's clock
	Type       string    // y: what happened, such as "reveal"
	Event      string    // e: identifier of the event, "evt_…"
	Actor      string    // a: who acted, a pseudonym: "stf_…" or "key_…"
	Role       string    // r: in which role
	Store      string    // s: at which place, "sto_…"
	Operation  string    // o: one of the eight operations of the law
	InCharge   string    // c: who answers for the data; absent when it is the place
	HandledBy  string    // h: who did it; absent when it is the actor
	Purpose    string    // p: for what
	Fields     []string  // f: which fields
	Commitment Hash      // u: to the person it is about
	Grant      string    // g: under which grant, "grt_…"
	Denied     string    // d: why it was refused; absent when it was allowed
	Rules      []string  // k: the rules that decided
	Count      int64     // n: how many
	Hash       Hash      // b: of a notice, a file or a head
	Ref        string    // z: identifier of another object it concerns
}

// maxLeaf is the longest entry that ParseLeaf reads, in bytes.
const maxLeaf = 4096

// AppendTo appends the entry's one encoding to b. It does not check the
// strings; ParseLeaf does.
func (l *Leaf) AppendTo(b []byte) []byte {
	b = append(b, `{"t":`...)
	b = strconv.AppendInt(b, l.Time.UnixMilli(), 10)
	b = append(append(append(b, `,"y":"`...), l.Type...), '"')
	b = append(append(append(b, `,"e":"`...), l.Event...), '"')
	b = appendText(b, 'a', l.Actor)
	b = appendText(b, 'r', l.Role)
	b = appendText(b, 's', l.Store)
	b = appendText(b, 'o', l.Operation)
	if l.InCharge != l.Store {
		b = appendText(b, 'c', l.InCharge)
	}
	if l.HandledBy != l.Actor {
		b = appendText(b, 'h', l.HandledBy)
	}
	b = appendText(b, 'p', l.Purpose)
	b = appendList(b, 'f', l.Fields)
	b = appendHash(b, 'u', l.Commitment)
	b = appendText(b, 'g', l.Grant)
	b = appendText(b, 'd', l.Denied)
	b = appendList(b, 'k', l.Rules)
	if l.Count != 0 {
		b = strconv.AppendInt(appendKey(b, 'n'), l.Count, 10)
	}
	b = appendHash(b, 'b', l.Hash)
	b = appendText(b, 'z', l.Ref)
	return append(b, '}')
}

func appendKey(b []byte, key byte) []byte { return append(b, ',', '"', key, '"', ':') }

func appendText(b []byte, key byte, s string) []byte {
	if s == "" {
		return b
	}
	return append(append(append(appendKey(b, key), '"'), s...), '"')
}

func appendList(b []byte, key byte, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(appendKey(b, key), '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), s...), '"')
	}
	return append(b, ']')
}

func appendHash(b []byte, key byte, h Hash) []byte {
	if h == (Hash{}) {
		return b
	}
	b = append(appendKey(b, key), '"')
	b = base64.RawURLEncoding.AppendEncode(b, h[:])
	return append(b, '"')
}
