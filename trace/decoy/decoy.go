package decoy

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/trace/list"
)

// Row is a family as an export shows it. A field that the export does not have is
// empty in every row, and then in every decoy.
type Row struct {
	Name     string // of the child
	Month    string // of birth, "2015-03"
	Guardian string
	Phone    string // 11 digits
	Class    string // or whatever else the export groups by
}

// Source is what decoys are made from.
type Source struct {
	Rows []Row    // of the export; at least one
	Pool []string // relay numbers of 11 digits that we control, in the number segments of the same city

	// Exists reports whether a real family has a match key, or for ByName a decoy of
	// another export. It is asked for every number and for every name with its
	// month. Nil means that none has.
	Exists func(k list.Kind, value string) bool
}

// Errors that Make returns.
var (
	ErrNoRows = errors.New("decoy: an export without rows has no decoys")
	ErrPool   = errors.New("decoy: the pool has too few numbers that no real family has")
	ErrLikely = errors.New("decoy: every name drawn is that of a real child")
)

// Count is how many unique decoys an export of n rows carries: two in a hundred,
// at least 3, at most 1,000. At two in a hundred, 228 leaked rows have one with
// probability 99 %.
func Count(n int) int { return min(max(3, (n+49)/50), 1000) }

// redraws is how often a name is drawn again when a real child has it.
const redraws = 200

// Make returns n decoys of an export. The same key, identifier and source give
// the same decoys. The key belongs to one institution and is used for nothing
// else.
func Make(key []byte, id string, n int, src Source) ([]Row, error) {
	if len(src.Rows) == 0 {
		return nil, ErrNoRows
	}
	p := learn(src.Rows)
	pool := p.usable(src)
	taken := make(map[string]bool)
	for _, r := range src.Rows {
		taken[list.Value(r.Name, r.Month)] = true
	}
	m := &maker{profile: p, pool: pool, taken: taken, exists: src.Exists}
	pairs := p.pairs(newStream(key, "decoy families", id), n)
	for len(m.made) < n {
		s := newStream(key, "decoy", id, strconv.Itoa(len(m.made)))
		var err error
		for range redraws {
			at := len(m.made)
			if err = m.family(s, pairs > 0); err != ErrLikely {
				break
			}
			m.made = m.made[:at]
		}
		if err != nil {
			return nil, err
		}
		pairs--
	}
	return m.made, nil
}

// maker is decoys in the making.
type maker struct {
	*profile
	pool   *numbers
	taken  map[string]bool // names with months that are a child's
	exists func(list.Kind, string) bool
	made   []Row
}

// family adds one decoy, or two of a family.
func (m *maker) family(s *stream, pair bool) error {
	for _, model := range m.models(s, pair) {
		var elder *Row
		if model.elder {
			elder = &m.made[len(m.made)-1]
		}
		row, ok := m.free(s, model, elder)
		if !ok {
			return ErrLikely
		}
		if row.Phone == "" && m.phones > 0 {
			if row.Phone, ok = m.number(s, m.pool, model.Phone, model.more); !ok {
				return ErrPool
			}
		}
		m.made = append(m.made, row)
	}
	return nil
}

// model is a row to imitate. It has an elder if it is a brother or sister of the
// one before; more is how many decoys have its guardian.
type model struct {
	Row
	elder bool
	more  int
}

// pairs is how many families of two there are among n decoys: as many as among
// the rows, and what is left of a whole one by chance.
func (p *profile) pairs(s *stream, n int) int {
	want := n * len(p.family)
	return min(n/2, (want+s.below(len(p.rows)))/len(p.rows))
}

// models draws a row of the export, or two of a family.
func (p *profile) models(s *stream, pair bool) []model {
	if pair {
		two := pick(s, p.family)
		return []model{{p.rows[two[0]], false, 2}, {p.rows[two[1]], true, 1}}
	}
	if len(p.alone) == 0 {
		return []model{{pick(s, p.rows), false, 1}}
	}
	return []model{{p.rows[pick(s, p.alone)], false, 1}}
}

// free draws a family whose name and month no child has.
func (m *maker) free(s *stream, like model, elder *Row) (Row, bool) {
	for range 10 {
		row := m.draw(s, like.Row, elder, like.more)
		k := list.Value(row.Name, row.Month)
		if row.Name == "" || !m.taken[k] && (m.exists == nil || !m.exists(list.ByName, k)) {
			m.taken[k] = true
			return row, true
		}
	}
	return Row{}, false
}

// Insert puts decoys among the rows of an export, each at a place that the key
// decides, and returns the places.
func Insert(key []byte, id string, rows, decoys []Row) ([]Row, []int) {
	s := newStream(key, "decoy places", id)
	out := slices.Clone(rows)
	for _, d := range decoys {
		out = slices.Insert(out, s.below(len(out)+1), d)
	}
	in := make(map[Row]bool)
	for _, d := range decoys {
		in[d] = true
	}
	var places []int
	for i, r := range out {
		if in[r] {
			places = append(places, i)
		}
	}
	return out, places
}

// compound surnames; any other surname is the first character.
const compound = "欧阳 上官 司马 司徒 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 夏侯 轩辕 端木 南宫 独孤 申屠 闻人"

func firstOf(name string) string {
	r := []rune(name)
	if len(r) > 2 && strings.Contains(compound, string(r[:2])) {
		return string(r[:2])
	}
	return string(r[:min(1, len(r))])
}

func givenOf(name string) string { return strings.TrimPrefix(name, firstOf(name)) }
