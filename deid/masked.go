package deid

import "strings"

// Shares of what the statistics do not list.
const (
	rareSurname = 0.00002 // fewer than 200,000 bearers of 1.3 billion, typically 30,000
	rareGiven   = 0.0001
	twoGiven    = 0.9 // of given names have two characters
)

// NameShare is the part of the mainland's people whose name fits what a masked
// name shows, by the statistics of surnames and of given names. One star hides
// any number of characters; two and more tell how many they hide, as masks do
// that leave the length. 张* fits 0.068, 张** 0.061, 张*三 some 0.00004, * all.
//
// Characters are taken to be independent of each other, and the people around as
// the whole country: a village of one surname has more candidates, a school
// abroad fewer.
func NameShare(masked string) float64 {
	g := graphemes(strings.TrimSpace(masked))
	if len(g) == 0 {
		return 1
	}
	share, stars, shown := 1.0, 0, 0
	given := g
	if !hides(g[0]) {
		n := 1
		if len(g) > 1 && compounds[g[0]+g[1]] {
			n = 2
		}
		share, given = of(surnameShare, strings.Join(g[:n], ""), rareSurname), g[n:]
	}
	for i, c := range given {
		switch {
		case !hides(c):
			shown++
			share *= of(givenShare, c, rareGiven)
		case i == 0 && hides(g[0]):
			// the surname
		default:
			stars++
		}
	}
	if shown == 0 && stars > 1 {
		share *= twoGiven
	}
	return share
}

// Candidates is how many of n people, the bearer included, fit what a masked
// name shows: 1 if it shows a person outright. n counts everybody whom a reader
// may think of: the class, the school, the city. The expectation is rounded
// down.
func Candidates(masked string, n int) int {
	if n < 1 {
		return 0
	}
	return 1 + int(float64(n-1)*NameShare(masked))
}

func of(shares map[string]float64, what string, rare float64) float64 {
	if s, ok := shares[what]; ok {
		return s
	}
	return rare
}

// hides knows the signs by which people hide a character.
func hides(g string) bool { return strings.Contains("*＊某×✕●○■□_＿?？", g) }
