package demo

import (
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/secret"
)

// Persona is somebody whose place a visitor can take. What each can do is told
// by the message "demo.persona."+Key.
type Persona struct {
	Key         string
	Role        actor.Role
	Institution int         // index in City.Institutions
	Place       int         // index in its Places; -1 for the whole institution
	SignIn      string      // staff: the account name of City's Staff; "" for a family
	Phone       secret.Text // guardians and children: where the code goes
	Family      *Family     // guardians and children: the family to be enrolled
}

// posts are the personas among the staff. Their families are enrolled at the
// first store of the first chain.
var posts = []struct {
	key, signIn string
	role        actor.Role
}{
	{"clerk", "clerk.chain1.001", actor.Clerk},
	{"teacher", "teacher.chain1.001", actor.Teacher},
	{"manager", "manager.chain1.001", actor.Manager},
	{"officer", "officer.chain1", actor.Officer},
	{"owner", "owner.chain1", actor.Owner},
	{"auditor", "auditor.chain1", actor.Auditor},
	{"sysadmin", "sysadmin.chain1", actor.SysAdmin},
	{"cyber_office", "cyber_office.university", actor.CyberOffice},
	{"data_owner", "data_owner.university", actor.DataOwner},
	{"leader", "leader.university", actor.Leader},
	{"welfare_officer", "officer.welfare", actor.Officer},
	{"volunteer", "volunteer.welfare", actor.Volunteer},
}

// homes are the families of personas: one child's age in months each, or two.
var homes = []struct {
	key      string
	name     string
	children []string
	months   []int
}{
	{"guardian", "陈示例", []string{"陈小示", "陈小例"}, []int{8*12 + 5, 6 * 12}},
	{"guardian_of_teen", "林示例", []string{"林小例"}, []int{15*12 + 2}},
	{"guardian_turning", "赵示例", []string{"赵小示"}, []int{14 * 12}}, // in the month of the 14th birthday
}

func (c *City) personas() []Persona {
	var out []Persona
	for i, h := range homes {
		f := &Family{Since: c.today.AddDate(0, -1, 0), Guardian: Person{secret.NewText(h.name), secret.NewText(number(blockPersona, i+1))}}
		for j, name := range h.children {
			k := Child{Name: secret.NewText(name), Birth: secret.NewText(c.month(h.months[j])), Course: c.course(0, h.months[j], i+j)}
			if h.months[j] >= ownPhone {
				k.Phone = secret.NewText(number(blockPersona, 100+i*10+j))
			}
			f.Children = append(f.Children, k)
		}
		out = append(out, Persona{Key: h.key, Role: actor.Guardian, Phone: f.Guardian.Phone, Family: f})
	}
	for i, key := range []string{"teen", "turning"} {
		home := out[i+1]
		out = append(out, Persona{Key: key, Role: actor.Child, Phone: home.Family.Children[0].Phone, Family: home.Family})
	}
	for _, p := range posts {
		inst, place := c.post(p.signIn)
		out = append(out, Persona{Key: p.key, Role: p.role, Institution: inst, Place: place, SignIn: p.signIn})
	}
	return out
}

// post finds where a member of staff works.
func (c *City) post(signIn string) (institution, place int) {
	for i, inst := range c.Institutions {
		for _, s := range inst.Staff {
			if s.SignIn == signIn {
				return i, s.Place
			}
		}
	}
	panic("demo: no such member of staff")
}
