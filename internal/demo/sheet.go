package demo

import (
	"bufio"
	"fmt"
	"io"
)

// blunders are what people write in rosters, each with its place: the row of
// the sample in which it stands, from 0.
var blunders = map[int]func(*[4]string){
	3:  func(r *[4]string) { r[1] = "2016-13" },
	7:  func(r *[4]string) { r[3] = "1.54E+10" },
	12: func(r *[4]string) { r[0] += "👧" },
	18: func(r *[4]string) { r[2] = "" },
	25: func(r *[4]string) { r[3] = "１５４-" + r[3][3:7] + "-" + r[3][7:] }, // right, only strangely written
	31: func(r *[4]string) { r[1] += "-15" },                              // a day more than promised
}

// SampleRoster writes a CSV of families who are not among Families, for a
// visitor to import: mostly right, with some blunders, and the last row a
// repetition of the first. It holds the header 学员姓名, 出生年月, 家长姓名,
// 联系方式, so many rows, and a byte order mark for Excel.
func (c *City) SampleRoster(w io.Writer, rows int) error {
	out := bufio.NewWriter(w)
	_, _ = out.WriteString("\uFEFF学员姓名,出生年月,家长姓名,联系方式\r\n")
	var first [4]string
	for i := range rows {
		f := c.family(i, blockRoster)
		row := [4]string{f.children[0].name, f.children[0].birth, f.guardian[0], f.guardian[1]}
		if fix := blunders[i]; fix != nil {
			fix(&row)
		}
		if i == 0 {
			first = row
		} else if i == rows-1 {
			row = first
		}
		fmt.Fprintf(out, "%s,%s,%s,%s\r\n", row[0], row[1], row[2], row[3])
	}
	return out.Flush()
}
