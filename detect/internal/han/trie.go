// Package han reads Chinese text fast: keywords by a trie over code points, and
// windows of UTF-8 made from GB18030 and UTF-16 with a way back to the offsets
// of the input.
package han

import "encoding/binary"

// Rune reads the character of three bytes at b[i], as all common ideographs and
// full-width forms are; ok is false for any other.
func Rune(b []byte, i int) (r uint32, ok bool) {
	if i+2 >= len(b) || b[i]>>4 != 0xe {
		return 0, false
	}
	return uint32(b[i]&15)<<12 | uint32(b[i+1]&63)<<6 | uint32(b[i+2]&63), true
}

// Trie is a set of keywords with a value each. A keyword has two or more
// characters of three bytes. It is built once and then safe for concurrent use.
type Trie struct {
	gate  Pairs
	whole Pairs  // those that are a keyword
	third Pairs  // of the hash of two characters and the third
	edges []edge // open addressing; a power of two
	shift uint
	count int
	nodes []uint16 // value of each node, 0 is none
}

// Pairs is a set of pairs of characters of three bytes that now and then has one
// too many.
type Pairs [1024]uint64

// Has reports whether the pair in the low six bytes of x is in the set.
func (p *Pairs) Has(x uint64) bool {
	h := x << 16 * golden >> 48
	return p[h>>6&1023]&(1<<(h&63)) != 0
}

func (p *Pairs) add(x uint64) {
	h := x << 16 * golden >> 48
	p[h>>6] |= 1 << (h & 63)
}

const golden = 0x9e3779b97f4a7c15

// six is the six bytes at b[i:], ok if they are two characters of three bytes.
func six(b []byte, i int) (x uint64, ok bool) {
	if i+6 > len(b) {
		return 0, false
	}
	s := b[i : i+6 : i+6]
	x = uint64(binary.LittleEndian.Uint32(s)) | uint64(binary.LittleEndian.Uint16(s[4:]))<<32
	return x, x&0xf00000f0 == 0xe00000e0
}

// edge leads from a node by a character to a node. Node 0 is the root.
type edge struct {
	key  uint32 // node<<16 | character; 0 is free
	node uint16
}

// NewTrie makes an empty trie.
func NewTrie() *Trie {
	return &Trie{edges: make([]edge, 1<<10), shift: 32 - 10, nodes: make([]uint16, 1)}
}

// Add enters a keyword; of two equal ones the first stays. It reports whether
// the trie could take it.
func (t *Trie) Add(word string, value uint16) bool {
	var runes [32]uint32
	n := 0
	for _, r := range word {
		if n == len(runes) || r < 0x800 || r > 0xffff {
			return false
		}
		runes[n] = uint32(r)
		n++
	}
	if n < 2 || value == 0 {
		return false
	}
	first, _ := six([]byte(word), 0)
	t.gate.add(first)
	if n == 2 {
		t.whole.add(first)
	} else {
		second, _ := six([]byte(word), 3)
		t.third.add(first ^ second<<8)
	}
	node := uint16(0)
	for _, r := range runes[:n] {
		next, ok := t.step(node, r)
		if !ok {
			if len(t.nodes) > 0xfffe {
				return false
			}
			next = uint16(len(t.nodes))
			t.nodes = append(t.nodes, 0)
			t.put(edge{uint32(node)<<16 | r, next})
		}
		node = next
	}
	if t.nodes[node] == 0 {
		t.nodes[node] = value
	}
	return true
}

func (t *Trie) put(e edge) {
	if t.count*4 >= len(t.edges)*3 {
		old := t.edges
		t.edges, t.shift, t.count = make([]edge, 2*len(old)), t.shift-1, 0
		for _, o := range old {
			if o.key != 0 {
				t.put(o)
			}
		}
	}
	mask := uint32(len(t.edges) - 1)
	i := e.key * 0x9e3779b1 >> t.shift
	for t.edges[i&mask].key != 0 {
		i++
	}
	t.edges[i&mask] = e
	t.count++
}

func (t *Trie) step(node uint16, r uint32) (uint16, bool) {
	mask := uint32(len(t.edges) - 1)
	key := uint32(node)<<16 | r
	for i := key * 0x9e3779b1 >> t.shift; ; i++ {
		switch e := t.edges[i&mask]; e.key {
		case key:
			return e.node, true
		case 0:
			return 0, false
		}
	}
}

// May reports whether a keyword may begin at b[i:]. It says no to nearly all
// places where none does.
func (t *Trie) May(b []byte, i int) bool {
	x, ok := six(b, i)
	return ok && t.gate.Has(x)
}

// Pairs is the set of pairs that keywords begin with.
func (t *Trie) Pairs() *Pairs { return &t.gate }

// Longest finds the longest keyword at b[i:], where May said yes. end is where
// it ends; value is 0 if there is none.
func (t *Trie) Longest(b []byte, i int) (end int, value uint16) {
	if !t.promising(b, i) {
		return 0, 0
	}
	node := uint16(0)
	for {
		r, ok := Rune(b, i)
		if !ok {
			return end, value
		}
		if node, ok = t.step(node, r); !ok {
			return end, value
		}
		i += 3
		if v := t.nodes[node]; v != 0 {
			end, value = i, v
		}
	}
}

// promising reports whether two characters at b[i:] may be a keyword, or three may
// begin one.
func (t *Trie) promising(b []byte, i int) bool {
	first, ok := six(b, i)
	if !ok || t.whole.Has(first) {
		return ok
	}
	second, ok := six(b, i+3)
	return ok && t.third.Has(first^second<<8)
}

// Len is the number of nodes.
func (t *Trie) Len() int { return len(t.nodes) }
