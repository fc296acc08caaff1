package detect

import "math/bits"

// identity is what a row says of who it is about.
type identity struct {
	rank  uint8 // the surer, the higher
	text  string
	minor Minor
	from  Kind // what minor was taken from
	parts [4]string
}

// ranks orders identities by how sure they tell people apart.
var ranks = [kinds]uint8{
	ResidentID: 9, ResidencePermit: 9, ForeignerPermit: 9, StudentNumber: 8, BirthCertificate: 8, Passport: 7, HomePermit: 7,
	TaiwanPermit: 7, TravelPermit: 7, PersonName: byName, Mobile: 2, Email: 1,
}

// byName is the surest rank that does not tell people apart alone: there are
// many 王芳. Then what else the row holds of her tells, too.
const byName = 3

// partOf is where a kind stands among the parts of a person without a number.
var partOf = [kinds]uint8{PersonName: 1, BirthDate: 2, Mobile: 3, Email: 4}

// take lets a cell of a kind say who the row is about. It keeps the text until
// the row ends.
func (who *identity) take(k Kind, m Minor, text string) {
	if rank := ranks[k]; rank > who.rank {
		who.rank, who.text = rank, text
	}
	if p := partOf[k]; p > 0 && who.parts[p-1] == "" {
		who.parts[p-1] = text
	}
	if m != Unknown && (who.minor == Unknown || k < who.from) {
		who.minor, who.from = m, k
	}
}

// hash is the same for the same person, in every run: so is an estimate.
func (who *identity) hash() (h uint64) {
	if who.rank > byName {
		return mixed(0, who.text)
	}
	for _, part := range who.parts {
		h = mixed(h, part)
	}
	return h
}

// mixed goes on with a hash, eight bytes at a time, each folded by a long
// multiplication.
func mixed(h uint64, s string) uint64 {
	const odd, more = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93
	h ^= uint64(len(s)) * more
	for ; len(s) >= 8; s = s[8:] {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		high, low := bits.Mul64(h^w^odd, more)
		h = high ^ low
	}
	w := uint64(odd)
	for i := range len(s) {
		w = w<<8 | uint64(s[i])
	}
	high, low := bits.Mul64(h^w, more)
	high, low = bits.Mul64(high^low^odd, more)
	return high ^ low
}

// count enters the person of a row.
func (t *Table) count(who *identity) {
	if who.rank == 0 {
		return
	}
	t.people.add(who.hash(), who.minor)
}

// Tell tells whose row a row is of which the cells are not given to Row: a cell
// of it is of a kind and tells a class of age. Cell tells so by itself. The text
// is kept until End.
func (t *Table) Tell(k Kind, m Minor, text string) { t.who.take(k, m, text) }

// End ends such a row, and counts whose it is.
func (t *Table) End() {
	t.count(&t.who)
	t.who = identity{}
}

// by is the surest kind of the columns that tells people apart.
func by(columns []Column) (k Kind) {
	for _, c := range columns {
		if ranks[c.Kind] > ranks[k] {
			k = c.Kind
		}
	}
	return k
}
