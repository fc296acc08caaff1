package main

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/demo"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/subject"
)

// applications leaves written applications in every state, so that each persona
// who decides finds something to decide: written and agreed by the people whose
// business it is.
func (b *builder) applications(ctx context.Context) error {
	for _, part := range []func(context.Context) error{b.chainPapers, b.campusPapers, b.welfarePapers, b.notices} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// desk is somebody of an institution, freshly proved.
func (b *builder) desk(h home, login string, role actor.Role) actor.Actor {
	s := h.staff[login]
	return actor.Actor{Institution: h.Institution, Store: s.Store, Staff: s.ID, Role: role, ProvedAt: b.Gate.Now()}
}

// awaken lets people who are no personas accept their invitations, so that they
// can decide.
func (b *builder) awaken(ctx context.Context, institution int, logins ...string) error {
	inst := b.city.Institutions[institution]
	for _, login := range logins {
		i := slices.IndexFunc(inst.Staff, func(s demo.Staff) bool { return s.SignIn == login })
		if i < 0 {
			continue
		}
		if _, err := b.settle(ctx, demo.Persona{Institution: institution, Place: inst.Staff[i].Place, SignIn: login, Role: inst.Staff[i].Role}); err != nil {
			return err
		}
	}
	return nil
}

// children are n who are enrolled at a place. A place that chance gave too few of
// them gets more families, so that no paper is without children.
func (b *builder) children(ctx context.Context, institution, place, n int) ([]id.Subject, error) {
	for next := b.families; ; next++ {
		list, err := b.enrolled(ctx, b.homes[institution], b.homes[institution].stores[place], n)
		if err != nil || len(list) == n {
			return list, err
		}
		key, err := b.program(ctx, institution)
		if err != nil {
			return nil, err
		}
		f := b.city.Move(b.city.Family(next), institution, place)
		if err := b.enrol(ctx, key, b.homes[institution].stores[place], f); err != nil {
			return nil, err
		}
	}
}

// enrolled are at most n children of a place, the newest first.
func (b *builder) enrolled(ctx context.Context, h home, store id.Store, n int) (list []id.Subject, err error) {
	err = b.DB.View(ctx, h.Institution, func(tx *db.Tx) error {
		recent, err := enrol.Recent(tx, h.Institution, store, 8*n)
		list = nil
		for _, e := range recent {
			if !e.Child.IsZero() && e.State == enrol.Enrolled && len(list) < n {
				list = append(list, e.Child)
			}
		}
		return err
	})
	return list, err
}

// paper is a complete form for masks of a list.
func (b *builder) paper(title, why string, kids []id.Subject, users ...id.Staff) application.Form {
	now := b.Gate.Now()
	return application.Form{Kind: application.Project, Title: title, Why: why, Purpose: "learner.manage", Fields: []string{subject.LearnerName, subject.LearnerBirth},
		Range: application.RangeList, Subjects: kids, Users: users, From: now, Until: now.AddDate(0, 1, 0), Place: "screen",
		Safeguards: []string{"need_to_know", "no_copies", "delete_after"}, Pledge: true,
		Harms: []application.Harm{{Harm: "leak", Likely: "low", Severe: "medium", Response: "只在系统里看，不截图，用完关页面"}}}
}

// hand writes a form and hands it in.
func (b *builder) hand(ctx context.Context, a actor.Actor, f application.Form) (application.Application, error) {
	x, err := b.Applications.Save(ctx, a, id.Application{}, f)
	if err != nil {
		return x, err
	}
	return b.Applications.Submit(ctx, a, x.ID)
}

// agree lets somebody agree to the first step that is theirs.
func (b *builder) agree(ctx context.Context, a actor.Actor, x application.Application) error {
	v, err := b.Applications.Read(ctx, a, x.ID)
	if err != nil || len(v.Can) == 0 {
		return err
	}
	_, err = b.Applications.Decide(ctx, a, x.ID, application.Answer{Step: v.Can[0], Agree: true, Note: "范围合适，用完请及时删除"})
	return err
}

// chainPapers: a draft, one for the manager, one for the officer, one refused,
// one in use; and a teacher who may break the glass.
func (b *builder) chainPapers(ctx context.Context) error {
	h := b.homes[0]
	teacher, clerk := b.desk(h, "teacher.chain1.001", actor.Teacher), b.desk(h, "clerk.chain1.001", actor.Clerk)
	manager := b.desk(h, "manager.chain1.001", actor.Manager)
	kids, err := b.children(ctx, 0, 0, 12)
	if err != nil {
		return err
	}
	draft := b.paper("暑期夏令营", "", nil, teacher.Staff)
	draft.Pledge = false
	if _, err := b.Applications.Save(ctx, teacher, id.Application{}, draft); err != nil {
		return err
	}
	if _, err := b.hand(ctx, teacher, b.paper("期末展示排座位", "要按年龄排座位，打码的就够", kids, teacher.Staff)); err != nil {
		return err
	}
	clear := b.paper("发放结业证书", "证书上要写全名", kids[:6], teacher.Staff)
	clear.Clear, clear.Fields, clear.Place = true, []string{subject.LearnerName}, "paper"
	x, err := b.hand(ctx, teacher, clear)
	if err != nil {
		return err
	}
	if err := b.agree(ctx, manager, x); err != nil {
		return err
	}
	wide := b.paper("全店名单", "想留一份备用", kids, clerk.Staff)
	wide.Range, wide.Subjects, wide.Store = application.RangeStore, nil, h.Store
	if x, err = b.hand(ctx, clerk, wide); err != nil {
		return err
	}
	if _, err := b.Applications.Decide(ctx, manager, x.ID, application.Answer{Reason: "unnecessary", Note: "备用不是理由，要用时再申请"}); err != nil {
		return err
	}
	if x, err = b.hand(ctx, clerk, b.paper("补课排班", "按出生年月分班", kids, clerk.Staff)); err != nil {
		return err
	}
	if err := b.agree(ctx, manager, x); err != nil {
		return err
	}
	if err := b.outside(ctx, kids, teacher, manager, b.desk(h, "officer.chain1", actor.Officer)); err != nil {
		return err
	}
	asked, err := b.Grants.Ask(ctx, teacher, grant.Application{Who: teacher.Staff, Role: actor.Teacher, Purpose: catalogue.LifeHealth,
		Fields: []string{subject.LearnerName, subject.GuardianName, subject.GuardianPhone}, Store: h.Store, From: b.Gate.Now(),
		Until: b.Gate.Now().Add(180 * 24 * time.Hour), Reason: "emergency", Reserve: true})
	if err != nil {
		return err
	}
	_, err = b.Grants.Approve(ctx, manager, asked.ID)
	return err
}

// homeOf finds the first institution of a kind.
func (b *builder) homeOf(kind institution.Kind) (int, home) {
	i := slices.IndexFunc(b.city.Institutions, func(x demo.Institution) bool { return institution.Kind(x.Kind) == kind })
	return i, b.homes[max(i, 0)]
}

// campusPapers: departments and a system; one application for the department,
// one for the office, one for the leader.
func (b *builder) campusPapers(ctx context.Context) error {
	at, h := b.homeOf(institution.University)
	inst := b.city.Institutions[at]
	teacher := inst.Staff[pick(inst, actor.Teacher)]
	if err := b.awaken(ctx, at, teacher.SignIn); err != nil {
		return err
	}
	writer, office := b.desk(h, teacher.SignIn, actor.Teacher), b.desk(h, "cyber_office.university", actor.CyberOffice)
	owner := b.desk(h, "data_owner.university", actor.DataOwner)
	if err := b.campusRegister(ctx, office, owner); err != nil {
		return err
	}
	kids, err := b.children(ctx, at, teacher.Place, 8)
	if err != nil {
		return err
	}
	clear := func(title, why string) application.Form {
		f := b.paper(title, why, kids, writer.Staff)
		f.Clear, f.Fields = true, []string{subject.LearnerName}
		return f
	}
	if _, err := b.hand(ctx, writer, clear("教育实习点名", "实习学校要按名单点名")); err != nil {
		return err
	}
	x, err := b.hand(ctx, writer, clear("奖学金评审", "评委要核对姓名"))
	if err != nil {
		return err
	}
	if err := b.agree(ctx, owner, x); err != nil {
		return err
	}
	return b.outside(ctx, kids, writer, owner, office)
}

// outside asks that another body may call families, with the word of all but the
// leader.
func (b *builder) outside(ctx context.Context, kids []id.Subject, writer actor.Actor, before ...actor.Actor) error {
	f := b.paper("满意度调查", "请研究所回访，自己没有人手", kids, writer.Staff)
	f.Clear, f.Purpose, f.Fields, f.Place = true, "survey", []string{subject.GuardianPhone}, "outside"
	f.Party = &application.Party{Kind: application.Body, Name: "示例教育研究所", Agreement: "示例协议1号", Document: [32]byte{1}}
	x, err := b.hand(ctx, writer, f)
	for _, who := range before {
		if err == nil {
			err = b.agree(ctx, who, x)
		}
	}
	return err
}

func (b *builder) campusRegister(ctx context.Context, office, owner actor.Actor) error {
	for _, d := range []application.Department{{Code: "students", Name: "学生处"}, {Code: "network", Name: "网络信息办公室"}} {
		if err := b.Applications.DefineDepartment(ctx, office, d); err != nil {
			return err
		}
	}
	for who, d := range map[id.Staff]string{owner.Staff: "students", office.Staff: "network"} {
		if err := b.Applications.Assign(ctx, office, who, d); err != nil {
			return err
		}
	}
	_, err := b.Applications.DefineSystem(ctx, office, application.System{Code: "student_rolls", Name: "学生管理系统", Source: true,
		Fields:   []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone},
		InCharge: "students", Operator: "network", User: "students"})
	return err
}

