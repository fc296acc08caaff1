package detect

import "github.com/wardfold/wardfold/detect/internal/han"

// plateProvinces are the characters that number plates begin with.
const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

var plateProvince = func() (set [1024]uint64) {
	for _, r := range plateProvinces {
		set[r>>6] |= 1 << (r & 63)
	}
	return set
}()

// plate looks at a capital at b[p] right behind a character of a province.
// Source: GA 36, 中华人民共和国机动车号牌.
func (w *work) plate(b []byte, p int) {
	if p < 3 || b[p] == 'I' {
		return
	}
	r, ok := han.Rune(b, p-3)
	if !ok || plateProvince[r>>6]>>(r&63)&1 == 0 {
		return
	}
	_, first, _ := fold(b, p)
	end, n, numerals, stars := p+first, 0, 0, 0
	for end < len(b) && n < 6 {
		c, size, kind := fold(b, end)
		if kind == 2 && n == 0 && (c == '.' || c == ' ' || c == '-') {
			end += size
			continue
		}
		if kind != 1 || c|0x20 == 'i' || c|0x20 == 'o' {
			break
		}
		switch {
		case c-'0' <= 9:
			numerals++
		case c == '*':
			stars++
		}
		end += size
		n++
	}
	if n == 4 {
		if r, ok := han.Rune(b, end); ok && plateTail(r) {
			end, n = end+3, n+1
		}
	}
	if n != 5 && n != 6 || numerals == 0 || end < len(b) && (letter(b[end]) || b[end]-'0' <= 9) {
		return
	}
	g := guess{kind: Plate, score: 50, why: Prefix | Shape, masked: stars > 0}
	if numerals+stars >= 3 {
		g.score = 250
	}
	if g.score < likelyFrom {
		w.weigh(&g, w.before(b, p-3))
	}
	if w.add(p-3, end, g) {
		w.past = end
	}
}

func plateTail(r uint32) bool {
	switch r {
	case '学', '警', '港', '澳', '挂', '领', '试', '超', '使':
		return true
	}
	return false
}
