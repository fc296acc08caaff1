package block

import "unicode/utf8"

// Valid reports whether b is valid UTF-8, as utf8.Valid does, at the speed of
// Classify.
func Valid(b []byte) bool {
	if len(b) < 4*lane {
		return utf8.Valid(b)
	}
	return valid(b)
}

// lane is how many bytes validAVX2 looks at at a time.
const lane = 32

// behind is where the last character of b[:k] begins if it may go on at b[k],
// and k otherwise.
func behind(b []byte, k int) int {
	for i := k - 1; i >= k-3 && b[i] >= utf8.RuneSelf; i-- {
		if b[i] >= 0xc0 {
			return i
		}
	}
	return k
}
