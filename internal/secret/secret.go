// Package secret holds values that must not be shown by accident: personal
// information in clear and key material.
//
// A Text, Bytes or Key prints as "[redacted]" under every verb of package fmt,
// in slog, in JSON and as text, and refuses to become a database value. The
// value sits behind a pointer, because fmt prints an unexported struct field
// by reflection without asking its methods; behind a pointer it finds only an
// address. (Byte slices need two: under a wrong verb fmt follows one pointer to
// a slice, struct or map.) Expose is the one exit; arch_test.go lists the files that may call
// it. Deep printers that follow pointers must never be given a secret.
//
// The zero value of each type is an empty secret. All types are immutable and
// safe for concurrent use, except that Wipe zeroes a Key in place.
package secret

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

var errExport = errors.New("secret: a secret has no plain encoding")

// Text is a piece of personal information in clear, such as a name or phone.
type Text struct{ v *string }

// NewText wraps s. The caller should drop its own copy.
func NewText(s string) Text { return Text{&s} }

// Expose returns the value in clear.
func (t Text) Expose() string {
	if t.v == nil {
		return ""
	}
	return *t.v
}

// Empty reports whether there is nothing inside.
func (t Text) Empty() bool { return t.v == nil || *t.v == "" }

// Bytes is arbitrary secret content, such as a sealed file opened for its owner.
type Bytes struct{ v **[]byte }

// NewBytes wraps b without copying; the caller must not change b afterwards.
func NewBytes(b []byte) Bytes { p := &b; return Bytes{&p} }

// Expose returns the content in clear; the caller must not change it.
func (b Bytes) Expose() []byte {
	if b.v == nil {
		return nil
	}
	return **b.v
}

// Empty reports whether there is nothing inside.
func (b Bytes) Empty() bool { return b.v == nil || len(**b.v) == 0 }

// Key is key material.
type Key struct{ v **[]byte }

// NewKey wraps b without copying; the caller must not change b afterwards.
func NewKey(b []byte) Key { p := &b; return Key{&p} }

// Expose returns the key; the caller must not change or keep it.
func (k Key) Expose() []byte {
	if k.v == nil {
		return nil
	}
	return **k.v
}

// Empty reports whether there is nothing inside.
func (k Key) Empty() bool { return k.v == nil || len(**k.v) == 0 }

// Wipe zeroes the key in place. It is a best effort: the runtime may have copies.
func (k Key) Wipe() {
	if k.v != nil {
		clear(**k.v)
	}
}

func format(f fmt.State) { _, _ = f.Write([]byte(redacted)) }

// Format writes "[redacted]" whatever the verb.
func (t Text) Format(f fmt.State, _ rune)   { format(f) }
func (t Text) String() string               { return redacted }
func (t Text) GoString() string             { return redacted }
func (t Text) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (t Text) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
func (t Text) GobEncode() ([]byte, error)   { return nil, errExport }
func (t Text) Value() (driver.Value, error) { return nil, errExport }

// Format writes "[redacted]" whatever the verb.
func (b Bytes) Format(f fmt.State, _ rune)   { format(f) }
func (b Bytes) String() string               { return redacted }
func (b Bytes) GoString() string             { return redacted }
func (b Bytes) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (b Bytes) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (b Bytes) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
func (b Bytes) GobEncode() ([]byte, error)   { return nil, errExport }
func (b Bytes) Value() (driver.Value, error) { return nil, errExport }

// Format writes "[redacted]" whatever the verb.
func (k Key) Format(f fmt.State, _ rune)   { format(f) }
func (k Key) String() string               { return redacted }
func (k Key) GoString() string             { return redacted }
func (k Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
func (k Key) GobEncode() ([]byte, error)   { return nil, errExport }
func (k Key) Value() (driver.Value, error) { return nil, errExport }
