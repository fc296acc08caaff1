package demo

import (
	"fmt"
	"math/rand/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/secret"
)

const cityName = "示例市"

// Five chains with 206 stores, as many as signed the pledge (requirement S0).
var chains = []struct {
	name   string
	stores int
}{
	{"示例一号美术", 62}, {"示例二号舞蹈", 51}, {"示例三号棋社", 42}, {"示例四号编程", 31}, {"示例五号体育", 20},
}

var (
	districts = []string{"云东区", "云西区", "湖南片区", "湖北片区", "新桥区", "老城区", "江湾区"}
	streets   = []string{"松风路", "梧桐街", "白鹭路", "青石巷", "书香路", "桥头街", "麦田路", "银杏路", "港湾路", "春晖街", "望山路", "长亭街"}
)

func institutions(r *rand.Rand) []Institution {
	var out []Institution
	for i, c := range chains {
		inst := Institution{Key: fmt.Sprint("chain", i+1), Name: c.name + "培训连锁（示例）", Kind: "training"}
		for n := range c.stores {
			inst.Places = append(inst.Places, place(r, inst.Key, n, fmt.Sprintf("%s第%d店（示例）", c.name, n+1), 5+r.IntN(11)))
		}
		inst.Staff = staff(r, inst, actor.Owner, actor.Officer, actor.Auditor, actor.SysAdmin)
		out = append(out, inst)
	}
	university := Institution{Key: "university", Name: "示例大学", Kind: "university"}
	for n, name := range []string{"示例大学主校区", "示例大学东校区", "示例大学附属少年宫（示例）"} {
		university.Places = append(university.Places, place(r, university.Key, n, name, 30))
	}
	university.Staff = staff(r, university, actor.Leader, actor.Officer, actor.CyberOffice, actor.DataOwner, actor.Auditor, actor.SysAdmin)
	welfare := Institution{Key: "welfare", Name: "示例市儿童福利院（示例）", Kind: "welfare"}
	welfare.Places = append(welfare.Places, place(r, welfare.Key, 0, "示例市儿童福利院本部（示例）", 20))
	welfare.Staff = staff(r, welfare, actor.Leader, actor.Officer, actor.Auditor, actor.SysAdmin, actor.Volunteer)
	return append(out, university, welfare)
}

func place(r *rand.Rand, key string, n int, name string, weight int) Place {
	address := fmt.Sprintf("%s%s%s%d号（示例）", cityName, districts[r.IntN(len(districts))], streets[r.IntN(len(streets))], 1+r.IntN(300))
	return Place{fmt.Sprintf("%s.%03d", key, n+1), name, address, weight}
}

// staff appoints the given roles for the whole institution, and a manager, a
// clerk and a teacher for each place.
func staff(r *rand.Rand, inst Institution, whole ...actor.Role) []Staff {
	var out []Staff
	for _, role := range whole {
		out = append(out, Staff{fmt.Sprintf("%s.%s", role, inst.Key), secret.NewText(grownUp(r)), role, -1})
	}
	for i, p := range inst.Places {
		for _, role := range []actor.Role{actor.Manager, actor.Clerk, actor.Teacher} {
			out = append(out, Staff{fmt.Sprintf("%s.%s", role, p.Key), secret.NewText(grownUp(r)), role, i})
		}
	}
	return out
}
