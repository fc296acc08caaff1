package address

// parse finds the parts of the clause, from left to right.
func (f *Finder) parse() {
	f.parts = f.parts[:0]
	pending := 0 // where the name of the next part may begin
	for i := 0; i < f.n(); {
		r := f.runes[i]
		if numeral(r) || letter(r) {
			if j, level := f.numbered(i); level != 0 {
				i, pending = f.add(i, j, level), j
				continue
			}
		}
		if !isHan(r) {
			if r != '-' && r != '_' && r != '#' && r != '.' && r != '(' && r != ')' && !ascii(r) && r != '—' && r != '·' {
				pending = i + 1
			}
			i++
			continue
		}
		if n, level := f.region(i); n > 0 {
			i, pending = f.add(i, i+n, level), i+n
			continue
		}
		if j, level := f.suffix(pending, i); level != 0 {
			start := f.leadIn(pending, i)
			if j-start >= 2 {
				i, pending = f.add(start, j, level), j
				continue
			}
		}
		i++
	}
}

func (f *Finder) add(i, j int, level uint32) int {
	f.parts = append(f.parts, part{i, j, level})
	return j
}

func isHan(r rune) bool { return uint32(r-hanFirst) < hanSize }
func ascii(r rune) bool { return r > ' ' && r < 0x7f }
func digit(r rune) bool { return r >= '0' && r <= '9' }
func letter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func numeral(r rune) bool {
	return digit(r) || r == '〇' || marked(r, isNumeral)
}

// region looks for the name of a division at i, the longest first.
func (f *Finder) region(i int) (n int, level uint32) {
	begins := largePairs
	town := f.townAt(i)
	if town {
		begins = pairs
	}
	if bit := pairBit(f.runes[i], f.runes[i+1]); begins[bit>>3]>>(bit&7)&1 == 0 {
		return 0, 0
	}
	var h [9]uint64
	most := 0
	for k := 0; k < 8 && isHan(f.runes[i+k]) && i+k < f.n(); k++ {
		h[k+1] = mix(h[k], f.runes[i+k])
		most = k + 1
	}
	for n = most; n >= 2; n-- {
		if n > 4 && class(f.runes[i+n-1]) != classRegion && class(f.runes[i+n-1]) != classTown {
			continue // long names have their suffix
		}
		level := lookup(h[n])
		if level == 0 {
			continue
		}
		if k := f.runes; i > 0 && isHan(k[i-1]) && !leads(k[i-1]) && !f.follows(i) && class(k[i+n-1]) != classRegion {
			continue // 北镇 in 瓯北镇
		}
		if k := len(f.parts); level != Town && class(f.runes[i+n-1]) != classRegion && k > 0 && f.parts[k-1].level&(local|detail) != 0 {
			continue // 紫金 in 颖阳路紫金名苑
		}
		if level != Town && class(f.runes[i+n-1]) != classRegion && finer(f.runes[i+n], f.runes[i+n+1]) {
			continue // 永安 in 永安村
		}
		if level == Town { // a town by its name alone, only where a town may stand
			if !town {
				continue
			}
			switch f.runes[i+n] {
			case '镇', '乡':
				n++
			case '街':
				if f.runes[i+n+1] == '道' {
					n += 2
				} else {
					continue
				}
			case '路', '村', '大', '小', '巷', '区':
				continue
			}
		}
		return n, level
	}
	return 0, 0
}

// townAt reports whether a town may stand at i that is told by its name alone.
func (f *Finder) townAt(i int) bool {
	k := len(f.parts)
	return k > 0 && i-f.parts[k-1].j <= 1 && f.parts[k-1].level&(regions|Town) != 0
}

// finer reports whether a name before r is that of a smaller part.
func finer(r, next rune) bool {
	return r == '村' || r == '镇' || r == '街' || r == '巷' || r == '路' && next != '桥'
}

