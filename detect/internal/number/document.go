package number

// VIN checks the 17 characters of a vehicle identification number, in capitals:
// no I, O and Q, four digits last, and the check character in the ninth place.
// Source: GB 16735, ISO 3779.
func VIN(s *[17]byte) bool {
	sum := 0
	for i, c := range s {
		v := vinValue(c)
		if v < 0 || i >= 13 && c > '9' {
			return false
		}
		sum += v * int(vinWeights[i])
	}
	if sum %= 11; sum == 10 {
		return s[8] == 'X'
	}
	return s[8] == byte('0'+sum)
}

var vinWeights = [17]uint8{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}

// vinValues are the values of the letters; 0 is no letter of a VIN.
const vinValues = "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x02\x03\x04\x05\x00\x07\x00\x09\x02\x03\x04\x05\x06\x07\x08\x09"

func vinValue(c byte) int {
	switch {
	case c-'0' <= 9:
		return int(c - '0')
	case c-'A' < 26 && vinValues[c-'A'] != 0:
		return int(vinValues[c-'A'])
	}
	return -1
}

// BirthCertificate reports whether a capital and nine digits begin with a
// province, as the editions in use do: X320101001 is of Jiangsu.
// Source: the numbering of 出生医学证明 as published by the health authorities.
func BirthCertificate(s *[10]byte) bool {
	if s[0]-'A' >= 26 {
		return false
	}
	for _, c := range s[1:] {
		if c-'0' > 9 {
			return false
		}
	}
	return IsProvince(int(s[1]-'0')*10 + int(s[2]-'0'))
}

// PassportForm reports whether capitals and digits have the form of a Chinese
// passport: E and eight digits, E, a letter that is not I or O, and seven digits;
// G and eight digits (until 2012); D, S or P, with or without E, and seven digits.
func PassportForm(s []byte) bool {
	if len(s) < 8 || len(s) > 9 {
		return false
	}
	rest := s[1:]
	switch s[0] {
	case 'E':
		if len(rest) == 8 && rest[0]-'A' < 26 && rest[0] != 'I' && rest[0] != 'O' {
			rest = rest[1:]
		}
		return len(s) == 9 && allDigits(rest)
	case 'G':
		return len(s) == 9 && allDigits(rest)
	case 'D', 'S', 'P':
		if rest[0] == 'E' {
			rest = rest[1:]
		}
		return len(rest) == 7 && allDigits(rest)
	}
	return false
}

// PermitForm tells the travel permits by their letter: H and M, 港澳居民来往内地通
// 行证, eight digits or ten with the count of issues; C and W to Hong Kong and
// Macau, L and T to Taiwan, eight digits or a letter and seven.
func PermitForm(s []byte) (home, travel bool) {
	if len(s) != 9 && len(s) != 11 {
		return false, false
	}
	rest := s[1:]
	switch s[0] {
	case 'H', 'M':
		return allDigits(rest), false
	case 'C', 'W', 'L', 'T':
		if rest[0]-'A' < 26 && rest[0] != 'I' && rest[0] != 'O' {
			rest = rest[1:]
		}
		return false, len(s) == 9 && allDigits(rest)
	}
	return false, false
}

func allDigits(s []byte) bool {
	for _, c := range s {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// check is the check digit of ICAO 9303: weights 7, 3, 1.
func check(s []byte) byte {
	sum := 0
	for i, c := range s {
		v := 0
		switch {
		case c-'0' <= 9:
			v = int(c - '0')
		case c-'A' < 26:
			v = int(c-'A') + 10
		}
		sum += v * int("\x07\x03\x01"[i%3])
	}
	return byte('0' + sum%10)
}

// MachineLine reports whether a line of capitals, digits and '<' is the one with
// the check digits of a machine readable zone: the second of 44 or 36, the first
// or second of 30. born is zero where the line has none. Years up to that of
// today are of this century. Source: ICAO Doc 9303.
func MachineLine(s []byte, today Date) (born Date, ok bool) {
	switch {
	case (len(s) == 44 || len(s) == 36) && state(s[10:13]) && sex(s[20]) &&
		check(s[:9]) == s[9] && check(s[13:19]) == s[19] && check(s[21:27]) == s[27]:
		return short(s[13:19], today), true
	case len(s) == 30 && state(s[15:18]) && sex(s[7]) && check(s[:6]) == s[6] && check(s[8:14]) == s[14] && allDigits(s[:6]):
		return short(s[:6], today), true
	case len(s) == 30 && s[0]-'A' < 26 && state(s[2:5]) && check(s[5:14]) == s[14] && s[14]-'0' <= 9 && digitsIn(s[5:14]) >= 5:
		return Date{}, true
	}
	return Date{}, false
}

// state reports whether three characters are the letters of a state.
func state(s []byte) bool {
	return s[0]-'A' < 26 && (s[1]-'A' < 26 || s[1] == '<') && (s[2]-'A' < 26 || s[2] == '<')
}

func sex(c byte) bool { return c == 'M' || c == 'F' || c == '<' || c == 'X' }

func digitsIn(s []byte) (n int) {
	for _, c := range s {
		if c-'0' <= 9 {
			n++
		}
	}
	return n
}

// short reads yymmdd.
func short(s []byte, today Date) Date {
	if !allDigits(s) {
		return Date{}
	}
	y, m, d := int(s[0]-'0')*10+int(s[1]-'0')+2000, int(s[2]-'0')*10+int(s[3]-'0'), int(s[4]-'0')*10+int(s[5]-'0')
	if (Date{int16(y), uint8(m), uint8(d)}).After(today) {
		y -= 100
	}
	if !Real(y, m, d) {
		return Date{}
	}
	return Date{int16(y), uint8(m), uint8(d)}
}

// Organisation reports whether 18 capitals and digits are a unified social credit
// code, which names an organisation and no person. Source: GB 32100-2015.
func Organisation(s *[18]byte) bool {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for _, c := range s[:17] {
		v := indexOf(alphabet, c)
		if v < 0 {
			return false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return alphabet[(31-sum%31)%31] == s[17]
}

func indexOf(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}
