// Package catalogue says what may be held about whom and why: fields, purposes,
// schemas, notices, and who is in charge.
//
// A field is one item of personal information with a code such as
// "learner.name". A purpose is one reason to use some fields, on one of the
// seven legal bases of PIPL art. 13. A schema is a budget: the closed list of
// fields that may be collected, each with its recorded necessity, approved by a
// second person and identified by a fingerprint; a field outside it cannot be
// written, because writers ask for a Budget and only this package makes one
// (I7). A notice is what a person reads before deciding; the linter refuses one
// that is incomplete or that bundles, presumes or presses.
//
// Some purposes are banned for everybody (I4) and cannot be defined.
//
// The package holds no personal information.
package catalogue

import (
	"slices"
	"strings"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
)

// Class says how information identifies: by itself, or by what the person does.
// Source: a university's PI measures, art. 3 (S3-04, S3-05).
type Class string

// The two classes.
const (
	Identity Class = "identity"
	Activity Class = "activity"
)

// Category is a kind of personal information: seven of identity, nine of
// activity.
type Category string

// The categories of identity (S3-04), then of activity (S3-05).
const (
	Name        Category = "name"
	BirthDate   Category = "birth"
	NationalID  Category = "national_id"
	Biometric   Category = "biometric"
	Address     Category = "address"
	Contact     Category = "contact"
	BankAccount Category = "bank_account"

	Communication Category = "communication"
	Password      Category = "password"
	Property      Category = "property"
	Credit        Category = "credit"
	Track         Category = "track"
	Lodging       Category = "lodging"
	Health        Category = "health"
	Transaction   Category = "transaction"
	Grade         Category = "grade"
)

var identities = []Category{Name, BirthDate, NationalID, Biometric, Address, Contact, BankAccount}

// Source: PIPL art. 28: biometrics, medical health, financial accounts, tracks.
// (Beliefs and specific identities are not in the vocabulary at all.)
var sensitives = []Category{Biometric, BankAccount, Property, Health, Track}

// Class returns the class of a category.
func (c Category) Class() Class {
	if slices.Contains(identities, c) {
		return Identity
	}
	return Activity
}

// Sensitive reports whether the category is sensitive at every age.
func (c Category) Sensitive() bool { return slices.Contains(sensitives, c) }

// Field is one item of personal information that this program knows how to
// hold. The vocabulary is closed: a code outside it is refused everywhere.
type Field struct {
	Code     string
	Category Category
	Mask     deid.Kind // how it is shown masked; "" is not shown at all
}

// Fields is the vocabulary. The first four are the pledge's (S0-01); the others
// exist so that an institution with a lawful need can ask for them openly.
var Fields = []Field{
	{"learner.name", Name, deid.ChildName},
	{"learner.birth_month", BirthDate, deid.BirthMonth},
	{"guardian.name", Name, deid.GuardianName},
	{"guardian.phone", Contact, deid.Phone},
	{"learner.phone", Contact, deid.Phone},
	{"learner.photo", Biometric, ""},
	{"learner.address", Address, deid.Address},
	{"learner.national_id", NationalID, deid.NationalID},
	{"learner.school", Address, ""}, // where a child is found on weekdays
	{"learner.grade", Grade, ""},
	{"learner.health", Health, ""},
	{"learner.account", BankAccount, ""},
}

// FieldByCode returns the field with a code. It fails with fault.Invalid,
// catalogue.field_unknown.
func FieldByCode(code string) (Field, error) {
	for _, f := range Fields {
		if f.Code == code {
			return f, nil
		}
	}
	return Field{}, fault.At(code, "catalogue.field_unknown", code)
}

// OfLearner reports whether the field describes the learner, not the guardian.
func (f Field) OfLearner() bool { return strings.HasPrefix(f.Code, "learner.") }

// Sensitive reports whether the field is sensitive today: by its category, or
// because the learner is under 14, when everything is (S3-54; PIPL art. 28).
// The band is computed from the birth each time and never stored.
func (f Field) Sensitive(learner civil.Band) bool {
	return f.Category.Sensitive() || f.OfLearner() && learner == civil.Under14
}
