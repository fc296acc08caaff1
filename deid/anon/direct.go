package anon

import (
	"strings"

	"github.com/wardfold/wardfold/deid/table"
)

// Identifier is what names a person by itself.
type Identifier string

// The identifiers that Direct knows.
const (
	ResidentID Identifier = "resident_id" // resident identity card number
	Mobile     Identifier = "mobile"      // mainland mobile number
	BankCard   Identifier = "bank_card"
	Email      Identifier = "email"
)

// Direct finds the first value of a column that names a person by itself, whatever
// the column is called: a list whose "grade" is really an identity number. row is
// its row as a spreadsheet counts. Such a column cannot be made anonymous and must
// not be kept.
func Direct(c *table.Column) (kind Identifier, row int, found bool) {
	for i, v := range c.Values {
		if kind, ok := direct(strings.TrimSpace(v)); ok {
			return kind, int(c.First[i]) + 2, true
		}
	}
	return "", 0, false
}

func direct(v string) (Identifier, bool) {
	switch n := len(v); {
	case n == 18 && residentID(v):
		return ResidentID, true
	case n == 11 && v[0] == '1' && v[1] >= '3' && digits(v), n == 14 && strings.HasPrefix(v, "+861") && digits(v[1:]):
		return Mobile, true
	case n >= 16 && n <= 19 && strings.HasPrefix(v, "62") && digits(v) && luhn(v):
		return BankCard, true
	}
	at := strings.IndexByte(v, '@')
	if at > 0 && strings.IndexByte(v[at:], '.') > 1 && !strings.ContainsAny(v, " ,;") {
		return Email, true
	}
	return "", false
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// residentID checks the digits, the month and the check character.
// Source: GB 11643-1999.
func residentID(v string) bool {
	if !digits(v[:17]) || v[10:12] < "01" || v[10:12] > "12" || v[12:14] < "01" || v[12:14] > "31" {
		return false
	}
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(v[i]-'0') * w
	}
	return strings.ToUpper(v[17:]) == "10X98765432"[sum%11:sum%11+1]
}

// luhn checks the last digit of a card number.
// Source: ISO/IEC 7812-1, annex B.
func luhn(v string) bool {
	sum := 0
	for i := range len(v) {
		d := int(v[len(v)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
