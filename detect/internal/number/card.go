package number

// Luhn reports whether the check digit of s, all digits, agrees.
// Source: ISO/IEC 7812-1 annex B.
func Luhn(s []byte) bool {
	sum := 0
	for i := range s {
		d := int(s[len(s)-1-i] - '0')
		if i&1 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// Issued reports whether the first six of s, 13 to 19 digits, are an issuer
// whose cards have that many digits.
func Issued(s []byte) bool {
	if len(s) < 13 || len(s) > 19 {
		return false
	}
	top := int(s[0]-'0')*1000 + int(s[1]-'0')*100 + int(s[2]-'0')*10 + int(s[3]-'0')
	return bankSet[bankRow[top]][int(s[4]-'0')*10+int(s[5]-'0')]>>(len(s)-13)&1 != 0
}

// Network reports whether s begins and is as long as a card of one of the
// networks, whoever issued it: UnionPay, Visa, Mastercard, American Express, JCB,
// Diners. Source: ISO/IEC 7812 prefixes as the networks publish them.
func Network(s []byte) bool {
	if len(s) < 14 {
		return false
	}
	two := int(s[0]-'0')*10 + int(s[1]-'0')
	switch n := len(s); {
	case two == 62:
		return n >= 16 && n <= 19
	case s[0] == '4', two >= 51 && two <= 55, two >= 22 && two <= 27, two == 35:
		return n == 16
	case two == 34 || two == 37:
		return n == 15
	case two == 36 || two == 30 || two == 38:
		return n == 14
	}
	return false
}
