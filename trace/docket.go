package trace

import (
	"cmp"
	"slices"
)

// rivals is how many of them tell rows elsewhere apart. With fewer, what is
// elsewhere is easier to explain, which counts for the defence.
const rivals = 4

// signs is the number of values of a sign.
const signs = 1 << rivals

// docket is what all hearings of one store have in common.
type docket struct {
	*inquiry
	in    mask       // the items of the store
	mine  []bool     // of each row: whether it is in a disclosure of the store
	known int        // rivals that were found
	sign  []uint8    // of each item: which rivals have it
	world [signs]int // items outside the store of each sign
	count map[int32]*[signs]int
}

func (x *inquiry) docket(store string, rivals int) *docket {
	d := &docket{inquiry: x, in: make(mask, (x.log.Universe+63)/64), mine: make([]bool, x.hits.rows),
		sign: make([]uint8, x.log.Universe), count: make(map[int32]*[signs]int)}
	for i := range x.log.Disclosures {
		if x.log.Disclosures[i].Store == store {
			for item := range x.log.Disclosures[i].Items.All() {
				d.in.set(item)
			}
		}
	}
	for j, c := range x.hits.cands {
		if x.log.Disclosures[c].Store == store {
			for _, i := range x.hits.of(j) {
				d.mine[i] = true
			}
		}
	}
	for bit, list := range d.rivals(store, rivals) {
		d.known++
		for item := range list.Items.All() {
			d.sign[item] |= 1 << bit
		}
	}
	for item, s := range d.sign {
		if !d.in.has(uint32(item)) {
			d.world[s]++
		}
	}
	return d
}

// rivals returns the largest disclosure of each of the n stores that reach
// furthest beyond this one and share items with it. It does not depend on the
// list: what a hearing tells apart must not.
func (d *docket) rivals(store string, n int) []*Disclosure {
	if n == 0 {
		return nil
	}
	var found []*Disclosure
	for _, list := range d.largest {
		if list.Store != store && d.reaches(list) {
			found = append(found, list)
		}
	}
	slices.SortFunc(found, func(a, b *Disclosure) int {
		return cmp.Or(cmp.Compare(b.Items.Len(), a.Items.Len()), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(n, len(found))]
}

// reaches reports whether a disclosure has items of the store and others.
func (d *docket) reaches(list *Disclosure) bool {
	in := 0
	list.Items.meet(d.in, func(uint32) { in++ })
	return in > 0 && in < list.Items.Len()
}

// beyond counts the items of a candidate outside the store, by sign.
func (d *docket) beyond(j int32) [signs]int {
	if known := d.count[j]; known != nil {
		return *known
	}
	count := new([signs]int)
	for item := range d.log.Disclosures[d.hits.cands[j]].Items.All() {
		if !d.in.has(item) {
			count[d.sign[item]]++
		}
	}
	d.count[j] = count
	return *count
}
