package decoy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/list"
)

// Serial is the student number that a subject has in one export and in no other:
// 64 bits in base 32, 13 characters. One row that keeps it names the export. It
// is a function of the key, so a file that comes back is resolved by computing it
// again.
func Serial(key []byte, export, subject string) string {
	m := hmac.New(sha256.New, key)
	for _, p := range []string{"serial", export, subject} {
		m.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p))))
		m.Write([]byte(p))
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil)[:8])
}

// PerNumber is how many families of one export share a relay number at most.
// Source: Huawei Cloud, private number AXE, which advises at most 200.
const PerNumber = 200

// Alias is the relay number and the extension under which somebody is reached by
// one export and by no other, as list.Dialled writes it. Bound for the working
// life of the export and unbound after it, the list goes dead, and every call to
// one says which export it came from. try is 0, and counts up while what comes out
// is taken. It is a function of the key and of the pool as it was, in its order.
func Alias(key []byte, export, whose string, try int, pool []string) string {
	s := newStream(key, "alias", export, whose, strconv.Itoa(try))
	number := pick(s, pool)
	return list.Dialled(number, extension(1+s.below(trace.Extensions)))
}

func extension(n int) string {
	const digits = "0123456789"
	return string([]byte{digits[n/1000], digits[n/100%10], digits[n/10%10], digits[n%10]})
}

// Shared is a decoy that several exports of one roster carry.
type Shared struct {
	ID      string   // under which to Make it
	Exports []string // that carry it
}

// Lattice plans shared decoys for exports of the same roster, so that up to c of
// them cannot cross theirs out: each keeps only the rows that all of them have,
// and among those are the decoys of exactly their set. It gives times decoys to
// every set of 2 to c exports. An export carries times × (choices of up to c−1
// others): 4 for any pair among five, once each.
func Lattice(exports []string, c, times int) []Shared {
	var all []Shared
	var grow func(from int, set []string)
	grow = func(from int, set []string) {
		if len(set) >= 2 {
			for t := range times {
				all = append(all, Shared{strings.Join(set, "+") + "#" + extension(t), append([]string(nil), set...)})
			}
		}
		if len(set) == c {
			return
		}
		for i := from; i < len(exports); i++ {
			grow(i+1, append(append([]string(nil), set...), exports[i]))
		}
	}
	grow(0, nil)
	return all
}
