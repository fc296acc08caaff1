package law_test

import (
	"slices"
	"testing"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/house/housetest"
)

// S2-05: what is on paper counts as what is in a file: the same people have to agree
// before it leaves the house.
func TestPaperCountsAsAFileDoes(t *testing.T) {
	c := housetest.NewCampus(t)
	of := func(where application.Place) application.Case {
		x, err := c.Submit(c.Use(func(f *application.Form) { f.Place = where }))
		must(t, err)
		return x.Case
	}
	file, paper := of("device"), of("paper")
	if !slices.Equal(file.Steps, paper.Steps) || len(paper.Steps) < 2 {
		t.Errorf("a file: %+v, paper: %+v", file.Steps, paper.Steps)
	}
}
