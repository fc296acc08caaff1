package subject

import (
	"slices"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// Salt returns the subject's ledger salt, or nil after erasure.
func (x Sealed) Salt() []byte { return x.salt }

// Version returns the version of the value, 0 if the field is not held.
func (x Sealed) Version() uint32 { return x.version }

// Open opens the field of a usable record. Errors: Erased, ConsentNeeded for a
// restricted record, Invalid if it is not held.
func (x Sealed) Open(tx *db.Tx, v *seal.Vault, p seal.Permit) (secret.Text, error) {
	if err := x.Usable(); err != nil {
		return secret.Text{}, err
	}
	return x.open(tx, v, p)
}

// OpenOwn is Open for the family's own view, which a restriction does not
// close: the right to look does not depend on a consent to use.
func (x Sealed) OpenOwn(tx *db.Tx, v *seal.Vault, p seal.Permit) (secret.Text, error) {
	if x.State == Erased {
		return secret.Text{}, x.Usable()
	}
	return x.open(tx, v, p)
}

func (x Sealed) open(tx *db.Tx, v *seal.Vault, p seal.Permit) (secret.Text, error) {
	if x.version == 0 {
		return secret.Text{}, fault.At(x.field, "subject.field_absent", x.field)
	}
	place := seal.Place{Institution: x.Institution, Subject: x.ID, Field: x.field, Version: x.version}
	return v.OpenWith(tx, p, place, x.wrapped, x.ciphertext)
}

// Open reads and opens one field of a usable record.
func Open(tx *db.Tx, v *seal.Vault, p seal.Permit, inst id.Institution, subj id.Subject, field string) (secret.Text, error) {
	x, err := LoadSealed(tx, inst, subj, field)
	if err != nil {
		return secret.Text{}, err
	}
	return x.Open(tx, v, p)
}

// OpenOwn reads and opens one field for the family's own view.
func OpenOwn(tx *db.Tx, v *seal.Vault, p seal.Permit, inst id.Institution, subj id.Subject, field string) (secret.Text, error) {
	x, err := LoadOwnSealed(tx, inst, subj, field)
	if err != nil {
		return secret.Text{}, err
	}
	return x.OpenOwn(tx, v, p)
}

// Put writes a new value of one field of an existing record: a correction, or a
// field that came later under its own consent. The version counts up, so the
// former ciphertext no longer opens here.
func Put(tx *db.Tx, v *seal.Vault, b catalogue.Budget, inst id.Institution, subj id.Subject, field string, val secret.Text) error {
	s, err := LoadOwn(tx, inst, subj)
	if err != nil {
		return err
	}
	if s.State == Erased {
		return s.Usable()
	}
	if err := admit(b, s.Kind, field); err != nil {
		return err
	}
	version, err := fieldVersion(tx, inst, subj, field)
	if err != nil {
		return err
	}
	sealer, err := v.Sealer(tx, inst, subj)
	if err != nil {
		return err
	}
	f, err := sealField(sealer, field, version+1, val)
	if err != nil {
		return err
	}
	return putField(tx, inst, subj, field, version+1, f.sealed, f.token)
}

// ByPhone finds the subjects with exactly this phone in this field, by its
// blind index. Erased and secluded ones are never among them.
func ByPhone(tx *db.Tx, v *seal.Vault, inst id.Institution, field string, phone secret.Text) ([]Subject, error) {
	token, err := v.Index(tx, inst, field, phone)
	if err != nil {
		return nil, err
	}
	return ByToken(tx, inst, field, token)
}

// OwnByPhone is ByPhone for the family itself, which signs in by its number:
// secluded records are among them.
func OwnByPhone(tx *db.Tx, v *seal.Vault, inst id.Institution, field string, phone secret.Text) ([]Subject, error) {
	token, err := v.Index(tx, inst, field, phone)
	if err != nil {
		return nil, err
	}
	return OwnByToken(tx, inst, field, token)
}

// TiesByPhone finds the guardians with exactly this phone, by its blind index, and
// returns their ties to children, those of one guardian together: who and to whom,
// and no more. Erased and secluded guardians are never among them; a
// child that is secluded may be, and Load does not find it.
func TiesByPhone(tx *db.Tx, v *seal.Vault, inst id.Institution, phone secret.Text) ([]Tie, error) {
	token, err := v.Index(tx, inst, GuardianPhone, phone)
	if err != nil {
		return nil, err
	}
	return tiesByToken(tx, inst, token)
}

// ByToken is ByPhone for a caller that holds the blind index already.
func ByToken(tx *db.Tx, inst id.Institution, field string, token []byte) ([]Subject, error) {
	all, err := OwnByToken(tx, inst, field, token)
	return slices.DeleteFunc(all, func(s Subject) bool { return s.Secluded }), err
}

// OwnByToken is OwnByPhone, likewise.
func OwnByToken(tx *db.Tx, inst id.Institution, field string, token []byte) ([]Subject, error) {
	return byToken(tx, inst, field, token)
}

// Restrict stops every use of a record but storage; Unrestrict ends that. A
// secluded record stays so, and is in that state once it is let out.
func Restrict(tx *db.Tx, inst id.Institution, subj id.Subject) error {
	return setState(tx, inst, subj, Restricted)
}

// Unrestrict makes a restricted record usable again.
func Unrestrict(tx *db.Tx, inst id.Institution, subj id.Subject) error {
	return setState(tx, inst, subj, Live)
}

// Erase destroys a record: its key and ledger salt, its sealed values and its
// family ties. A guardian without children left is erased with the last child.
// It returns every subject that was erased. Erasing twice is not an error.
func Erase(tx *db.Tx, v *seal.Vault, inst id.Institution, child id.Subject) ([]id.Subject, error) {
	guardians, err := Guardians(tx, inst, child)
	if err != nil {
		return nil, err
	}
	gone := []id.Subject{child}
	if err := eraseOne(tx, v, inst, child); err != nil {
		return nil, err
	}
	for _, g := range guardians {
		left, err := OwnChildren(tx, inst, g)
		if err != nil {
			return nil, err
		}
		if len(left) > 0 {
			if err := coverGuardian(tx, inst, g); err != nil {
				return nil, err
			}
			continue
		}
		if err := eraseOne(tx, v, inst, g); err != nil {
			return nil, err
		}
		gone = append(gone, g)
	}
	return gone, nil
}

func eraseOne(tx *db.Tx, v *seal.Vault, inst id.Institution, subj id.Subject) error {
	if err := v.Erase(tx, inst, subj); err != nil {
		return err
	}
	return erase(tx, inst, subj)
}
