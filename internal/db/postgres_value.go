package db

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/wardfold/wardfold/internal/db/row"
)

// The types of PostgreSQL that the house uses. Source: pg_type.dat.
const (
	oidBool   = 16
	oidBytea  = 17
	oidInt8   = 20
	oidInt2   = 21
	oidInt4   = 23
	oidText   = 25
	oidFloat8 = 701
)

// pgFormat returns 1 (binary) for the types known here and 0 (text) for others,
// such as the numeric that sum() returns.
func pgFormat(oid uint32) int16 {
	switch oid {
	case oidBool, oidBytea, oidInt8, oidInt2, oidInt4, oidText, oidFloat8:
		return 1
	}
	return 0
}

// pgArgs encodes arguments into memory that is reused by the next statement.
type pgArgs struct {
	bytes  []byte
	values [][]byte
}

func (a *pgArgs) reset() { a.bytes, a.values = a.bytes[:0], a.values[:0] }

func (a *pgArgs) encode(s *pgStmt, args []any) ([][]byte, error) {
	if len(args) != len(s.ParamOIDs) {
		return nil, fmt.Errorf("db: statement wants %d arguments, got %d", len(s.ParamOIDs), len(args))
	}
	first := len(a.values)
	for i, arg := range args {
		v, err := row.Arg(arg)
		if err == nil {
			err = a.add(s.ParamOIDs[i], v)
		}
		if err != nil {
			return nil, fmt.Errorf("db: argument %d: %w", i+1, err)
		}
	}
	return a.values[first:], nil
}

// add appends one value as the parameter type wants it. Earlier values keep the
// array they were cut from when a.bytes moves.
func (a *pgArgs) add(oid uint32, v any) error {
	at := len(a.bytes)
	switch v := v.(type) {
	case nil:
		a.values = append(a.values, nil)
		return nil
	case int64:
		b, ok := appendInt(a.bytes, oid, v)
		if !ok {
			return fmt.Errorf("integer does not fit parameter type %d", oid)
		}
		a.bytes = b
	case float64:
		switch {
		case oid == oidFloat8:
			a.bytes = binary.BigEndian.AppendUint64(a.bytes, math.Float64bits(v))
		case pgFormat(oid) == 0:
			a.bytes = strconv.AppendFloat(a.bytes, v, 'g', -1, 64)
		default:
			return fmt.Errorf("float does not fit parameter type %d", oid)
		}
	case string:
		if oid != oidText && pgFormat(oid) == 1 {
			return fmt.Errorf("text does not fit parameter type %d", oid)
		}
		a.bytes = append(a.bytes, v...)
	case []byte:
		if oid != oidBytea {
			return fmt.Errorf("bytes do not fit parameter type %d", oid)
		}
		a.bytes = append(a.bytes, v...)
	}
	if a.bytes == nil {
		a.bytes = make([]byte, 0, 256) // an empty value is not NULL
	}
	a.values = append(a.values, a.bytes[at:len(a.bytes):len(a.bytes)])
	return nil
}

func appendInt(b []byte, oid uint32, v int64) ([]byte, bool) {
	switch oid {
	case oidInt8:
		return binary.BigEndian.AppendUint64(b, uint64(v)), true
	case oidInt4:
		return binary.BigEndian.AppendUint32(b, uint32(v)), v == int64(int32(v))
	case oidInt2:
		return binary.BigEndian.AppendUint16(b, uint16(v)), v == int64(int16(v))
	case oidBool:
		return append(b, byte(v)), v>>1 == 0
	case oidFloat8:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(float64(v))), true
	case oidText, oidBytea:
		return nil, false
	}
	return strconv.AppendInt(b, v, 10), true
}

// decode appends one cell of an answer.
func decode(set *row.Set, oid uint32, b []byte) error {
	if b == nil {
		set.Null()
		return nil
	}
	if want := pgWidth(oid); want != 0 && len(b) != want {
		set.Null()
		return fmt.Errorf("db: %d bytes for a value of type %d", len(b), oid)
	}
	switch oid {
	case oidInt8:
		set.Int(int64(binary.BigEndian.Uint64(b)))
	case oidInt4:
		set.Int(int64(int32(binary.BigEndian.Uint32(b))))
	case oidInt2:
		set.Int(int64(int16(binary.BigEndian.Uint16(b))))
	case oidBool:
		set.Int(int64(b[0]))
	case oidFloat8:
		set.Float(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case oidBytea:
		set.Blob(b)
	case oidText:
		set.Text(b)
	default:
		decodeText(set, string(b))
	}
	return nil
}

// pgWidth returns the length of a value of a fixed-width type, or 0.
func pgWidth(oid uint32) int {
	switch oid {
	case oidInt8, oidFloat8:
		return 8
	case oidInt4:
		return 4
	case oidInt2:
		return 2
	case oidBool:
		return 1
	}
	return 0
}

// decodeText takes a number in text form for a number.
func decodeText(set *row.Set, s string) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		set.Int(n)
		return
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		set.Float(f)
		return
	}
	set.Text([]byte(s))
}
