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

	// Exists reports whether a real family has a match key. It is asked for every
	// number and for every name with its month. Nil means that none has.
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
	numbers, err := p.numbers(newStream(key, "decoy numbers", id), n, src)
	if err != nil {
		return nil, err
	}
	taken := make(map[string]bool)
	for _, r := range src.Rows {
		taken[list.Value(r.Name, r.Month)] = true
	}
	var all []Row
	for j := range n {
		s := newStream(key, "decoy", id, strconv.Itoa(j))
		row, ok := Row{}, false
		for range redraws {
			row = p.draw(s)
			if len(all) > 0 && p.sibling(s) {
				last := all[len(all)-1]
				row.Guardian, row.Phone = last.Guardian, last.Phone
				row.Name = firstOf(last.Name) + givenOf(row.Name)
			}
			k := list.Value(row.Name, row.Month)
			if row.Name == "" || !taken[k] && (src.Exists == nil || !src.Exists(list.ByName, k)) {
				taken[k], ok = true, true
				break
			}
		}
		if !ok {
			return nil, ErrLikely
		}
		if row.Phone == "" && p.phones > 0 {
			row.Phone = numbers[j]
		}
		all = append(all, row)
	}
	return all, nil
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
