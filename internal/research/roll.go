package research

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/deid/check"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// roll is who was in a release, and in which class: a keyed commitment to each name
// that the list had for a person, and the number of the class. Without the key of
// the institution it says nothing; with it, whether somebody was in.
type roll struct {
	dataset    id.Dataset
	population id.Population
	k          int
	kinds      []string                 // of the names, the surest first
	tokens     [][][seal.IndexSize]byte // per kind and person
	class      []int32                  // per person; -1 for those held back
}

// nameless is the kind of an identifying column that package detect knows nothing
// of: its header stands for it.
const nameless = "other:"

// sure orders the kinds of names: numbers of people, then how they are reached,
// then what they are called.
var sure = []string{OfRecord, "resident_id", "student_number", "birth_certificate", "residence_permit", "home_permit", "taiwan_permit", "travel_permit",
	"foreigner_permit", "passport", "mobile", "email", "wechat", "qq", "landline", "bank_card", "person_name"}

// rollOf makes the commitments of the people of a list. A kind of name that two
// people of the list share, such as the telephone of a mother of two, finds nobody
// for certain and is left out; what is left may be none.
func rollOf(s *seal.Sealer, t *table.Table, columns []Column) (*roll, error) {
	r := &roll{class: make([]int32, t.Rows())}
	for _, c := range columns {
		if c.Role != Identifier {
			continue
		}
		kind := c.Kind
		if kind == "" {
			kind = nameless + c.Name
		}
		if slices.Contains(r.kinds, kind) {
			continue
		}
		tokens, ok, err := tokensOf(s, t.Column(c.Name), kind)
		if err != nil {
			return nil, err
		}
		if ok {
			r.kinds, r.tokens = append(r.kinds, kind), append(r.tokens, tokens)
		}
	}
	return r, nil
}

// tokensOf commits to each value of a column; not ok if one is missing or comes
// twice.
func tokensOf(s *seal.Sealer, c *table.Column, kind string) (out [][seal.IndexSize]byte, ok bool, err error) {
	seen := map[string]bool{}
	for row := range c.Len() {
		v := plain(c.Value(row))
		if v == "" || seen[v] {
			return nil, false, nil
		}
		seen[v] = true
		sum, err := s.Index("research.subject", secret.NewText(kind+"|"+v))
		if err != nil {
			return nil, false, err
		}
		out = append(out, [seal.IndexSize]byte(sum))
	}
	return out, true, nil
}

// plain is a name without what people write differently: spaces, dashes, full
// width, case.
func plain(v string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '　':
			return -1
		}
		if r == ' ' || r == '-' || r == '·' || r == '•' {
			return -1
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, v)
}

// common is the surest kind of name that two rolls have; false if there is none.
func common(a, b *roll) (int, int, bool) {
	for _, kind := range append(slices.Clone(sure), a.kinds...) {
		i, j := slices.Index(a.kinds, kind), slices.Index(b.kinds, kind)
		if i >= 0 && j >= 0 {
			return i, j, true
		}
	}
	return 0, 0, false
}

// before returns the class in which an earlier release showed each person of now,
// -1 if it did not, and how many they are; not known if nothing tells.
func before(now, earlier *roll) (class []int32, shared int, known bool) {
	i, j, known := common(now, earlier)
	if !known {
		return nil, 0, false
	}
	at := make(map[[seal.IndexSize]byte]int32, len(earlier.class))
	for p, token := range earlier.tokens[j] {
		at[token] = earlier.class[p]
	}
	class = make([]int32, len(now.class))
	for p, token := range now.tokens[i] {
		class[p] = -1
		if c, in := at[token]; in && c >= 0 {
			class[p] = c
			shared++
		}
	}
	return class, shared, true
}

// overlap is the smallest group of people that two releases single out together; 0
// if they have nobody in common.
func overlap(now, earlier *roll) (least int, known bool) {
	i, j, known := common(now, earlier)
	if !known {
		return 0, false
	}
	var a, b []int32
	at := map[[seal.IndexSize]byte]int{}
	for p, token := range now.tokens[i] {
		at[token] = len(a)
		a, b = append(a, now.class[p]), append(b, -1)
	}
	for p, token := range earlier.tokens[j] {
		if x, in := at[token]; in {
			b[x] = earlier.class[p]
			continue
		}
		a, b = append(a, -1), append(b, earlier.class[p])
	}
	return check.Overlap(a, b), true
}

// bytes is a roll as it is kept: per person the class and a token of each kind.
func (r *roll) bytes() []byte {
	out := make([]byte, 0, len(r.class)*(4+len(r.kinds)*seal.IndexSize))
	for p, c := range r.class {
		out = binary.LittleEndian.AppendUint32(out, uint32(c))
		for k := range r.kinds {
			out = append(out, r.tokens[k][p][:]...)
		}
	}
	return out
}

// parse reads what bytes wrote.
func (r *roll) parse(data []byte) {
	size := 4 + len(r.kinds)*seal.IndexSize
	r.tokens = make([][][seal.IndexSize]byte, len(r.kinds))
	for ; len(data) >= size; data = data[size:] {
		r.class = append(r.class, int32(binary.LittleEndian.Uint32(data)))
		for k := range r.kinds {
			at := 4 + k*seal.IndexSize
			r.tokens[k] = append(r.tokens[k], [seal.IndexSize]byte(data[at:at+seal.IndexSize]))
		}
	}
}
