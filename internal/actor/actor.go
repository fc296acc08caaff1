// Package actor says who acts. The actor is always a parameter, never a value
// hidden in a context; the zero Actor is nobody and is denied everything.
package actor

import (
	"time"

	"github.com/wardfold/wardfold/internal/id"
)

// Role is what an account may be appointed to. A person may hold several,
// except those that exclude each other (package account).
type Role string

// The closed set of roles.
const (
	Guardian    Role = "guardian"     // a parent or other guardian, proved by phone code
	Child       Role = "child"        // a child of 14 or more, acting for himself or herself
	Clerk       Role = "clerk"        // front desk
	Teacher     Role = "teacher"      // class teacher
	Manager     Role = "manager"      // campus manager, the person in charge of a store
	Officer     Role = "officer"      // personal-information protection officer (PIPL art. 52)
	CyberOffice Role = "cyber_office" // the university's network-information office
	DataOwner   Role = "data_owner"   // information-management department
	Leader      Role = "leader"       // leader in charge
	Owner       Role = "owner"        // legal representative of the institution
	Auditor     Role = "auditor"      // reads the log, never the data
	SysAdmin    Role = "sysadmin"     // accounts and configuration, never the data
	Volunteer   Role = "volunteer"    // activity-scoped helper
	Vendor      Role = "vendor"       // outside party under a confidentiality undertaking
	Overseer    Role = "overseer"     // association or regulator
	Integrator  Role = "integrator"   // an API key
	System      Role = "system"       // the program itself: retention sweeps, handover at 14
)

// Roles lists every role, for tables and property tests.
var Roles = []Role{Guardian, Child, Clerk, Teacher, Manager, Officer, CyberOffice, DataOwner,
	Leader, Owner, Auditor, SysAdmin, Volunteer, Vendor, Overseer, Integrator, System}

// Actor is one party acting now, as established by the session or API key.
type Actor struct {
	Institution id.Institution
	Store       id.Store   // where the account works; zero means the whole institution
	Staff       id.Staff   // set for staff and overseers
	Subject     id.Subject // set for guardians and children: their own sealed record
	Key         id.APIKey  // set for integrators
	Role        Role       // the role in which this act is done
	Session     id.Session
	ProvedAt    time.Time // last strong proof of identity (password+TOTP, passkey, OIDC, phone code)
	Purposes    []string  // for integrators: the purposes the key is bound to
	Fields      []string  // for integrators: the fields the key is bound to
}

// Known reports whether anybody stands behind the actor.
func (a Actor) Known() bool { return a.Role != "" && !a.Institution.IsZero() }

// ID returns the actor's identifier as it appears in the ledger: a pseudonym,
// never a name or number. It is empty for the program itself.
func (a Actor) ID() string {
	switch {
	case !a.Staff.IsZero():
		return a.Staff.String()
	case !a.Key.IsZero():
		return a.Key.String()
	case !a.Subject.IsZero():
		return "" // a family member appears only as a salted commitment
	}
	return ""
}
