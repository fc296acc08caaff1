package detect

import "github.com/wardfold/wardfold/detect/internal/number"

// token looks at what stands around b[p], which may be in several words, in
// full-width forms, or masked.
func (w *work) token(b []byte, p int) {
	t := &w.tok
	t.gather(b, p, w.past)
	if t.k == 0 {
		w.past = p + 1
		return
	}
	if word := t.word[t.hit]; w.dates && (word.len() == 4 || word.len() == 8) && w.birth(b, int(t.at[word.from])) {
		return
	}
	if w.zone(b, t) || w.joined(b, t) || w.maskedName(b, p) {
		return
	}
	hit := t.word[t.hit]
	if c := t.c[hit.from]; c-'A' < 26 && b[t.at[hit.from]] >= 0x80 {
		past := w.past
		if w.plate(b, int(t.at[hit.from])); w.past > past {
			return
		}
	}
	if w.single(b, t, hit) {
		return
	}
	w.past = max(w.past, int(t.end[hit.to-1]))
	if int(t.at[t.n]) < len(b) && b[t.at[t.n]] == '@' {
		w.past = p // an address of e-mail may begin here
	}
}

// joined tries the words around the event together, and keeps the best.
func (w *work) joined(b []byte, t *token) bool {
	var best guess
	var from, to int
	var bestBuf, buf [24]byte
	var s []byte
	for i := max(0, t.hit-5); i <= t.hit; i++ {
		for j := t.hit; j < min(t.k, t.hit+6); j++ {
			if i == j {
				continue
			}
			joint := t.join(&buf, i, j)
			if joint == nil {
				break
			}
			g := w.guessJoined(t, joint, i, j)
			if g.kind != None && (best.kind == None || g.score > best.score) {
				best, from, to = g, i, j
				s = append(bestBuf[:0], joint...)
			}
		}
	}
	if best.kind == None {
		return false
	}
	start, end := int(t.at[t.word[from].from]), int(t.end[t.word[to].to-1])
	start = w.widen(t, t.word[from].from, start, best.kind)
	return w.settle(b, start, end, s, best)
}

// guessJoined judges several words that are joined by separators.
func (w *work) guessJoined(t *token, s []byte, i, j int) guess {
	n := digits(s)
	if masks(s) >= 2 {
		return w.guessMasked(s)
	}
	if len(s) == 19 && letter(s[0]) && t.word[i].len() == 1 {
		up := ([19]byte)(s)
		up[0], up[18] = up[0]&^0x20, up[18]&^(up[18]&0x40>>1)
		return w.guessMixed(up[:])
	}
	if len(s) == 10 && letter(s[0]) && t.word[i].len() == 1 && i+1 == j {
		up := ([10]byte)(s)
		up[0] &^= 0x20
		return w.guessMixed(up[:])
	}
	if n < len(s) && !(n == 17 && len(s) == 18 && s[17]|0x20 == 'x') {
		return guess{}
	}
	first := t.word[i].len()
	switch len(s) {
	case 8:
		if sep := t.sep[t.word[i].to]; first == 4 && i+1 == j && number.LocalNumber(s) && (sep == '-' || sep == ' ') {
			return guess{kind: Landline, score: -200, why: Shape | Grouping | Weak}
		}
	case 10, 12:
		if g := guessCountry(t, s, i, j); g.kind != None {
			return g
		}
		return guessAreaWords(t, s, i, j)
	case 11:
		if first == 3 || first == 7 || first == 4 || first == 5 {
			if number.Mobile((*[11]byte)(s)) && mobileWords(t, i, j) && t.even(i, j) && (t.sep[t.word[i].to] != '.' || t.word[j].len() == 4) {
				return guess{kind: Mobile, score: 150, why: Prefix | Shape | Grouping}
			}
		}
		return guessAreaWords(t, s, i, j)
	case 13, 15:
		if g := guessCountry(t, s, i, j); g.kind != None {
			return g
		}
		if p, ok := oldWords(w, s, first); ok {
			return guess{kind: ResidentID, score: 50, why: Calendar | Region | Shape | Grouping, born: p.Born}
		}
		prefix := len(s) - 11
		if first == prefix && number.Mobile((*[11]byte)(s[prefix:])) && string(s[prefix-2:prefix]) == "86" &&
			(i+1 == j || mobileWords(t, i+1, j)) {
			return guess{kind: Mobile, score: 300, why: Prefix | Shape | Grouping}
		}
	case 18:
		if first != 6 && first != 3 && first != 4 && first != 14 || j-i > 4 {
			break
		}
		up := ([18]byte)(s)
		up[17] &^= up[17] & 0x40 >> 1
		if g := w.guessResident(&up); g.kind != None {
			g.why |= Grouping
			return g
		}
	}
	if n == len(s) && n >= 14 && n <= 19 && first == 4 && t.word[i+1].len() == 4 || first == 6 && n == 19 {
		if g := guessCard(s); g.kind != None {
			g.score, g.why = g.score+150, g.why|Grouping
			return g
		}
	}
	return guess{}
}

