package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/deid/anon"
)

// The field of the plot, in the units of its SVG.
const (
	plotLeft, plotRight = 70.0, 610.0
	plotTop, plotBottom = 20.0, 300.0
)

// drawn places the points: risk on a logarithmic axis from 1 to 50 in a hundred,
// because what matters is how many times smaller it is.
func drawn(points []anon.Point, chosen int, risk, useful string) plot {
	p := plot{Risk: risk, Useful: useful}
	x := func(r float64) float64 {
		r = min(max(r, 0.01), 0.5)
		return plotLeft + (plotRight-plotLeft)*math.Log(r/0.01)/math.Log(50)
	}
	y := func(u float64) float64 { return plotBottom - (plotBottom-plotTop)*min(max(u, 0), 1) }
	var path []string
	for _, q := range points {
		at := plotPoint{X: x(q.Risk), Y: y(q.Granularity), K: q.K, Chosen: q.K == chosen,
			Tip: fmt.Sprintf("k = %d: %s, %s", q.K, percent(q.Risk), percent(q.Granularity))}
		p.Points = append(p.Points, at)
		path = append(path, fmt.Sprintf("%.1f,%.1f", at.X, at.Y))
	}
	p.Path = strings.Join(path, " ")
	for _, r := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5} {
		p.XTicks = append(p.XTicks, tick{x(r), strconv.Itoa(int(math.Round(100*r))) + "%"})
	}
	for _, u := range []float64{0, 0.25, 0.5, 0.75, 1} {
		p.YTicks = append(p.YTicks, tick{y(u), strconv.Itoa(int(100*u)) + "%"})
	}
	return p
}
