package main

import (
	"fmt"
	"strings"

	"github.com/wardfold/wardfold/detect"
)

const (
	idLabels    = "身份证号 身份证 证件号码 公民身份号码"
	phoneLabels = "手机 联系电话 电话 手机号码"
	cardLabels  = "银行卡号 卡号 账号"
)

// positives are the written forms that must be found.
var positives = []variant{
	{"resident id", detect.ResidentID, idLabels, false, dice.id},
	{"resident id, x", detect.ResidentID, idLabels, false, func(d dice) string { return strings.ToLower(d.idX()) }},
	{"resident id, X full-width", detect.ResidentID, idLabels, false, func(d dice) string { return d.idX()[:17] + "Ｘ" }},
	{"resident id, 6-8-4 spaces", detect.ResidentID, idLabels, false, func(d dice) string { return group(d.id(), " ", 6, 8) }},
	{"resident id, 6-8-4 hyphens", detect.ResidentID, idLabels, false, func(d dice) string { return group(d.id(), "-", 6, 8) }},
	{"resident id, 6-4-4-4", detect.ResidentID, idLabels, false, func(d dice) string { return group(d.id(), " ", 6, 4, 4) }},
	{"resident id, 6-8-4 wide spaces", detect.ResidentID, idLabels, false, func(d dice) string { return group(d.id(), "\u3000", 6, 8) }},
	{"resident id, 6-8-4 hard spaces", detect.ResidentID, idLabels, false, func(d dice) string { return group(d.id(), "\u00a0", 6, 8) }},
	{"resident id, 14-4", detect.ResidentID, idLabels, false, func(d dice) string { return group(d.id(), " ", 14) }},
	{"resident id, full-width", detect.ResidentID, idLabels, false, func(d dice) string { return fullwidth(d.id()) }},
	{"resident id, 15 digits", detect.ResidentID, idLabels, true, func(d dice) string {
		s := d.id()
		return s[:6] + fmt.Sprintf("%02d", 40+d.IntN(59)) + s[10:17]
	}},
	{"residence permit", detect.ResidencePermit, "港澳台居民居住证 居住证号码", false, func(d dice) string {
		b := pick(d, "810000", "820000", "830000") + d.birth() + d.digits(3)
		return b + string(mod11(b))
	}},
	{"foreigner permit, new", detect.ForeignerPermit, "永久居留身份证 证件号码", false, func(d dice) string {
		b := "9" + d.province() + pick(d, "840", "124", "826", "392", "410") + d.birth() + d.digits(3)
		return b + string(mod11(b))
	}},
	{"foreigner permit, old", detect.ForeignerPermit, "永久居留证 外国人永久居留证", true, func(d dice) string {
		return pick(d, "USA", "CAN", "GBR", "JPN") + d.province() + d.digits(4) + d.birth()[4:] + d.digits(2)
	}},
	{"student number, G", detect.StudentNumber, "学籍号 全国学籍号", false, func(d dice) string { return "G" + d.id() }},
	{"student number, J", detect.StudentNumber, "学籍号", false, func(d dice) string { return "J" + d.id() }},
	{"student number, L", detect.StudentNumber, "学籍号", true, func(d dice) string { return "L" + d.body() + d.digits(1) }},
	{"student number, local", detect.StudentNumber, "学号 学籍副号", true, func(d dice) string { return "20" + d.digits(6) }},
	{"birth certificate", detect.BirthCertificate, "出生医学证明编号 出生证号", true, func(d dice) string { return d.letter() + d.province() + d.digits(7) }},
	{"home permit", detect.HomePermit, "回乡证号 港澳居民来往内地通行证", true, func(d dice) string { return pick(d, "H", "M") + d.digits(8) }},
	{"Taiwan permit", detect.TaiwanPermit, "台胞证号 台湾居民来往大陆通行证", true, func(d dice) string { return "0" + d.digits(7) }},
	{"travel permit", detect.TravelPermit, "往来港澳通行证 往来台湾通行证号码", true, func(d dice) string { return pick(d, "C", "W", "L", "T") + d.digits(8) }},
	{"travel permit, letter", detect.TravelPermit, "往来港澳通行证", true, func(d dice) string { return "C" + d.letter() + d.digits(7) }},
	{"passport, E", detect.Passport, "护照 护照号码", true, func(d dice) string { return "E" + d.digits(8) }},
	{"passport, E and letter", detect.Passport, "护照号", true, func(d dice) string { return "E" + d.letter() + d.digits(7) }},
	{"passport, G", detect.Passport, "护照", true, func(d dice) string { return "G" + d.digits(8) }},
	{"mobile", detect.Mobile, phoneLabels, false, dice.mobile},
	{"mobile, 3-4-4 hyphens", detect.Mobile, phoneLabels, false, func(d dice) string { return group(d.mobile(), "-", 3, 4) }},
	{"mobile, 3-4-4 spaces", detect.Mobile, phoneLabels, false, func(d dice) string { return group(d.mobile(), " ", 3, 4) }},
	{"mobile, 3-3-5", detect.Mobile, phoneLabels, false, func(d dice) string { return group(d.mobile(), " ", 3, 3) }},
	{"mobile, +86", detect.Mobile, phoneLabels, false, func(d dice) string { return "+86" + d.mobile() }},
	{"mobile, +86 space", detect.Mobile, phoneLabels, false, func(d dice) string { return "+86 " + d.mobile() }},
	{"mobile, +86-", detect.Mobile, phoneLabels, false, func(d dice) string { return "+86-" + d.mobile() }},
	{"mobile, (+86)", detect.Mobile, phoneLabels, false, func(d dice) string { return "(+86)" + d.mobile() }},
	{"mobile, 0086", detect.Mobile, phoneLabels, false, func(d dice) string { return "0086" + d.mobile() }},
	{"mobile, full-width", detect.Mobile, phoneLabels, false, func(d dice) string { return fullwidth(d.mobile()) }},
	{"landline", detect.Landline, "座机 办公电话", false, func(d dice) string { return pick(d, "010", "0571", "021", "0755") + "-8" + d.digits(7) }},
	{"landline, brackets", detect.Landline, "座机 办公电话", false, func(d dice) string { return pick(d, "(010)", "(0571)") + "8" + d.digits(7) }},
	{"landline, +86", detect.Landline, "座机 办公电话", false, func(d dice) string { return "+86-" + pick(d, "10", "571", "21") + "-8" + d.digits(7) }},
	{"bank card", detect.BankCard, cardLabels, false, func(d dice) string { return d.card(0) }},
	{"bank card, spaces", detect.BankCard, cardLabels, false, func(d dice) string { s := d.card(0); return group(s, " ", fours(s)...) }},
	{"plate", detect.Plate, "车牌 车牌号", false, func(d dice) string { return d.plate() + d.digits(5) }},
	{"plate, letters", detect.Plate, "车牌号", false, func(d dice) string { return d.plate() + d.letter() + d.digits(4) }},
	{"plate, new energy", detect.Plate, "车牌", false, func(d dice) string { return d.plate() + pick(d, "D", "F") + d.digits(5) }},
	{"plate, full-width", detect.Plate, "车牌", false, func(d dice) string { s := d.plate() + d.digits(5); return s[:3] + fullwidth(s[3:]) }},
	{"coordinates", detect.Location, "坐标 定位", false, func(d dice) string {
		return fmt.Sprintf("%d.%s,%d.%s", 20+d.IntN(30), d.digits(6), 80+d.IntN(50), d.digits(6))
	}},
	{"VIN", detect.VIN, "车架号 车辆识别代号", false, dice.vin},
	{"e-mail", detect.Email, "邮箱 电子邮件", false, func(d dice) string { return "li." + d.digits(4) + "@" + pick(d, "qq.com", "163.com", "example.edu.cn") }},
	{"QQ", detect.QQ, "QQ QQ号 扣扣", true, func(d dice) string { return pick(d, "1", "2", "3") + d.digits(8) }},
	{"WeChat", detect.WeChat, "微信 微信号", true, func(d dice) string { return "wx_" + d.digits(6) + strings.ToLower(d.letter()) }},
	{"birth date, ISO", detect.BirthDate, "出生日期 生日", true, func(d dice) string { return d.date("%04d-%02d-%02d") }},
	{"birth date, slashes", detect.BirthDate, "出生日期", true, func(d dice) string { return d.date("%04d/%d/%d") }},
	{"birth date, dots", detect.BirthDate, "出生年月", true, func(d dice) string { return d.date("%04d.%02d.%02d") }},
	{"birth date, 8 digits", detect.BirthDate, "出生日期", true, func(d dice) string { return d.date("%04d%02d%02d") }},
	{"birth date, 年月日", detect.BirthDate, "出生日期 生日", true, func(d dice) string { return d.date("%d年%d月%d日") }},
	{"birth date, lunar", detect.BirthDate, "出生日期 生日", true, func(d dice) string {
		day := "初" + count(1+d.IntN(9))
		if d.IntN(2) == 0 {
			day = "廿" + count(1+d.IntN(9))
		}
		return fmt.Sprint(1950+d.IntN(75)) + "年" + pick(d, "正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊") + "月" + day
	}},
	{"birth date, numerals", detect.BirthDate, "出生日期", true, func(d dice) string {
		return numerals(1950+d.IntN(75)) + "年" + count(1+d.IntN(12)) + "月" + count(1+d.IntN(28)) + "日"
	}},
}