// guessCountry judges a landline with the code of the country: +86 571 8765 4321.
func guessCountry(t *token, s []byte, i, j int) guess {
	from := t.word[i].from
	if string(s[:2]) != "86" || t.word[i].len() != 2 || from == 0 || t.sep[from-1] != '+' || i == j {
		return guess{}
	}
	var local [14]byte
	local[0] = '0'
	n := 1 + copy(local[1:], s[2:])
	if area := number.Landline(local[:n]); area == 0 || t.word[i+1].len() != area-1 && t.word[i+1].len() != n-1 {
		return guess{}
	}
	return guess{kind: Landline, score: 250, why: Prefix | Shape | Grouping}
}

// oldWords reads an old resident identity number in words of 6, 6 and 3.
func oldWords(w *work, s []byte, first int) (p number.Person, ok bool) {
	if len(s) != 15 || first != 6 {
		return p, false
	}
	return number.Old((*[15]byte)(s), w.today)
}

// mobileWords reports whether the words are grouped as mobile numbers are: 3-4-4,
// 3-3-5, 3-8, 7-4, 4-4-3.
func mobileWords(t *token, i, j int) bool {
	a, b := t.word[i].len(), t.word[i+1].len()
	switch j - i {
	case 1:
		return a == 3 || a == 7
	case 2:
		return a == 3 && (b == 4 || b == 3) || a == 4 && b == 4
	}
	return false
}

// guessAreaWords judges an area code and a local number in words of their own.
func guessAreaWords(t *token, s []byte, i, j int) guess {
	area := number.Landline(s)
	if area == 0 || t.word[i].len() != area || j-i > 2 || j-i == 2 && t.word[j].len() != 4 {
		return guess{}
	}
	return guess{kind: Landline, score: 150, why: Prefix | Shape | Grouping}
}

// widen takes in +86, (+86) and an opening bracket before a telephone number.
func (w *work) widen(t *token, first int8, start int, kind Kind) int {
	if kind != Mobile && kind != Landline {
		return start
	}
	i := int(first)
	for k := 0; i > 0 && k < 2 && (t.sep[i-1] == '+' || t.sep[i-1] == '('); k++ {
		i--
		start = int(t.at[i])
	}
	return start
}

