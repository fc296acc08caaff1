package number

// The first and the last lunar year that Lunar knows.
const (
	lunarFirst = 1900
	lunarLast  = lunarFirst + len(lunarYears) - 1
)

// Lunar is the day of the Gregorian calendar on which a day of the Chinese
// calendar falls; leap tells that the month is the leap month behind month. ok is
// false if there is no such day, or the year lies outside 1900 to 2100.
func Lunar(year, month, day int, leap bool) (d Date, ok bool) {
	if year < lunarFirst || year > lunarLast || month < 1 || month > 12 || day < 1 {
		return Date{}, false
	}
	y := lunarYears[year-lunarFirst]
	after := int(y >> 13)
	index := month - 1
	if leap && month != after {
		return Date{}, false
	}
	if leap || after != 0 && month > after {
		index++
	}
	if day > lunarMonth(y, index) {
		return Date{}, false
	}
	n := newYear[year-lunarFirst] + day - 1
	for i := range index {
		n += lunarMonth(y, i)
	}
	return fromDays(n), true
}

func lunarMonth(year uint32, i int) int { return 29 + int(year>>i&1) }

// newYear is the first day of each lunar year, in days since 1970.
var newYear = func() (first [len(lunarYears)]int) {
	n := days(Date{Year: lunarFirst, Month: 1, Day: 31})
	for k, y := range lunarYears {
		first[k] = n
		months := 12
		if y>>13 != 0 {
			months = 13
		}
		for i := range months {
			n += lunarMonth(y, i)
		}
	}
	return first
}()
