package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// A family that stands in the store can have its record changed there: staff
// write down what it asks for, and a manager or officer who is somebody else
// takes the family's request once more and types the same again. Only then does
// it count. Nobody is shown the former value for it.

// manage is the purpose of keeping a record right.
const manage = "learner.manage"

// Asked is what a family wants changed: the value of one field, or, for a child
// that cannot speak for itself alone, an assessment (S2-20†).
type Asked struct {
	Child      id.Subject
	Of         id.Subject // whose field it is: the child's or one of its guardians'; zero is the child, or its only guardian
	Field      string
	Value      secret.Text
	Code       secret.Text         // for a phone: the code that came to the new number
	Ref        string              // number of the request on paper; for a phone, the family's receipt
	Assessment *consent.Assessment // instead of a field
}

// maxRef bounds the number of a request, in bytes.
const maxRef = 40

// SendCode sends a code to the number that a family wants from now on.
func (s *Service) SendCode(ctx context.Context, a actor.Actor, b account.Browser, number secret.Text) error {
	return s.Facts.Accounts.RequestCode(ctx, a.Institution, b, number, account.ToProve)
}

// Ask writes a change down for a second person to decide. Invalid: form.wrong
// and the codes of values, desk.ref, consent.assessment; for a phone desk.receipt
// if the receipt is not this child's, family.phone_used, and the codes of
// account.Register.ProvePhone. NotFound for a guardian of somebody else. Denied,
// desk.people_only, for an API key.
func (s *Service) Ask(ctx context.Context, a actor.Actor, b account.Browser, x Asked) (id.Change, gate.Outcome, error) {
	act, body, err := s.body(&x)
	if err != nil {
		return id.Change{}, gate.Outcome{}, err
	}
	if x.Field == subject.GuardianPhone {
		if err := s.Facts.Accounts.ProvePhone(ctx, a.Institution, b, x.Value, x.Code); err != nil {
			return id.Change{}, gate.Outcome{}, err
		}
	}
	var made subject.Change
	req := gate.Request{Actor: a, Act: act, Purpose: manage, Fields: fields(x.Field), Subject: x.Of}
	out, err := s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		if err := holder(tx, a.Institution, &x); err != nil {
			return err
		}
		c.Subject, c.Facts.SecondPerson = x.Of, true // it counts only when another person agrees
		body["of"] = secret.NewText(x.Of.String())
		return s.knowChange(tx, c, x.Child)
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
		if x.Field == subject.GuardianPhone {
			if err := s.mayMove(tx, a.Institution, x); err != nil {
				return err
			}
		}
		made, err = subject.AskChange(tx, s.Gate.Vault, a.Institution,
			subject.Change{Child: x.Child, Store: c.Store, Ref: x.Ref, AskedBy: a.Staff}, body)
		c.Type, c.Ref = ledger.ChangeAsked, made.ID.String()
		return err
	})
	return made.ID, out, err
}

// body checks what is asked for and writes it as the body of a change.
func (s *Service) body(x *Asked) (policy.Act, subject.Values, error) {
	x.Ref = strings.TrimSpace(x.Ref)
	if receipt, ok := enrol.CleanReceipt(x.Ref); ok {
		x.Ref = receipt
	}
	if !plainRef(x.Ref) {
		return "", nil, fault.At("ref", "desk.ref")
	}
	if x.Assessment != nil {
		x.Field = ""
		if err := x.Assessment.Check(); err != nil {
			return "", nil, err
		}
		return policy.CapacityAssess, x.Assessment.Body(), nil
	}
	if x.Field == subject.LearnerPhone {
		return "", nil, fault.At("field", "form.wrong")
	}
	var err error
	if x.Value, err = subject.Judge(x.Field, x.Value, s.Gate.Now()); err != nil {
		return "", nil, err
	}
	return policy.SubjectCorrect, subject.Values{"field": secret.NewText(x.Field), "value": x.Value}, nil
}

// plainRef accepts the number of a paper: what stands in it is kept in clear.
func plainRef(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '/' {
			return false
		}
	}
	return s != "" && len(s) <= maxRef
}

func fields(field string) []string {
	if field == "" {
		return nil
	}
	return []string{field}
}

// holder finds whose record the change is about, which must be the child's own
// or that of one of its guardians.
func holder(tx *db.Tx, inst id.Institution, x *Asked) error {
	child, err := subject.Load(tx, inst, x.Child)
	if err != nil {
		return err
	}
	if child.Kind != subject.Child {
		return fault.New(fault.NotFound, "subject.unknown")
	}
	if subject.Owner(x.Field) == subject.Child {
		x.Of = x.Child
		return nil
	}
	guardians, err := subject.Guardians(tx, inst, x.Child)
	if err != nil {
		return err
	}
	if x.Of.IsZero() && len(guardians) == 1 {
		x.Of = guardians[0]
	}
	if !slices.Contains(guardians, x.Of) {
		return fault.New(fault.NotFound, "subject.unknown")
	}
	return nil
}

// mayMove returns nil if a number may become the one of a guardian: the family
// showed the receipt of this child, and the number opens nobody else's record.
func (s *Service) mayMove(tx *db.Tx, inst id.Institution, x Asked) error {
	e, err := enrol.ByReceipt(tx, inst, x.Ref)
	if fault.KindOf(err) == fault.NotFound || err == nil && e.Child != x.Child {
		return fault.At("ref", "desk.receipt")
	}
	if err != nil {
		return err
	}
	return s.free(tx, inst, x.Of, x.Value)
}

// free returns nil if no other guardian has a number: whoever has it opens that
// record already, and one number must not open two people's.
func (s *Service) free(tx *db.Tx, inst id.Institution, guardian id.Subject, number secret.Text) error {
	same, err := subject.ByPhone(tx, s.Gate.Vault, inst, subject.GuardianPhone, number)
	for _, g := range same {
		if g.ID != guardian {
			return fault.At(subject.GuardianPhone, "family.phone_used")
		}
	}
	return err
}

// knowChange gathers the facts about staff who change a record for a child's family.
// A change is looked at by two people: no API key writes one down or decides one.
func (s *Service) knowChange(tx *db.Tx, c *gate.Case, child id.Subject) error {
	row, err := subject.Load(tx, c.Actor.Institution, c.Subject)
	if err != nil {
		return err
	}
	if err := s.Facts.Who(tx, c); err != nil {
		return err
	}
	if err := s.Facts.Record(tx, c, row); err != nil {
		return err
	}
	if child != c.Subject {
		if err := s.Facts.Sake(tx, c, child); err != nil {
			return err
		}
	}
	if c.Actor.Staff.IsZero() {
		return fault.New(fault.Denied, "desk.people_only")
	}
	return s.Facts.Why(tx, c)
}
