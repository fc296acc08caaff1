package detect

import "github.com/wardfold/wardfold/detect/internal/number"

// zone looks for a machine readable zone around a token: lines of 44, 36 or 30
// capitals, digits and '<'.
func (w *work) zone(b []byte, t *token) bool {
	start, end := int(t.at[0]), int(t.at[t.n])
	if (start == 0 || b[start-1] != '<') && (end == len(b) || b[end] != '<') && t.n < 28 {
		return false
	}
	start = int(t.at[t.word[t.hit].from])
	end = start
	for start > 0 && inZone(b[start-1]) && end-start <= 44 {
		start--
	}
	for end < len(b) && inZone(b[end]) && end-start <= 44 {
		end++
	}
	line := b[start:end]
	born, ok := number.MachineLine(line, w.today)
	if !ok {
		return false
	}
	n := end - start
	for k := 0; k < 2; k++ { // the lines before and behind belong to it
		if s := start - n - 1; s >= 0 && b[start-1] == '\n' && zoneLine(b[s:start-1]) && (s == 0 || !inZone(b[s-1])) {
			start = s
		}
		if e := end + 1 + n; n == 30 && e <= len(b) && b[end] == '\n' && zoneLine(b[end+1:e]) && (e == len(b) || !inZone(b[e])) {
			if d, ok := number.MachineLine(b[end+1:e], w.today); ok && !d.IsZero() {
				born = d
			}
			end = e
		}
	}
	w.drop(start)
	if w.add(start, end, guess{kind: MachineZone, score: weighProof, why: Checksum | Shape, born: born}) {
		w.past = end
		return true
	}
	return false
}

func inZone(c byte) bool { return c == '<' || c-'A' < 26 || c-'0' <= 9 }

func zoneLine(s []byte) bool {
	fill := 0
	for _, c := range s {
		if !inZone(c) {
			return false
		}
		if c == '<' {
			fill++
		}
	}
	return fill > 0
}
