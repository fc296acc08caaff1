package main

import (
	"math"
	"math/rand/v2"
)

// bills is invented after what is published of a bank's table of 30,000 card
// holders (Yeh and Lien 2009, "default of credit card clients"): a limit in round
// sums, four facts about the person, and for six months the state of payment, the
// bill and what was paid. Months hang together: who pays in full pays last month's
// bill to the cent, who does not pays a round sum, and who does not use the card
// has nothing anywhere.
func bills(rows int) made {
	m := made{name: "bills", rows: rows, seed: 2, draw: cardHolder}
	add := func(n int, c madeColumn) {
		for range n {
			m.columns = append(m.columns, c)
		}
	}
	amounts := madeColumn{widths: []int{10_000, 50_000, 200_000}}
	add(1, madeColumn{widths: []int{50_000, 100_000, 200_000, 500_000}}) // limit
	add(1, madeColumn{widths: nil})                                      // sex
	add(1, madeColumn{widths: []int{3}})                                 // education
	add(1, madeColumn{widths: []int{2}})                                 // marriage
	add(1, madeColumn{widths: []int{5, 10, 20, 40}})                     // age
	add(6, madeColumn{widths: []int{2, 4}})                              // state of payment
	add(12, amounts)                                                     // bills, payments
	add(1, madeColumn{widths: nil})                                      // default
	return m
}

// limits are the usual sums, the more usual more often.
var limits = []int{50, 50, 50, 20, 20, 30, 30, 80, 80, 200, 200, 150, 100, 100, 180, 180, 360, 60, 140, 230, 500, 210, 240, 300, 130, 70, 110, 120, 160, 170,
	220, 260, 280, 290, 310, 340, 400, 420, 450, 10, 40, 90, 190, 250, 320, 380, 480}

// pays are sums that people pay who do not pay in full.
var pays = []int{1000, 1000, 1500, 2000, 2000, 2000, 3000, 3000, 5000, 1200, 1300, 1600, 1700, 1800, 2500, 4000, 6000, 10000}

func cardHolder(r *rand.Rand, out []int) {
	limit := 1000 * limits[r.IntN(len(limits))]
	out[0], out[1], out[2], out[3] = limit, 1+pick(r, 40, 60), 1+pick(r, 35, 47, 16, 1, 1), 1+pick(r, 45, 54, 1)
	out[4] = 21 + int(min(float64(r.IntN(12))+math.Abs(r.NormFloat64())*10, 58))
	state, bill, paid := out[5:11], out[11:17], out[17:23]
	kind := pick(r, 22, 28, 50) // does not use it, pays in full, owes
	used := r.Float64()
	owed := float64(limit) * used * used
	late := 0
	for m := 5; m >= 0; m-- { // the oldest month is the last column
		switch kind {
		case 0:
			state[m], bill[m], paid[m] = -2, 0, 0
			if r.IntN(6) == 0 {
				bill[m] = r.IntN(2_000) - 300
				paid[m] = max(bill[m], 0)
			}
		case 1:
			state[m], bill[m] = -1, int(math.Exp(7.5+1.3*r.NormFloat64()))
			if r.IntN(12) == 0 {
				bill[m] = 0
			}
			if m < 5 {
				paid[m] = bill[m+1]
			}
		default:
			owed = max(owed*(0.97+0.08*r.Float64())+300*r.NormFloat64(), 0)
			bill[m], paid[m] = int(owed), round(r, owed)
			if late = max(late-1, 0); r.IntN(9) == 0 {
				late, paid[m] = late+2, 0
			}
			if state[m] = min(late, 8); late == 1 {
				state[m] = 2
			}
		}
	}
	out[23] = pick(r, 78, 22)
	if state[0] >= 2 {
		out[23] = pick(r, 35, 65)
	}
}

// round is a payment by somebody who owes a sum: a twentieth or so, in a round sum
// or as the bank has worked it out.
func round(r *rand.Rand, owed float64) int {
	switch r.IntN(4) {
	case 0:
		return int(owed * (0.03 + 0.03*r.Float64()))
	case 1:
		return int(owed*0.05/1000) * 1000
	}
	return min(pays[r.IntN(len(pays))], int(owed)+1)
}

// pick draws one of several answers of given weights.
func pick(r *rand.Rand, weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}
