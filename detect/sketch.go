package detect

import (
	"math"
	"math/bits"
)

const (
	exactly   = 1024 // so many different values are counted exactly
	registers = 4096
)

// sketch counts different values: exactly at first, then by HyperLogLog, which
// is within five percent nearly always. Source: Flajolet et al., HyperLogLog, 2007.
type sketch struct {
	set  []uint64 // open addressing, twice exactly
	n    int
	most []uint8
}

func (s *sketch) add(hash uint64) {
	if s.set == nil {
		s.set, s.most = make([]uint64, 2*exactly), make([]uint8, registers)
	}
	hash |= 1 // 0 is a free place
	i := hash >> 52
	if rho := uint8(bits.LeadingZeros64(hash<<12|1<<11)) + 1; rho > s.most[i] {
		s.most[i] = rho
	}
	if s.n > exactly {
		return
	}
	for k := hash * 0x9e3779b97f4a7c15 >> 53; ; k = (k + 1) % (2 * exactly) {
		switch s.set[k] {
		case hash:
			return
		case 0:
			if s.n++; s.n <= exactly {
				s.set[k] = hash
			}
			return
		}
	}
}

func (s *sketch) count() int64 {
	if s.n <= exactly {
		return int64(s.n)
	}
	sum, empty := 0.0, 0
	for _, r := range s.most {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	const m = registers
	n := 0.7213 / (1 + 1.079/m) * m * m / sum
	if n < 2.5*m && empty > 0 {
		n = m * math.Log(m/float64(empty))
	}
	return max(int64(math.Round(n)), exactly+1)
}
