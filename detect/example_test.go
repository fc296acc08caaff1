package detect_test

import (
	"fmt"

	"github.com/wardfold/wardfold/detect"
)

// A scanner is made once, for the day of the scan, and then used by anybody.
func Example() {
	scanner := detect.New(detect.Options{On: detect.On(2026, 11, 22)})

	text := []byte("学生姓名：王小明，身份证号 110101 20150307 8036，家长电话138-1234-5678。")
	for f := range scanner.Text(text) {
		fmt.Println(f.Kind, f.Level, f.Minor, f.Len())
	}
	// Output:
	// person_name certain under_14 9
	// resident_id certain under_14 20
	// mobile certain under_14 13
}

// Columns are judged by their header and their values together.
func ExampleScanner_Table() {
	scanner := detect.New(detect.Options{On: detect.On(2026, 11, 22)})

	table := scanner.Table([]string{"xm", "sfzh", "健康状况", "序号"})
	table.Row("王小明", "110101201503078036", "哮喘", "1")
	table.Row("李雷", "11010519491231002X", "", "2")
	for _, c := range table.Columns() {
		fmt.Printf("%s: %s, %d of %d cells\n", c.Header, c.Kind, c.Valid, c.Filled)
	}
	s := table.Summary()
	fmt.Println(s.Persons, "persons,", s.Under14, "under 14, sensitive:", s.Sensitive)
	// Output:
	// xm: person_name, 2 of 2 cells
	// sfzh: resident_id, 2 of 2 cells
	// 健康状况: health, 1 of 1 cells
	// 序号: , 0 of 2 cells
	// 2 persons, 1 under 14, sensitive: true
}
