package number_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wardfold/wardfold/detect/internal/number"
)

var today = number.Date{Year: 2026, Month: 11, Day: 22}

// mod11 is ISO 7064 as the standard writes it, digit by digit.
func mod11(body string) byte {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return "10X98765432"[sum%11]
}

// naive is Resident, part by part, with the calendar of package time.
func naive(s string) bool {
	var region, y, m, d int
	if _, err := fmt.Sscanf(s, "%6d%4d%2d%2d", &region, &y, &m, &d); err != nil {
		return false
	}
	day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	real := day.Year() == y && int(day.Month()) == m && day.Day() == d && y >= 1900 && day.Format("20060102") <= "20261122"
	c := mod11(s[:17])
	known := number.IsRegion(region) || region/10_000 >= 81 && region/10_000 <= 83 && region%10_000 == 0
	if s[0] == '9' {
		return false // judged in a test of its own
	}
	return real && known && (s[17] == c || c == 'X' && s[17] == 'x')
}

func TestAResidentNumberNeedsRegionDateAndCheckDigit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	valid := 0
	for range 300_000 {
		body := fmt.Sprintf("%06d%04d%02d%02d%03d", []int{110101, 110105, 440305, 110100, 999999, 810000}[r.IntN(6)], 1890+r.IntN(140), r.IntN(14), r.IntN(33), r.IntN(1000))
		s := body + string("0123456789Xx"[r.IntN(12)])
		if r.IntN(2) == 0 {
			s = body + string(mod11(body))
		}
		want := naive(s)
		if _, ok := number.Resident((*[18]byte)([]byte(s)), today); ok != want {
			t.Fatalf("%s: got %v, want %v", s, ok, want)
		}
		if want {
			valid++
		}
	}
	if valid < 10_000 {
		t.Errorf("only %d valid ones were tried", valid)
	}
}

func TestSchemesAreTold(t *testing.T) {
	for body, want := range map[string]number.Scheme{
		"11010120150307803": number.Mainland, "81000019900101001": number.Permit, "83000019900101001": number.Permit,
		"91184019900101001": number.Foreigner,
	} {
		p, ok := number.Resident((*[18]byte)([]byte(body+string(mod11(body)))), today)
		if !ok || p.Scheme != want {
			t.Errorf("%s: got %v %v", body, p, ok)
		}
	}
	for _, body := range []string{"99984019900101001", "91199919900101001", "84000019900101001", "11010120270101001"} {
		if _, ok := number.Resident((*[18]byte)([]byte(body+string(mod11(body)))), today); ok {
			t.Errorf("%s is taken", body)
		}
	}
}

func TestKnownValuesOfOtherNumbers(t *testing.T) {
	if !number.Luhn([]byte("4111111111111111")) || number.Luhn([]byte("4111111111111112")) {
		t.Error("Luhn")
	}
	if !number.VIN((*[17]byte)([]byte("1M8GDM9AXKP042788"))) || number.VIN((*[17]byte)([]byte("1M8GDM9A1KP042788"))) ||
		number.VIN((*[17]byte)([]byte("IM8GDM9AXKP042788"))) {
		t.Error("VIN")
	}
	if !number.Organisation((*[18]byte)([]byte("91350100M000100Y43"))) || number.Organisation((*[18]byte)([]byte("91350100M000100Y44"))) {
		t.Error("social credit code")
	}
	// The specimen of ICAO Doc 9303 part 4.
	born, ok := number.MachineLine([]byte("L898902C36UTO7408122F1204159ZE184226B<<<<<10"), today)
	if !ok || born != (number.Date{Year: 1974, Month: 8, Day: 12}) {
		t.Errorf("machine readable zone: %v %v", born, ok)
	}
	if !number.BirthCertificate((*[10]byte)([]byte("X320101001"))) || number.BirthCertificate((*[10]byte)([]byte("X990101001"))) {
		t.Error("birth certificate")
	}
	for s, area := range map[string]int{"01087654321": 3, "057187654321": 4, "05718765432": 4, "01012345678": 0, "02608765432": 0, "0108765432": 0} {
		if got := number.Landline([]byte(s)); got != area {
			t.Errorf("%s: area of %d digits, want %d", s, got, area)
		}
	}
}

// TestAgesTurnOnTheBirthday is exact around every birthday; a birth on 29
// February counts as 28 February in common years.
func TestAgesTurnOnTheBirthday(t *testing.T) {
	for day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2012; day = day.AddDate(0, 0, 1) {
		born := date(day)
		for _, years := range []int{14, 18} {
			birthday := time.Date(day.Year()+years, day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
			if birthday.Day() != day.Day() { // 29 February of a common year
				birthday = birthday.AddDate(0, 0, -1)
			}
			for off, want := range map[int]int{-1: years - 1, 0: years, 1: years} {
				if got := number.AgeAt(born, date(birthday.AddDate(0, 0, off))); got != want {
					t.Fatalf("born %v, %d days off the birthday %d: age %d, want %d", born, off, years, got, want)
				}
			}
		}
	}
}

func date(t time.Time) number.Date {
	return number.Date{Year: int16(t.Year()), Month: uint8(t.Month()), Day: uint8(t.Day())}
}

func TestSerialsAndEpochsAreDays(t *testing.T) {
	for day := time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2150; day = day.AddDate(0, 0, 17) {
		d := date(day)
		n := number.Serial(d)
		if number.FromSerial(n) != d || n != int(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours()/24) {
			t.Fatalf("%v is %d", d, n)
		}
		if got := number.FromUnix(day.Unix()); got != d {
			t.Fatalf("%v is %v", d, got)
		}
	}
	if number.Serial(number.Date{Year: 2012, Month: 5, Day: 6}) != 41035 {
		t.Error("6 May 2012 is 41035 in a spreadsheet")
	}
}

func FuzzParsers(f *testing.F) {
	f.Add([]byte("11010120150307803600000000000000000000000000"))
	f.Add([]byte("L898902C36UTO7408122F1204159ZE184226B<<<<<10"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := make([]byte, 44)
		for i := range s {
			s[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"[int(append(b, 0)[i%(len(b)+1)])%37]
		}
		digits := make([]byte, 19)
		for i := range digits {
			digits[i] = '0' + append(b, 0)[i%(len(b)+1)]%10
		}
		number.Resident((*[18]byte)(digits), today)
		number.Old((*[15]byte)(digits), today)
		number.Temporary((*[18]byte)(digits), today)
		number.Mobile((*[11]byte)(digits))
		for n := range 20 {
			number.Landline(digits[:n])
			number.Issued(digits[:n])
			number.Network(digits[:n])
			number.Luhn(digits[:n])
		}
		number.VIN((*[17]byte)(s))
		number.Organisation((*[18]byte)(s))
		number.BirthCertificate((*[10]byte)(s))
		for n := range 45 {
			number.MachineLine(s[:n], today)
			number.PassportForm(s[:n])
			number.PermitForm(s[:n])
		}
	})
}
