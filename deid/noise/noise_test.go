package noise_test

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wardfold/wardfold/deid/noise"
)

// source is a strong generator with a fixed seed.
func source(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func draws() int {
	if testing.Short() {
		return 300_000
	}
	return 10_000_000
}

// S2-06: counts are safe only if the noise is what it is said to be: ten million
// draws against the formula, by a chi-square test at one in a thousand.
func TestTenMillionDrawsFollowTheFormula(t *testing.T) { // S2-06
	for i, e := range []noise.Epsilon{noise.One / 10, noise.One / 2, noise.One, 2 * noise.One, 333_333} {
		n := draws() / 5
		s := noise.New(source(byte(i)))
		a := math.Exp(-float64(e) / 1e6)
		width := int64(math.Log(50/float64(n)*(1+a)/(1-a))/math.Log(a)) + 1
		seen := map[int64]float64{}
		sum, squares := 0.0, 0.0
		for range n {
			z, err := s.Laplace(e, 1)
			if err != nil {
				t.Fatal(err)
			}
			sum += float64(z)
			squares += float64(z) * float64(z)
			seen[min(max(z, -width), width)]++
		}
		chi, cells := 0.0, 0.0
		for z := -width; z <= width; z++ {
			p := (1 - a) / (1 + a) * math.Pow(a, math.Abs(float64(z)))
			if z == -width || z == width {
				p /= 1 - a // the tail
			}
			want := p * float64(n)
			chi += (seen[z] - want) * (seen[z] - want) / want
			cells++
		}
		free := cells - 1
		// Wilson and Hilferty: the cube root is nearly normal.
		score := (math.Cbrt(chi/free) - (1 - 2/(9*free))) / math.Sqrt(2/(9*free))
		if score > 3.09 {
			t.Errorf("ε=%v: chi-square %.1f on %v degrees of freedom, score %.2f", e, chi, free, score)
		}
		deviation := math.Sqrt(squares / float64(n))
		if want := math.Sqrt(2*a) / (1 - a); math.Abs(deviation/want-1) > 0.02 || math.Abs(sum/float64(n)) > 6*want/math.Sqrt(float64(n)) {
			t.Errorf("ε=%v: deviation %.3f, want %.3f; mean %.4f", e, deviation, want, sum/float64(n))
		}
	}
}

// What is published about n people and about n+1 must be nearly as likely: the
// loss of privacy, by count, is nowhere above ε but for the error of counting.
func TestNoOutcomeGivesAwayMoreThanEpsilon(t *testing.T) {
	const e = noise.One / 2
	n := draws() / 2
	var with, without [41]float64
	s := noise.New(source(9))
	for range n {
		for shift, hist := range []*[41]float64{&without, &with} {
			z, err := s.Laplace(e, 1)
			if err != nil {
				t.Fatal(err)
			}
			if at := z + int64(shift) + 20; at >= 0 && at < 41 {
				hist[at]++
			}
		}
	}
	for i := range with {
		if with[i] < 100 || without[i] < 100 {
			continue
		}
		loss := math.Abs(math.Log(with[i] / without[i]))
		if error := 5 * math.Sqrt(1/with[i]+1/without[i]); loss > 0.5+error {
			t.Errorf("outcome %d: a loss of %.4f, at most 0.5 (error %.4f)", i-20, loss, error)
		}
	}
}

// A person who is in c cells costs c times as much: the noise of each is wider.
func TestMoreCellsMeanWiderNoise(t *testing.T) {
	s := noise.New(source(3))
	var one, four float64
	for range 200_000 {
		a, _ := s.Laplace(noise.One, 4)
		b, _ := s.Laplace(noise.One/4, 1)
		four += math.Abs(float64(a))
		one += math.Abs(float64(b))
	}
	if math.Abs(four/one-1) > 0.02 {
		t.Errorf("noise of ε/4 and of four cells differ: %v and %v", one, four)
	}
}

// Floating point has gaps, and gaps give counts away.
func TestTheSamplerKnowsNoFloatingPoint(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		read++
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.Ident:
				if strings.HasPrefix(x.Name, "float") || strings.HasPrefix(x.Name, "complex") {
					t.Errorf("%s uses %s", set.Position(x.Pos()), x.Name)
				}
			case *ast.BasicLit:
				if x.Kind == token.FLOAT || x.Kind == token.IMAG {
					t.Errorf("%s has the number %s", set.Position(x.Pos()), x.Value)
				}
			case *ast.SelectorExpr:
				if p, ok := x.X.(*ast.Ident); ok && p.Name == "math" && !strings.HasPrefix(x.Sel.Name, "Max") {
					t.Errorf("%s uses math.%s", set.Position(x.Pos()), x.Sel.Name)
				}
			}
			return true
		})
	}
	if read < 3 {
		t.Errorf("only %d files were read", read)
	}
}