// follows reports whether a part ends at i, or the country does.
func (f *Finder) follows(i int) bool {
	if i >= 2 && f.runes[i-2] == '中' && f.runes[i-1] == '国' {
		return true
	}
	k := len(f.parts)
	return k > 0 && f.parts[k-1].j == i
}

// suffix says whether the rune at i ends a part whose name began at pending.
func (f *Finder) suffix(pending, i int) (j int, level uint32) {
	rs, n := f.runes, i-pending
	if n < 1 || n > 14 {
		return 0, 0
	}
	next := rs[i+1]
	switch class(rs[i]) {
	case classRegion:
		switch {
		case rs[i] == '区' && (rs[i-1] == '小' || rs[i-1] == '园' || rs[i-1] == '社' || rs[i-1] == '业' || rs[i-1] == '发' || rs[i-1] == '新'):
			return i + 1, Place
		case next == '场' || next == '民' || next == '委' || next == '长' || next == '政' || next == '内' || next == '域':
			return 0, 0
		case n >= 2 && !wholly(rs[i-1]):
			return i + 1, District
		}
	case classTown:
		switch rs[i] {
		case '镇', '乡':
			return i + 1, Town
		case '道':
			if rs[i-1] == '街' && n >= 3 {
				return i + 1, Town
			}
			if rs[i-1] == '大' {
				return i + 1, Road
			}
		}
	case classVillage:
		if rs[i] == '社' && next != '区' || (rs[i] == '队' || rs[i] == '组') && n > 6 || next == '民' || next == '委' {
			return 0, 0
		}
		if rs[i] == '社' {
			return i + 2, Village
		}
		if rs[i] == '村' && next == '村' {
			return 0, 0
		}
		return i + 1, Village
	case classRoad:
		switch {
		case rs[i] == '同' && rs[i-1] != '胡', rs[i] == '条' && !numeral(rs[i-1]), rs[i] == '里' && next != '弄':
			return 0, 0
		case next == '道' && rs[i] == '街', next == '过' || next == '上' && rs[i] == '路', next == '边' || next == '由' || next == '径':
			return 0, 0
		}
		return i + 1, Road
	case classBuilding:
		if rs[i] == '厦' && rs[i-1] == '大' {
			return i + 1, Place
		}
		if rs[i] == '楼' && rs[i-1] == '大' {
			return i + 1, Place
		}
	case classPlace:
		if n >= 2 && placeEnds(rs[i-1], rs[i]) {
			return i + 1, Place
		}
	}
	return 0, 0
}

// wholly reports whether a character before 市 or 县 makes it no name: 全市, 本县,
// 城市.
func wholly(r rune) bool {
	return marked(r, isWhole)
}

// placeEnds says whether r behind p ends the name of a place: most count only as
// the end of a longer word.
func placeEnds(p, r rune) bool {
	switch r {
	case '园':
		return p == '花' || p == '公' || p == '家' || p == '业' || p == '技' || p == '庄' || p == '儿' || p == '校' || p == '流' || p == '产' || p == '田' || p == '庭'
	case '苑', '墅', '邸', '轩', '阁', '坊', '府', '湾', '庭':
		return p != '政' && p != '台' && p != '家'
	case '城':
		return p == '商' || p == '新' || p == '贸' || p == '材' || p == '品' || p == '学' || p == '技' || p == '山' || p == '江' || p == '具' || p == '宝' || p == '配' || p == '电' || p == '车' || p == '装' || p == '暖'
	case '院':
		return p == '医' || p == '学' || p == '大' || p == '家'
	case '店':
		return p == '酒' || p == '饭' || p == '商'
	case '场':
		return p == '广' || p == '市' || p == '商' || p == '机' || p == '农'
	case '厂':
		return true
	case '校':
		return p == '学'
	case '寓':
		return p == '公'
	case '舍':
		return p == '宿'
	case '居':
		return p == '雅' || p == '家' || p == '名' || p == '新'
	case '馆':
		return p == '宾' || p == '公'
	case '司':
		return p == '公'
	case '心':
		return p == '中'
	}
	return false
}

