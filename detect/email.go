package detect

// email looks at '@' at b[p].
func (w *work) email(b []byte, p int) {
	start, end := p, p+1
	stars := 0
	for start > 0 && start > p-64 && local(b[start-1]) {
		start--
		if b[start] == '*' {
			stars++
		}
	}
	for start < p && (b[start] == '.' || b[start] == '-' || b[start] == '%') {
		start++
	}
	dot := 0
	for end < len(b) && end < p+128 && (letter(b[end]) || b[end]-'0' <= 9 || b[end] == '.' || b[end] == '-') {
		if b[end] == '.' {
			if b[end-1] == '.' || b[end-1] == '@' {
				break
			}
			dot = end
		}
		end++
	}
	for end > p+1 && (b[end-1] == '.' || b[end-1] == '-') {
		end--
	}
	if dot >= end {
		dot = lastDot(b, p, end)
	}
	if start == p || dot == 0 || !topLevel(b[dot+1:end]) || start > 0 && b[start-1] == '/' {
		return
	}
	g := guess{kind: Email, score: 400, why: Shape, masked: stars > 0}
	if fileName(b[dot+1 : end]) {
		g.score = -100
	}
	w.drop(start)
	if w.add(start, end, g) {
		w.past = end
	}
}

// drop takes back findings that reach behind start: they were parts of a longer
// value.
func (w *work) drop(start int) {
	for n := len(w.found); n > 0 && w.found[n-1].End > int64(start); n-- {
		w.found = w.found[:n-1]
	}
}

func local(c byte) bool {
	return letter(c) || c-'0' <= 9 || c == '.' || c == '_' || c == '-' || c == '+' || c == '%' || c == '*'
}

func lastDot(b []byte, p, end int) int {
	for i := end - 1; i > p+1; i-- {
		if b[i] == '.' {
			return i
		}
	}
	return 0
}

// topLevel reports whether s is letters only, as the last label of a domain is.
func topLevel(s []byte) bool {
	for _, c := range s {
		if !letter(c) {
			return false
		}
	}
	return len(s) >= 2 && len(s) <= 18
}

// fileName reports whether s ends names of files, as in logo@2x.png.
func fileName(s []byte) bool {
	switch string(s) {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "json", "html", "go", "py", "md", "txt", "so", "service":
		return true
	}
	return false
}
