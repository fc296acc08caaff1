package noise

import "math/bits"

// unit is 1 in fixed point.
const unit = uint64(1) << 62

// mulUnits multiplies two numbers of at most 1.
func mulUnits(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi<<2 | lo>>62
}

// expUnits is exp(-num/den).
func expUnits(num, den uint64) uint64 {
	whole, rest := num/den, num%den
	// The series of exp(-x) for x below 1: 1 - x + x²/2 - …
	hi, lo := rest>>2, rest<<62
	x, _ := bits.Div64(hi, lo, den)
	sum, term := int64(unit), unit
	for k := uint64(1); k < 30 && term > 0; k++ {
		term = mulUnits(term, x) / k
		if k%2 == 1 {
			sum -= int64(term)
		} else {
			sum += int64(term)
		}
	}
	out := uint64(sum)
	const e = 1696544475317221319 // exp(-1)·2^62
	for range min(whole, 100) {
		out = mulUnits(out, e)
	}
	return out
}

// mulDiv is a·b/c for 0 ≤ a, b and a·b/c below 2^63.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(q)
}
