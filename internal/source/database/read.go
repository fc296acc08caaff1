package database

import (
	"bytes"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// strides is over how many places of a table a sample is spread.
const strides = 20

// reading is one table in one transaction.
type reading struct {
	b       *Base
	t       Table
	tx      *sql.Tx
	watch   *watch
	name    string
	w       *flow.Writer
	columns []string
	n       int64 // rows so far
	cells   [][]byte
}

// learn asks for the names of the columns.
func (r *reading) learn() error {
	rows, err := r.tx.QueryContext(r.watch.ctx, r.b.d.columns, r.t.Schema, r.t.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	most := r.b.opt.Columns
	if most <= 0 {
		most = 2000
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if len(r.columns) < most {
			r.columns = append(r.columns, name)
		}
	}
	r.watch.alive()
	return rows.Err()
}

// queries are the statements that read the table: one for all of it, or several
// that take a share each behind places spread over the integer key. A table
// without such a key is sampled from its start. sample is as that of a Part.
func (r *reading) queries() (all []string, sample int64) {
	list := make([]string, len(r.columns))
	for i, c := range r.columns {
		list[i] = r.b.d.quote(c)
	}
	from := r.b.d.quote(r.t.Name)
	if r.t.Schema != "" {
		from = r.b.d.quote(r.t.Schema) + "." + from
	}
	base := "SELECT " + strings.Join(list, ", ") + " FROM " + from
	most := r.b.opt.Sample
	if most <= 0 {
		return []string{base}, 0
	}
	key, low, high, ok := r.span(from)
	if !ok || high-low < int64(most) {
		return []string{base + " LIMIT " + strconv.Itoa(most)}, int64(most)
	}
	k := r.b.d.quote(key)
	share := max(most/strides, 1)
	step := (high - low) / int64(strides)
	for i := range min(strides, most) {
		at := low + int64(i)*step
		to := at + step
		if i == min(strides, most)-1 {
			to = high + 1
		}
		all = append(all, fmt.Sprintf("%s WHERE %s >= %d AND %s < %d ORDER BY %s LIMIT %d", base, k, at, k, to, k, share))
	}
	return all, 1 // some places may have less than their share
}

// span finds the integer key of the table, and its ends.
func (r *reading) span(from string) (key string, low, high int64, ok bool) {
	err := r.tx.QueryRowContext(r.watch.ctx, r.b.d.key, r.t.Schema, r.t.Name).Scan(&key)
	if err != nil {
		return "", 0, 0, false
	}
	var a, b any
	k := r.b.d.quote(key)
	if err := r.tx.QueryRowContext(r.watch.ctx, "SELECT min("+k+"), max("+k+") FROM "+from).Scan(&a, &b); err != nil {
		return "", 0, 0, false
	}
	low, ok1 := number(a)
	high, ok2 := number(b)
	return key, low, high, ok1 && ok2 && high-low > 0
}

// rows streams the answer to one statement.
func (r *reading) rows(query string) error {
	rows, err := r.tx.QueryContext(r.watch.ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	values := make([]any, len(r.columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	r.cells = make([][]byte, len(values))
	for rows.Next() {
		r.watch.alive()
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			r.cells[i] = text(v)
		}
		r.n++
		if err := r.w.Row(r.n, r.cells); err != nil {
			return err
		}
	}
	return rows.Err()
}

// text is a value as people would read it; what is no text is left out.
func text(v any) []byte {
	switch x := v.(type) {
	case nil:
		return nil
	case []byte:
		if !utf8.Valid(x) || bytes.IndexByte(x, 0) >= 0 {
			if flow.Binary(x[:min(len(x), 4096)]) {
				return nil
			}
		}
		return x
	case string:
		return []byte(x)
	case int64:
		return strconv.AppendInt(nil, x, 10)
	case float64:
		return strconv.AppendFloat(nil, x, 'f', -1, 64)
	case bool:
		return strconv.AppendBool(nil, x)
	case time.Time:
		if x.Hour() == 0 && x.Minute() == 0 && x.Second() == 0 {
			return []byte(x.Format(time.DateOnly))
		}
		return []byte(x.Format(time.DateTime))
	}
	return fmt.Append(nil, v)
}
