package address

import "strings"

// closing are characters that names of places, shops and firms end with; those
// with others before them do so only behind one of these.
var closing = func() (m [hanSize]string) {
	for _, r := range "店部园局村馆城厂厅区院室站铺所堂间楼镇舍庭府吧场司座栋幢寺苑庙房巷街路桥号户组塔港湾湖广厦寓社团" {
		m[r-hanFirst] = "*"
	}
	for _, c := range strings.Fields("学大中小 面对后前侧南北东西 行银支商分旅 地工基营 口路门街巷道出进交 门大东西南北正侧后前 心中 市超菜 库仓车 装服男女童 " +
		"会委 处事 具家玩灯农文模 器电机仪 饰服首 械机 品用食饮 气电燃 旁路楼桥院校店 边路南北东西 侧东西南北 台平前柜 联电 材建钢石 织纺针") {
		r, n := []rune(c)[0], len(c)
		m[r-hanFirst] = c[3:n]
	}
	return m
}()

// closes reports whether a name of a place may end at i.
func (f *Finder) closes(i int) bool {
	r := f.runes[i-1]
	if !isHan(r) {
		return false
	}
	c := closing[r-hanFirst]
	return c == "*" || c != "" && i > 1 && strings.ContainsRune(c, f.runes[i-2])
}
