// Package id holds the typed identifiers of Wardfold. Each is a UUIDv7 (RFC
// 9562 §5.7): 48 bits of milliseconds, then random bits, so that rows created
// together lie together. A Subject cannot be passed where a Staff is wanted.
//
// Identifiers print with a prefix ("sub_01j9…", 26 characters of Crockford's
// base 32 in lower case) and parse strictly; in the database they are 16 bytes.
// They are random and carry no personal information.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

type kind interface{ prefix() string }

// ID is an identifier of kind K. Use the named types below.
type ID[K kind] struct{ b [16]byte }

type (
	institution struct{}
	store       struct{}
	subject     struct{}
	staff       struct{}
	event       struct{}
	grant       struct{}
	notice      struct{}
	consent     struct{}
	enrolment   struct{}
	session     struct{}
	batch       struct{}
	apiKey      struct{}
	message     struct{}
	key         struct{}
	change      struct{}
)

func (institution) prefix() string { return "ins" }
func (store) prefix() string       { return "sto" }
func (subject) prefix() string     { return "sub" }
func (staff) prefix() string       { return "stf" }
func (event) prefix() string       { return "evt" }
func (grant) prefix() string       { return "grt" }
func (notice) prefix() string      { return "ntc" }
func (consent) prefix() string     { return "cns" }
func (enrolment) prefix() string   { return "enr" }
func (session) prefix() string     { return "ses" }
func (batch) prefix() string       { return "imp" }
func (apiKey) prefix() string      { return "key" }
func (message) prefix() string     { return "msg" }
func (key) prefix() string         { return "kek" }
func (change) prefix() string      { return "chg" }

// The kinds of identifier.
type (
	Institution = ID[institution] // the tenant: a chain, a school, a university, a welfare body
	Store       = ID[store]       // one place of an institution: a store, a campus, a village post
	Subject     = ID[subject]     // a child or a guardian whose information is sealed
	Staff       = ID[staff]       // a member of staff, or an overseer's officer
	Event       = ID[event]       // one entry of the audit ledger
	Grant       = ID[grant]
	Notice      = ID[notice]
	Consent     = ID[consent]
	Enrolment   = ID[enrolment]
	Session     = ID[session]
	Batch       = ID[batch] // one import
	APIKey      = ID[apiKey]
	Message     = ID[message]
	Key         = ID[key]
	Change      = ID[change] // a change to a record that staff ask for at the family's word
)

// New returns a fresh identifier for the moment at, with randomness from r.
func New[K kind](at time.Time, r io.Reader) (ID[K], error) {
	var x ID[K]
	if _, err := io.ReadFull(r, x.b[6:]); err != nil {
		return ID[K]{}, fmt.Errorf("id: read randomness: %w", err)
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(x.b[:6], ms[2:])
	x.b[6] = x.b[6]&0x0f | 0x70
	x.b[8] = x.b[8]&0x3f | 0x80
	return x, nil
}

// Make is New with the system's randomness, which never fails.
func Make[T ID[K], K kind](at time.Time) T {
	x, err := New[K](at, rand.Reader)
	if err != nil {
		panic(err) // crypto/rand.Reader never returns an error since Go 1.24
	}
	return T(x)
}

// shared is how many bytes the identifiers of one family have in common: the
// milliseconds and 26 random bits. 48 bits are each one's own.
const shared = 10

// Family returns fresh identifiers for a child and a guardian that begin alike, so
// that their rows lie on the same page in every table, whatever else is created
// in the same millisecond: whoever looks one up wants the other too.
func Family(at time.Time) (child, guardian Subject) {
	child, guardian = Make[Subject](at), Make[Subject](at)
	copy(guardian.b[:shared], child.b[:shared])
	if guardian == child {
		return Family(at)
	}
	return child, guardian
}

var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Parse reads the printed form. It accepts exactly what String prints.
func Parse[T ID[K], K kind](s string) (T, error) {
	var x ID[K]
	var k K
	rest, ok := strings.CutPrefix(s, k.prefix()+"_")
	if !ok || len(rest) != 26 {
		return T{}, fmt.Errorf("id: not a %s identifier", k.prefix())
	}
	if n, err := encoding.Decode(x.b[:], []byte(rest)); err != nil || n != 16 || x.String() != s {
		return T{}, fmt.Errorf("id: not a %s identifier", k.prefix())
	}
	return T(x), nil
}

// FromBytes reads the 16-byte form.
func FromBytes[T ID[K], K kind](b []byte) (T, error) {
	var x ID[K]
	if len(b) != 16 {
		var k K
		return T{}, fmt.Errorf("id: a %s identifier has 16 bytes, not %d", k.prefix(), len(b))
	}
	copy(x.b[:], b)
	return T(x), nil
}

// IsZero reports whether x was never set.
func (x ID[K]) IsZero() bool { return x.b == [16]byte{} }

// Bytes returns the 16 bytes.
func (x ID[K]) Bytes() []byte { return x.b[:] }

// Time returns the moment of creation, to the millisecond, in UTC.
func (x ID[K]) Time() time.Time {
	var ms [8]byte
	copy(ms[2:], x.b[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:]))).UTC()
}

// String prints the identifier with its prefix; the zero value prints "".
func (x ID[K]) String() string {
	if x.IsZero() {
		return ""
	}
	var k K
	buf := make([]byte, 0, 32)
	buf = append(buf, k.prefix()...)
	buf = append(buf, '_')
	return string(encoding.AppendEncode(buf, x.b[:]))
}

// MarshalText prints like String.
func (x ID[K]) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalText parses like Parse; empty text is the zero value.
func (x *ID[K]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*x = ID[K]{}
		return nil
	}
	p, err := Parse[ID[K]](string(b))
	if err == nil {
		*x = p
	}
	return err
}

// Value stores the identifier as 16 bytes; the zero value becomes NULL.
func (x ID[K]) Value() (driver.Value, error) {
	if x.IsZero() {
		return nil, nil
	}
	return x.b[:], nil
}

// Scan reads 16 bytes or NULL.
func (x *ID[K]) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*x = ID[K]{}
		return nil
	case []byte:
		p, err := FromBytes[ID[K]](v)
		if err == nil {
			*x = p
		}
		return err
	}
	return fmt.Errorf("id: cannot read %T", v)
}
