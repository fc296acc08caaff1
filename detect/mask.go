package detect

// maskedName looks at a name whose given name is masked by stars at b[p], as 王*明
// and 李**: behind its label, or in a cell of its own.
func (w *work) maskedName(b []byte, p int) bool {
	if b[p] != '*' || !ideograph(back(b, p)) || ideograph(back(b, p-3)) {
		return false
	}
	start, end := p-3, p
	for end < len(b) && b[end] == '*' && end-p < 4 {
		end++
	}
	stars := end - p
	if r := next(b, end); ideograph(r) {
		end += 3
	}
	if stars > 3 || end < len(b) && (b[end] == '*' || ideograph(next(b, end)) || letter(b[end]) || b[end]-'0' <= 9) {
		return false
	}
	g := guess{kind: PersonName, score: -100, why: Shape, masked: true}
	if c := w.before(b, start); c.near && c.last == cueName {
		g.score, g.why = 300, Shape|Label
	} else if (start == 0 || labelled(b, start)) && (stars > 1 || end > p+stars) && cellEnds(b, end) {
		g.score = 50
	}
	if !w.add(start, end, g) {
		return false
	}
	w.past = end
	return true
}

// labelledMask judges stars behind the label of a number: so many of them, with
// what is left at either end.
func labelledMask(s []byte, last category) (g guess) {
	stars := masks(s)
	if stars < 3 || len(s) < 6 || len(s) > 20 || stars == len(s) {
		return guess{}
	}
	switch kind := hintKind[last]; kind {
	case ResidentID, Passport, HomePermit, TaiwanPermit, ForeignerPermit, StudentNumber, BirthCertificate, BankCard, Mobile, Landline:
		return guess{kind: kind, score: 200, why: Shape | Label, masked: true}
	}
	return guess{}
}

func ideograph(r uint32) bool { return r >= 0x4e00 && r <= 0x9fff }
