package subject

import (
	"context"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// Draft is a new record, sealed and ready to be saved. All cryptography is
// done when it is made, so that Save costs the writer of the database nothing
// but the statements.
type Draft struct {
	subject Subject
	sealer  *seal.Sealer
	fields  []draftField
}

type draftField struct {
	code   string
	sealed []byte
	token  []byte
}

// Prepare seals a new record. A field outside the budget, or one that belongs
// to the other kind of subject, is fault.Invalid and names the field.
func Prepare(ctx context.Context, v *seal.Vault, d *db.DB, b catalogue.Budget, s Subject, vals Values) (*Draft, error) {
	if s.Source == "" {
		return nil, fault.New(fault.Denied, "subject.no_source")
	}
	sealer, err := v.Prepare(ctx, d, s.Institution, s.ID)
	if err != nil {
		return nil, err
	}
	draft := &Draft{subject: s, sealer: sealer}
	for code, val := range vals {
		if err := admit(b, s.Kind, code); err != nil {
			return nil, err
		}
		f, err := sealField(sealer, code, 1, val)
		if err != nil {
			return nil, err
		}
		draft.fields = append(draft.fields, f)
	}
	return draft, nil
}

// admit returns nil if a subject of this kind may have this field.
func admit(b catalogue.Budget, k Kind, code string) error {
	if Owner(code) != k {
		return fault.At(code, "subject.field_owner", code)
	}
	return b.Admit(code)
}

func sealField(s *seal.Sealer, code string, version uint32, val secret.Text) (f draftField, err error) {
	f.code = code
	if f.sealed, err = s.Seal(code, version, val); err != nil || !Indexed(code) {
		return f, err
	}
	f.token, err = s.Index(code, val)
	return f, err
}

// ID returns the identifier of the record to come.
func (d *Draft) ID() id.Subject { return d.subject.ID }

// State returns the state that the record will have.
func (d *Draft) State() State { return d.subject.State }

// Token returns the blind index of a searchable field, or nil.
func (d *Draft) Token(field string) []byte {
	for _, f := range d.fields {
		if f.code == field {
			return f.token
		}
	}
	return nil
}

// Commitment stands for the subject in the leaf of an event, before it is saved.
func (d *Draft) Commitment(e id.Event) ([32]byte, error) { return d.sealer.Commitment(e) }

// Save writes the record in the caller's transaction.
func (d *Draft) Save(tx *db.Tx) error {
	s := d.subject
	s.CreatedAt = tx.Now()
	if err := insert(tx, s); err != nil {
		return err
	}
	if err := d.sealer.Save(tx); err != nil {
		return err
	}
	return putFields(tx, s, d.fields)
}
