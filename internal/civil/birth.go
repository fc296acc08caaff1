package civil

import (
	"github.com/wardfold/wardfold/internal/fault"
)

// Ages that the law names. Sources: PIPL arts 28 and 31 and the 2019 Children's
// Provisions art. 2 (under 14); UMPL art. 2 and Civil Code art. 17 (18).
const (
	AgeOfConsent  = 14
	AgeOfMajority = 18
)

// oldest is the greatest age that a typed birth month is believed.
const oldest = 120

// Birth is what is known of a birth: the month, and the day or 0. It is
// personal information; keep it in memory no longer than the computation takes.
type Birth struct {
	month YearMonth
	day   uint8
}

// BornIn is a birth of which only the month is known (the four-item promise).
func BornIn(m YearMonth) Birth { return Birth{month: m} }

// BornOn is a birth of which the day is known.
func BornOn(d Date) Birth { return Birth{d.YearMonth(), d.day} }

// ParseBirth reads YYYY-MM or YYYY-MM-DD. It fails with fault.Invalid: the codes
// of ParseYearMonth and ParseDate, civil.future for a birth after on, and
// civil.too_old for one more than 120 years before.
func ParseBirth(s string, on Date) (Birth, error) {
	b, err := parseBirth(s)
	if err != nil {
		return Birth{}, err
	}
	if b.First().After(on) {
		return Birth{}, fault.New(fault.Invalid, "civil.future")
	}
	if b.Last().AddYears(oldest).Before(on) {
		return Birth{}, fault.New(fault.Invalid, "civil.too_old")
	}
	return b, nil
}

func parseBirth(s string) (Birth, error) {
	if len(s) == len("2006-01-02") {
		d, err := ParseDate(s)
		return BornOn(d), err
	}
	m, err := ParseYearMonth(s)
	return BornIn(m), err
}

// IsZero reports whether nothing is known.
func (b Birth) IsZero() bool { return b == Birth{} }

// HasDay reports whether the day is known.
func (b Birth) HasDay() bool { return b.day != 0 }

// First returns the earliest day that may be the birth.
func (b Birth) First() Date {
	if b.HasDay() {
		return b.month.on(int(b.day))
	}
	return b.month.First()
}

// Last returns the latest day that may be the birth.
func (b Birth) Last() Date {
	if b.HasDay() {
		return b.First()
	}
	return b.month.Last()
}

// Turns returns the first and the last day that may be the nth birthday. They
// differ if only the month is known. In a common year a birthday of 29 February
// falls on the 28th.
func (b Birth) Turns(n int) (first, last Date) {
	first = b.First().AddYears(n)
	if b.HasDay() {
		return first, first
	}
	return first, first.YearMonth().Last()
}

// Reached says how certain it is that somebody has completed an age.
type Reached uint8

// The three answers.
const (
	NotYet  Reached = iota // certainly younger
	Perhaps                // on the birthday itself, or in a birth month without a day
	Surely                 // certainly as old
)

// Reached says whether n years of age are completed on a day. On the birthday
// itself the answer is Perhaps: the only express rule (Supreme People's Court,
// interpretation on juvenile criminal cases, 2006, art. 2) counts from the day
// after, and PIPL has none. Where only the month of birth is known the answer is
// Perhaps during the whole month and Surely from the first of the next.
func (b Birth) Reached(n int, on Date) Reached {
	first, last := b.Turns(n)
	switch {
	case on.Before(first):
		return NotYet
	case on.After(last):
		return Surely
	}
	return Perhaps
}

// Age returns the completed years that are certain on a day: it grows on the day
// after the birthday, or on the first of the month after the birth month. It is
// 0 before birth.
func (b Birth) Age(on Date) int {
	n := max(on.Year()-b.month.Year(), 0)
	if n > 0 && b.Reached(n, on) != Surely {
		n--
	}
	return n
}

// Band is an age group that the law treats alike. There is no type called child:
// four notions of it are in force.
type Band string

// The bands, youngest first.
const (
	Under14 Band = "under14" // all personal information is sensitive (PIPL art. 28)
	From14  Band = "teen"    // 14 to 17: consents for himself or herself, still a minor
	Adult   Band = "adult"   // 18 and over
)

// Band returns the age group on a day. In doubt it is the younger one, so that
// protection is never dropped early (S3-54).
func (b Birth) Band(on Date) Band {
	switch {
	case b.Reached(AgeOfMajority, on) == Surely:
		return Adult
	case b.Reached(AgeOfConsent, on) == Surely:
		return From14
	}
	return Under14
}
