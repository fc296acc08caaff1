package catalogue

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Minimal is the schema of the Shanghai pledge: exactly four items (S0-01). No
// institution can widen it; what goes beyond is another schema with a purpose
// and a consent of its own.
const Minimal = "enrolment.minimal"

var minimalFields = []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}

// leastNecessity is the shortest text, in characters, that can be a reason.
const leastNecessity = 10

// Item is one field of a schema.
type Item struct {
	Field     string `json:"field"`
	Necessity string `json:"necessity"` // why the purpose cannot do without it, for people
}

// Schema is a budget before anybody relies on it: the closed list of fields
// that may be collected.
type Schema struct {
	Code       string
	Version    int // from 1, counted by the database
	Items      []Item
	ProposedBy id.Staff
	ProposedAt time.Time
	ApprovedBy id.Staff // zero until approved; never the proposer (I8)
	ApprovedAt time.Time
	Signer     string // the association that signed the fingerprint, or ""
	Signature  []byte // Ed25519 over SigningInput, or nil
}

// MinimalSchema returns the pledge's four items.
func MinimalSchema() Schema {
	return Schema{Code: Minimal, Items: []Item{
		{minimalFields[0], "上课时叫得出孩子，登记和考勤要用"},
		{minimalFields[1], "按年龄分班，并确定由谁来同意"},
		{minimalFields[2], "知道谁是监护人，接送和同意都找他"},
		{minimalFields[3], "上课安排和意外情况要联系得到家长"},
	}}
}

// Check returns nil if the schema is well formed. It fails with fault.Invalid:
// catalogue.schema_code, schema_empty, field_unknown, field_twice, necessity
// (missing or shorter than ten characters), or minimal (the pledge's schema with
// other fields than its four).
func (s Schema) Check() error {
	if !validCode(s.Code) {
		return fault.At("code", "catalogue.schema_code")
	}
	if len(s.Items) == 0 {
		return fault.At("items", "catalogue.schema_empty")
	}
	seen := map[string]bool{}
	for _, it := range s.Items {
		if _, err := FieldByCode(it.Field); err != nil {
			return err
		}
		if seen[it.Field] {
			return fault.At(it.Field, "catalogue.field_twice", it.Field)
		}
		seen[it.Field] = true
		if utf8.RuneCountInString(strings.TrimSpace(it.Necessity)) < leastNecessity {
			return fault.At(it.Field, "catalogue.necessity", it.Field)
		}
		if s.Code == Minimal && !slices.Contains(minimalFields, it.Field) {
			return fault.At(it.Field, "catalogue.minimal", it.Field)
		}
	}
	if s.Code == Minimal && len(seen) != len(minimalFields) {
		return fault.At("items", "catalogue.minimal", "")
	}
	return nil
}

// Fingerprint identifies the fields and their necessity: SHA-256 over the
// canonical JSON (RFC 8785) of {"code", "items"}, items in order of field code.
// Version, approval and signature are not part of it, so the same budget has
// the same fingerprint everywhere.
func (s Schema) Fingerprint() [32]byte { return sha256.Sum256(s.Canonical()) }

// Canonical returns the bytes under Fingerprint.
func (s Schema) Canonical() []byte {
	items := slices.SortedFunc(slices.Values(s.Items), func(a, b Item) int {
		return strings.Compare(a.Field, b.Field)
	})
	return canonical(map[string]any{"code": s.Code, "items": items})
}

// SigningInput is what an association signs: a domain word and the fingerprint.
func (s Schema) SigningInput() []byte {
	f := s.Fingerprint()
	return append([]byte("wardfold schema v1\n"), f[:]...)
}

// SignedBy reports whether the signature on the schema is by the key.
func (s Schema) SignedBy(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, s.SigningInput(), s.Signature)
}

// Budget returns the schema as a budget. It fails with fault.ApprovalNeeded
// (catalogue.unapproved) until somebody other than the proposer approved it,
// and like Check.
func (s Schema) Budget() (Budget, error) {
	if err := s.Check(); err != nil {
		return Budget{}, err
	}
	if s.ApprovedBy.IsZero() || s.ApprovedBy == s.ProposedBy || s.ApprovedAt.IsZero() {
		return Budget{}, fault.New(fault.ApprovalNeeded, "catalogue.unapproved", s.Code)
	}
	b := Budget{schema: s.Code, fingerprint: s.Fingerprint()}
	for _, it := range s.Items {
		b.fields = append(b.fields, it.Field)
	}
	return b, nil
}

// Budget is an approved schema: the permission to write its fields and no
// others (I7). The zero Budget admits nothing. It is immutable.
type Budget struct {
	schema      string
	fields      []string
	fingerprint [32]byte
}

// Admit returns nil if the field may be written; otherwise fault.Invalid with
// code catalogue.outside_budget, pointing at the field.
func (b Budget) Admit(field string) error {
	if slices.Contains(b.fields, field) {
		return nil
	}
	return fault.At(field, "catalogue.outside_budget", field)
}

// Schema returns the code of the schema behind the budget.
func (b Budget) Schema() string { return b.schema }

// Fields returns the fields in the order of the schema.
func (b Budget) Fields() []string { return slices.Clone(b.fields) }

// Fingerprint returns the fingerprint of the schema behind the budget.
func (b Budget) Fingerprint() [32]byte { return b.fingerprint }

// canonical encodes v as canonical JSON. v is always built here, from strings,
// numbers and booleans, so encoding cannot fail.
func canonical(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	if b, err = jcs.Transform(b); err != nil {
		panic(err)
	}
	return b
}
