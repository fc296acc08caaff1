// Package row holds the answers of a database in memory, in the five kinds of
// value that every engine agrees on: null, integer, float, text and bytes.
//
// An answer is read whole before the caller sees the first row. That costs
// memory for a long list (page it with LIMIT) and buys three things: no cursor
// is left open by a forgotten Close, one connection can answer the next query
// while a list is walked, and both engines behave the same.
package row

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"time"
)

// Kind tells what a Value holds.
type Kind uint8

// The kinds of value.
const (
	Null Kind = iota
	Int
	Float
	Text
	Blob
)

// Value is one cell of an answer.
type Value struct {
	kind Kind
	n    int64
	f    float64
	b    []byte
}

// Set is a whole answer. The zero Set is empty and ready for use.
type Set struct {
	Cols   int // values per row
	values []Value
	arena  []byte // backs text and bytes; only ever appended to
}

// Null appends a null.
func (s *Set) Null() { s.add(Value{}) }

// Int appends an integer.
func (s *Set) Int(n int64) { s.add(Value{kind: Int, n: n}) }

// Float appends a float.
func (s *Set) Float(f float64) { s.add(Value{kind: Float, f: f}) }

// add makes room for a row at first: most answers have one.
func (s *Set) add(v Value) {
	if s.values == nil {
		s.values = make([]Value, 0, s.Cols)
	}
	s.values = append(s.values, v)
}

// Text appends a copy of b as text.
func (s *Set) Text(b []byte) { s.bytes(Text, b) }

// Blob appends a copy of b as bytes.
func (s *Set) Blob(b []byte) { s.bytes(Blob, b) }

func (s *Set) bytes(k Kind, b []byte) {
	if cap(s.arena)-len(s.arena) < len(b) {
		// Cells already cut keep the old array; nothing is copied.
		s.arena = make([]byte, 0, max(256, 2*cap(s.arena), len(b)))
	}
	at := len(s.arena)
	s.arena = append(s.arena, b...)
	s.add(Value{kind: k, b: s.arena[at:len(s.arena):len(s.arena)]})
}

// Reset empties the set and keeps its memory, which the next answer overwrites.
func (s *Set) Reset() { s.values, s.arena = s.values[:0], s.arena[:0] }

// Len returns the number of rows.
func (s *Set) Len() int {
	if s.Cols == 0 {
		return 0
	}
	return len(s.values) / s.Cols
}

// Scan copies row i into the pointers dest. Bytes are not copied: they belong
// to the caller from then on.
func (s *Set) Scan(i int, dest []any) error {
	if len(dest) != s.Cols {
		return fmt.Errorf("scan: %d columns into %d variables", s.Cols, len(dest))
	}
	for c, d := range dest {
		if err := s.values[i*s.Cols+c].assign(d); err != nil {
			return fmt.Errorf("scan column %d: %w", c+1, err)
		}
	}
	return nil
}

// assign stores v in *dest. Errors name kinds and types, never the value.
func (v Value) assign(dest any) error {
	switch d := dest.(type) {
	case *int64:
		if v.kind == Int {
			*d = v.n
			return nil
		}
	case *int:
		if v.kind == Int {
			*d = int(v.n)
			return nil
		}
	case *string:
		if v.kind == Text || v.kind == Blob {
			*d = string(v.b)
			return nil
		}
	case *[]byte:
		switch v.kind {
		case Null:
			*d = nil
			return nil
		case Text, Blob:
			*d = v.b
			return nil
		}
	case *bool:
		if v.kind == Int && v.n>>1 == 0 {
			*d = v.n == 1
			return nil
		}
	case *float64:
		switch v.kind {
		case Float:
			*d = v.f
			return nil
		case Int:
			*d = float64(v.n)
			return nil
		}
	case *time.Time:
		if v.kind == Int || v.kind == Null {
			*d = moment(v.n)
			return nil
		}
	case sql.Scanner:
		return d.Scan(v.driver())
	case *any:
		*d = v.driver()
		return nil
	default:
		return v.reflect(dest)
	}
	return v.mismatch(dest)
}

// moment is the inverse of what Arg makes of a time, in UTC.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// reflect handles named types, other integer widths, byte arrays (zero for
// nothing) and pointers (nil for null).
func (v Value) reflect(dest any) error {
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("destination %T is not a pointer", dest)
	}
	e := p.Elem()
	switch {
	case e.Kind() == reflect.Pointer && v.kind == Null:
		e.SetZero()
		return nil
	case e.Kind() == reflect.Pointer:
		e.Set(reflect.New(e.Type().Elem()))
		return v.assign(e.Interface())
	case e.CanInt() && v.kind == Int && !e.OverflowInt(v.n):
		e.SetInt(v.n)
	case e.CanUint() && v.kind == Int && v.n >= 0 && !e.OverflowUint(uint64(v.n)):
		e.SetUint(uint64(v.n))
	case e.Kind() == reflect.Bool && v.kind == Int && v.n>>1 == 0:
		e.SetBool(v.n == 1)
	case e.Kind() == reflect.String && (v.kind == Text || v.kind == Blob):
		e.SetString(string(v.b))
	case e.Kind() == reflect.Slice && e.Type().Elem().Kind() == reflect.Uint8 && v.kind != Int && v.kind != Float:
		e.SetBytes(v.b)
	case e.Kind() == reflect.Array && e.Type().Elem().Kind() == reflect.Uint8 && v.kind != Int && v.kind != Float && (len(v.b) == e.Len() || len(v.b) == 0):
		e.SetZero()
		reflect.Copy(e, reflect.ValueOf(v.b))
	default:
		return v.mismatch(dest)
	}
	return nil
}

func (v Value) mismatch(dest any) error {
	return fmt.Errorf("cannot store %s in %T", [...]string{"null", "integer", "float", "text", "bytes"}[v.kind], dest)
}

func (v Value) driver() driver.Value {
	switch v.kind {
	case Int:
		return v.n
	case Float:
		return v.f
	case Text:
		return string(v.b)
	case Blob:
		return v.b
	}
	return nil
}
