package application

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Department is a unit of an institution that can answer for information.
type Department struct {
	Code string
	Name string
}

// System is a business system: the fields it holds and the three departments
// that answer for it. Source: University PI Measures art. 7 (S3-21): who is in
// charge, who operates, who uses.
type System struct {
	Code     string
	Name     string
	Source   bool // the one system its fields come from
	Fields   []string
	InCharge string
	Operator string
	User     string
	Live     time.Time // zero while a slot is empty
}

// Whole reports whether every slot is filled.
func (s System) Whole() bool { return s.InCharge != "" && s.Operator != "" && s.User != "" }

var code = regexp.MustCompile(`^[a-z][a-z0-9_]{1,31}$`)

// DefineDepartment adds or renames a department. Errors: fault.Invalid
// department.code, department.name; what the gate refuses.
func (s *Service) DefineDepartment(ctx context.Context, a actor.Actor, d Department) error {
	return s.register(ctx, a, func(tx *db.Tx) error {
		switch {
		case !code.MatchString(d.Code):
			return fault.At("code", "department.code")
		case !wordy(d.Name, MaxTitle):
			return fault.At("name", "department.name", MaxTitle)
		}
		_, err := tx.Exec(`INSERT INTO department (institution_id, code, name) VALUES ($1, $2, $3)
			ON CONFLICT (institution_id, code) DO UPDATE SET name = excluded.name`, a.Institution, d.Code, d.Name)
		return wrap("define a department for an", err)
	})
}

