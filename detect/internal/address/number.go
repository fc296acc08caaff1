package address

// numbered reads a number with what it counts: 30号, b栋, 9单元, 1200室, 133-402.
func (f *Finder) numbered(i int) (j int, level uint32) {
	rs := f.runes
	digits := false
	for j = i; numeral(rs[j]) || letter(rs[j]) || j > i && (rs[j] == '-' || rs[j] == '#' || rs[j] == '~' || rs[j] == '、') && (numeral(rs[j+1]) || letter(rs[j+1])); j++ {
		digits = digits || digit(rs[j])
	}
	n := len(f.parts)
	near := n > 0 && i-f.parts[n-1].j <= gapMost
	if level := dashes(rs[i:j]); level != 0 && (level&Unit != 0 || !isUnitOfMeasure(rs[j])) && (near || i >= 2 && isHan(rs[i-1]) && isHan(rs[i-2])) {
		switch rs[j] {
		case '室', '号', '栋', '幢', '楼':
			j++
		}
		return j, level
	}
	switch r := rs[j]; {
	case r == '号' && (rs[j+1] == '楼' || rs[j+1] == '栋' || rs[j+1] == '幢' || rs[j+1] == '院' || rs[j+1] == '门' && rs[j+2] != '口' && rs[j+2] != '前' && rs[j+2] != '外'):
		return j + 2, Building
	case r == '号' && counted(rs[j+1]):
		return 0, 0
	case r == '号' && (digits || near):
		return j + 1, Number
	case r == '弄' && digits:
		return j + 1, Number
	case r == '栋' || r == '幢' || r == '座' && near:
		return j + 1, Building
	case r == '#':
		return j + 1, Building
	case r == '单' && rs[j+1] == '元':
		return j + 2, Unit
	case (r == '楼' || r == '层' || r == 'F') && near:
		return j + 1, Building
	case r == '室' || (r == '房' || r == '户' || r == '铺') && near && digits:
		return j + 1, Room
	case (r == '组' || r == '队') && near:
		return j + 1, Village
	case (r == '期' || r == '区' || r == '园' || r == '村') && (near || i >= 2 && isHan(rs[i-1]) && isHan(rs[i-2])):
		return j + 1, Place
	case (r == '路' || r == '街' || r == '巷') && j-i <= 3 && near:
		return j + 1, Road
	case digits && near && j-i <= 12 && f.parts[n-1].level&(Place|detail|Road|Village) != 0 && !isUnitOfMeasure(r):
		if j-i > 5 && !dashed(rs[i:j]) || r == '.' && digit(rs[j+1]) || i-f.parts[n-1].j > roomMost {
			return 0, 0
		}
		return j, Room
	}
	return 0, 0
}

// roomMost is how many runes may stand before the bare number of a room.
const roomMost = 5

// dashes reads 148-6-631 as building, unit and room, 9-1801 as building and room.
func dashes(rs []rune) (level uint32) {
	var size [5]int
	n := 0
	for _, r := range rs {
		switch {
		case r == '-' && n < 4:
			n++
		case digit(r):
			size[n]++
		default:
			return 0
		}
	}
	switch {
	case rs == nil || len(rs) > 0 && rs[0] == '0':
		return 0
	case n == 1 && size[0] <= 3 && size[1] >= 3 && size[1] <= 4:
		return Building | Room
	case n == 3 && size[0] <= 3 && size[1] <= 3 && size[2] <= 2 && size[3] >= 3 && size[3] <= 4:
		return Building | Unit | Room
	case n == 2 && size[0] <= 3 && size[1] <= 2 && size[2] >= 2 && size[2] <= 4:
		return Building | Unit | Room
	}
	return 0
}

func dashed(rs []rune) bool {
	for _, r := range rs {
		if r == '-' || r == '#' {
			return true
		}
	}
	return false
}

// counted tells the 号 of a thing from the 号 of a house: 8号线, 5号球衣.
func counted(r rune) bool {
	switch r {
	case '线', '球', '车', '码', '文', '令', '机', '选', '种', '药', '床', '染', '元', '船', '舰', '卫', '火', '导', '航', '台', '位', '字', '油', '井', '公', '高', '作', '当':
		return true
	}
	return false
}

// isUnitOfMeasure tells numbers that count something else: 5年, 30人.
func isUnitOfMeasure(r rune) bool {
	switch r {
	case '年', '月', '日', '人', '元', '万', '亿', '个', '次', '岁', '米', '公', '千', '克', '点', '分', '天', '名', '家', '%', '度', '小', '平', '多', '余', '吨', '亩', '届', '级', '班',
		'所', '座', '条', '辆', '台', '件', '项', '种', '位', '场', '支', '批', '套', '本', '周', '倍', '头', '只', '棵', '株', '颗', '部', '张', '片', '里', '顷', '后', '时', '世', '比', '秒', '英', '毫', '厘', '海':
		return true
	}
	return false
}
