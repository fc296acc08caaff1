package release

import (
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/trace/decoy"
	"github.com/wardfold/wardfold/trace/list"
)

// Whoever keeps only the rows that two exports have in common loses the decoys of
// each. What is left then are decoys that exactly those two carry.
const (
	// seats is how many accounts that export one roster get shared decoys.
	seats = 5
	// times is how many decoys each set of accounts shares: one may be lost.
	times = 2
	// crowd is the number of rows from which pairs have shared decoys: 8 in an
	// export. From throng on sets of three have some as well: 20 in an export.
	crowd, throng = 200, 1000
	// SharedFrom is the first number of a shared family in release_mark.
	SharedFrom = 1 << 20
)

// kin is a decoy that several exports of a roster carry.
type kin struct {
	decoy.Row
	plan   string
	family int
}

// shared returns the decoys that an export has in common with others of its
// roster: those that are there already as they were made, the others made now.
func (s *Service) shared(tx *db.Tx, p seal.Permit, key []byte, e Export, rows []line) ([]kin, error) {
	pool, err := Pool(tx, e.Institution)
	if err != nil || len(pool) == 0 || len(rows) < crowd {
		return nil, err
	}
	mine, err := seat(tx, e)
	if err != nil || mine >= seats {
		return nil, err
	}
	var all []string
	for n := range seats {
		all = append(all, strconv.Itoa(n))
	}
	most := 2
	if len(rows) >= throng {
		most = 3
	}
	var out []kin
	for _, plan := range decoy.Lattice(all, most, times) {
		if !slices.Contains(plan.Exports, strconv.Itoa(mine)) {
			continue
		}
		k, err := s.kin(tx, p, key, e, rows, pool, plan.ID, out)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// rosterOf names what an export is a list of. Lists with aliases have decoys of
// their own: those of lists with numbers would be there without one.
func rosterOf(e Export) string {
	name := "all"
	if !e.Store.IsZero() {
		name = e.Store.String()
	}
	if e.Aliases {
		name += " aliases"
	}
	return name
}

// seat is the place of an export's collector among those who export its roster.
func seat(tx *db.Tx, e Export) (n int, err error) {
	err = tx.QueryRow(`SELECT seat FROM release_seat WHERE institution_id = $1 AND roster = $2 AND staff_id = $3`,
		e.Institution, rosterOf(e), e.Collector).Scan(&n)
	if !errors.Is(err, sql.ErrNoRows) {
		return n, wrap("find a seat", err)
	}
	if err := tx.QueryRow(`SELECT count(*) FROM release_seat WHERE institution_id = $1 AND roster = $2`, e.Institution, rosterOf(e)).Scan(&n); err != nil {
		return n, wrap("find a seat", err)
	}
	_, err = tx.Exec(`INSERT INTO release_seat (institution_id, roster, staff_id, seat) VALUES ($1, $2, $3, $4)`,
		e.Institution, rosterOf(e), e.Collector, n)
	return n, wrap("take a seat", err)
}

// kin opens a shared decoy, or makes it and keeps it.
func (s *Service) kin(tx *db.Tx, p seal.Permit, key []byte, e Export, rows []line, pool []string, plan string, others []kin) (kin, error) {
	k := kin{plan: plan}
	var holder id.Subject
	var sealed []byte
	err := tx.QueryRow(`SELECT family, holder_id, sealed FROM release_shared WHERE institution_id = $1 AND roster = $2 AND plan = $3`,
		e.Institution, rosterOf(e), plan).Scan(&k.family, &holder, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return s.newKin(tx, key, e, rows, pool, plan, others)
	}
	if err != nil {
		return k, wrap("read a shared decoy", err)
	}
	text, err := s.Gate.Vault.Open(tx, p, seal.Place{Institution: e.Institution, Subject: holder, Field: "decoy", Version: 1}, sealed)
	if err != nil {
		return k, err
	}
	parts := append(strings.Split(text.Expose(), "\t"), "", "", "", "")
	k.Row = decoy.Row{Name: parts[0], Month: parts[1], Guardian: parts[2], Phone: parts[3]}
	return k.only(families(rows)), nil
}

// only leaves out what this export's rows do not have: another had more fields.
func (k kin) only(rows []decoy.Row) kin {
	has := func(of func(decoy.Row) string) bool {
		return slices.ContainsFunc(rows, func(r decoy.Row) bool { return of(r) != "" })
	}
	for _, x := range []struct {
		into *string
		of   func(decoy.Row) string
	}{{&k.Name, func(r decoy.Row) string { return r.Name }}, {&k.Month, func(r decoy.Row) string { return r.Month }},
		{&k.Guardian, func(r decoy.Row) string { return r.Guardian }}, {&k.Phone, func(r decoy.Row) string { return r.Phone }}} {
		if !has(x.of) {
			*x.into = ""
		}
	}
	return k
}

func (s *Service) newKin(tx *db.Tx, key []byte, e Export, rows []line, pool []string, plan string, others []kin) (kin, error) {
	made, err := s.invent(tx, key, e, rows, pool, rosterOf(e)+" "+plan, 1, others)
	if err != nil {
		return kin{}, err
	}
	k := kin{Row: made[0], plan: plan}
	if err := tx.QueryRow(`SELECT count(*) FROM release_shared WHERE institution_id = $1`, e.Institution).Scan(&k.family); err != nil {
		return k, wrap("count shared decoys", err)
	}
	k.family += SharedFrom
	holder := id.Make[id.Subject](tx.Now())
	if err := s.Gate.Vault.Create(tx, e.Institution, holder); err != nil {
		return k, err
	}
	text := strings.Join([]string{k.Name, k.Month, k.Guardian, k.Phone}, "\t")
	sealed, err := s.Gate.Vault.Seal(tx, seal.Place{Institution: e.Institution, Subject: holder, Field: "decoy", Version: 1}, secret.NewText(text))
	if err != nil {
		return k, err
	}
	_, err = tx.Exec(`INSERT INTO release_shared (institution_id, roster, plan, family, holder_id, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Institution, rosterOf(e), plan, k.family, holder, sealed)
	return k, wrap("keep a shared decoy", err)
}

// registerKin registers the marks of a shared decoy for one more export, and
// returns it as a line of that export.
func (s *Service) registerKin(tx *db.Tx, key []byte, e Export, k kin) (line, error) {
	serial := decoy.Serial(key, e.ID.String(), "shared "+k.plan)
	keys := keysOf(k.Row)
	keys[list.BySerial] = serial
	for kind, v := range keys {
		if err := s.registerMark(tx, e, k.family, kind, v); err != nil {
			return line{}, err
		}
	}
	return asLine(e, k.Row, serial), nil
}
