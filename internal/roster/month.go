package roster

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/sheet"
)

// oldest is the greatest age of a learner in years; a birth before that is a
// typing error or an adult, whose data does not belong here.
const oldest = 25

// written are the ways to write a month, after full-width forms are folded.
// The day is never kept: four items promise year and month (S0-01).
var (
	written = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:月?|[-/.月]\s*(\d{1,2})\s*日?|月\s*(\d{1,2})\s*[日号])(?:[ T]+00?:00(?::00(?:\.0+)?)?)?$`)
	compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})?$`)
	serial  = regexp.MustCompile(`^\d{5}(?:\.\d+)?$`)
	decimal = regexp.MustCompile(`^(?:19|20)\d\d\.1$`)
	power   = regexp.MustCompile(`^(\d)(?:\.(\d+))?[eE]\+?(\d{1,3})$`)
)

// month judges a birth month and gives it as yyyy-mm.
func month(c cell, today time.Time) (secret.Text, Problem) {
	y, m, d, code := readMonth(c)
	if code != "" {
		return secret.Text{}, Problem{Code: code}
	}
	switch {
	case m < 1 || m > 12:
		return secret.Text{}, Problem{Code: "roster.month_range"}
	case d != 0 && (d < 0 || d > 31 || time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() != d):
		return secret.Text{}, Problem{Code: "roster.month_day"}
	}
	at, now := y*12+m, today.Year()*12+int(today.Month())
	switch {
	case at > now:
		return secret.Text{}, Problem{Code: "roster.month_future"}
	case now-at > oldest*12:
		return secret.Text{}, Problem{Code: "roster.month_old", Args: []any{oldest}}
	}
	var p Problem
	if d != 0 {
		p = Problem{Code: "roster.day_dropped", Notice: true}
	}
	return secret.NewText(fmt.Sprintf("%04d-%02d", y, m)), p
}

// readMonth takes a cell apart; d is 0 when the cell shows no day and negative
// when it shows a zeroth.
func readMonth(c cell) (y, m, d int, code string) {
	s := strings.TrimSpace(norm.NFKC.String(c.text))
	if c.kind == cellNumber {
		if n, ok := plainNumber(s); ok {
			s = n
		}
	}
	if decimal.MatchString(s) {
		return 0, 0, 0, "roster.month_decimal" // January, or October without its zero
	}
	if serial.MatchString(s) {
		return readSerial(s, c.from1904)
	}
	for _, form := range []*regexp.Regexp{written, compact} {
		if part := form.FindStringSubmatch(s); part != nil {
			y, m = toInt(part[1]), toInt(part[2])
			day := strings.Join(part[3:], "")
			if d = toInt(day); d == 0 && day != "" {
				d = -1
			}
			if c.kind == cellDate && !c.day {
				d = 0
			}
			return y, m, d, ""
		}
	}
	if n, err := strconv.Atoi(s); err == nil && n >= 1900 && n <= 2100 {
		return 0, 0, 0, "roster.month_year_only"
	}
	return 0, 0, 0, "roster.month_form"
}

// readSerial reads the day count of a date cell that lost its format.
func readSerial(s string, from1904 bool) (y, m, d int, code string) {
	f, err := strconv.ParseFloat(s, 64)
	at, ok := sheet.Day(f, from1904)
	if err != nil || !ok {
		return 0, 0, 0, "roster.month_form"
	}
	if y, m, d = at.Year(), int(at.Month()), at.Day(); d == 1 {
		d = 0 // programs store a month as its first day
	}
	return y, m, d, ""
}

func toInt(s string) int {
	n, _ := strconv.Atoi(s) // only digits get here, and at most four
	return n
}

// plainNumber writes out a power of ten, if no digit was lost by it, and drops
// the zero fraction that some programs add. Other text stays as it is.
func plainNumber(s string) (string, bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	part := power.FindStringSubmatch(s)
	if part == nil {
		whole, zeros, found := strings.Cut(s, ".")
		if _, err := strconv.ParseUint(whole, 10, 64); found && err == nil && strings.Trim(zeros, "0") == "" {
			return whole, true
		}
		return s, true
	}
	exponent := toInt(part[3])
	if len(part[2]) < exponent || exponent > 15 {
		return "", false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) {
		return "", false
	}
	return strconv.FormatFloat(f, 'f', 0, 64), true
}
