package detect

import (
	"hash/maphash"
	"strings"

	"github.com/wardfold/wardfold/detect/internal/block"
	"github.com/wardfold/wardfold/detect/internal/number"
)

// shape is what a cell may be, by itself.
type shape struct {
	kinds  Kinds
	minor  Minor
	masked bool
	blank  bool // nothing, or a word for nothing
}

// proved are the kinds that a value shows by itself to be.
const proved Kinds = 1<<ResidentID | 1<<ResidencePermit | 1<<ForeignerPermit | 1<<StudentNumber | 1<<Mobile | 1<<BankCard |
	1<<VIN | 1<<Email | 1<<Plate | 1<<Landline

// announced are the kinds that only a header tells.
const announced Kinds = 1<<Password | 1<<Messages | 1<<Property | 1<<Credit | 1<<Lodging | 1<<Transaction

// longCell is from how many bytes on a cell is a text.
const longCell = 36

// shape judges a cell. A column that is settled is judged for its kind alone
// where that is quick.
func (t *Table) shape(c *column, text string) (s shape) {
	text, t.lunar = trim(text), c.lunar
	if text == "" || nothing(text) {
		return shape{blank: true}
	}
	if k := hintKind[c.hint]; announced.Has(k) {
		return shape{kinds: Of(k)}
	}
	var buf [24]byte
	if len(text) <= 3*len(buf) {
		if v, ok := flat(&buf, text); ok {
			t.flatShape(&s, v, text, c.hint)
			return s
		}
	}
	if !c.settled || len(text) >= longCell && !c.lives() || c.decided != None && !t.settledShape(c, &s, text) {
		t.wordShape(c, &s, text)
	}
	return s
}

// settledShape judges a short cell of words for the kind of its settled column
// alone. It reports whether it could.
func (t *Table) settledShape(c *column, s *shape, text string) bool {
	k := c.decided
	if k != PersonName && k != Address && !beside.Has(k) || strings.Contains(text, "*") {
		return false
	}
	if k == PersonName {
		if name(text) {
			s.kinds = Of(PersonName)
		}
		return true
	}
	if c.lives() {
		s.kinds = Of(Address)
		return true
	}
	hash := maphash.String(t.seed, text) | 1
	known := c.known(hash)
	if known.hash == hash {
		*s = known.shape
		return true
	}
	t.begin(text)
	w := t.work
	if w.people.Read(t.buf); k == Address {
		w.places.Find(t.buf, w.people.Places, w.place)
	} else {
		w.describe(t.buf, 0, len(t.buf), w.people.Words)
	}
	w.covering(s, w.found, len(t.buf))
	w.covering(s, w.terms, len(t.buf))
	t.hinted(c, s)
	*known = judged{hash, *s}
	return true
}

// lives reports whether the header says that the cells are addresses, and they
// are: then words are one, however long.
func (c *column) lives() bool { return c.decided == Address && c.hint == cueAddress }

// begin makes a cell the text to look at.
func (t *Table) begin(text string) {
	w := t.work
	t.buf = append(t.buf[:0], text...)
	if !block.Valid(t.buf) {
		copy(t.buf, w.blot(t.buf))
	}
	w.reset()
	w.found, w.terms, w.past = w.found[:0], w.terms[:0], 0
	w.from, w.to, w.seeing = 0, len(t.buf), t.buf
}

// trim takes spaces, quotes and a byte order mark from the ends.
func trim(s string) string {
	for len(s) > 0 && (s[0] <= ' ' || s[0] == '"' || s[0] == '\'') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] <= ' ' || s[len(s)-1] == '"' || s[len(s)-1] == '\'') {
		s = s[:len(s)-1]
	}
	if len(s) >= 3 && (s[0] == 0xe3 || s[0] == 0xef || s[len(s)-1] == 0x80) {
		return strings.Trim(s, "\u3000\ufeff")
	}
	return s
}

func nothing(s string) bool {
	switch s {
	case "-", "--", "—", "/", "无", "否", "没有", "空", "N/A", "n/a", "NULL", "null", "nil", "none", "暂无", "不详", "未知", "健康", "良好", "正常":
		return true
	}
	return false
}

