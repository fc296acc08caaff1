package release

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace/decoy"
	"github.com/wardfold/wardfold/trace/list"
)

// numbered are the fields that an export with aliases has no values of.
var numbered = []string{subject.GuardianPhone, subject.LearnerPhone}

// hasNumbers reports whether fields have one that an alias could stand for.
func hasNumbers(fields []string) bool {
	return slices.ContainsFunc(numbered, func(f string) bool { return slices.Contains(fields, f) })
}

// attempts bounds how often an alias is drawn that another export has already.
const attempts = 100

// aliases gives the people of one export theirs.
type aliases struct {
	*Service
	tx   *db.Tx
	key  []byte
	e    Export
	pool []string
	of   map[string]string // by whose they are
	rows [][]any           // of release_alias
}

// alias fills the columns of numbers of an export: each family has one relay
// number and extension there, brothers and sisters alike, and it is registered as
// a mark and as whom it reaches. No number is opened. Conflict: release.pool.
func (s *Service) alias(tx *db.Tx, key []byte, e Export, lines []line, rows []Row) (*aliases, error) {
	pool, err := Pool(tx, e.Institution)
	if err != nil {
		return nil, err
	}
	if need := 1 + len(lines)/decoy.PerNumber; len(pool) < need {
		return nil, fault.New(fault.Conflict, "release.pool", need, len(pool))
	}
	a := &aliases{Service: s, tx: tx, key: key, e: e, pool: pool, of: map[string]string{}}
	for i, l := range lines {
		for _, field := range numbered {
			who, ok := l.numbers[field]
			if !ok {
				continue
			}
			text, err := a.give(who.String()+" "+field, -1)
			if err != nil {
				return nil, err
			}
			lines[i].values[field] = shown(text)
			token, err := Token(tx, s.Gate.Vault, e.Institution, list.ByAlias, text)
			if err != nil {
				return nil, err
			}
			a.rows = append(a.rows, []any{e.Institution, token, rows[i].Child, e.ID, who, field})
		}
	}
	return a, wrap("keep whom aliases reach", tx.ExecMany(`INSERT INTO release_alias
		(institution_id, token, child_id, export_id, subject_id, field) VALUES ($1, $2, $3, $4, $5, $6)`, a.rows))
}

// give returns the alias of somebody in the export, and registers it the first
// time.
func (a *aliases) give(whose string, family int) (string, error) {
	if text, ok := a.of[whose]; ok {
		return text, nil
	}
	for try := range attempts {
		text := decoy.Alias(a.key, a.e.ID.String(), whose, try, a.pool)
		taken, err := Marks(a.tx, a.Gate.Vault, a.e.Institution, list.ByAlias, text)
		if err != nil {
			return "", err
		}
		if len(taken) > 0 {
			continue
		}
		a.of[whose] = text
		return text, a.registerMark(a.tx, a.e, family, list.ByAlias, text)
	}
	return "", fault.New(fault.Conflict, "release.pool", len(a.pool)+1, len(a.pool))
}

// decoy puts an alias into the row of a family that does not exist.
func (a *aliases) decoy(l line, d decoy.Row, family int) (line, error) {
	if a == nil || !slices.Contains(a.e.Fields, subject.GuardianPhone) {
		return l, nil
	}
	whose := "decoy " + d.Guardian // two of a family have one, as real ones do
	if d.Guardian == "" {
		whose += strconv.Itoa(family)
	}
	text, err := a.give(whose, family)
	l.values[subject.GuardianPhone] = shown(text)
	return l, err
}

// shown is an alias as people read it and telephones of shops print it.
func shown(alias string) string { return strings.Replace(alias, ",", "-", 1) }

// reached is whom an alias reaches.
type reached struct {
	Export     id.Export
	Child, Who id.Subject // zero behind the alias of a family that does not exist
	Field      string
}

// behind finds whom an alias reaches, once for each child beside whom it stands.
// NotFound: release.alias.
func (s *Service) behind(tx *db.Tx, inst id.Institution, alias string) ([]reached, error) {
	token, err := Token(tx, s.Gate.Vault, inst, list.ByAlias, alias)
	if err != nil {
		return nil, err
	}
	all, err := db.List(tx, func(r *reached, scan func(...any) error) error {
		return scan(&r.Export, &r.Child, &r.Who, &r.Field)
	}, `SELECT export_id, child_id, subject_id, field FROM release_alias
		WHERE institution_id = $1 AND token = $2 ORDER BY child_id`, inst, token)
	if err != nil || len(all) > 0 {
		return all, wrap("look whom an alias reaches", err)
	}
	marks, err := Marks(tx, s.Gate.Vault, inst, list.ByAlias, alias)
	if err == nil && len(marks) == 0 {
		err = fault.New(fault.NotFound, "release.alias")
	}
	if err != nil {
		return nil, err
	}
	return []reached{{Export: marks[0].Export, Field: subject.GuardianPhone}}, nil
}
