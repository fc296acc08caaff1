package noise_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/wardfold/wardfold/deid/noise"
)

// A district publishes how many children in difficulty each school has. Every
// child is counted once; the year's budget is 1.
func Example() {
	counts := []int64{131, 48, 3, 0}
	budget := noise.Budget{Total: noise.One}
	budget, err := budget.Spend(noise.One / 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	chance := rand.NewChaCha8([32]byte{}) // in earnest: crypto/rand.Reader
	noisy, err := noise.New(chance).Table(counts, noise.One/2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	margin, _ := noise.Margin(noise.One/2, 1, 20)
	fmt.Println(len(noisy), "counts, each within", margin, "of the truth in 19 cases of 20; left:", budget.Left())
	// Output: 4 counts, each within 6 of the truth in 19 cases of 20; left: 0.500000
}
