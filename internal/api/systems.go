package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
)

// StandIn lets somebody decide for a colleague of the same unit.
type StandIn struct {
	ID    string    `json:"id"`
	From  string    `json:"from"`
	To    string    `json:"to"`
	Role  string    `json:"role"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}

// NewStandIn asks a colleague to stand in for the asker.
type NewStandIn struct {
	Body struct {
		To    string    `json:"to" maxLength:"40"`
		Until time.Time `json:"until" doc:"At most 30 days from now."`
	}
}

// StandInPath names one.
type StandInPath struct {
	ID string `path:"id" maxLength:"64"`
}

// StandInAnswer is one.
type StandInAnswer struct{ Body StandIn }

// StandIns is a list.
type StandIns struct {
	Body struct {
		StandIns []StandIn `json:"stand_ins"`
	}
}

// System is a business system and the three departments that answer for it.
type System struct {
	Code     string     `json:"code" minLength:"2" maxLength:"32"`
	Name     string     `json:"name" minLength:"1" maxLength:"60"`
	Source   bool       `json:"source,omitempty" doc:"The one system its fields come from."`
	Fields   []string   `json:"fields" minItems:"1" maxItems:"64"`
	InCharge string     `json:"in_charge,omitempty" maxLength:"32"`
	Operator string     `json:"operator,omitempty" maxLength:"32"`
	User     string     `json:"user,omitempty" maxLength:"32"`
	Live     *time.Time `json:"live,omitempty" readOnly:"true" doc:"Absent while a slot is empty: then nobody is asked because of it."`
}

// Department is a unit that can answer for information.
type Department struct {
	Code    string   `json:"code" minLength:"2" maxLength:"32"`
	Name    string   `json:"name" minLength:"1" maxLength:"60"`
	Members []string `json:"members,omitempty" readOnly:"true"`
}

// NewSystem registers a system.
type NewSystem struct{ Body System }

// NewDepartment registers a department.
type NewDepartment struct{ Body Department }

// Member says in which department somebody works.
type Member struct {
	Body struct {
		Who        string `json:"who" maxLength:"40"`
		Department string `json:"department,omitempty" maxLength:"32" doc:"Absent: in none."`
	}
}

// Systems is the register.
type Systems struct {
	Body struct {
		Systems     []System     `json:"systems"`
		Departments []Department `json:"departments"`
	}
}

func (s *API) systems() {
	const law = "University PI Measures arts. 6, 7"
	delegate, define := s.may(policy.DutyDelegate, Institution), s.may(policy.SystemDefine, Institution)
	change(s, Operation{ID: "standin-make", Path: "/v1/stand-ins", Noun: "stand-ins", Status: 201, Access: delegate, Act: policy.DutyDelegate,
		Summary: "Let a colleague of the same unit decide for the asker"}, s.standInMake, s.standInAgain)
	read(s, Operation{ID: "standin-list", Path: "/v1/stand-ins", Noun: "stand-ins", Access: delegate, Summary: "Who stands in for the asker, and for whom the asker does"}, s.standInList)
	remove(s, Operation{ID: "standin-end", Path: "/v1/stand-ins/{id}", Noun: "stand-ins", Access: delegate, Act: policy.DutyDelegate,
		Summary: "Take it back at once"}, s.standInEnd)
	read(s, Operation{ID: "system-list", Path: "/v1/systems", Noun: "systems", Access: define, Summary: "The register of systems and departments"}, s.systemList)
	change(s, Operation{ID: "system-define", Path: "/v1/systems", Noun: "systems", Access: define, Act: policy.SystemDefine,
		Summary: "Register a system; it counts once its three slots are filled", Law: law}, s.systemDefine, s.systemAgain)
	change(s, Operation{ID: "department-define", Path: "/v1/departments", Noun: "systems", Access: define, Act: policy.SystemDefine,
		Summary: "Register a department", Law: law}, s.departmentDefine, s.systemAgain)
	change(s, Operation{ID: "department-assign", Path: "/v1/departments/members", Noun: "systems", Access: define, Act: policy.SystemDefine,
		Summary: "Say in which department somebody works", Law: law}, s.departmentAssign, s.systemAgain)
}

func (s *API) standInMake(ctx context.Context, a actor.Actor, in *NewStandIn, _ *kept) (*StandInAnswer, error) {
	to, err := id.Parse[id.Staff](in.Body.To)
	if err != nil {
		return nil, fault.At("/to", "api.value")
	}
	d, err := s.house.Applications.StandIn(ctx, a, to, in.Body.Until)
	return &StandInAnswer{standInOf(d)}, err
}

func (s *API) standInAgain(ctx context.Context, a actor.Actor, k kept) (*StandInAnswer, error) {
	list, err := s.house.Applications.StandIns(ctx, a)
	for _, d := range list {
		if d.ID.String() == k.Ref {
			return &StandInAnswer{standInOf(d)}, nil
		}
	}
	if err == nil {
		err = errAbsent
	}
	return nil, err
}

func (s *API) standInList(ctx context.Context, a actor.Actor, _ *struct{}) (*StandIns, error) {
	list, err := s.house.Applications.StandIns(ctx, a)
	var out StandIns
	out.Body.StandIns = mapped(list, standInOf)
	return &out, err
}

func (s *API) standInEnd(ctx context.Context, a actor.Actor, in *StandInPath) (*struct{}, error) {
	which, err := parsed(in.ID, id.Parse[id.Delegation])
	if err != nil {
		return nil, err
	}
	return nil, s.house.Applications.EndStandIn(ctx, a, which)
}

func standInOf(d application.Delegation) StandIn {
	return StandIn{ID: d.ID.String(), From: d.From.String(), To: d.To.String(), Role: string(d.Role), Since: d.Since, Until: d.Until}
}

func (s *API) systemList(ctx context.Context, a actor.Actor, _ *struct{}) (*Systems, error) {
	departments, systems, members, err := s.house.Applications.Register(ctx, a)
	var out Systems
	out.Body.Systems = mapped(systems, func(x application.System) System {
		return System{Code: x.Code, Name: x.Name, Source: x.Source, Fields: x.Fields, InCharge: x.InCharge, Operator: x.Operator, User: x.User, Live: moment(x.Live)}
	})
	out.Body.Departments = mapped(departments, func(d application.Department) Department {
		of := Department{Code: d.Code, Name: d.Name}
		for _, who := range slices.SortedFunc(maps.Keys(members), func(x, y id.Staff) int { return slices.Compare(x.Bytes(), y.Bytes()) }) {
			if members[who] == d.Code {
				of.Members = append(of.Members, who.String())
			}
		}
		return of
	})
	return &out, err
}

func (s *API) systemAgain(ctx context.Context, a actor.Actor, _ kept) (*Systems, error) {
	return s.systemList(ctx, a, nil)
}

func (s *API) systemDefine(ctx context.Context, a actor.Actor, in *NewSystem, _ *kept) (*Systems, error) {
	b := in.Body
	if _, err := s.house.Applications.DefineSystem(ctx, a, application.System{Code: b.Code, Name: b.Name, Source: b.Source, Fields: b.Fields,
		InCharge: b.InCharge, Operator: b.Operator, User: b.User}); err != nil {
		return nil, err
	}
	return s.systemList(ctx, a, nil)
}

func (s *API) departmentDefine(ctx context.Context, a actor.Actor, in *NewDepartment, _ *kept) (*Systems, error) {
	if err := s.house.Applications.DefineDepartment(ctx, a, application.Department{Code: in.Body.Code, Name: in.Body.Name}); err != nil {
		return nil, err
	}
	return s.systemList(ctx, a, nil)
}

func (s *API) departmentAssign(ctx context.Context, a actor.Actor, in *Member, _ *kept) (*Systems, error) {
	who, err := id.Parse[id.Staff](in.Body.Who)
	if err != nil {
		return nil, fault.At("/who", "api.value")
	}
	if err := s.house.Applications.Assign(ctx, a, who, in.Body.Department); err != nil {
		return nil, err
	}
	return s.systemList(ctx, a, nil)
}