// single judges the word of the event alone.
func (w *work) single(b []byte, t *token, word span) bool {
	s := t.c[word.from:word.to]
	lead, tail := 0, len(s)
	for lead < tail && s[lead] == '*' {
		lead++
	}
	for tail > lead && s[tail-1] == '*' {
		tail--
	}
	core := s[lead:tail]
	var buf [24]byte
	if len(core) == 0 || len(core) > len(buf) {
		return false
	}
	up := buf[:copy(buf[:], core)]
	small := false
	for i, c := range up {
		if c-'a' < 26 {
			up[i], small = c-0x20, true
		}
	}
	g := w.guessWord(up)
	if small && g.why.Has(Weak) { // as names of variables are
		g.score -= 100
	}
	if masks(s) >= 2 && g.kind == None {
		if g = w.guessMasked(s); g.kind != None {
			lead, tail = 0, len(s)
		}
	}
	from := int(word.from) + lead + int(g.skip)
	start, end := int(t.at[from]), int(t.end[int(word.from)+tail-1])
	if end < len(b) && b[end] == '@' && g.score < certainProof {
		return false
	}
	if g.kind != None {
		if wide := w.widen(t, int8(from), start, g.kind); wide != start && t.sep[from-1] == '+' {
			start, g.score = wide, g.score+200
		}
		if g.score < certainProof {
			g.score -= t.company(word)
		}
	}
	return w.settle(b, start, end, up[g.skip:], g)
}

// guessWord judges one word of digits and capitals.
func (w *work) guessWord(s []byte) guess {
	n := digits(s)
	if n == len(s) {
		return w.guessDigits(s)
	}
	if g := w.guessMixed(s); g.kind != None {
		return g
	}
	lead := 0
	for lead < len(s) && s[lead]-'A' < 26 {
		lead++
	}
	if rest := s[lead:]; lead >= 2 && (digits(rest) == len(rest) || len(rest) == 18 && digits(rest) == 17 && rest[17] == 'X') && len(rest) > 4 {
		var g guess
		if digits(rest) == len(rest) {
			g = w.guessDigits(rest)
		} else {
			g = w.guessResident((*[18]byte)(rest))
		}
		g.skip = int8(lead)
		if g.score < certainProof {
			g.score -= 200
		}
		return g
	}
	return guess{}
}

// company is what words around a word take from its score: decimals, and parts
// of longer codes.
func (t *token) company(word span) int16 {
	var off int16
	if i := int(word.from) - 1; i > 0 && t.c[i-1] != ' ' {
		off += joint(t.sep[i])
	}
	if i := int(word.to); i+1 < t.n && t.c[i+1] != ' ' {
		off += joint(t.sep[i])
	}
	return off
}

func joint(sep byte) int16 {
	switch sep {
	case '.', '_':
		return 400
	case '-', '/':
		return 250
	}
	return 0
}

func masks(s []byte) (n int) {
	for _, c := range s {
		if c == '*' {
			n++
		}
	}
	return n
}

// guessMasked judges a value whose middle or end is masked by one run of stars:
// a letter or none, digits, stars, digits or a last X.
func (w *work) guessMasked(s []byte) guess {
	n, lead := len(s), 0
	if letter(s[0]) {
		lead = 1
	}
	lead += digits(s[lead:])
	stars := masks(s)
	rest := s[min(lead+stars, n):]
	tail := digits(rest)
	if tail+1 == len(rest) && rest[tail]|0x20 == 'x' && !letter(s[0]) {
		tail++
	}
	if lead+stars+tail != n || lead+tail < 2 || stars < 3 {
		return guess{}
	}
	g := guess{score: 150, why: Shape, masked: true}
	switch {
	case letter(s[0]) && n == 19 && tail >= 1 && lead >= 2:
		g.kind = StudentNumber
	case letter(s[0]) && n >= 8 && n <= 10 && tail >= 2:
		g.kind = Passport
	case letter(s[0]):
		return guess{}
	case lead >= 2 && s[0] == '1' && s[1] >= '3' && (n == 11 || lead == 3 && tail == 4 && n <= 13):
		g.kind = Mobile
	case lead >= 1 && (n == 18 || n == 17 && tail >= 1) && s[0] >= '1':
		g.kind = ResidentID
	case lead == 6 && n >= 12 && n <= 20 && tail >= 1 && number.IsRegion(int(number.Value(s[:6]))):
		g.kind = ResidentID
	case lead >= 4 && tail >= 3 && stars >= 4 && n <= 19:
		g.kind = BankCard
	default:
		return guess{}
	}
	return g
}
