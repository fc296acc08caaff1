package trace

import (
	"cmp"
	"slices"
	"time"
)

// Kind says in which way rows were disclosed.
type Kind string

// The kinds.
const (
	Export   Kind = "export"   // a file with rows
	Reads    Kind = "reads"    // clear values that one account looked at, within a period
	Unlogged Kind = "unlogged" // a roster that somebody might have copied past the log
)

// Fields says which columns a disclosure showed.
type Fields uint8

// The columns that matching knows.
const (
	Name Fields = 1 << iota
	Birth
	Guardian
	Phone
	Token // a student number of one export
)

// Disclosure is one time that rows left in clear: what the log knows of it.
// Release registers one for each export; clear reads become some by Bag.
type Disclosure struct {
	ID      string    // the caller's, such as "exp_…"; unique within a Log
	Kind    Kind      //
	Account string    // who got it; empty for Unlogged
	Store   string    // whose rows the account answers for
	From    time.Time // when it began; for an export the moment
	Until   time.Time // when it ended; for an export the same moment
	Fields  Fields    // what it showed; 0 means unknown
	Items   Set       // the subject-versions in it
}

// Log is everything that left, over one universe of items. An item is one
// subject with the values that were current together: a subject whose phone
// changed is two items. The caller numbers them from 0.
type Log struct {
	Disclosures []Disclosure
	Universe    int // how many items there are; never less than any set holds
}

// Read is one clear value that an account looked at.
type Read struct {
	ID      string
	Account string
	Store   string
	At      time.Time
	Fields  Fields
	Item    uint32
}

// spans are the periods over which the reads of an account are put together:
// somebody who copies a list from the screen does it in a day, a month, or
// little by little.
var spans = []time.Duration{24 * time.Hour, 30 * 24 * time.Hour, 0}

// Bag puts single reads together into disclosures: for every account its reads
// of each day, of each 30 days, and all of them. A read alone says nothing about
// a list; a bag is what the list could have been written down from. The reads of
// an account in different stores stay together, under the store of the first.
// An identifier is that of the bag's first read followed by "+" and how many
// reads follow.
func Bag(reads []Read) []Disclosure {
	reads = slices.Clone(reads)
	slices.SortStableFunc(reads, func(a, b Read) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	var bags []Disclosure
	for i := 0; i < len(reads); {
		j := i
		for j < len(reads) && reads[j].Account == reads[i].Account {
			j++
		}
		bags = append(bags, bagsOf(reads[i:j])...)
		i = j
	}
	return bags
}

// bagsOf makes the bags of one account, without two of the same reads.
func bagsOf(reads []Read) []Disclosure {
	var bags []Disclosure
	seen := make(map[string]bool)
	for _, span := range spans {
		for i := 0; i < len(reads); {
			j := i
			for j < len(reads) && (span == 0 || reads[j].At.UnixNano()/int64(span) == reads[i].At.UnixNano()/int64(span)) {
				j++
			}
			if b := bag(reads[i:j]); !seen[b.ID] {
				seen[b.ID] = true
				bags = append(bags, b)
			}
			i = j
		}
	}
	return bags
}

func bag(reads []Read) Disclosure {
	first, last := reads[0], reads[len(reads)-1]
	d := Disclosure{ID: first.ID + "+" + number(len(reads)-1), Kind: Reads, Account: first.Account,
		Store: first.Store, From: first.At, Until: last.At}
	items := make([]uint32, len(reads))
	for i, r := range reads {
		items[i] = r.Item
		d.Fields |= r.Fields
	}
	d.Items = NewSet(items)
	return d
}
