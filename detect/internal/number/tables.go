// Package number knows the numbers that identify people in China: how they are
// built, what they prove, and which parts are assigned.
//
// Every function works on ASCII digits and letters; whoever calls it has taken
// out separators and folded full-width forms. None allocates.
//
// # Tables
//
// The tables in data/ hold facts, no texts, and are made by "go run ./test/detect
// tables". Sources: regions from mumuy/data_location (MIT) and
// modood/Administrative-divisions-of-China (WTFPL), which follow GB/T 2260 with
// its history; mobile prefixes and area codes from libphonenumber (Apache-2.0);
// card prefixes from hexindai/bcbc (MIT); country codes from Unicode CLDR.
package number

import (
	_ "embed"
	"encoding/binary"
)

var (
	//go:embed data/region.bin
	regionData []byte
	//go:embed data/mobile.bin
	mobileData []byte
	//go:embed data/area.bin
	areaData []byte
	//go:embed data/bank.bin
	bankData []byte
	//go:embed data/country.bin
	countryData []byte
)

// pair is a set of numbers below 100.
type pair [2]uint64

func (p *pair) add(n int)      { p[n>>6&1] |= 1 << (n & 63) }
func (p *pair) has(n int) bool { return p[n>>6&1]>>(n&63)&1 != 0 }

var (
	regionRow  [10_000]uint16 // first four digits → row of regionSet; 0 is the empty row
	regionSet  = make([]pair, 1, 640)
	mobileSet  [1000]bool
	areaSet    [1000]bool // with two digits for 10 and 20–29
	countrySet [1000]bool // ISO 3166-1 numeric
	bankRow    [10_000]uint16
	bankSet    = make([][100]uint8, 1, 400) // fifth and sixth digit → lengths, bit 0 for 13 digits
)

func init() {
	ascending(regionData, func(code int) {
		row := &regionRow[code/100]
		if *row == 0 {
			*row = uint16(len(regionSet))
			regionSet = append(regionSet, pair{})
		}
		regionSet[*row].add(code % 100)
	})
	ascending(mobileData, func(code int) { mobileSet[code] = true })
	ascending(areaData, func(code int) { areaSet[code] = true })
	ascending(countryData, func(code int) { countrySet[code] = true })
	for b := bankData; len(b) > 2; {
		digits, lengths := int(b[0]), b[1]
		prefix, n := binary.Uvarint(b[2:])
		b = b[2+n:]
		card(digits, int(prefix), lengths)
	}
}

// ascending calls fn with each number of a list of differences.
func ascending(b []byte, fn func(int)) {
	for last := uint64(0); len(b) > 0; {
		d, n := binary.Uvarint(b)
		if n <= 0 {
			return
		}
		last += d
		b = b[n:]
		fn(int(last))
	}
}

// card enters an issuer prefix under its first six digits.
func card(digits, prefix int, lengths uint8) {
	for ; digits > 6; digits-- {
		prefix /= 10
	}
	span := 1
	for ; digits < 6; digits++ {
		prefix, span = prefix*10, span*10
	}
	for six := prefix; six < prefix+span; six++ {
		row := &bankRow[six/100]
		if *row == 0 {
			*row = uint16(len(bankSet))
			bankSet = append(bankSet, [100]uint8{})
		}
		bankSet[*row][six%100] |= lengths
	}
}

// IsRegion reports whether six digits, given as a number, are or were a code of
// GB/T 2260.
func IsRegion(code int) bool {
	return uint(code) < 1e6 && regionSet[regionRow[code/100]].has(code%100)
}

// IsProvince reports whether two digits are a province, a municipality, an
// autonomous region, or Taiwan, Hong Kong and Macau.
func IsProvince(code int) bool { return uint(code) < 100 && IsRegion(code*10_000) }
