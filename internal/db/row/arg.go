package row

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"time"
)

// Arg turns an argument of a statement into one of nil, int64, float64, string
// and []byte. A driver.Valuer is asked first; a bool becomes 0 or 1; a time
// becomes milliseconds since 1970, the zero time 0; a nil slice or pointer
// becomes nil. Everything else is an error that names the type and never the
// value.
func Arg(a any) (any, error) {
	switch a := a.(type) {
	case nil, int64, float64, string:
		return a, nil
	case []byte:
		if a == nil {
			return nil, nil
		}
		return a, nil
	case int:
		return int64(a), nil
	case bool:
		if a {
			return int64(1), nil
		}
		return int64(0), nil
	case time.Time:
		if a.IsZero() {
			return int64(0), nil
		}
		return a.UnixMilli(), nil
	case driver.Valuer:
		if v := reflect.ValueOf(a); v.Kind() == reflect.Pointer && v.IsNil() {
			return nil, nil
		}
		v, err := a.Value()
		if err != nil {
			return nil, err
		}
		if _, again := v.(driver.Valuer); again {
			return nil, fmt.Errorf("argument of type %T does not become a value", a)
		}
		return Arg(v)
	}
	return reflectArg(a)
}

func reflectArg(a any) (any, error) {
	v := reflect.ValueOf(a)
	switch k := v.Kind(); {
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return int64(v.Uint()), nil
	case v.CanFloat():
		return v.Float(), nil
	case k == reflect.String:
		return v.String(), nil
	case k == reflect.Bool:
		return Arg(v.Bool())
	case k == reflect.Pointer && v.IsNil():
		return nil, nil
	case k == reflect.Pointer:
		return Arg(v.Elem().Interface())
	case k == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return Arg(v.Bytes())
	case k == reflect.Array && v.Type().Elem().Kind() == reflect.Uint8:
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return b, nil
	}
	return nil, fmt.Errorf("argument of type %T has no place in a database", a)
}
