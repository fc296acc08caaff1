package address_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect/internal/address"
)

// carriers are sentences of our own that an address is set into.
var carriers = []string{"家庭住址：{}", "我家住在{}，离学校不远。", "王小明,{},13800138000", "请把书寄到{}，谢谢！"}

func readAddresses(t *testing.T, dir string) []string {
	f, err := os.Open(filepath.Join(dir, "dev", "leodotnet_dev.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	var b strings.Builder
	for s := bufio.NewScanner(f); s.Scan(); {
		if c, _, ok := strings.Cut(s.Text(), " "); ok {
			b.WriteString(c)
		} else if b.Len() > 0 {
			all = append(all, b.String())
			b.Reset()
		}
	}
	if b.Len() > 0 {
		all = append(all, b.String())
	}
	return all
}

// TestAddressesOfTheDevelopmentSet measures addresses that other people wrote
// and labelled; the set is not part of the project.
func TestAddressesOfTheDevelopmentSet(t *testing.T) {
	dir := os.Getenv("WARDFOLD_DETECT_DATA")
	if dir == "" {
		t.Skip("WARDFOLD_DETECT_DATA names no directory with dev/leodotnet_dev.txt: addresses of other people are not measured")
	}
	var exact, covers, total int
	for n, a := range readAddresses(t, dir) {
		before, after, _ := strings.Cut(carriers[n%len(carriers)], "{}")
		text := before + a + after
		start, end, first := len(before), len(before)+len(a), ""
		e, c := false, false
		address.Find([]byte(text), func(s, z int, _ int16, _ uint32) {
			e = e || s == start && z == end
			c = c || s <= start && z >= end
			first += " [" + text[s:z] + "]"
		})
		total++
		if e {
			exact++
		} else if testing.Verbose() {
			t.Logf("%s ->%s", text, first)
		}
		if c {
			covers++
		}
	}
	x, c := float64(exact)/float64(total), float64(covers)/float64(total)
	t.Logf("%d addresses: exact %.3f, covered %.3f", total, x, c)
	if x < 0.75 || c < 0.90 {
		t.Errorf("exact %.3f, covered %.3f; want .75 and .90", x, c)
	}
}
