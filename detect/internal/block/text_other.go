//go:build !amd64 || purego

package block

func wide(_ *Text, _ *Gates, _ []byte, i, k int) (int, int) { return i, k }

func meet(t *Text, p *Pairs, n int) { meetPlain(t, p, n) }