// flat takes the separators out of a value of digits, Latin letters and masks,
// folded to capitals.
func flat(buf *[24]byte, text string) ([]byte, bool) {
	b, n := []byte(nil), 0
	var tmp [72]byte
	b = tmp[:copy(tmp[:], text)]
	for i := 0; i < len(b); {
		c, size, kind := fold(b, i)
		switch {
		case kind == 0 || n == len(buf) && kind == 1:
			return nil, false
		case kind == 1:
			if c-'a' < 26 {
				c -= 0x20
			}
			buf[n] = c
			n++
		}
		i += size
	}
	return buf[:n], n > 0
}

// flatShape judges a value of digits and letters.
func (t *Table) flatShape(s *shape, v []byte, text string, hint category) {
	w := t.work
	if masks(v) >= 2 {
		if g := w.guessMasked(v); g.kind != None {
			s.kinds, s.masked = Of(g.kind), true
		}
		return
	}
	if g := w.guessWord(v); g.kind != None && g.skip == 0 {
		s.add(g.kind, w.minorOf(g.born))
		if g.score >= certainProof {
			return
		}
	}
	n, lead := len(v), 0
	for lead < n && letter(v[lead]) {
		lead++
	}
	pure := digits(v[lead:]) == n-lead
	if d, ok := readDate([]byte(text), 0); ok && d.end == len(text) && d.date.Year >= 1900 && !d.date.After(w.today) {
		s.add(BirthDate, t.birthMinor(d.date))
	}
	dot := strings.IndexByte(text, '.')
	switch {
	case lead == 0 && pure && dot >= 0:
		decimal(s, text, dot)
	case lead == 0 && pure:
		t.digitShape(s, v, hint)
	case lead == n:
		if n >= 2 && n <= 20 && text[0]-'A' < 26 {
			s.kinds |= Of(PersonName) // in Latin letters
		}
	case pure && lead <= 4 && n >= 4 && n <= 20:
		s.kinds |= Of(StudentNumber)
		if lead <= 3 && n >= 6 && n <= 9 {
			s.kinds |= Of(Passport)
		}
	}
	if account(text) {
		s.kinds |= Of(WeChat)
	}
}

// account reports whether a cell has the form of an account of WeChat.
func account(text string) bool {
	for i := range len(text) {
		if c := text[i]; !letter(c) && c-'0' > 9 && c != '_' && c != '-' {
			return false
		}
	}
	return len(text) >= 6 && len(text) <= 20 && letter(text[0])
}

// decimal judges a number with a point.
func decimal(s *shape, text string, dot int) {
	whole := number.Value([]byte(strings.TrimLeft(text[:dot], "+-")))
	switch decimals := len(text) - dot - 1; {
	case decimals >= 4 && whole <= 180:
		s.kinds |= Of(Location)
	case whole <= 750 && decimals <= 2:
		s.kinds |= Of(Marks)
	}
}

// digitShape judges digits that are not proved to be anything.
func (t *Table) digitShape(s *shape, v []byte, hint category) {
	w := t.work
	n := len(v)
	value := int(number.Value(v[:min(n, 18)]))
	switch {
	case n <= 3:
		s.kinds |= Of(Marks, Rank, Class)
		if value <= 120 {
			s.kinds |= Of(Age)
			if hint == cueAge {
				s.minor = ageMinor(value)
			}
		}
		if value >= 1 && value <= 12 {
			s.kinds |= Of(Grade)
		}
	case n == 5 && value <= number.Serial(w.today) && value >= number.Serial(number.Date{Year: 1920, Month: 1, Day: 1}) && hint == cueBirth:
		s.add(BirthDate, w.minorOf(number.FromSerial(value)))
	case n == 6 && hint == cueBirth && number.Real(value/100, value%100, 1):
		s.add(BirthDate, w.minorOf(number.Date{Year: int16(value / 100), Month: uint8(value % 100)}))
	case n == 10 && hint == cueBirth:
		s.add(BirthDate, w.minorOf(number.FromUnix(int64(value))))
	case (n == 12 || n == 13) && hint == cueBirth:
		s.add(BirthDate, w.minorOf(number.FromUnix(int64(value)/1000)))
	}
	if n >= 4 && n <= 20 {
		s.kinds |= Of(StudentNumber)
	}
	if n >= 5 && n <= 11 && v[0] != '0' {
		s.kinds |= Of(QQ)
	}
	if n == 8 || n == 10 {
		s.kinds |= Of(TaiwanPermit)
	}
	if (n == 7 || n == 8) && v[0] >= '2' && v[0] <= '8' {
		s.kinds |= Of(Landline)
	}
	if n >= 16 && n <= 19 && number.Luhn(v) {
		s.kinds |= Of(BankCard)
	}
}

