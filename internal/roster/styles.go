package roster

import (
	"archive/zip"
	"strconv"
	"strings"
	"time"
)

// style is what a cell format says about a number.
type style struct {
	date bool // it is shown as a date
	day  bool // the day is shown, too
}

// builtin are the number formats without a code that show a date in Chinese
// and English editions. Source: ECMA-376 part 1, 18.8.30.
var builtin = map[int]style{
	14: {true, true}, 15: {true, true}, 16: {true, true}, 17: {true, false}, 22: {true, true},
	27: {true, false}, 28: {true, true}, 29: {true, true}, 30: {true, true}, 31: {true, true}, 36: {true, false},
	50: {true, false}, 51: {true, true}, 52: {true, false}, 53: {true, true}, 54: {true, true}, 57: {true, false}, 58: {true, true},
}

// maxStyles is more than any spreadsheet program writes.
const maxStyles = 1 << 16

// readStyles gives the styles by the index that cells use.
func (b *book) readStyles(f *zip.File) ([]style, error) {
	formats := make(map[int]style)
	var out []style
	list := false
	err := b.walk(f, b.lim.Tags, func(t tokenizer) error {
		switch string(t.Name) {
		case "numFmt":
			code, err := unescape(nil, t.Attr("formatCode"))
			if err != nil {
				return err
			}
			if id, err := strconv.Atoi(string(t.Attr("numFmtId"))); err == nil && len(formats) < maxStyles {
				formats[id] = styleOf(string(code))
			}
		case "cellXfs":
			list = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			list = false
		case "xf":
			if !list {
				return nil
			}
			if len(out) == maxStyles {
				return bomb("styles")
			}
			id, _ := strconv.Atoi(string(t.Attr("numFmtId"))) // absent means 0, General
			s, ok := formats[id]
			if !ok {
				s = builtin[id]
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}

// styleOf reads a number format code such as yyyy"年"m"月".
func styleOf(code string) style {
	var s style
	month := false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i += skip(code[i+1:], '"')
		case code[i] == '[':
			i += skip(code[i+1:], ']')
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case c == 'y':
			s.date = true
		case c == 'd':
			s.day = true
		case c == 'm':
			month = true
		}
	}
	s.date = s.date || (s.day && month)
	s.day = s.day && s.date
	return s
}

func skip(s string, to byte) int {
	if i := strings.IndexByte(s, to); i >= 0 {
		return i + 1
	}
	return len(s)
}

// serialDate turns a day count of a spreadsheet into a date. Both systems are
// in use; the older one counts a 29 February 1900 that never was, so that days
// before March 1900 are off by one, which matters to nobody's birth here.
// Source: ECMA-376 part 1, 18.17.4.1.
func serialDate(n float64, from1904 bool) (time.Time, bool) {
	if n < 1 || n >= 2958466 { // 31 December 9999
		return time.Time{}, false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return epoch.AddDate(0, 0, int(n)), true
}
