package ole

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/richardlehane/mscfb"

	"github.com/wardfold/wardfold/internal/sheet"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Bounds of one workbook.
const (
	maxStrings = 4_000_000
	maxSheets  = 4096
	rowsHeld   = 512 // cells may come out of order within a block of rows
)

type workbook struct {
	b        []byte
	name     string
	w        *flow.Writer
	narrow   bool // BIFF5: strings are in the code page
	from1904 bool
	formats  map[int]sheet.Style
	styles   []sheet.Style
	strings  []string
	sheets   []bound
}

type bound struct {
	name string
	at   int
}

func readWorkbook(f *mscfb.File, name string, w *flow.Writer) error {
	b, err := whole(f, name)
	if err != nil {
		return err
	}
	return newWorkbook(b, name, w).read()
}

func newWorkbook(b []byte, name string, w *flow.Writer) *workbook {
	return &workbook{b: b, name: name, w: w, formats: make(map[int]sheet.Style)}
}

func (k *workbook) read() error {
	if err := k.globals(); err != nil {
		return err
	}
	for _, s := range k.sheets {
		if s.at < 0 || s.at >= len(k.b) {
			if err := k.w.Report(k.name+"#"+s.name, errCut); err != nil {
				return err
			}
			continue
		}
		if err := k.sheet(s); err != nil {
			return err
		}
	}
	return nil
}

// globals reads what all sheets share.
func (k *workbook) globals() error {
	for rest := k.b; ; {
		r, more, ok := next(rest)
		if !ok {
			return errCut
		}
		rest = more
		switch r.kind {
		case recBOF:
			if len(r.data) < 2 {
				return errCut
			}
			k.narrow = le.Uint16(r.data) < 0x0600
		case recFilePass:
			return &flow.Problem{Name: k.name, Code: "source.encrypted"}
		case recDate1904:
			k.from1904 = len(r.data) >= 2 && le.Uint16(r.data) == 1
		case recFormat:
			k.format(r.data)
		case recXF:
			k.style(r.data)
		case recBoundSheet:
			k.bound(r.data)
		case recSST:
			rest = k.shared(r.data, rest)
		case recEOF:
			return nil
		}
	}
}

func (k *workbook) format(b []byte) {
	if len(b) < 3 {
		return
	}
	code := ""
	if k.narrow {
		code = narrowText(b[2:], 1)
	} else {
		code = unicodeText(b[2:], false)
	}
	k.formats[int(le.Uint16(b))] = sheet.StyleOf(code)
}

func (k *workbook) style(b []byte) {
	var s sheet.Style
	if len(b) >= 4 {
		id := int(le.Uint16(b[2:]))
		var ok bool
		if s, ok = k.formats[id]; !ok {
			s = sheet.Builtin[id]
		}
	}
	k.styles = append(k.styles, s)
}

func (k *workbook) bound(b []byte) {
	if len(b) < 8 || b[5] != 0 || len(k.sheets) >= maxSheets { // charts and macros have no cells
		return
	}
	name := ""
	if k.narrow {
		name = narrowText(b[6:], 1)
	} else {
		name = unicodeText(b[6:], true)
	}
	k.sheets = append(k.sheets, bound{name, int(le.Uint32(b))})
}

// shared reads the shared strings and the records that continue them.
func (k *workbook) shared(b, rest []byte) []byte {
	pieces := [][]byte{}
	for {
		r, more, ok := next(rest)
		if !ok || r.kind != recContinue {
			break
		}
		pieces, rest = append(pieces, r.data), more
	}
	if len(b) < 8 {
		return rest
	}
	s := stringReader{b: b[8:], pieces: pieces}
	for n := min(int(le.Uint32(b[4:])), maxStrings); n > 0; n-- {
		text, ok := s.text()
		k.strings = append(k.strings, text)
		if !ok {
			break
		}
	}
	return rest
}

// cells collects the cells of some rows, which come in the order of blocks.
type cells struct {
	k    *workbook
	rows map[int][]cell
	last int // highest row seen
	sent int
}

type cell struct {
	column int
	text   string
}

