//go:build !purego

package block

import "unicode/utf8"

//go:noescape
func validAVX2(b *byte, count int) bool

// What may be wrong with two bytes that follow each other, a bit for each. An
// error is what all three tables agree on. Source: Keiser and Lemire, Validating
// UTF-8 in less than one instruction per byte, 2021.
const (
	tooShort  = 1 << iota // no continuation where one is due
	tooLong               // a continuation where none is due
	overlong3             // E0 80 … E0 9F
	tooLarge              // above F4 8F
	surrogate             // ED A0 … ED BF
	overlong2             // C0, C1
	beyond                // F5 80 …; also overlong: F0 80 … F0 8F
	twoConts              // may be right as the third or fourth byte
	always    = tooShort | tooLong | twoConts
)

// utf8Tables are by the high half of the first byte, its low half, and the high
// half of the second; then the constants of validAVX2.
//
//lint:ignore U1000 the assembly reads it
var utf8Tables = [64]byte{
	tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong,
	twoConts, twoConts, twoConts, twoConts,
	tooShort | overlong2, tooShort, tooShort | overlong3 | surrogate, tooShort | tooLarge | beyond,

	always | overlong3 | overlong2 | beyond, always | overlong2, always, always,
	always | tooLarge, always | tooLarge | beyond, always | tooLarge | beyond, always | tooLarge | beyond,
	always | tooLarge | beyond, always | tooLarge | beyond, always | tooLarge | beyond, always | tooLarge | beyond,
	always | tooLarge | beyond, always | tooLarge | beyond | surrogate, always | tooLarge | beyond, always | tooLarge | beyond,

	tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort,
	tooLong | overlong2 | twoConts | overlong3 | beyond,
	tooLong | overlong2 | twoConts | overlong3 | tooLarge,
	tooLong | overlong2 | twoConts | surrogate | tooLarge,
	tooLong | overlong2 | twoConts | surrogate | tooLarge,
	tooShort, tooShort, tooShort, tooShort,

	0x0f, 0xe0 - 0x80, 0xf0 - 0x80, 0x80,
}

// valid is Valid for at least two lanes.
func valid(b []byte) bool {
	if !fast {
		return utf8.Valid(b)
	}
	var head [3 + lane]byte // as if three bytes of ASCII stood before
	copy(head[3:], b)
	count := len(b)/lane - 1
	_ = b[lane*(count+1)-1]
	if !validAVX2(&head[3], 1) || !validAVX2(&b[lane], count) {
		return false
	}
	return utf8.Valid(b[behind(b, lane*(count+1)):])
}
