package housetest

import (
	"fmt"
	"strings"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/id"
)

// Pupils is an invented list of n pupils as schools keep them, in CSV: names, what
// helps to recognise somebody, and a secret. from is the number of the first.
func Pupils(from, n int) string {
	var b strings.Builder
	b.WriteString("姓名,学号,年级,出生年月,区划,困难类别\n")
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, "%s%c%c,2023%04d,%s,%d-%02d,%d,%s\n", []string{"王", "李", "张", "刘"}[i%4], rune(0x5b50+i%97), rune(0x6587+i/97), i,
			[]string{"一年级", "三年级", "六年级", "初二", "高一"}[i%5], 2010+i%6, 1+i*7%12, 310101+i*5%9, []string{"残疾", "重病", "慢病", "无"}[i*3/2%4])
	}
	return b.String()
}

// Paper is a granted application of the officer for a list of the records in
// clear, such as a public notice or research data are drawn from.
func (c *Campus) Paper(fields []string, change func(*application.Form)) id.Application {
	c.T.Helper()
	x, err := c.Submit(c.Use(func(f *application.Form) {
		f.Title, f.Place, f.Fields, f.Users = "示例名单", "datacentre", fields, []id.Staff{c.People["officer"].ID}
		if change != nil {
			change(f)
		}
	}))
	c.must(err)
	return c.Agreed(x).ID
}

// Everybody makes an application one for all students of the campus.
func (c *Campus) Everybody(f *application.Form) {
	f.Range, f.Store, f.Subjects = application.RangeStore, c.Uni.Store, nil
}
