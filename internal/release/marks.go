package release

import (
	"errors"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace/decoy"
	"github.com/wardfold/wardfold/trace/list"
)

// line is one row of a file before it is written.
type line struct {
	serial string
	values map[string]string

	numbers map[string]id.Subject // whose alias stands in a field, where aliases do
}

// small is the number of rows below which an export carries no decoys: among so
// few each would be met, and the serials name the file all the same.
const small = 20

// keyOf derives the key of an institution's marks: HMAC under its index key.
func (s *Service) keyOf(tx *db.Tx, inst id.Institution) ([]byte, error) {
	return s.Gate.Vault.Index(tx, inst, "release.marks", secret.NewText("key of marks, version 1"))
}

// decoys invents families like those of the export. Conflict: release.pool, when
// there are not enough relay numbers.
func (s *Service) decoys(tx *db.Tx, key []byte, e Export, rows []line, others []kin) ([]decoy.Row, error) {
	pool, err := Pool(tx, e.Institution)
	if err != nil || len(rows) < small {
		return nil, err
	}
	return s.invent(tx, key, e, rows, pool, e.ID.String(), decoy.Count(len(rows)), others)
}

// invent makes n decoys under a name, none like a family that is there or like
// one of the others.
func (s *Service) invent(tx *db.Tx, key []byte, e Export, rows []line, pool []string, name string, n int, others []kin) ([]decoy.Row, error) {
	var looked error
	exists := func(k list.Kind, value string) bool {
		for _, o := range others {
			if keysOf(o.Row)[k] == value {
				return true
			}
		}
		found, err := s.real(tx, e.Institution, k, value, rows)
		looked = errors.Join(looked, err)
		return found
	}
	made, err := decoy.Make(key, name, n, decoy.Source{Rows: families(rows), Pool: pool, Exists: exists})
	switch {
	case looked != nil:
		return nil, looked
	case errors.Is(err, decoy.ErrPool):
		return nil, fault.New(fault.Conflict, "release.pool", n+len(others), len(pool))
	}
	return made, err
}

// real reports whether a family of the base has a match key: by number for all,
// by name for those of the export.
func (s *Service) real(tx *db.Tx, inst id.Institution, k list.Kind, value string, rows []line) (bool, error) {
	if k != list.ByPhone {
		return slices.ContainsFunc(families(rows), func(r decoy.Row) bool {
			return value == list.Value(r.Name, r.Month) || value == list.Value(r.Guardian, r.Month)
		}), nil
	}
	return s.taken(tx, subject.OwnByPhone, inst, value) // nobody learns why another number was taken
}

func families(rows []line) []decoy.Row {
	out := make([]decoy.Row, len(rows))
	for i, r := range rows {
		out[i] = decoy.Row{Name: r.values[subject.LearnerName], Month: r.values[subject.LearnerBirth],
			Guardian: r.values[subject.GuardianName], Phone: strings.TrimPrefix(r.values[subject.GuardianPhone], "+86")}
	}
	return out
}

// asLine shows a decoy as the export shows a family.
func asLine(e Export, d decoy.Row, serial string) line {
	all := map[string]string{subject.LearnerName: d.Name, subject.LearnerBirth: d.Month, subject.GuardianName: d.Guardian}
	if d.Phone != "" {
		all[subject.GuardianPhone] = "+86" + d.Phone
	}
	l := line{serial: serial, values: map[string]string{}}
	for _, f := range e.Fields {
		l.values[f] = all[f]
	}
	return l
}

// registerDecoys keeps the decoys so that a list can be searched for them, and a
// court can be shown them: match keys in the blind index, rows sealed.
func (s *Service) registerDecoys(tx *db.Tx, e Export, made []decoy.Row) error {
	if len(made) == 0 {
		return nil
	}
	holder := id.Make[id.Subject](tx.Now())
	if err := s.Gate.Vault.Create(tx, e.Institution, holder); err != nil {
		return err
	}
	for n, d := range made {
		text := strings.Join([]string{d.Name, d.Month, d.Guardian, d.Phone}, "\t")
		sealed, err := s.Gate.Vault.Seal(tx, seal.Place{Institution: e.Institution, Subject: holder, Field: "decoy", Version: uint32(n + 1)},
			secret.NewText(text))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO release_decoy (institution_id, export_id, family, holder_id, sealed) VALUES ($1, $2, $3, $4, $5)`,
			e.Institution, e.ID, n, holder, sealed); err != nil {
			return wrap("keep a decoy", err)
		}
		for k, v := range keysOf(d) {
			if err := s.registerMark(tx, e, n, k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// keysOf are the match keys of a family, as package list computes them from a
// leaked row.
func keysOf(d decoy.Row) map[list.Kind]string {
	keys := map[list.Kind]string{}
	if d.Phone != "" {
		keys[list.ByPhone] = d.Phone
	}
	if d.Name != "" && d.Month != "" {
		keys[list.ByName] = list.Value(d.Name, d.Month)
	}
	if d.Guardian != "" && d.Month != "" {
		keys[list.ByGuardian] = list.Value(d.Guardian, d.Month)
	}
	if d.Name != "" && d.Phone != "" {
		keys[list.ByTail] = list.Value(d.Name, list.Tail(d.Phone))
	}
	return keys
}

// Token is the blind index of a match key; a tracer computes it from what it
// found in a list.
func Token(tx *db.Tx, v *seal.Vault, inst id.Institution, k list.Kind, value string) ([]byte, error) {
	return v.Index(tx, inst, "release.mark."+string('0'+rune(k)), secret.NewText(value))
}

func (s *Service) registerMark(tx *db.Tx, e Export, family int, k list.Kind, value string) error {
	token, err := Token(tx, s.Gate.Vault, e.Institution, k, value)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO release_mark (institution_id, token, export_id, family, kind) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (institution_id, token, export_id, family) DO NOTHING`, e.Institution, token, e.ID, family, int64(k))
	return wrap("register a mark", err)
}

// Marked is a mark that was found in the base.
type Marked struct {
	Export id.Export
	Family int // of the export; -1 for a serial
}

// Marks returns the exports that carry a match key.
func Marks(tx *db.Tx, v *seal.Vault, inst id.Institution, k list.Kind, value string) ([]Marked, error) {
	token, err := Token(tx, v, inst, k, value)
	if err != nil {
		return nil, err
	}
	all, err := db.List(tx, func(m *Marked, scan db.Scan) error {
		return scan(&m.Export, &m.Family)
	}, `SELECT export_id, family FROM release_mark WHERE institution_id = $1 AND token = $2 ORDER BY export_id, family`, inst, token)
	return all, wrap("look for a mark", err)
}
