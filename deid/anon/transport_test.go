package anon_test

import "math"

// transport is the least cost of moving the earth of p into the holes of q: the
// shortest augmenting path method, for a handful of values.
func transport(p, q []float64, cost func(i, j int) float64) float64 {
	n := len(p)
	flow := make([][]float64, n)
	for i := range flow {
		flow[i] = make([]float64, n)
	}
	have, need := append([]float64(nil), p...), append([]float64(nil), q...)
	total := 0.0
	for {
		// Bellman-Ford over sources 0..n-1 and sinks n..2n-1.
		dist, from := make([]float64, 2*n), make([]int, 2*n)
		for v := range dist {
			dist[v], from[v] = math.Inf(1), -1
			if v < n && have[v] > 1e-12 {
				dist[v] = 0
			}
		}
		for range 2 * n {
			for i := range n {
				for j := range n {
					if d := dist[i] + cost(i, j); d < dist[n+j]-1e-12 {
						dist[n+j], from[n+j] = d, i
					}
					if flow[i][j] > 1e-12 {
						if d := dist[n+j] - cost(i, j); d < dist[i]-1e-12 {
							dist[i], from[i] = d, n+j
						}
					}
				}
			}
		}
		end := -1
		for j := range n {
			if need[j] > 1e-12 && !math.IsInf(dist[n+j], 1) && (end < 0 || dist[n+j] < dist[end]) {
				end = n + j
			}
		}
		if end < 0 {
			return total
		}
		amount, v := need[end-n], end
		for ; from[v] >= 0; v = from[v] {
			if v < n {
				amount = math.Min(amount, flow[v][from[v]-n])
			}
		}
		amount = math.Min(amount, have[v])
		have[v] -= amount
		need[end-n] -= amount
		for v = end; from[v] >= 0; v = from[v] {
			if v >= n {
				flow[from[v]][v-n] += amount
			} else {
				flow[v][from[v]-n] -= amount
			}
		}
		total += amount * dist[end]
	}
}
