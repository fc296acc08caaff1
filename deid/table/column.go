package table

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Column is one column: Values are its different values in order of first
// appearance, and Code tells which of them each row has.
type Column struct {
	Name   string
	Values []string
	First  []int32 // the row (from 0) in which each value appeared first
	narrow []uint8
	middle []uint16
	wide   []uint32
	dict   *dictionary
}

func newColumn(name string) *Column {
	return &Column{Name: name, narrow: []uint8{}, dict: newDictionary()}
}

// Code returns the index in Values of the value in a row.
func (c *Column) Code(row int) int {
	switch {
	case c.narrow != nil:
		return int(c.narrow[row])
	case c.middle != nil:
		return int(c.middle[row])
	}
	return int(c.wide[row])
}

// Value returns the value in a row.
func (c *Column) Value(row int) string { return c.Values[c.Code(row)] }

// Len is the number of rows.
func (c *Column) Len() int { return max(len(c.narrow), len(c.middle), len(c.wide)) }

// Counts returns how often each of Values occurs.
func (c *Column) Counts() []int {
	n := make([]int, len(c.Values))
	switch {
	case c.narrow != nil:
		tally(n, c.narrow)
	case c.middle != nil:
		tally(n, c.middle)
	default:
		tally(n, c.wide)
	}
	return n
}

func tally[C uint8 | uint16 | uint32](into []int, codes []C) {
	for _, c := range codes {
		into[c]++
	}
}

// Translate writes to[code] for every row into out, which has Len elements. It
// is how an engine gets a column in its own codes.
func Translate[C uint8 | uint16 | uint32](out []C, c *Column, to []C) {
	switch {
	case c.narrow != nil:
		translate(out, c.narrow, to)
	case c.middle != nil:
		translate(out, c.middle, to)
	default:
		translate(out, c.wide, to)
	}
}

func translate[C, D uint8 | uint16 | uint32](out []C, codes []D, to []C) {
	out = out[:len(codes)]
	for i, c := range codes {
		out[i] = to[c]
	}
}

func (c *Column) pick(rows []int32) *Column {
	out := &Column{Name: c.Name, Values: c.Values, First: c.First}
	switch {
	case c.narrow != nil:
		out.narrow = chosen(c.narrow, rows)
	case c.middle != nil:
		out.middle = chosen(c.middle, rows)
	default:
		out.wide = chosen(c.wide, rows)
	}
	return out
}

func chosen[C uint8 | uint16 | uint32](codes []C, rows []int32) []C {
	out := make([]C, len(rows))
	for i, r := range rows {
		out[i] = codes[r]
	}
	return out
}

// add appends the value of one more row.
func (c *Column) add(v []byte) { c.push(c.dict.code(v, c.Len())) }

// push appends a code, in the narrowest form that holds all codes so far.
func (c *Column) push(code uint32) {
	switch {
	case c.narrow != nil && code <= 0xff:
		c.narrow = append(c.narrow, uint8(code))
	case c.narrow != nil:
		c.middle = make([]uint16, len(c.narrow), 2*len(c.narrow)+1)
		for i, v := range c.narrow {
			c.middle[i] = uint16(v)
		}
		c.narrow = nil
		c.push(code)
	case c.middle != nil && code <= 0xffff:
		c.middle = append(c.middle, uint16(code))
	case c.middle != nil:
		c.wide = make([]uint32, len(c.middle), 2*len(c.middle)+1)
		for i, v := range c.middle {
			c.wide[i] = uint32(v)
		}
		c.middle = nil
		c.push(code)
	default:
		c.wide = append(c.wide, code)
	}
}

// dictionary maps the bytes of a value to its code: open addressing over one
// arena, so that ten million different values are three allocations.
type dictionary struct {
	slots []uint32 // code+1, 0 is free
	sums  []uint32 // of each code: part of its hash, to compare before comparing bytes
	ends  []uint32 // of each code: where its bytes end in arena
	first []int32
	arena []byte
	full  bool // the arena has no room for another value

	// Values of at most fifteen bytes, which most are, are found by comparing two
	// words.
	short [1 << shortBits]brief
}

const shortBits = 8

// brief is a short value in two words, and its code+1; 0 is free.
type brief struct {
	lo, hi uint64
	code   uint32
}

// words packs a value of at most fifteen bytes and its length into two words that
// no other value has.
func words(v []byte) (lo, hi uint64) {
	n := len(v)
	hi = uint64(n) << 56
	switch {
	case n >= 8: // the last eight bytes, without those that are in lo
		return binary.LittleEndian.Uint64(v), hi | binary.LittleEndian.Uint64(v[n-8:])>>(8*(16-n))
	case n >= 4: // the two halves overlap in bytes that are the same
		return uint64(binary.LittleEndian.Uint32(v)) | uint64(binary.LittleEndian.Uint32(v[n-4:]))<<(8*(n-4)), hi
	case n >= 2:
		return uint64(binary.LittleEndian.Uint16(v)) | uint64(v[n-1])<<(8*(n-1)), hi
	case n == 1:
		return uint64(v[0]), hi
	}
	return 0, hi
}

