package detect

import (
	"github.com/wardfold/wardfold/detect/internal/number"
)

// Weights of evidence, in hundredths of the natural logarithm of odds.
const (
	weighProof   = 1200 // check digit, region and date agree
	weighLabel   = 300
	weighCue     = 200
	weighAgainst = 400
	weighOther   = 200 // the nearest word names a number of another kind
	weighLinked  = 150
	scoreMobile  = 150
	certainProof = 700 // from here on words cannot speak against it
)

// guess is what a string of digits and letters may be.
type guess struct {
	kind   Kind
	score  int16
	why    Reasons
	born   number.Date
	masked bool
	skip   int8 // leading characters that are not part of it
}

// guessDigits judges a string of digits by itself.
func (w *work) guessDigits(s []byte) guess {
	switch n := len(s); n {
	case 11:
		if number.Mobile((*[11]byte)(s)) {
			return guess{kind: Mobile, score: scoreMobile, why: Prefix | Shape}
		}
		if number.Landline(s) > 0 {
			return guess{kind: Landline, score: -50, why: Prefix | Shape}
		}
	case 12:
		if number.Landline(s) > 0 {
			return guess{kind: Landline, score: -50, why: Prefix | Shape}
		}
	case 13:
		if s[0] == '8' && s[1] == '6' && number.Mobile((*[11]byte)(s[2:])) {
			return guess{kind: Mobile, score: 50, why: Prefix | Shape}
		}
	case 15:
		if s[0] == '0' && s[1] == '0' && s[2] == '8' && s[3] == '6' && number.Mobile((*[11]byte)(s[4:])) {
			return guess{kind: Mobile, score: 200, why: Prefix | Shape}
		}
		if p, ok := number.Old((*[15]byte)(s), w.today); ok {
			return guess{kind: ResidentID, score: 150, why: Calendar | Region | Shape, born: p.Born}
		}
		return guessCard(s)
	case 18:
		if g := w.guessResident((*[18]byte)(s)); g.kind != None {
			return g
		}
		return guessCard(s)
	case 14, 16, 17, 19:
		return guessCard(s)
	case 20:
		return w.guessDisability(s)
	}
	return guess{}
}

// guessDisability judges the number of a disability certificate: a resident
// identity number, the sort (1 to 7) and the grade (1 to 4).
func (w *work) guessDisability(s []byte) guess {
	if s[18]-'1' > 6 || s[19]-'1' > 3 {
		return guess{}
	}
	return w.guessResident((*[18]byte)(s))
}

func (w *work) guessResident(s *[18]byte) guess {
	p, ok := number.Resident(s, w.today)
	if !ok {
		return guess{}
	}
	g := guess{kind: ResidentID, score: weighProof, why: Checksum | Calendar | Region | Shape, born: p.Born}
	switch {
	case p.Scheme == number.Permit:
		g.kind = ResidencePermit
	case p.Scheme == number.Foreigner:
		g.kind, g.score = ForeignerPermit, 400
	case !p.County:
		g.score = 400
	}
	return g
}

func guessCard(s []byte) guess {
	if s[0] == '0' || !number.Luhn(s) {
		return guess{}
	}
	switch {
	case number.Issued(s):
		return guess{kind: BankCard, score: 250, why: Checksum | Prefix | Shape}
	case number.Network(s):
		return guess{kind: BankCard, score: -100, why: Checksum | Shape | Weak}
	}
	return guess{}
}

// guessMixed judges a string of capitals and digits by itself.
func (w *work) guessMixed(s []byte) guess {
	n := len(s)
	switch {
	case n == 18 && s[17] == 'X' && digits(s) == 17:
		return w.guessResident((*[18]byte)(s))
	case n == 19 && (s[0] == 'G' || s[0] == 'J') && digits(s[1:]) >= 17:
		if g := w.guessResident((*[18]byte)(s[1:])); g.kind != None {
			g.kind = StudentNumber
			return g
		}
		return guess{}
	case n == 19 && s[0] == 'L' && digits(s[1:]) == 18:
		if born, ok := number.Temporary((*[18]byte)(s[1:]), w.today); ok {
			return guess{kind: StudentNumber, score: 400, why: Calendar | Region | Shape, born: born}
		}
		return guess{}
	case n == 20 && s[17] == 'X' && digits(s) == 17:
		return w.guessDisability(s)
	case n == 15 && digits(s[3:]) == 12:
		return guessOldForeigner(s)
	case n == 10 && digits(s[1:]) == 9:
		if number.BirthCertificate((*[10]byte)(s)) {
			return guess{kind: BirthCertificate, score: 20, why: Prefix | Shape | Weak}
		}
	case n == 17:
		if number.VIN((*[17]byte)(s)) {
			g := guess{kind: VIN, score: 50, why: Checksum | Shape}
			if s[0] == 'L' {
				g.score, g.why = 250, g.why|Prefix
			}
			return g
		}
	case n >= 8 && n <= 11:
		return guessTravel(s)
	}
	return guess{}
}

