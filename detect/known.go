package detect

// judged is the last cell of some that was judged, by its hash.
type judged struct {
	hash uint64 // 0 if none was
	shape
}

// knownCells is how many cells of a column are remembered: classes, schools and
// relations come again and again.
const knownCells = 1024

// known is where a cell is remembered.
func (c *column) known(hash uint64) *judged {
	if c.judged == nil {
		c.judged = new([knownCells]judged)
	}
	return &c.judged[hash>>32%knownCells]
}