// sheet reads the cells of one sheet. Source: [MS-XLS] 2.1.7.20.5.
func (k *workbook) sheet(s bound) error {
	if err := k.w.Part(flow.Part{Name: k.name + "#" + s.name, Table: true}); err != nil {
		return err
	}
	c := &cells{k: k, rows: make(map[int][]cell), sent: -1}
	depth, row, column := 0, 0, 0
	for rest := k.b[s.at:]; ; {
		r, more, ok := next(rest)
		if !ok {
			break
		}
		rest = more
		switch r.kind {
		case recBOF:
			depth++
			continue
		case recEOF:
			if depth--; depth <= 0 {
				return c.flush(math.MaxInt)
			}
			continue
		}
		if depth > 1 {
			continue // a chart within the sheet
		}
		if r.kind == recFormula && len(r.data) >= 4 {
			row, column = int(le.Uint16(r.data)), int(le.Uint16(r.data[2:]))
		}
		if err := c.take(r, row, column); err != nil {
			return err
		}
	}
	if err := c.flush(math.MaxInt); err != nil {
		return err
	}
	return k.w.Report(k.name+"#"+s.name, errCut)
}

// take understands one record; row and column are those of the last formula,
// whose text follows it in a record of its own.
func (c *cells) take(r record, row, column int) error {
	b := r.data
	if r.kind == recString {
		text := ""
		if c.k.narrow {
			text = narrowText(b, 2)
		} else {
			text = unicodeText(b, false)
		}
		return c.put(row, column, text)
	}
	if len(b) < 6 {
		return nil
	}
	row, column = int(le.Uint16(b)), int(le.Uint16(b[2:]))
	style := int(le.Uint16(b[4:]))
	switch r.kind {
	case recLabelSST:
		if len(b) >= 10 {
			if i := int(le.Uint32(b[6:])); i < len(c.k.strings) {
				return c.put(row, column, c.k.strings[i])
			}
		}
	case recLabel, recRString:
		if c.k.narrow {
			return c.put(row, column, narrowText(b[6:], 2))
		}
		return c.put(row, column, unicodeText(b[6:], false))
	case recNumber:
		if len(b) >= 14 {
			return c.put(row, column, c.k.number(math.Float64frombits(le.Uint64(b[6:])), style))
		}
	case recFormula:
		if len(b) >= 14 && le.Uint16(b[12:]) != 0xFFFF {
			return c.put(row, column, c.k.number(math.Float64frombits(le.Uint64(b[6:])), style))
		}
	case recRK:
		if len(b) >= 10 {
			return c.put(row, column, c.k.number(rk(le.Uint32(b[6:])), style))
		}
	case recMulRK:
		for i := 4; i+6 <= len(b)-2; i += 6 {
			if err := c.put(row, column+(i-4)/6, c.k.number(rk(le.Uint32(b[i+2:])), int(le.Uint16(b[i:])))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *workbook) number(f float64, style int) string {
	if style < len(k.styles) && k.styles[style].Date {
		if day, ok := sheet.Day(f, k.from1904); ok {
			return day.Format(time.DateOnly)
		}
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func (c *cells) put(row, column int, text string) error {
	if text == "" {
		return nil
	}
	if row > c.sent { // one that comes too late would go back
		c.rows[row] = append(c.rows[row], cell{column, text})
	}
	c.last = max(c.last, row)
	if len(c.rows) >= 2*rowsHeld {
		return c.flush(c.last - rowsHeld)
	}
	return nil
}

// flush writes the rows up to one, in order.
func (c *cells) flush(to int) error {
	var ready []int
	for n := range c.rows {
		if n <= to {
			ready = append(ready, n)
		}
	}
	slices.Sort(ready)
	for _, n := range ready {
		list := c.rows[n]
		delete(c.rows, n)
		slices.SortStableFunc(list, func(a, b cell) int { return cmp.Compare(a.column, b.column) })
		row := make([][]byte, list[len(list)-1].column+1)
		for _, x := range list {
			row[x.column] = []byte(x.text)
		}
		c.sent = n
		if err := c.k.w.Row(int64(n)+1, row); err != nil {
			return err
		}
	}
	return nil
}
