package canary_test

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// kind is one kind of value with a canary of its own.
type kind struct {
	Name  string
	Value string
	Kept  bool // the database keeps it as it is, by design: a staff login, an address
	Token bool // made of 128 random bits or more: a digest of it tells nothing
}

// An encoding is a way in which a value may leak. It returns what to look for.
type encoding struct {
	Name string
	Of   func(string) []string
}

// encodings are the twelve of the test plan and two more: a number as SQLite
// stores integers, and digests, since hashing a phone number protects nothing.
var encodings = []encoding{
	{"raw", func(s string) []string { return []string{s} }},
	{"bytes as fmt prints them", printed},
	{"base64", func(s string) []string { return inBase64(base64.StdEncoding, s) }},
	{"base64url", func(s string) []string { return inBase64(base64.URLEncoding, s) }},
	{"hex", func(s string) []string {
		return []string{hex.EncodeToString([]byte(s)), strings.ToUpper(hex.EncodeToString([]byte(s)))}
	}},
	{"URL", func(s string) []string { return distinct(s, url.QueryEscape(s), url.PathEscape(s)) }},
	{"JSON", func(s string) []string { return distinct(s, escaped(s, false), escaped(s, true)) }},
	{"UTF-16LE", func(s string) []string { return []string{inUTF16(binary.LittleEndian, s)} }},
	{"UTF-16BE", func(s string) []string { return []string{inUTF16(binary.BigEndian, s)} }},
	{"GB18030", inGB18030},
	{"masked edges", edges},
	{"reversed", func(s string) []string { r := []rune(s); slices.Reverse(r); return []string{string(r)} }},
	{"digits apart", apart},
	{"integer", integer},
	{"digest", digests},
}

// needles are what to look for: each encoding of each canary.
type needle struct {
	kind     *kind
	encoding string
	text     string
}

// searcher finds many needles in one pass: by their first four bytes.
type searcher struct {
	heads [1 << 16]bool // by the first two bytes: most of a file ends here
	first map[[4]byte][]needle
	count int
}

// shortest is the length from which a needle is not found by chance.
const shortest = 5

func newSearcher(kinds []*kind) *searcher {
	s := &searcher{first: map[[4]byte][]needle{}}
	for _, k := range kinds {
		for _, e := range encodings {
			for _, text := range e.Of(k.Value) {
				if len(text) >= shortest && !(k.Token && e.Name == "digest") {
					s.add(needle{k, e.Name, text})
				}
			}
		}
	}
	return s
}

func (s *searcher) add(n needle) {
	s.heads[int(n.text[0])<<8|int(n.text[1])] = true
	key := [4]byte([]byte(n.text[:4]))
	s.first[key] = append(s.first[key], n)
	s.count++
}

// hit is a canary where it must not be. It names the kind, never the value.
type hit struct {
	kind     *kind
	encoding string
	at       int
}

// find returns every hit in b, one for each kind and encoding. Digits that
// stand apart are looked for in a copy without what separates them.
func (s *searcher) find(b []byte) []hit {
	var hits []hit
	seen := map[string]bool{}
	for i, part := range [][]byte{b, joined(b)} {
		for at := 0; at+shortest <= len(part); at++ {
			if !s.heads[int(part[at])<<8|int(part[at+1])] {
				continue
			}
			for _, n := range s.first[[4]byte(part[at:at+4])] {
				if i == 1 && n.encoding != "digits apart" || at+len(n.text) > len(part) ||
					string(part[at:at+len(n.text)]) != n.text || inNumber(part, at, n.text) {
					continue
				}
				if key := n.kind.Name + "/" + n.encoding; !seen[key] {
					seen[key] = true
					hits = append(hits, hit{n.kind, n.encoding, at})
				}
			}
		}
	}
	return hits
}

// inNumber reports whether a short number was found inside a longer one, where
// chance puts it: six digits of a time in milliseconds are no code.
func inNumber(b []byte, at int, text string) bool {
	if len(text) > 6 || strings.Trim(text, "0123456789") != "" {
		return false
	}
	end := at + len(text)
	return at > 0 && digit(b[at-1]) || end < len(b) && digit(b[end])
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// joined drops what people put between digits, wherever it stands between two.
func joined(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if len(out) > 0 && digit(out[len(out)-1]) {
			next := i
			for next < len(b) && next-i < 3 && strings.IndexByte(" -._/()", b[next]) >= 0 {
				next++
			}
			if next < len(b) && next > i && digit(b[next]) {
				i = next
			}
		}
		out = append(out, b[i])
	}
	return out
}

func printed(s string) []string {
	decimal := strings.Trim(fmt.Sprint([]byte(s)), "[]")
	hexed := strings.Trim(fmt.Sprintf("%#v", []byte(s)), "[]byte{}")
	return []string{decimal, hexed, fmt.Sprintf("% x", s)}
}

// inBase64 encodes s as a part of something longer, which may begin at any of
// three places of a group: only the characters that depend on s alone.
func inBase64(e *base64.Encoding, s string) []string {
	var out []string
	for shift := range 3 {
		padded := strings.Repeat("\x00", shift) + s
		whole := e.WithPadding(base64.NoPadding).EncodeToString([]byte(padded))
		from, to := (shift*8+5)/6, len(padded)*8/6
		out = append(out, whole[from:to])
	}
	return out
}

func escaped(s string, upper bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		format := `\u%04x`
		if upper {
			format = `\u%04X`
		}
		if u < 0x80 {
			b.WriteByte(byte(u)) // plain where JSON leaves it plain
		} else {
			fmt.Fprintf(&b, format, u)
		}
	}
	return b.String()
}

func inUTF16(order binary.AppendByteOrder, s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func inGB18030(s string) []string {
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		return nil
	}
	return distinct(s, out)
}

// edges are what a careless mask leaves: three quarters from either end.
func edges(s string) []string {
	r := []rune(s)
	if n := len(r) * 3 / 4; n >= 3 {
		return []string{string(r[:n]), string(r[len(r)-n:])}
	}
	return nil
}

// apart is looked for after joined has taken the separators out.
func apart(s string) []string {
	if d := strings.TrimPrefix(s, "+"); len(d) >= 7 && strings.Trim(d, "0123456789") == "" {
		return []string{d}
	}
	return nil
}

func integer(s string) []string {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 64)
	if err != nil || n < 1<<32 {
		return nil
	}
	return []string{string(binary.BigEndian.AppendUint64(nil, n)[2:])}
}

// digests of the value and, for a phone, of the ways to write it.
func digests(s string) []string {
	forms := []string{s}
	if d, ok := strings.CutPrefix(s, "+86"); ok {
		forms = append(forms, d, "86"+d, "0086"+d)
	}
	var out []string
	for _, f := range forms {
		b := []byte(f)
		h2, h1, h5, h3, hl := sha256.Sum256(b), sha1.Sum(b), md5.Sum(b), sm3.Sum(b), sha512.Sum512(b)
		for _, h := range [][]byte{h2[:], h1[:], h5[:], h3[:], hl[:]} {
			out = append(out, string(h), hex.EncodeToString(h), base64.RawStdEncoding.EncodeToString(h)[:20])
		}
	}
	return out
}

// distinct drops encodings that do not differ from the value.
func distinct(raw string, all ...string) []string {
	return slices.DeleteFunc(all, func(x string) bool { return x == raw })
}
