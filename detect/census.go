package detect

// everybody is up to how many different people a table counts exactly.
const everybody = 8192

// census counts different people, each by a hash, and how many of them are minors.
// It keeps them all at first, then those whose hash is below a limit that is
// halved as often as it must be, and tells how many of all they stand for. So the
// minors are never more than the people, and the error is a percent or two.
// Source: Flajolet, On adaptive sampling, Computing 43, 1990.
type census struct {
	kept   map[uint64]Minor
	halved int
}

func (c *census) add(hash uint64, m Minor) {
	if hash>>(64-c.halved) == 0 {
		c.keep(hash, m)
	}
}

func (c *census) keep(hash uint64, m Minor) {
	if c.kept == nil {
		c.kept = make(map[uint64]Minor)
	}
	if c.kept[hash] == Unknown { // the first that tells an age is believed
		c.kept[hash] = m
	}
	for len(c.kept) > everybody {
		c.halve(c.halved + 1)
	}
}

// halve lowers the limit.
func (c *census) halve(to int) {
	c.halved = to
	for hash := range c.kept {
		if hash>>(64-to) != 0 {
			delete(c.kept, hash)
		}
	}
}

// merge counts whom o counted, too.
func (c *census) merge(o *census) {
	if o.halved > c.halved {
		c.halve(o.halved)
	}
	for hash, m := range o.kept {
		c.add(hash, m)
	}
}

// count tells how many there are of everybody and of two classes of age.
func (c *census) count() (all, under14, older int64) {
	for _, m := range c.kept {
		all++
		switch m {
		case Under14:
			under14++
		case From14To17:
			older++
		}
	}
	return all << c.halved, under14 << c.halved, older << c.halved
}
