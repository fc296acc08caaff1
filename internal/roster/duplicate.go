package roster

import "crypto/sha256"

// twice finds the same learner on an earlier line.
func (k *checker) twice(r *Row) {
	h := sha256.New()
	keys := 0
	for i, c := range k.opt.Schema.Columns {
		if c.Key {
			h.Write([]byte(r.Values[i].Expose()))
			h.Write([]byte{0})
			keys++
		}
	}
	if keys == 0 {
		return
	}
	digest := [16]byte(h.Sum(nil))
	if first, ok := k.seen[digest]; ok {
		r.Problems = append(r.Problems, Problem{Row: r.Number, Code: "roster.twice", Args: []any{int(first)}})
		return
	}
	k.seen[digest] = int32(r.Number)
}
