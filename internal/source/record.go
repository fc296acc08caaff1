package source

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// Bounds of an object that is read as a row.
const (
	recordMax  = 256 << 10 // bytes
	recordKeys = 256
)

// record is an object that becomes a row.
type record struct {
	depth  int // of the stack outside it
	keys   []string
	values [][]byte
	bytes  int
}

// listing is the table that records are written to.
type listing struct {
	depth   int // of the array
	columns map[string]int
	n       int64
}

// field adds a value to the record; values of one path stand in one cell.
func (n *notation) field(key []byte) error {
	r := n.record
	path := ""
	for _, l := range n.stack[min(r.depth+1, len(n.stack)):] {
		if l.key != "" && !bytes.HasSuffix([]byte(path), []byte(l.key+".")) {
			path += l.key + "."
		}
	}
	if len(n.key) > 0 || path == "" {
		path += string(key)
	} else {
		path = path[:len(path)-1]
	}
	r.bytes += len(n.value) + 48
	for i, k := range r.keys {
		if k == path {
			r.values[i] = append(append(r.values[i], "; "...), n.value...)
			return n.bounded()
		}
	}
	r.keys, r.values = append(r.keys, path), append(r.values, bytes.Clone(n.value))
	return n.bounded()
}

// bounded turns a record that is too large for a row into text.
func (n *notation) bounded() error {
	r := n.record
	if r.bytes <= recordMax && len(r.keys) <= recordKeys {
		return nil
	}
	n.record = nil
	if err := n.endTable(); err != nil {
		return err
	}
	for i, k := range r.keys {
		if err := n.pair([]byte(k), r.values[i], n.at); err != nil {
			return err
		}
	}
	return nil
}

// endRecord writes a record as a row. The first one of a list names the columns;
// a key that comes later is written into one more column.
func (n *notation) endRecord() error {
	r := n.record
	n.record = nil
	if n.table == nil {
		n.table = &listing{depth: len(n.stack), columns: make(map[string]int)}
		for i, k := range r.keys {
			n.table.columns[k] = i
		}
		name := n.host.Name
		if at := n.pointerOf(n.stack); at != "" {
			name += "#" + at
		}
		if err := n.w.Part(flow.Part{Name: name, Table: true, Header: append(slices.Clone(r.keys), "")}); err != nil {
			return err
		}
	}
	cells := make([][]byte, len(n.table.columns)+1)
	for i, k := range r.keys {
		if c, ok := n.table.columns[k]; ok {
			cells[c] = r.values[i]
			continue
		}
		last := len(cells) - 1
		cells[last] = append(append(append(append(cells[last], k...), ": "...), r.values[i]...), '\n')
	}
	n.table.n++
	return n.w.Row(n.table.n, cells)
}

func (n *notation) pointerOf(stack []level) string {
	var b []byte
	for i, l := range stack {
		if i > 0 && !stack[i-1].array {
			b = append(append(b, '/'), l.key...)
		} else if i > 0 {
			b = strconv.AppendInt(append(b, '/'), int64(stack[i-1].index), 10)
		}
	}
	return string(b)
}

func (n *notation) endTable() error {
	if n.table == nil {
		return nil
	}
	n.table = nil
	return n.w.Part(n.host)
}