func guessTravel(s []byte) guess {
	if number.PassportForm(s) {
		g := guess{kind: Passport, score: 0, why: Shape | Weak}
		if s[0] == 'E' || s[0] == 'G' {
			g.score = 20
		}
		return g
	}
	switch home, travel := number.PermitForm(s); {
	case home:
		return guess{kind: HomePermit, score: 0, why: Shape | Weak}
	case travel:
		return guess{kind: TravelPermit, score: 0, why: Shape | Weak}
	}
	return guess{}
}

// guessOldForeigner judges the permit of 15: three letters, then the region of
// issue and the date of birth without century among twelve digits.
func guessOldForeigner(s []byte) guess {
	g := guess{kind: ForeignerPermit, score: -50, why: Shape | Weak}
	if !number.IsProvince(int(s[3]-'0')*10 + int(s[4]-'0')) {
		return guess{}
	}
	if m, d := int(s[9]-'0')*10+int(s[10]-'0'), int(s[11]-'0')*10+int(s[12]-'0'); number.Real(2000, m, d) {
		g.score, g.why = 120, Shape|Calendar|Prefix
	}
	return g
}

// guessLabelled judges what only a label makes a number of a kind: the label
// last stands right before s, which holds digits and letters only.
func guessLabelled(s []byte, last category) guess {
	n, lead := len(s), 0
	for lead < n && letter(s[lead]) {
		lead++
	}
	all := n - lead
	pure := digits(s[lead:]) == all
	g := guess{score: 250, why: Shape | Label | Weak}
	switch {
	case last == cueStudent && n >= 4 && n <= 20 && lead <= 4 && all >= 4 && pure:
		g.kind = StudentNumber
	case last == cueQQ && lead == 0 && pure && n >= 5 && n <= 11 && s[0] != '0':
		g.kind = QQ
	case last == cueTaiwan && lead <= 1 && pure && (all == 8 || all == 10 || all == 7):
		g.kind = TaiwanPermit
	case last == cuePermit && lead <= 1 && pure && (all == 8 || all == 10):
		g.kind, g.score = guessPermitByLetter(s), 150
	case last == cuePassport && n >= 6 && n <= 9 && lead <= 3 && all >= 5 && pure:
		g.kind = Passport
	case last == cueBirthCertificate && lead == 1 && pure && all >= 8 && all <= 10:
		g.kind = BirthCertificate
	case last == cueForeigner && n == 15 && lead == 3 && pure:
		g.kind = ForeignerPermit
	case last == cueVIN && n == 17 && all >= 4:
		g.kind, g.score = VIN, 150
	case last == cueBank && lead == 0 && pure && n >= 14 && n <= 19 && s[0] != '0' && number.Luhn(s):
		g.kind, g.why = BankCard, Shape|Label|Checksum
	case (last == cueLandline || last == cueMobile) && lead == 0 && pure && (n == 7 || n == 8) && s[0] >= '2' && s[0] <= '8':
		g.kind, g.score = Landline, 120
	default:
		return guess{}
	}
	return g
}

func guessPermitByLetter(s []byte) Kind {
	switch s[0] {
	case 'H', 'M':
		return HomePermit
	case 'C', 'W', 'L', 'T', 'E', 'D', 'K':
		return TravelPermit
	}
	return TaiwanPermit
}

// weigh adds what stands before a value. It reports whether the score reaches
// the least level.
func (w *work) weigh(g *guess, c cues) {
	switch pos := kindCues[g.kind]; {
	case c.last == noCategory:
	case pos.has(c.last) && c.near:
		g.score += weighLabel
		g.why |= Label
	case pos.has(c.last):
		g.score += weighCue
		g.why |= Cue
	case g.score >= certainProof:
	case c.last == cueAgainst:
		switch {
		case c.near:
			g.score -= weighAgainst
		case c.gap <= 18:
			g.score -= weighAgainst / 2
		default: // a sentence that speaks of an order may give a number to call
			return
		}
		g.why |= Against
	case c.set&pos != 0:
		g.score += weighCue / 2
		g.why |= Cue
	case c.near && numberCues.has(c.last):
		g.score -= weighOther
		g.why |= Against
	}
}
