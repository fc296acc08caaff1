package matrix_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/research"
)

// population is people whose budget the manager set.
func (w *world) population(t *testing.T) id.Population {
	t.Helper()
	p, err := w.House.Research.SetPopulation(t.Context(), w.As(actor.Manager), research.Population{Name: "示例学生", People: 100, Total: noise.One})
	w.must(t, err)
	return p.ID
}

// dataset is a list that the officer handed in.
func (w *world) dataset(t *testing.T) id.Dataset {
	t.Helper()
	list := "姓名,年级\n王小明,三年级\n李晓华,三年级\n"
	d, err := w.House.Research.Propose(t.Context(), w.As(actor.Officer), research.Proposal{Population: w.population(t), Purpose: "示例研究",
		Recipient: "示例大学", List: research.Upload{Name: "a.csv", File: strings.NewReader(list), Size: int64(len(list))}})
	w.must(t, err)
	return d.ID
}