func fours(s string) (sizes []int) {
	for n := len(s); n > 4; n -= 4 {
		sizes = append(sizes, 4)
	}
	return sizes
}

// negatives must not be found as anything.
var negatives = []variant{
	{"id, wrong check digit", 0, "编号", false, func(d dice) string {
		s := d.id()
		return s[:17] + string("10X98765432"[(strings.IndexByte("10X98765432", s[17])+1+d.IntN(10))%11])
	}},
	{"id, 30 February", 0, "编号", false, func(d dice) string {
		b := pick(d, d.regions...) + fmt.Sprintf("%d0230", 1950+d.IntN(60)) + d.digits(3)
		return b + string(mod11(b))
	}},
	{"id, region that never was", 0, "编号", false, func(d dice) string {
		b := pick(d, "990101", "270101", "119999", "730102") + d.birth() + d.digits(3)
		return b + string(mod11(b))
	}},
	{"18 random digits", 0, "流水号", false, func(d dice) string { return pick(d, "1", "3", "5", "8") + d.digits(17) }},
	{"order number ending in a mobile", 0, "订单号", false, func(d dice) string { return "20260" + d.mobile() }},
	{"order number", 0, "订单号 运单号", false, func(d dice) string { return "2026" + d.digits(12) }},
	{"mobile that is an order number", 0, "订单编号", true, dice.mobile},
	{"epoch, ms", 0, "时间戳", false, func(d dice) string { return "17" + d.digits(11) }},
	{"epoch, s", 0, "时间戳", false, func(d dice) string { return "17" + d.digits(8) }},
	{"bank card, wrong check digit", 0, "编号", false, func(d dice) string { return d.card(1 + d.IntN(9)) }},
	{"ISBN-13", 0, "ISBN", false, func(d dice) string { return "9787" + d.digits(9) }},
	{"social credit code", 0, "统一社会信用代码", false, func(d dice) string { return "91" + pick(d, d.regions...) + "MA" + d.digits(7) + d.letter() }},
	{"UUID", 0, "编号", false, func(d dice) string {
		return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", d.Uint32(), d.IntN(1<<16), d.IntN(1<<12), d.IntN(1<<12), d.Uint64N(1<<48))
	}},
	{"hash", 0, "校验", false, func(d dice) string { return fmt.Sprintf("%016x%016x", d.Uint64(), d.Uint64()) }},
	{"version", 0, "版本", false, func(d dice) string {
		return fmt.Sprintf("v%d.%d.%d-2026%04d", d.IntN(9), d.IntN(99), d.IntN(99), d.IntN(9999))
	}},
	{"decimal", 0, "系数", false, func(d dice) string { return "0." + d.mobile() }},
	{"time", 0, "时间", false, func(d dice) string { return d.date("%04d-%02d-%02d") + " 10:20:30" }},
	{"time, 14 digits", 0, "时间", false, func(d dice) string { return "2026" + d.date("%[2]02d%[3]02d") + "102030" }},
	{"amount", 0, "金额", false, func(d dice) string { return d.digits(5) + ".00" }},
}
