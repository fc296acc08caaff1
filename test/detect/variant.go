package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/wardfold/wardfold/detect"
)

// dice make invented values. Nothing they make belongs to anybody but by chance.
type dice struct {
	*rand.Rand
	regions []string // codes of counties
	issuers []issuer
}

type issuer struct {
	prefix string
	length int
}

// variant is one written form of one kind, or of what is no personal number.
type variant struct {
	name   string
	kind   detect.Kind // None for what must not be found
	labels string      // what is written before it, where a label is
	always bool        // it counts behind its label only
	make   func(dice) string
}

func (d dice) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + d.IntN(10))
	}
	return string(b)
}

func (d dice) letter() string { return string("ABCDEFGHJKLMNPQRSTUVWXYZ"[d.IntN(24)]) }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

func (d dice) birth() string {
	return fmt.Sprintf("%04d%02d%02d", 1940+d.IntN(85), 1+d.IntN(12), 1+d.IntN(28))
}

func (d dice) body() string { return pick(d, d.regions...) + d.birth() + d.digits(3) }

func mod11(body string) byte {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return "10X98765432"[sum%11]
}

func (d dice) id() string { b := d.body(); return b + string(mod11(b)) }

// idX is one that ends in X.
func (d dice) idX() string {
	for {
		if s := d.id(); s[17] == 'X' {
			return s
		}
	}
}

func (d dice) mobile() string {
	return pick(d, strings.Fields(`130 131 132 133 134 135 136 137 138 139 145 147 150 151 152 153 155 156 157 158 159 162 165 166 167
		170 171 172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199`)...) + d.digits(8)
}

// luhn completes digits by the check digit plus off.
func luhn(body string, off int) string {
	sum := 0
	for i := range len(body) {
		n := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return body + string(byte('0'+((10-sum%10)%10+off)%10))
}

func (d dice) card(off int) string {
	is := pick(d, d.issuers...)
	return luhn(is.prefix+d.digits(is.length-len(is.prefix)-1), off)
}

func group(s, sep string, sizes ...int) string {
	var parts []string
	for _, n := range sizes {
		parts = append(parts, s[:n])
		s = s[n:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, sep)
}

// fullwidth writes ASCII in full-width forms.
func fullwidth(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > ' ' && r < 0x7f {
			r += 0xfee0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// vin makes the check character of a vehicle identification number.
func (d dice) vin() string {
	const letters, values = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789", "12345678123457923456789"
	b := []byte("L" + "SVA")
	for len(b) < 13 {
		b = append(b, letters[d.IntN(len(letters))])
	}
	b = append(b, d.digits(4)...)
	sum := 0
	for i, w := range [17]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2} {
		k := strings.IndexByte(letters, b[i])
		if k < 23 {
			sum += w * int(values[k]-'0')
		} else {
			sum += w * (k - 23)
		}
	}
	b[8] = "0123456789X"[sum%11]
	return string(b)
}

func (d dice) province() string { return pick(d, d.regions...)[:2] }

func (d dice) date(format string) string {
	return fmt.Sprintf(format, 1950+d.IntN(75), 1+d.IntN(12), 1+d.IntN(28))
}

func numerals(n int) string {
	var b strings.Builder
	for _, c := range fmt.Sprint(n) {
		b.WriteString(string([]rune("〇一二三四五六七八九")[c-'0']))
	}
	return b.String()
}

// count writes a number below 40 in Chinese.
func count(n int) string {
	ones := string([]rune(" 一二三四五六七八九")[n%10])
	if n%10 == 0 {
		ones = ""
	}
	switch {
	case n < 10:
		return ones
	case n < 20:
		return "十" + ones
	}
	return string([]rune("  二三")[n/10]) + "十" + ones
}

func (d dice) plate() string {
	return string(pick(d, []rune("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")...)) + pick(d, "A", "B", "C", "D", "E", "F")
}
