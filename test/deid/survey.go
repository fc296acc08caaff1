package main

import (
	"math"
	"math/rand/v2"
)

// survey is invented after what is published of large health surveys and registers
// of stays in hospital: 16 columns, most of few values and few levels, that hang
// together by age and by what ails a person.
func survey(rows int) made {
	m := made{name: "survey", rows: rows, seed: 3, draw: patient}
	for _, widths := range [][]int{nil, {5, 10, 20, 40}, {2}, {8, 4 * 8}, {2}, nil, {2}, {3}, {4}, {2, 7, 14, 30}, {3, 6},
		{10, 40}, {10, 40}, {2}, {2}, {5, 20}} {
		m.columns = append(m.columns, madeColumn{widths: widths})
	}
	return m
}

// patient: sex, age, origin, district, insurance, kind of stay, referral, discharge,
// ward, days, month, diagnosis, procedure, severity, risk, cost.
func patient(r *rand.Rand, out []int) {
	group := pick(r, 12, 30, 25, 33) // newborn, young, middle, old
	out[0] = pick(r, 45, 55)
	out[1] = []int{0, 18, 45, 65}[group] + []int{0, r.IntN(27), r.IntN(20), int(math.Min(math.Abs(r.NormFloat64())*11, 30))}[group]
	out[2], out[3] = pick(r, 70, 12, 9, 5, 3, 1), zipf(r, 64)
	out[4] = []int{pick(r, 50, 45, 5, 0, 0), pick(r, 55, 35, 8, 2, 0), pick(r, 65, 20, 5, 10, 0), pick(r, 6, 4, 0, 1, 89)}[group]
	ill := r.IntN(7) + 7*group // what ails a person hangs on the age
	if group == 0 {
		ill = 0
	}
	out[11] = ill*6 + zipf(r, 6)
	out[5], out[6], out[7] = pick(r, 55, 25, 18, 2), pick(r, 60, 25, 10, 5), pick(r, 70, 12, 10, 5, 3)
	if group == 0 {
		out[5], out[6], out[7] = 3, 4, pick(r, 96, 4)
	}
	out[8] = ill % 12
	severe := pick(r, 40, 35, 18, 7)
	out[13], out[14] = severe, max(0, min(3, severe+pick(r, 25, 55, 20)-1))
	out[9] = min(1+int(math.Exp(0.9+0.5*float64(severe)+0.7*r.NormFloat64())), 90)
	if out[10] = r.IntN(12); r.IntN(100) < 45 {
		out[12] = 0
	} else {
		out[12] = 1 + ill*5 + zipf(r, 5)
	}
	out[15] = min(int(float64(out[9])*(1+r.Float64())), 120)
}

// zipf draws a number below n: the small ones most often.
func zipf(r *rand.Rand, n int) int {
	return min(int(math.Pow(float64(n)+1, r.Float64())-1), n-1)
}
