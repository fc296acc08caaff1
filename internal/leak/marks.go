package leak

import (
	"encoding/binary"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/list"
)

// marks are those of all exports, by the index of each of their keys.
type marks struct {
	byToken map[string][]list.Marked
	numbers map[string]int // relay numbers that each export has, and no other by design
	unique  map[string]int // decoys of each export alone
	aliases map[string]int // of each export
	exports int            // that carry marks
	pool    map[string]bool
}

func loadMarks(tx *db.Tx, inst id.Institution) (*marks, error) {
	m := &marks{byToken: make(map[string][]list.Marked), numbers: make(map[string]int), unique: make(map[string]int), aliases: make(map[string]int)}
	rows, err := tx.Query(`SELECT token, export_id, family, kind FROM release_mark WHERE institution_id = $1
		ORDER BY token, export_id, family`, inst)
	if err != nil {
		return nil, wrap("read marks", err)
	}
	seen := make(map[id.Export]bool)
	for rows.Next() {
		var token []byte
		var export id.Export
		var family, kind int64
		if err := rows.Scan(&token, &export, &family, &kind); err != nil {
			return nil, wrap("read marks", err)
		}
		if !seen[export] {
			seen[export] = true
			m.exports++
		}
		k := list.Marked{Mark: trace.Mark{Kind: trace.Decoy, Exports: []string{export.String()}}}
		if list.Kind(kind) == list.BySerial {
			k.Kind = trace.Serial
		}
		if list.Kind(kind) == list.ByAlias {
			m.aliases[export.String()]++
			if family < 0 {
				k.Kind = trace.Alias
			}
		}
		if family >= release.SharedFrom {
			k.Family = 1<<63 | uint64(family)
			m.share(string(token), k, list.Kind(kind))
			continue
		}
		if list.Kind(kind) == list.ByPhone {
			m.numbers[export.String()]++
		}
		if list.Kind(kind) == list.BySerial && family >= 0 {
			m.unique[export.String()]++
		}
		// A family has a number within its export; with the random half of the
		// export's identifier it has one in all.
		k.Family = binary.BigEndian.Uint64(export.Bytes()[8:])*1_000_003 + uint64(family)
		m.byToken[string(token)] = append(m.byToken[string(token)], k)
	}
	pool, err := release.Pool(tx, inst)
	m.pool = make(map[string]bool, len(pool))
	for _, n := range pool {
		m.pool[n] = true
	}
	return m, err
}

// share puts a mark of several exports together: it names none of them alone.
func (m *marks) share(token string, k list.Marked, kind list.Kind) {
	all := m.byToken[token]
	for i := range all {
		if all[i].Family != k.Family || all[i].Kind != k.Kind {
			continue
		}
		if kind == list.ByPhone && len(all[i].Exports) == 1 {
			m.numbers[all[i].Exports[0]]--
		}
		all[i].Exports = append(all[i].Exports, k.Exports...)
		return
	}
	if kind == list.ByPhone {
		m.numbers[k.Exports[0]]++
	}
	m.byToken[token] = append(all, k)
}

// finder is list.Base.Marks; *failed keeps the first error. It is nil where there
// are no marks.
func (m *marks) finder(tx *db.Tx, v *seal.Vault, inst id.Institution, failed *error) func(list.Kind, string) []list.Marked {
	if len(m.byToken) == 0 {
		return nil
	}
	return func(k list.Kind, value string) []list.Marked {
		token, err := release.Token(tx, v, inst, k, value)
		if err != nil && *failed == nil {
			*failed = err
		}
		return m.byToken[string(token)]
	}
}