func TestABudgetIsSpentOnceAndNotBeyond(t *testing.T) {
	b := noise.Budget{Total: noise.One}
	b, err := b.Spend(700_000)
	if err != nil || b.Left() != 300_000 {
		t.Fatalf("%+v, %v", b, err)
	}
	if c, err := b.Spend(300_001); !errors.Is(err, noise.ErrSpent) || c != b {
		t.Errorf("%+v, %v", c, err)
	}
	if b, err = b.Spend(300_000); err != nil || b.Left() != 0 {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := b.Spend(0); !errors.Is(err, noise.ErrRange) {
		t.Errorf("spending nothing: %v", err)
	}
	var none noise.Budget
	if _, err := none.Spend(1); !errors.Is(err, noise.ErrSpent) {
		t.Errorf("the zero budget pays: %v", err)
	}
	if (noise.Budget{Total: 5, Spent: 6}).Left() != 0 {
		t.Error("an overdrawn budget has something left")
	}
}

// The margins of the published table (ε .1 to 2; 95 and 99 of a hundred).
func TestMarginsAreThoseOfTheFormula(t *testing.T) {
	for _, c := range []struct {
		e    noise.Epsilon
		odds uint64
		want int64
	}{{100_000, 20, 30}, {100_000, 100, 46}, {200_000, 20, 15}, {200_000, 100, 23}, {500_000, 20, 6},
		{500_000, 100, 9}, {1_000_000, 20, 3}, {1_000_000, 100, 4}, {2_000_000, 20, 1}, {2_000_000, 100, 2}} {
		got, err := noise.Margin(c.e, 1, c.odds)
		a := math.Exp(-float64(c.e) / 1e6)
		tail := func(m int64) float64 { return 2 * math.Pow(a, float64(m+1)) / (1 + a) }
		if err != nil || tail(got) > 1/float64(c.odds) || got > 0 && tail(got-1) <= 1/float64(c.odds) {
			t.Errorf("ε=%v, 1 in %d: %d, %v", c.e, c.odds, got, err)
		}
		if got != c.want && got != c.want-1 && got != c.want+1 {
			t.Errorf("ε=%v, 1 in %d: %d, published %d", c.e, c.odds, got, c.want)
		}
	}
}

func TestWrongParametersAndBrokenChanceAreRefused(t *testing.T) {
	s := noise.New(source(1))
	for _, c := range []struct {
		e     noise.Epsilon
		cells int
	}{{0, 1}, {1, 0}, {1, -1}, {1, noise.MaxCells + 1}} {
		if _, err := s.Laplace(c.e, c.cells); !errors.Is(err, noise.ErrRange) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	broken := noise.New(iotest.ErrReader(io.ErrClosedPipe))
	if _, err := broken.Laplace(noise.One, 1); !errors.Is(err, io.ErrClosedPipe) || broken.Err() == nil {
		t.Errorf("broken chance: %v", err)
	}
	if out, err := noise.New(bytes.NewReader(make([]byte, 1024))).Table(make([]int64, 1000), noise.One, 1); err == nil {
		t.Errorf("chance that runs dry gives %v", out)
	}
}

func TestATableIsNeverNegativeAndHidesByNoisyCounts(t *testing.T) {
	counts := []int64{0, 0, 0, 0, 3, 1000}
	out, err := noise.New(source(4)).Table(counts, noise.One/10, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range noise.AtLeast(out, 10) {
		if out[i] < 0 || (out[i] < 10) != (n == noise.Hidden) {
			t.Errorf("cell %d: %d, shown as %d", i, out[i], n)
		}
	}
	if math.Abs(float64(out[5]-1000)) > 200 {
		t.Errorf("1000 became %d", out[5])
	}
}

func BenchmarkLaplace(b *testing.B) {
	s := noise.New(source(5))
	for b.Loop() {
		_, _ = s.Laplace(noise.One/2, 1)
	}
}

// A budget is read as it is written, and nothing is rounded on the way.
func TestEpsilonIsReadExactly(t *testing.T) {
	for text, want := range map[string]noise.Epsilon{"1": noise.One, " 0.25 ": 250_000, "0.000001": 1, ".5": 500_000, "4.": 4 * noise.One,
		"0.1000000000": 100_000, "0": 0, "4294.967295": 4_294_967_295} {
		if got, err := noise.ParseEpsilon(text); err != nil || got != want {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".", "-1", "1e3", "0.0000001", "4294.967296", "1,5", "１", "+1", "1 0"} {
		if got, err := noise.ParseEpsilon(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}
