//go:build !amd64 || purego

package block

func read(_ *Text, _ *Gates, _ *Narrow, _ []byte, _, i, k int) (int, int) { return i, k }

func meet(t *Text, p *Pairs, n int) { meetPlain(t, p, n) }
