package trace

import "strconv"

// mix spreads a counter over 64 bits (the finaliser of SplitMix64, Steele, Lea
// and Flood 2014). It splits lists at random and tells sets of disclosures
// apart; nothing secret comes from it.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// shuffled returns 0…n-1 in an order that the seed decides.
func shuffled(n int, seed uint64) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	for i := n - 1; i > 0; i-- {
		seed++
		j := mix(seed) % uint64(i+1) // the bias is below 2⁻⁴⁰ for any list
		order[i], order[j] = order[j], order[i]
	}
	return order
}

func number(n int) string { return strconv.Itoa(n) }