// leads reports whether a character leads up to an address.
func leads(r rune) bool {
	return marked(r, isLead)
}

// leadIn strips what leads up to an address from the name of a part: 我家住在 in
// 我家住在凤起路. The last such word within the name counts.
func (f *Finder) leadIn(pending, i int) int {
	start := max(pending, i-leadMost)
	for k := start; k < i; k++ {
		if leads(f.runes[k]) || k > start && leadsWeakly(f.runes[k]) {
			start = k + 1
		} else if k+2 < i && goesOn(f.runes[k], f.runes[k+1]) {
			start = k + 2
		}
	}
	return start
}

// leadsWeakly reports whether a character leads up to an address unless it is the
// first of a name, as in 回龙观.
func leadsWeakly(r rune) bool {
	return marked(r, isWeakLead)
}

// leadMost is how many runes the name of a part may have.
const leadMost = 10

// begin is where the address begins whose first part is known: an estate or a
// village may stand before it that nothing tells.
func (f *Finder) begin(k int) int {
	i, low := f.parts[k].i, 0
	if k > 0 {
		low = f.parts[k-1].j
	}
	if f.parts[k].level&regions != 0 {
		if i >= low+2 && f.runes[i-2] == '中' && f.runes[i-1] == '国' {
			return i - 2
		}
		if f.parts[k].level != District {
			return i
		}
	}
	start := max(low, i-leadMost)
	for n := i - 1; n >= start; n-- {
		switch r := f.runes[n]; {
		case leads(r), n > start && leadsWeakly(r), !isHan(r) && !digit(r) && !letter(r):
			return n + 1
		case n+1 < i && goesOn(r, f.runes[n+1]):
			return n + 2
		}
	}
	if start > low {
		return i
	}
	return start
}

// stops reports whether something between two parts says that the address ended.
func (f *Finder) stops(i, j int) bool {
	for k := i; k < j; k++ {
		if r := f.runes[k]; stopsAt(r) || r == '有' || r == '共' || r == '于' {
			return true
		}
	}
	return false
}

func stopsAt(r rune) bool {
	return marked(r, isStop)
}

// tailMost is how many runes the name behind the last known part may have.
const tailMost = 14

// tail is where the address ends that begins at i: behind its last known part, or
// behind a name that closes the clause or stands before a word that goes on. Where
// somebody does something, the name has to end as names do.
func (f *Finder) tail(i, n int, labelled bool) int {
	j, end := f.parts[n-1].j, f.n()
	for end > j && (f.runes[end-1] == ' ' || f.runes[end-1] == '\u3000') {
		end--
	}
	if labelled || j == end {
		return end
	}
	cut := false
	for k := j; k < end; k++ {
		if stopsAt(f.runes[k]) {
			end, cut = k, true
		} else if goesOn(f.runes[k], f.runes[k+1]) {
			end = k
		} else if i > 0 && acts(f.runes[k]) {
			cut = true
		}
	}
	if end-j > tailMost || f.ended(j) {
		return j
	}
	for cut && end > j && !f.closes(end) {
		end--
	}
	return end
}

// acts reports whether a character is one that tells of somebody who does
// something, as 找 and 过; few names have it.
func acts(r rune) bool {
	return marked(r, isAct)
}

// ended reports whether the words at j begin something that is no address.
func (f *Finder) ended(j int) bool {
	switch r, next := f.runes[j], f.runes[j+1]; r {
	case '电', '手':
		return next == '话' || next == '机'
	case '谢', '请', '收', '离', '距', '发', '举', '召', '开':
		return true
	case ' ', '\u3000', '(':
		return next == 0 || digit(next)
	case '邮', '联':
		return next == '编' || next == '系'
	}
	return false
}
