package detect

import (
	"iter"
	"math/bits"
	"strings"
)

// Reasons is a set of reasons why something was found. The zero set is empty.
type Reasons uint32

// The reasons. Those up to Precise speak for a finding, the rest against it.
const (
	Checksum  Reasons = 1 << iota // a check digit agrees
	Calendar                      // a part is a real date, not in the future
	Region                        // a part is a code of GB/T 2260, current or historic
	Prefix                        // the first digits are assigned (a network, a bank, a province)
	Shape                         // length and characters fit
	Grouping                      // written in the usual groups
	Label                         // a label stands before it, as in 姓名：
	Cue                           // a word beside it speaks for it
	Header                        // the header of its column names the kind
	Values                        // the values of its column agree
	Model                         // the trained model of names
	Repeated                      // the same value was found more surely elsewhere in the text
	Linked                        // it stands beside something that names a person
	Gazetteer                     // a part is a known place
	Parts                         // several parts follow each other as they should
	Lexicon                       // a term of a word list
	Precise                       // precise enough to tell one place
	Against                       // a word beside it speaks against it, as in 订单号
	Weak                          // the shape alone is common
	lastReason
)

var reasonKeys = [...]string{
	"checksum", "calendar", "region", "prefix", "shape", "grouping", "label", "cue", "header", "column", "model",
	"repeated", "linked", "gazetteer", "parts", "lexicon", "precise", "against", "weak",
}

// Has reports whether all of r are in the set.
func (s Reasons) Has(r Reasons) bool { return s&r == r }

// All yields the stable names of the reasons in the set, in their order.
func (s Reasons) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		for s &= lastReason - 1; s != 0; s &= s - 1 {
			if !yield(reasonKeys[bits.TrailingZeros32(uint32(s))]) {
				return
			}
		}
	}
}

// String joins the stable names by commas.
func (s Reasons) String() string {
	var b strings.Builder
	for key := range s.All() {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(key)
	}
	return b.String()
}
