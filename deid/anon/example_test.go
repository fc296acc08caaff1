package anon_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// A school gives researchers the results of a test: who knows a child's age,
// district and grade must not find its row.
func Example() {
	file := strings.NewReader(`name,age,district,grade,result
张小明,9,310104,三年级,72
李芳,9,310104,三年级,85
王伟,10,310115,三年级,91
陈静,9,310115,三年级,64
刘洋,12,330281,六年级,77
杨柳,11,330281,六年级,80
赵磊,12,330281,六年级,58
周敏,12,310115,六年级,93
林涛,11,310104,六年级,88
`)
	data, err := table.Read(file, table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	job := anon.Job{Table: data, Models: []anon.Model{anon.K(4), anon.Distinct{Column: "result", L: 3}}}
	for _, name := range []string{"age", "district", "grade"} {
		values := data.Column(name).Values
		levels, err := hierarchy.Generate(hierarchy.Guess(values), values)
		if err != nil {
			fmt.Println(err)
			return
		}
		job.Quasi = append(job.Quasi, anon.Attribute{Column: name, Hierarchy: levels, Cut: levels.Ordered()})
	}
	res, err := anon.Local(job)
	if err != nil {
		fmt.Println(err)
		return
	}
	var out bytes.Buffer
	w := table.NewWriter(&out, false)
	if err := errors.Join(res.Write(w, []string{"result"}), w.Flush()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(strings.ReplaceAll(out.String(), "\r\n", "\n"))
	fmt.Println("risk:", res.Risk(0.25).Prosecutor)
	// Output:
	// age,district,grade,result
	// 9..10,3101**,三年级,64
	// 9..10,3101**,三年级,72
	// 9..10,3101**,三年级,85
	// 9..10,3101**,三年级,91
	// 11..12,*,六年级,58
	// 11..12,*,六年级,77
	// 11..12,*,六年级,80
	// 11..12,*,六年级,88
	// 11..12,*,六年级,93
	// risk: 0.25
}

// Before a list is put up, somebody asks which of its columns together point at
// people.
func ExampleCombinations() {
	t, _ := table.From([]string{"class", "sex", "born"}, [][]string{
		{"1", "f", "2016-03"}, {"1", "f", "2016-03"}, {"1", "m", "2016-03"}, {"2", "m", "2016-05"}, {"2", "m", "2016-05"},
	})
	for _, c := range anon.Combinations(t, t.Names(), 2, 2) {
		if c.Alone > 0 {
			fmt.Println(c.Columns, c.Alone)
		}
	}
	// Output:
	// [class sex] 1
	// [sex born] 1
}

// Two releases of the same four people, each of them 2-anonymous, name everybody
// when they are put side by side.
func ExampleJoint() {
	fmt.Println(anon.Joint([]int32{0, 0, 1, 1}, []int32{0, 1, 0, 1}))
	// Output: 1
}

// The report of a release: what it is good for and what it gives away.
func ExampleResult_Measure() {
	var rows [][]string
	for i := range 400 {
		rows = append(rows, []string{fmt.Sprint(6 + i%12), fmt.Sprint(310100 + i%7), fmt.Sprint(i % 3)})
	}
	t, _ := table.From([]string{"age", "district", "kind"}, rows)
	job := anon.Job{Table: t, Models: []anon.Model{anon.K(20)}}
	for _, name := range []string{"age", "district"} {
		levels, _ := hierarchy.Generate(hierarchy.Numbers, t.Column(name).Values)
		job.Quasi = append(job.Quasi, anon.Attribute{Column: name, Hierarchy: levels, Cut: true})
	}
	res, err := anon.Local(job)
	if err != nil {
		fmt.Println(err)
		return
	}
	chance := rand.NewChaCha8([32]byte{}) // in earnest: crypto/rand.Reader
	m, err := res.Measure(0.05, []string{"kind"}, nil, chance)
	if err != nil {
		fmt.Println(err)
		return
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "acceptable: %v, risk %.2f, at least %d alike", m.Acceptable(), m.Risk.Prosecutor, m.Least)
	fmt.Println(b.String())
	// Output: acceptable: true, risk 0.05, at least 20 alike
}