func newDictionary() *dictionary { return &dictionary{slots: make([]uint32, 1<<8)} }

// hash mixes eight bytes at a time. It need not resist an attacker: a file that
// makes it slow harms only who brought it.
func hash(v []byte) uint64 {
	const k = 0x9e3779b97f4a7c15
	h := uint64(len(v)) * k
	for len(v) >= 8 {
		hi, lo := bits.Mul64(h^binary.LittleEndian.Uint64(v), k)
		h = hi ^ lo
		v = v[8:]
	}
	var tail uint64
	for i, b := range v {
		tail |= uint64(b) << (8 * i)
	}
	hi, lo := bits.Mul64(h^tail, k)
	return hi ^ lo
}

func (d *dictionary) code(v []byte, row int) uint32 {
	if len(v) > 15 {
		return d.look(v, row)
	}
	lo, hi := words(v)
	b := &d.short[(lo^hi*0xd6e8feb86659fd93)*0x9e3779b97f4a7c15>>(64-shortBits)]
	if b.lo != lo || b.hi != hi || b.code == 0 {
		*b = brief{lo, hi, d.look(v, row) + 1}
	}
	return b.code - 1
}

// look finds a value in the table proper, or puts it there.
func (d *dictionary) look(v []byte, row int) uint32 {
	h := hash(v)
	mask := uint64(len(d.slots) - 1)
	sum := uint32(h >> 32)
	for i := h & mask; ; i = (i + 1) & mask {
		s := d.slots[i]
		if s == 0 {
			return d.insert(v, sum, i, row)
		}
		if d.sums[s-1] == sum && string(d.bytes(s-1)) == string(v) {
			return s - 1
		}
	}
}

func (d *dictionary) bytes(code uint32) []byte {
	from := uint32(0)
	if code > 0 {
		from = d.ends[code-1]
	}
	return d.arena[from:d.ends[code]]
}

func (d *dictionary) insert(v []byte, sum uint32, at uint64, row int) uint32 {
	if uint64(len(d.arena))+uint64(len(v)) > 1<<32-1 {
		d.full = true
		return 0
	}
	code := uint32(len(d.ends))
	d.arena = append(d.arena, v...)
	d.ends = append(d.ends, uint32(len(d.arena)))
	d.sums = append(d.sums, sum)
	d.first = append(d.first, int32(row))
	d.slots[at] = code + 1
	if 2*len(d.ends) > len(d.slots) {
		d.grow()
	}
	return code
}

func (d *dictionary) grow() {
	d.slots = make([]uint32, 4*len(d.slots))
	mask := uint64(len(d.slots) - 1)
	for c := range d.ends {
		i := hash(d.bytes(uint32(c))) & mask
		for d.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = uint32(c) + 1
	}
}

// settle turns the dictionaries into strings, once all is read.
func (t *Table) settle() error {
	utf, other := 0, 0
	for i, c := range t.Columns {
		if c.dict.full {
			return &Error{Code: TooVaried, Column: i + 1}
		}
		u, o := c.dict.scripts()
		utf, other = utf+u, other+o
	}
	// A file of one broken character among UTF-8 is UTF-8 and broken.
	t.gb = other > utf || utf == 0 && t.gb
	for i, c := range t.Columns {
		if err := c.settle(t.gb); err != nil {
			err.Column = i + 1
			return err
		}
	}
	return nil
}

// scripts counts the values beyond ASCII: those that can only be UTF-8, and those
// that cannot be.
func (d *dictionary) scripts() (utf, other int) {
	for c := range d.ends {
		v := d.bytes(uint32(c))
		switch {
		case isASCII(v):
		case utf8.Valid(v):
			if !ambiguous(v) {
				utf++
			}
		default:
			other++
		}
	}
	return utf, other
}

func isASCII(v []byte) bool {
	for _, b := range v {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (c *Column) settle(gb bool) *Error {
	d := c.dict
	all := string(d.arena)
	c.Values, c.First, c.dict = make([]string, len(d.ends)), d.first, nil
	from := uint32(0)
	for i, end := range d.ends {
		v := all[from:end]
		from = end
		ok := true
		if gb {
			v, ok = decoded(v)
		}
		if !ok || !utf8.ValidString(v) {
			return &Error{Code: Encoding, Row: int(d.first[i]) + 2}
		}
		c.Values[i] = v
	}
	return nil
}

func decoded(v string) (string, bool) {
	out, err := simplifiedchinese.GB18030.NewDecoder().String(v)
	if err != nil {
		return "", false
	}
	for _, r := range out {
		if r == utf8.RuneError {
			return "", false
		}
	}
	return out, true
}
