package detect

import (
	"math"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/han"
)

// hintKind is the kind that a header announces.
var hintKind = [...]Kind{
	cueID: ResidentID, cueMobile: Mobile, cueLandline: Landline, cueBank: BankCard, cuePassport: Passport, cuePermit: HomePermit,
	cueTaiwan: TaiwanPermit, cueForeigner: ForeignerPermit, cueStudent: StudentNumber, cueBirthCertificate: BirthCertificate,
	cuePlate: Plate, cueVIN: VIN, cueEmail: Email, cueWeChat: WeChat, cueQQ: QQ, cueBirth: BirthDate, cueAge: Age,
	cueName: PersonName, cueAddress: Address, cueLocation: Location, cueSchool: School, cueClass: Class, cueGrade: Grade,
	cueMarks: Marks, cueRank: Rank, cueGuardian: Guardian, cueHealth: Health, cueReligion: Religion, cueBiometric: Biometric,
	cueDifficulty: Difficulty, cuePassword: Password, cueMessages: Messages, cueProperty: Property, cueCredit: Credit,
	cueLodging: Lodging, cueTransaction: Transaction, termKin: Guardian, termReligion: Religion, termBiometric: Biometric, termDifficulty: Difficulty,
	termHealth: Health, termGrade: Grade, termSchool: School, cueAgainst: None,
}

// hint reads a header: its last word counts, as in 学生姓名, 父亲电话.
func (w *work) hint(header string) category {
	b := []byte(header)
	for len(b) > 0 { // a remark in brackets is none of the name
		if r, n := utf8.DecodeLastRune(b); r == ' ' || r == ':' || r == '：' || r == '*' || r == '"' {
			b = b[:len(b)-n]
			continue
		}
		break
	}
	for i := range b {
		if b[i] == '(' && i > 0 || i+2 < len(b) && i > 0 && string(b[i:i+3]) == "（" {
			b = b[:i]
			break
		}
	}
	last, end := noCategory, 0
	for i := 0; i < len(b); {
		if _, ok := han.Rune(b, i); !ok {
			i++
			continue
		}
		if w.words.trie.May(b, i) {
			if e, v := w.words.trie.Longest(b, i); v != 0 {
				if i != end || !tailWord(b[i:e]) || last == noCategory {
					last = category(v)
				}
				i, end = e, e
				continue
			}
		}
		i += 3
	}
	if last == noCategory && len(b) > 0 {
		end := len(b)
		for end > 0 && !letter(b[end-1]) {
			end--
		}
		last = w.label(b, end)
	}
	return last
}

// isHeader reports whether a first row is one: most of its cells name a kind and
// none is a value.
func (w *work) isHeader(cells []string) bool {
	t := Table{work: w}
	named, filled := 0, 0
	for _, text := range cells {
		if text == "" {
			continue
		}
		filled++
		var c column
		if s := t.shape(&c, text); s.kinds&proved != 0 || s.masked {
			return false
		}
		if h := w.hint(text); h != noCategory && len(text) <= 48 {
			named++
		}
	}
	return named > 0 && 3*named >= filled
}

// chance is how often cells of other columns pass for a kind, one in so many.
var chance = [kinds]float64{
	ResidentID: 3e6, ResidencePermit: 1e8, ForeignerPermit: 3e6, StudentNumber: 2, BirthCertificate: 40, Passport: 20, HomePermit: 20,
	TaiwanPermit: 3, TravelPermit: 20, MachineZone: 1e9, Mobile: 100, Landline: 4, BankCard: 100, Plate: 1e4, VIN: 50, Email: 1e5,
	WeChat: 2, QQ: 1.5, BirthDate: 3, Age: 1.2, PersonName: 3, Address: 200, Location: 10, Guardian: 300, School: 100, Class: 1.2,
	Grade: 1.2, Marks: 1.2, Rank: 1.2, Health: 100, Religion: 300, Biometric: 300, Difficulty: 100,
	Password: 1.2, Messages: 1.2, Property: 1.2, Credit: 1.2, Lodging: 1.2, Transaction: 1.2,
}

// weight is the logarithm of the odds that a column is of a kind, in hundredths.
// Of n cells v pass. If the column is of the kind, the share that passes is
// Beta(9, 1); if not, Beta(1, chance). A header is worth as much as a label.
func (c *column) weight(k Kind) (score int16, why Reasons) {
	n, v := float64(c.Filled), float64(c.valid[k])
	if v == 0 || chance[k] == 0 {
		return -3000, 0
	}
	odds := -3 + betaBinomial(v, n, 9, 1) - betaBinomial(v, n, 1, max(chance[k], 1.05))
	odds = min(odds, 3) // values alone: cells of one column are alike, not independent
	if chance[k] >= 50 {
		odds = min(odds+6, 9)
	}
	why = Values
	hint := c.hint
	if hint == noCategory {
		if chance[k] < 20 {
			odds -= 4
		}
	} else if hintKind[hint] == k || kindCues[k].has(hint) {
		odds += 5
		why |= Header
	} else if hint == cueAgainst || hintKind[hint] != None {
		odds -= 4
		if chance[k] < 1000 {
			odds -= 3
		}
		why |= Against
	}
	return int16(max(-30, min(30, odds)) * 100), why
}

// betaBinomial is the logarithm of the chance of one order of v of n, without
// the number of orders, which cancels.
func betaBinomial(v, n, a, b float64) float64 {
	return logBeta(v+a, n-v+b) - logBeta(a, b)
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

// best is the kind that a column most likely is of.
func (c *column) best(wanted Kinds) (k Kind, score int16, why Reasons) {
	score = -3000
	for kind := range wanted.All() {
		if s, r := c.weight(kind); s > score {
			k, score, why = kind, s, r
		}
	}
	return k, score, why
}

// surest is the kind of one cell before its column is settled: what it proves,
// or else what the header says.
func (c *column) surest(s Kinds) Kind {
	for k := range (s & proved &^ Of(Landline, StudentNumber)).All() {
		return k
	}
	if k := hintKind[c.hint]; k != None && s.Has(k) {
		return k
	}
	return None
}

// settle decides what a column is looked at for from now on.
func (t *Table) settle(c *column) {
	c.settled = true
	if k, score, _ := c.best(Every); score >= likelyFrom {
		c.decided = k
	}
}

// profile is the column as it is told.
func (c *column) profile(s *Scanner) Column {
	out := c.Column
	k, score, why := c.best(s.kinds)
	if c.settled && c.decided != None && s.kinds.Has(c.decided) {
		k = c.decided
		score, why = c.weight(k)
	}
	if score < s.least {
		k = None
	}
	if out.Inside != nil {
		out.Inside = make(map[Kind]int64, len(c.Inside))
		for kind, n := range c.Inside {
			if s.kinds.Has(kind) {
				out.Inside[kind] = n
			}
		}
	}
	if k == None {
		return out
	}
	out.Kind, out.Score, out.Level, out.Why = k, score, levelOf(score), why
	out.Valid, out.Masked, out.First = int64(c.valid[k]), int64(c.masked[k]), c.first[k]
	out.Under14, out.From14To17 = int64(c.young[k]), int64(c.teen[k])
	return out
}
