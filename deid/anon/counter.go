package anon

// counter gives numbers to 64-bit names, in order of first appearance: a hash
// table that is emptied at no cost.
type counter struct {
	names []uint64
	ids   []uint32 // round<<… would cost a word more; 0 is free
	live  []uint32 // the round in which a slot was filled
	round uint32
	next  int32
	mask  uint64
}

// reset empties the table and makes room for n names.
func (c *counter) reset(n int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	if len(c.names) < size {
		*c = counter{names: make([]uint64, size), ids: make([]uint32, size), live: make([]uint32, size)}
	}
	c.mask = uint64(size - 1)
	c.next = 0
	if c.round++; c.round == 0 {
		clear(c.live)
		c.round = 1
	}
}

func (c *counter) index(name uint64) int32 {
	h := name * 0x9e3779b97f4a7c15
	for i := (h ^ h>>32) & c.mask; ; i = (i + 1) & c.mask {
		if c.live[i] != c.round {
			c.names[i], c.ids[i], c.live[i] = name, uint32(c.next), c.round
			c.next++
			return c.next - 1
		}
		if c.names[i] == name {
			return int32(c.ids[i])
		}
	}
}

// find looks a name up without giving it a number.
func (c *counter) find(name uint64) (int32, bool) {
	h := name * 0x9e3779b97f4a7c15
	for i := (h ^ h>>32) & c.mask; c.live[i] == c.round; i = (i + 1) & c.mask {
		if c.names[i] == name {
			return int32(c.ids[i]), true
		}
	}
	return 0, false
}