// welfarePapers are an activity that the volunteer helps in, and an application
// that waits for the officer.
func (b *builder) welfarePapers(ctx context.Context) error {
	at, h := b.homeOf(institution.Welfare)
	inst := b.city.Institutions[at]
	manager, teacher := inst.Staff[pick(inst, actor.Manager)], inst.Staff[pick(inst, actor.Teacher)]
	if err := b.awaken(ctx, at, manager.SignIn, teacher.SignIn); err != nil {
		return err
	}
	officer, boss, writer := b.desk(h, "officer.welfare", actor.Officer), b.desk(h, manager.SignIn, actor.Manager), b.desk(h, teacher.SignIn, actor.Teacher)
	kids, err := b.children(ctx, at, 0, 6)
	if err != nil {
		return err
	}
	f := b.paper("周末科技馆", "带孩子参观，上下车点名用", kids, h.staff["volunteer.welfare"].ID)
	f.Kind, f.Until, f.Fields = application.Capsule, b.Gate.Now().AddDate(0, 0, 3), []string{subject.LearnerName}
	x, err := b.hand(ctx, officer, f)
	if err != nil {
		return err
	}
	if err := b.agree(ctx, boss, x); err != nil {
		return err
	}
	list := b.paper("春季运动会", "号码布上要写姓名", kids, writer.Staff)
	list.Clear, list.Fields, list.Place = true, []string{subject.LearnerName}, "paper"
	if x, err = b.hand(ctx, writer, list); err != nil {
		return err
	}
	return b.agree(ctx, boss, x)
}