// Assign says in which department somebody works; "" in none. Errors:
// fault.NotFound department.unknown, staff.unknown; what the gate refuses.
func (s *Service) Assign(ctx context.Context, a actor.Actor, who id.Staff, department string) error {
	return s.register(ctx, a, func(tx *db.Tx) error {
		bench, err := s.bench(tx, a.Institution)
		if err != nil {
			return err
		}
		if _, known := bench.People[who]; !known {
			return fault.New(fault.NotFound, "staff.unknown")
		}
		if department == "" {
			_, err = tx.Exec(`DELETE FROM department_member WHERE institution_id = $1 AND staff_id = $2`, a.Institution, who)
			return wrap("assign a department for an", err)
		}
		if err := s.isDepartment(tx, a.Institution, department); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO department_member (institution_id, staff_id, code) VALUES ($1, $2, $3)
			ON CONFLICT (institution_id, staff_id) DO UPDATE SET code = excluded.code`, a.Institution, who, department)
		return wrap("assign a department for an", err)
	})
}

// DefineSystem registers a system. It goes live, so that its departments must be
// asked, once every slot is filled; a system with an empty slot is kept and is
// not live (S3-21). Errors: fault.Invalid department.code, department.name,
// system.fields; fault.NotFound department.unknown; what the gate refuses.
func (s *Service) DefineSystem(ctx context.Context, a actor.Actor, x System) (System, error) {
	err := s.register(ctx, a, func(tx *db.Tx) error {
		if err := s.checkSystem(tx, a.Institution, x); err != nil {
			return err
		}
		if x.Live = (time.Time{}); x.Whole() {
			x.Live = tx.Now()
		}
		_, err := tx.Exec(`INSERT INTO business_system (institution_id, code, name, source, fields, in_charge, operator, using_unit, live_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (institution_id, code) DO UPDATE SET name = excluded.name, source = excluded.source, fields = excluded.fields,
				in_charge = excluded.in_charge, operator = excluded.operator, using_unit = excluded.using_unit, live_at = excluded.live_at`,
			a.Institution, x.Code, x.Name, x.Source, strings.Join(x.Fields, " "), x.InCharge, x.Operator, x.User, x.Live)
		return wrap("define a system for an", err)
	})
	return x, err
}

func (s *Service) checkSystem(tx *db.Tx, inst id.Institution, x System) error {
	switch {
	case !code.MatchString(x.Code):
		return fault.At("code", "department.code")
	case !wordy(x.Name, MaxTitle):
		return fault.At("name", "department.name", MaxTitle)
	case len(x.Fields) == 0:
		return fault.At("fields", "system.fields")
	}
	for _, f := range x.Fields {
		if _, err := catalogue.FieldByCode(f); err != nil {
			return fault.At("fields", "system.fields")
		}
	}
	for _, d := range []string{x.InCharge, x.Operator, x.User} {
		if d == "" {
			continue
		}
		if err := s.isDepartment(tx, inst, d); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) isDepartment(tx *db.Tx, inst id.Institution, want string) error {
	all, err := departments(tx, inst)
	if err == nil && want != Platform && !slices.ContainsFunc(all, func(d Department) bool { return d.Code == want }) {
		return fault.New(fault.NotFound, "department.unknown")
	}
	return err
}

// register is one act on the register of departments and systems.
func (s *Service) register(ctx context.Context, a actor.Actor, change func(*db.Tx) error) error {
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.SystemDefine}, nil,
		func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error { return change(tx) })
	return err
}

// Register lists the departments, the systems, and who works where.
func (s *Service) Register(ctx context.Context, a actor.Actor) (ds []Department, systems []System, members map[id.Staff]string, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if ds, err = departments(tx, a.Institution); err != nil {
			return err
		}
		if systems, err = selectSystems(tx, a.Institution); err != nil {
			return err
		}
		members, err = memberships(tx, a.Institution)
		return err
	})
	return ds, systems, members, err
}

// ownersOf returns the departments that answer for fields: of every live system
// that holds one, the one in charge (S3-22). A field that no system holds is the
// platform's (S3-34).
func ownersOf(tx *db.Tx, inst id.Institution, fields []string) ([]string, error) {
	systems, err := selectSystems(tx, inst)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, f := range fields {
		owned := false
		for _, s := range systems {
			if s.Live.IsZero() || !slices.Contains(s.Fields, f) {
				continue
			}
			owned = true
			if !slices.Contains(all, s.InCharge) {
				all = append(all, s.InCharge)
			}
		}
		if !owned && !slices.Contains(all, Platform) {
			all = append(all, Platform)
		}
	}
	slices.Sort(all)
	return all, nil
}

// bench reads everybody, where they work, and who stands in for whom.
func (s *Service) bench(tx *db.Tx, inst id.Institution) (Bench, error) {
	b := Bench{People: map[id.Staff]Person{}}
	all, err := account.Everybody(tx, inst)
	if err != nil {
		return b, err
	}
	members, err := memberships(tx, inst)
	if err != nil {
		return b, err
	}
	for _, x := range all {
		p := Person{ID: x.ID, Store: x.Store, Member: members[x.ID],
			Active: x.State == account.Active && (x.Ends.IsZero() || x.Ends.After(tx.Now()))}
		for _, r := range x.Appointments {
			if !r.Confirmed.IsZero() {
				p.Roles = append(p.Roles, r.Role)
			}
		}
		b.People[x.ID] = p
	}
	b.Delegations, err = delegations(tx, inst, tx.Now())
	return b, err
}

func departments(tx *db.Tx, inst id.Institution) ([]Department, error) {
	all, err := db.List(tx, func(d *Department, scan db.Scan) error {
		return scan(&d.Code, &d.Name)
	}, `SELECT code, name FROM department WHERE institution_id = $1 ORDER BY code`, inst)
	return all, wrap("list departments for an", err)
}

func memberships(tx *db.Tx, inst id.Institution) (map[id.Staff]string, error) {
	all, err := db.Map[id.Staff, string](tx, `SELECT staff_id, code FROM department_member WHERE institution_id = $1`, inst)
	return all, wrap("list departments for an", err)
}

func selectSystems(tx *db.Tx, inst id.Institution) ([]System, error) {
	all, err := db.List(tx, func(s *System, scan db.Scan) error {
		var fields string
		err := scan(&s.Code, &s.Name, &s.Source, &fields, &s.InCharge, &s.Operator, &s.User, &s.Live)
		s.Fields = strings.Fields(fields)
		return err
	}, `SELECT code, name, source, fields, in_charge, operator, using_unit, live_at FROM business_system
		WHERE institution_id = $1 ORDER BY code`, inst)
	return all, wrap("list systems for an", err)
}