func (s *shape) add(k Kind, m Minor) {
	s.kinds |= Of(k)
	if m != Unknown {
		s.minor = m
	}
}

func (w *work) minorOf(born number.Date) Minor { return minorAt(Date(born), w.on) }

// birthMinor is the class of somebody born on a date as it stands in the column.
func (t *Table) birthMinor(d number.Date) Minor {
	if t.lunar {
		born, ok := moon{year: int(d.Year), month: int(d.Month), day: int(d.Day), lunar: true}.date()
		if !ok {
			return Unknown
		}
		d = born
	}
	return t.work.minorOf(d)
}

// wordShape judges a cell of words.
func (t *Table) wordShape(c *column, s *shape, text string) {
	t.begin(text)
	w := t.work
	long := len(t.buf) >= longCell
	w.numbers(t.buf, 0, len(t.buf))
	if strings.Contains(text, "*") {
		s.maskedName(text)
	}
	w.people.Read(t.buf)
	if wants(c, Address) && len(t.buf) >= 12 {
		w.places.Find(t.buf, w.people.Places, w.place)
	}
	w.describe(t.buf, 0, len(t.buf), w.people.Words)
	w.covering(s, w.found, len(t.buf))
	w.covering(s, w.terms, len(t.buf))
	if d, ok := readDate(t.buf, 0); ok && d.end == len(t.buf) && !d.date.After(w.today) {
		s.add(BirthDate, t.birthMinor(d.date))
	} else if m, ok := readMoon(t.buf, 0); ok && m.end == len(t.buf) {
		m.lunar = m.lunar || t.lunar
		if born, ok := m.date(); ok && !born.After(w.today) {
			s.add(BirthDate, w.minorOf(born))
		}
	}
	t.hinted(c, s)
	if name(text) {
		s.kinds |= Of(PersonName)
	}
	if long && s.kinds&^Of(PersonName) == 0 {
		t.inside(c)
	}
}

func wants(c *column, k Kind) bool { return !c.settled || c.decided == k || c.decided == None }

// covering adds the kinds of findings that fill the cell but for a few bytes.
func (w *work) covering(s *shape, list []Finding, n int) {
	for _, f := range list {
		if 4*f.Len() >= 3*int64(n) || f.Kind == Address && 2*f.Len() >= int64(n) {
			s.add(f.Kind, f.Minor)
			s.masked = s.masked || f.Masked
		}
	}
}

// hinted takes what the header says where values have no form of their own.
func (t *Table) hinted(c *column, s *shape) {
	switch c.hint {
	case cueHealth, cueReligion, cueBiometric, cueDifficulty, cueSchool, cueGuardian, cueClass, cueGrade, cueMarks, cueAddress:
		s.kinds |= Of(hintKind[c.hint])
		if c.hint == cueGrade && len(t.buf) >= 9 {
			s.minor = gradeMinor(t.buf, 0, 9)
		}
	}
}

// maskedName recognises a name of which a part is masked: 王*明, 王**, *小明.
func (s *shape) maskedName(text string) {
	runes, stars := 0, 0
	for _, r := range text {
		switch {
		case r == '*' || r == '＊':
			stars++
		case r < 0x4e00 || r > 0x9fff:
			return
		}
		runes++
	}
	if stars > 0 && stars < runes && runes <= 4 {
		s.kinds, s.masked = s.kinds|Of(PersonName), true
	}
}

// name reports whether a cell has the form of a name: two to four ideographs, or
// more with ·.
func name(text string) bool {
	n, dots := 0, 0
	for _, r := range text {
		switch {
		case r == '·':
			dots++
		case r < 0x3400 || r > 0x9fff:
			return false
		default:
			n++
		}
	}
	return n >= 2 && n <= 4 || dots > 0 && n >= 3 && n <= 20
}

// inside counts what the text engine finds in the cell in t.buf.
func (t *Table) inside(c *column) {
	w := t.work
	w.found, w.terms, w.past = w.found[:0], w.terms[:0], 0
	w.floor = w.least
	w.window(t.buf, 0, len(t.buf))
	w.floor = -1000
	for _, f := range w.found {
		if f.Masked || f.Score < w.least {
			continue
		}
		if c.Inside == nil {
			c.Inside = make(map[Kind]int64)
		}
		c.Inside[f.Kind]++
	}
}
