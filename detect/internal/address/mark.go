package address

// Marks of ideographs that tell something of what stands beside them. They are in a
// table, for a switch over so many costs a branch that cannot be foretold.
const (
	isNumeral uint8 = 1 << iota
	isLead
	isWeakLead
	isStop
	isAct
	isWhole
)

var marks = func() (t [hanSize]uint8) {
	for mark, chars := range map[uint8]string{
		isNumeral:  "一二三四五六七八九十百零甲乙丙丁东西南北",
		isLead:     "住址位往寄送于到在去从至抵是了的为给我你他她搬租自对由向",
		isWeakLead: "回进离逛经",
		isStop:     "的是了在被将把我他她你这那住说并也就很不要",
		isAct:      "找过着得写做给让叫跟和或才又再还都没有看听吃喝来去走跑等买拿送接帮被把与打坐想能会",
		isWhole:    "全本该我各城都超股门上个两外省地国跨整此某每其老军战灾景山辖属分时禁",
	} {
		for _, r := range chars {
			t[r-hanFirst] |= mark
		}
	}
	return t
}()

func marked(r rune, mark uint8) bool {
	i := uint32(r - hanFirst)
	return i < hanSize && marks[i]&mark != 0
}
