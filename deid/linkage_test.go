package deid_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/deid"
)

// rows makes n records in groups of size that look alike.
func rows(n, size int) (out [][]string) {
	for i := range n {
		out = append(out, []string{fmt.Sprint("village ", i/size), "10-12", fmt.Sprint("kind ", i%3)})
	}
	return out
}

var columns = []string{"village", "age", "disability"}

// S2-05: no name is in the table, but village, age and disability together
// point to fewer than twenty: it is personal information still.
func TestVillageAgeAndDisabilityTogetherAreTreatedAsPersonal(t *testing.T) {
	_, trial, err := deid.Anonymise(deid.Release{Columns: columns, Rows: rows(190, 19), Sensitive: []string{"disability"}})
	if !errors.Is(err, deid.ErrLinkable) || trial.K != 19 || trial.Singled != 190 {
		t.Errorf("%+v, %v", trial, err)
	}
	a, trial, err := deid.Anonymise(deid.Release{Columns: columns, Rows: rows(200, 20), Sensitive: []string{"disability"}})
	if err != nil || trial.K != 20 || trial.L != 3 || len(a.Rows()) != 200 {
		t.Errorf("%+v, %v", trial, err)
	}
	// Undeclared, the disability identifies too.
	if _, _, err := deid.Anonymise(deid.Release{Columns: columns, Rows: rows(200, 20)}); !errors.Is(err, deid.ErrLinkable) {
		t.Errorf("a column that nobody judged was taken for harmless: %v", err)
	}
}

// S2-06, S3-47: a masked table is not anonymous, whoever says so: it can be linked
// (GB/T 42460), and a school may use and own only what cannot be turned back.
func TestAMaskedTableIsNotAnonymous(t *testing.T) {
	var masked [][]string
	for i := range 100 {
		masked = append(masked, []string{deid.Rules.Mask(deid.Phone, deid.Staff, fmt.Sprintf("154%08d", i)), "2016"})
	}
	_, trial, err := deid.Anonymise(deid.Release{Columns: []string{"phone", "born"}, Rows: masked, Method: "masked"})
	if !errors.Is(err, deid.ErrLinkable) || trial.Passed() {
		t.Errorf("%+v, %v", trial, err)
	}
	var none deid.Anonymous
	if none.Trial().Passed() || len(none.Rows()) != 0 {
		t.Error("the zero value passes for a tested table")
	}
}

// A group in which all share the sensitive value tells it of everyone in it.
func TestAGroupOfOneMindIsRefused(t *testing.T) {
	same := rows(40, 20)
	for i := range 20 {
		same[i][2] = "kind 0"
	}
	_, trial, err := deid.Anonymise(deid.Release{Columns: columns, Rows: same, Sensitive: []string{"disability"}})
	if !errors.Is(err, deid.ErrLinkable) || trial.L != 1 {
		t.Errorf("%+v, %v", trial, err)
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		r    deid.Release
		want error
	}{
		"a short row":               {deid.Release{Columns: columns, Rows: [][]string{{"a"}}}, deid.ErrShape},
		"an unknown column":         {deid.Release{Columns: columns, Harmless: []string{"row"}}, deid.ErrColumn},
		"sensitive and harmless":    {deid.Release{Columns: columns, Harmless: []string{"age"}, Sensitive: []string{"age"}}, deid.ErrColumn},
		"two columns of one name":   {deid.Release{Columns: []string{"a", "a"}}, deid.ErrColumn},
		"no records, nothing shown": {deid.Release{Columns: columns}, deid.ErrLinkable},
	} {
		if _, _, err := deid.Anonymise(c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What passes holds no group smaller than Least, counted by hand, and later
// changes to the input do not reach it.
func TestWhatPassesIsWhatWasTested(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, size := rapid.IntRange(1, 120).Draw(t, "n"), rapid.IntRange(1, 40).Draw(t, "size")
		in := rows(n, size)
		for _, r := range in {
			r[2] = rapid.SampledFrom([]string{"a", "b\n", `b\n`}).Draw(t, "cell")
		}
		a, _, err := deid.Anonymise(deid.Release{Columns: columns, Rows: in})
		counts := map[[3]string]int{}
		for _, r := range in {
			counts[[3]string(r)]++
		}
		least := n
		for _, c := range counts {
			least = min(least, c)
		}
		if (err == nil) != (least >= deid.Least) {
			t.Fatalf("smallest group %d, %v", least, err)
		}
		in[0][0] = "changed"
		if err == nil && a.Rows()[0][0] == "changed" {
			t.Fatal("the tested table was changed from outside")
		}
	})
}
