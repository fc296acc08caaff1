// Package han reads Chinese text fast: keywords by a trie over code points, and
// windows of UTF-8 made from GB18030 and UTF-16 with a way back to the offsets
// of the input.
package han

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
	gate  [1024]uint64 // hash of the first two characters
	edges []edge       // open addressing; a power of two
	shift uint
	count int
	nodes []uint16 // value of each node, 0 is none
}

// edge leads from a node by a character to a node. Node 0 is the root.
type edge struct {
	key  uint32 // node<<16 | character; 0 is free
	node uint16
}

func hash2(a, b uint32) uint32 { return (a*0x9e3779b1 ^ b*0x85ebca6b) >> 16 }

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
	h := hash2(runes[0], runes[1]) & 0xffff
	t.gate[h>>6] |= 1 << (h & 63)
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
	if t.count*2 >= len(t.edges) {
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

// May reports whether a keyword may begin with two characters. It says no to
// nearly all pairs that begin none.
func (t *Trie) May(a, b uint32) bool { return t.Gate(a, b)&1 != 0 }

// Gate is May as the lowest bit of a word.
func (t *Trie) Gate(a, b uint32) uint64 {
	h := hash2(a, b) & 0xffff
	return t.gate[h>>6] >> (h & 63)
}

// Longest finds the longest keyword at b[i:]. end is where it ends; value is 0
// if there is none.
func (t *Trie) Longest(b []byte, i int) (end int, value uint16) {
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

// Len is the number of nodes.
func (t *Trie) Len() int { return len(t.nodes) }
