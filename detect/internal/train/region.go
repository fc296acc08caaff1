package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/detect/internal/address"
)

const regionSlots = 1 << 16

// regions makes the register of divisions: provinces, cities and counties with
// and without the word for what they are, and towns without it.
func regions(data, out string) error {
	names := map[string]uint32{}
	put := func(name string, level uint32, suffixes ...string) {
		if !han(name) || size(name) < 2 || size(name) > 8 {
			return
		}
		for _, s := range append(suffixes, "") {
			short := strings.TrimSuffix(name, s)
			if size(short) >= 2 && (names[short] == 0 || names[short] > level) {
				names[short] = level
			}
		}
	}
	for _, file := range []string{"gb2260_history.json", "gb2260_list.json"} {
		b, err := os.ReadFile(filepath.Join(data, "region", file))
		if err != nil {
			return err
		}
		var codes map[string]string
		if err := json.Unmarshal(b, &codes); err != nil {
			return err
		}
		for code, name := range codes {
			switch {
			case strings.HasSuffix(code, "0000"):
				put(name, address.Province, "省", "市", "自治区", "回族自治区", "壮族自治区", "维吾尔自治区", "特别行政区")
			case strings.HasSuffix(code, "00"):
				if name != "市辖区" && name != "县" && !strings.Contains(name, "直辖") {
					put(name, address.City, "市", "地区", "盟")
				}
			default:
				if size(name) > 2 {
					put(name, address.District, "市", "县", "区")
				} else {
					put(name, address.District)
				}
			}
		}
	}
	if err := towns(filepath.Join(data, "region", "streets.csv"), put); err != nil {
		return err
	}
	order := make([]string, 0, len(names))
	for name := range names {
		order = append(order, name)
	}
	slices.Sort(order)
	return os.WriteFile(out, address.Encode(names, order, regionSlots), 0o644)
}

func towns(file string, put func(name string, level uint32, suffixes ...string)) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	for _, row := range rows[min(1, len(rows)):] {
		for _, s := range []string{"街道", "镇", "乡"} {
			if short, ok := strings.CutSuffix(row[1], s); ok && size(short) >= 2 && size(short) <= 4 {
				put(short, address.Town)
				break
			}
		}
	}
	return err
}
