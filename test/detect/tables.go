package main

import (
	"bufio"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// tables derives the number tables that detect embeds: facts (a code, a prefix)
// and no texts. It writes them below the root of the module.
func tables(args []string) error {
	f := flags("tables")
	data := f.String("data", "", "directory with region/, phone/ and bank/")
	out := f.String("out", "detect/internal/number/data", "where the tables go")
	if err := f.Parse(args); err != nil {
		return err
	}
	for _, t := range []struct {
		name string
		make func(dir string) ([]byte, error)
	}{
		{"region.bin", regions},
		{"mobile.bin", mobilePrefixes},
		{"area.bin", areaCodes},
		{"bank.bin", cardPrefixes},
		{"country.bin", countries},
		{"../../han/gbk.bin", pairs},
		{"../../han/gb4.bin", quads},
		{"../../../health.bin", healthTerms},
		{"../../address/verbs.bin", goingOn},
	} {
		b, err := t.make(*data)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		if err := os.WriteFile(filepath.Join(*out, t.name), b, 0o644); err != nil {
			return err
		}
		fmt.Printf("%s: %d bytes\n", t.name, len(b))
	}
	return nil
}

// regions is the union of the administrative codes of GB/T 2260, those in force
// and those that were, ascending, as the uvarints of their differences.
// Sources: mumuy/data_location (MIT), modood/Administrative-divisions-of-China (WTFPL).
func regions(dir string) ([]byte, error) {
	codes := make(map[string]bool)
	for _, name := range []string{"gb2260_history.json", "gb2260_list.json"} {
		var m map[string]string
		if err := readJSON(filepath.Join(dir, "region", name), &m); err != nil {
			return nil, err
		}
		for code := range m {
			codes[code] = true
		}
	}
	err := eachRow(filepath.Join(dir, "region", "areas.csv"), func(r []string) { codes[r[0]] = true })
	if err != nil {
		return nil, err
	}
	type place struct {
		Code     string
		Children []place
	}
	var tree []place
	if err := readJSON(filepath.Join(dir, "region", "pca-code.json"), &tree); err != nil {
		return nil, err
	}
	var walk func([]place)
	walk = func(list []place) {
		for _, p := range list {
			codes[(p.Code + "0000")[:6]] = true
			walk(p.Children)
		}
	}
	walk(tree)
	return ascending(codes)
}

// mobilePrefixes lists the first three digits of mobile numbers, and areaCodes
// those of landlines without the 0. Source: libphonenumber (Apache-2.0). The
// prefixes 146, 148, 149, 162 and 165, which that table lacks, are assigned by
// the numbering plan of the ministry (工信部《电信网编号计划》, 2017 and later).
func mobilePrefixes(dir string) ([]byte, error) {
	codes := map[string]bool{"146": true, "148": true, "149": true, "162": true, "165": true}
	err := eachPrefix(filepath.Join(dir, "phone", "carrier_zh_86.txt"), func(p string) {
		switch {
		case len(p) >= 3:
			codes[p[:3]] = true
		case len(p) == 2:
			for d := range 10 {
				codes[p+strconv.Itoa(d)] = true
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return ascending(codes)
}

func areaCodes(dir string) ([]byte, error) {
	codes := make(map[string]bool)
	err := eachPrefix(filepath.Join(dir, "phone", "geocoding_zh_86.txt"), func(p string) {
		if p[0] != '1' || p == "10" {
			codes[p] = true
		}
	})
	if err != nil {
		return nil, err
	}
	return ascending(codes)
}

// cardPrefixes lists issuer prefixes as (prefix, its digits, length of the card).
// Source: hexindai/bcbc (MIT).
func cardPrefixes(dir string) ([]byte, error) {
	lengths := make(map[string]uint64)
	err := eachRow(filepath.Join(dir, "bank", "bin.csv"), func(r []string) {
		if n, err := strconv.Atoi(r[3]); err == nil && n >= 13 && n <= 19 {
			lengths[r[0]] |= 1 << (n - 13)
		}
	})
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, prefix := range slices.Sorted(maps.Keys(lengths)) {
		n, err := strconv.ParseUint(prefix, 10, 64)
		if err != nil {
			return nil, err
		}
		out = append(out, byte(len(prefix)), byte(lengths[prefix]))
		out = binary.AppendUvarint(out, n)
	}
	return out, nil
}

// countries lists the numeric codes of ISO 3166-1. Source: Unicode CLDR, as
// golang.org/x/text has it (Unicode licence).
func countries(string) ([]byte, error) {
	codes := make(map[string]bool)
	for n := range 1000 {
		if r, err := language.EncodeM49(n); err == nil && r.IsCountry() {
			codes[strconv.Itoa(n)] = true
		}
	}
	return ascending(codes)
}

func ascending(codes map[string]bool) ([]byte, error) {
	var list []uint64
	for code := range codes {
		n, err := strconv.ParseUint(code, 10, 32)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	slices.Sort(list)
	var out []byte
	var last uint64
	for _, n := range list {
		out = binary.AppendUvarint(out, n-last)
		last = n
	}
	return out, nil
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func readJSON(name string, into any) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// eachRow calls fn with every row of a CSV file but its header.
func eachRow(name string, fn func([]string)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReader(f))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for first := true; ; first = false {
		row, err := r.Read()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !first:
			fn(row)
		}
	}
}

// eachPrefix calls fn with every prefix of a libphonenumber file, without 86.
func eachPrefix(name string, fn func(string)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		prefix, _, found := strings.Cut(s.Text(), "|")
		if rest, ok := strings.CutPrefix(prefix, "86"); found && ok && rest != "" {
			fn(rest)
		}
	}
	return nil
}
