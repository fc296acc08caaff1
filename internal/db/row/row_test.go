package row_test

import (
	"bytes"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

type kind string

func TestEveryKindOfValueFindsItsPlace(t *testing.T) {
	sub := id.Make[id.Subject](time.Now())
	var s row.Set
	s.Cols = 9
	s.Int(-7)
	s.Int(1)
	s.Text([]byte("护童"))
	s.Text([]byte("school"))
	s.Blob(sub.Bytes())
	s.Blob([]byte{})
	s.Null()
	s.Float(1.5)
	s.Blob(bytes.Repeat([]byte{3}, 4))
	var (
		n     int8
		yes   bool
		name  string
		k     kind
		got   id.Subject
		empty []byte
		none  = new(int)
		f     sql.NullFloat64
		hash  [4]byte
	)
	if err := s.Scan(0, []any{&n, &yes, &name, &k, &got, &empty, &none, &f, &hash}); err != nil {
		t.Fatal(err)
	}
	if n != -7 || !yes || name != "护童" || k != "school" || got != sub || empty == nil || none != nil || f.Float64 != 1.5 || hash != [4]byte{3, 3, 3, 3} {
		t.Error(n, yes, name, k, got, empty, none, f, hash)
	}
}

func TestAValueWithoutAPlaceIsAnErrorThatDoesNotQuoteIt(t *testing.T) {
	var s row.Set
	s.Cols = 1
	s.Text([]byte("13800138000"))
	var (
		n int64
		b bool
		c int8
	)
	for _, dest := range []any{&n, &b, n, nil, new([3]byte), new(chan int)} {
		err := s.Scan(0, []any{dest})
		if err == nil || strings.Contains(err.Error(), "138") {
			t.Errorf("into %T: got %v", dest, err)
		}
	}
	if err := s.Scan(0, []any{&n, &b}); err == nil {
		t.Error("one column went into two variables")
	}
	s = row.Set{Cols: 1}
	s.Int(300)
	if err := s.Scan(0, []any{&c}); err == nil {
		t.Error("300 went into an int8")
	}
	if err := s.Scan(0, []any{&b}); err == nil {
		t.Error("300 went into a bool")
	}
}

func TestATimeIsTheMillisecondInUTCThatItWas(t *testing.T) {
	was := time.Date(2026, 3, 1, 8, 0, 0, 1_999_999, time.FixedZone("", 8*3600))
	for _, at := range []time.Time{was, {}} {
		ms, err := row.Arg(at)
		if err != nil {
			t.Fatal(err)
		}
		s := row.Set{Cols: 1}
		s.Int(ms.(int64))
		var got time.Time
		if err := s.Scan(0, []any{&got}); err != nil || got != at.UTC().Truncate(time.Millisecond) {
			t.Errorf("got %v, %v, want %v", got, err, at)
		}
	}
	s, got := row.Set{Cols: 1}, was
	s.Null()
	if err := s.Scan(0, []any{&got}); err != nil || !got.IsZero() {
		t.Errorf("null: got %v, %v", got, err)
	}
	s = row.Set{Cols: 1}
	s.Text([]byte("2026"))
	if err := s.Scan(0, []any{&got}); err == nil {
		t.Error("a text became a time")
	}
}

func TestAHashThatIsNotThereIsZero(t *testing.T) {
	s := row.Set{Cols: 2}
	s.Blob(nil)
	s.Null()
	a, b := [2]byte{1}, [2]byte{2}
	if err := s.Scan(0, []any{&a, &b}); err != nil || a != [2]byte{} || b != [2]byte{} {
		t.Errorf("got %v, %v, %v", a, b, err)
	}
	s = row.Set{Cols: 1}
	s.Int(0)
	if err := s.Scan(0, []any{&a}); err == nil {
		t.Error("a number became a hash")
	}
}

func TestCellsSurviveTheGrowthOfTheAnswer(t *testing.T) {
	s := row.Set{Cols: 1}
	for i := range 1000 {
		s.Blob(bytes.Repeat([]byte{byte(i)}, i%50))
	}
	for i := range 1000 {
		var b []byte
		if err := s.Scan(i, []any{&b}); err != nil || !bytes.Equal(b, bytes.Repeat([]byte{byte(i)}, i%50)) {
			t.Fatalf("row %d: got %v, %v", i, b, err)
		}
		_ = append(b, 0xff) // must not reach the neighbour
	}
}

func TestArgumentsBecomeOneOfFiveKinds(t *testing.T) {
	sub := id.Make[id.Subject](time.Now())
	n := 5
	for _, c := range []struct{ in, want any }{
		{nil, nil}, {7, int64(7)}, {int8(-7), int64(-7)}, {uint32(7), int64(7)}, {true, int64(1)}, {false, int64(0)},
		{"x", "x"}, {kind("x"), "x"}, {[]byte("x"), []byte("x")}, {[]byte(nil), nil}, {[2]byte{1, 2}, []byte{1, 2}},
		{sub, sub.Bytes()}, {id.Subject{}, nil}, {&n, int64(5)}, {(*int)(nil), nil}, {(*id.Subject)(nil), nil},
		{1.5, 1.5}, {float32(0.5), 0.5}, {time.Time{}, int64(0)}, {time.UnixMilli(1500), int64(1500)}, {sql.NullInt64{}, nil}, {sql.NullInt64{Int64: 3, Valid: true}, int64(3)},
	} {
		got, err := row.Arg(c.in)
		if err != nil || !cmp.Equal(got, c.want) {
			t.Errorf("%T: got %v, %v, want %v", c.in, got, err, c.want)
		}
	}
	for _, bad := range []any{time.Local, uint64(1 << 63), []string{"x"}, make(chan int), struct{}{}, secret.NewText("x")} {
		if got, err := row.Arg(bad); err == nil {
			t.Errorf("%T became %T", bad, got)
		}
	}
}
