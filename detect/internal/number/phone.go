package number

// Mobile reports whether eleven digits are a mobile number of the mainland.
func Mobile(s *[11]byte) bool {
	return s[0] == '1' && mobileSet[100+int(s[1]-'0')*10+int(s[2]-'0')]
}

// Landline splits digits, which begin with the 0 of the trunk, into area code
// and local number. area is the length of the code with its 0; it is 0 if there
// is no such number. Local numbers have eight digits behind a code of two and
// seven or eight behind one of three, and begin with 2 to 8.
// Source: 工信部《电信网编号计划》.
func Landline(s []byte) (area int) {
	if len(s) < 10 || len(s) > 12 || s[0] != '0' {
		return 0
	}
	two := int(s[1]-'0')*10 + int(s[2]-'0')
	if two < 100 && areaSet[two] {
		if len(s) == 11 && local(s[3]) {
			return 3
		}
		return 0
	}
	if areaSet[two*10+int(s[3]-'0')] && len(s) >= 11 && local(s[4]) {
		return 4
	}
	return 0
}

// LocalNumber reports whether eight digits may be a landline without its code.
func LocalNumber(s []byte) bool { return len(s) == 8 && local(s[0]) }

func local(c byte) bool { return c >= '2' && c <= '8' }
