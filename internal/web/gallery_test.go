package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// in puts parts into a component that takes children.
func in(outer templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, all(parts...)), w)
	})
}

// all shows parts one after another.
func all(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, p := range parts {
			if err := p.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// el writes an element with text from the gallery itself.
func el(name, class, text string) templ.Component {
	return templ.Raw(fmt.Sprintf("<%s class=%q>%s</%s>", name, class, templ.EscapeString(text), name))
}

func div(class string, parts ...templ.Component) templ.Component {
	return all(templ.Raw(fmt.Sprintf("<div class=%q>", class)), all(parts...), templ.Raw("</div>"))
}

func form(parts ...templ.Component) templ.Component {
	return all(templ.Raw(`<form method="post" action="/gallery">`), all(parts...), templ.Raw("</form>"))
}

// galleries show every component in the two faces, in every state that has a
// look of its own.
var galleries = []web.Route{
	{Pattern: "GET /gallery/family", Access: web.Anyone, Handler: func(w http.ResponseWriter, r *web.Request) error {
		v := r.Page("home.title")
		v.Face, v.Title, v.Who, v.Out = ui.Family, "家长看到的样子", "家长", web.PathSignOut
		v.Nav = []ui.NavPart{{Items: []ui.NavItem{{Href: "/a", Text: "我的孩子", Current: true}, {Href: "/b", Text: "谁看过"}, {Href: "/c", Text: "我的申请", Count: 2}}}}
		v.Errors = ui.Errors{{Field: "guardian.phone", Text: "手机号少一位。请检查后重填。"}, {Field: "code", Text: "验证码不对。还可以再试3次。"}}
		return r.Show(w, in(ui.Shell(v), familyParts(v.P, v.Errors)))
	}},
	{Pattern: "GET /gallery/staff", Access: web.Anyone, Handler: func(w http.ResponseWriter, r *web.Request) error {
		v := r.Page("home.title")
		v.Face, v.Title, v.Who, v.Out = ui.Staff, "员工看到的样子", "前台，静安店", web.PathSignOut
		v.Nav = []ui.NavPart{{Items: []ui.NavItem{{Href: "/a", Text: "今天"}}},
			{Title: "学员和家庭", Items: []ui.NavItem{{Href: "/b", Text: "查找家庭", Current: true}, {Href: "/c", Text: "申请", Count: 12}, {Href: "/d", Text: "记录"}}}}
		v.Flash = "已经保存。"
		return r.Show(w, in(ui.Shell(v), staffParts(v.P)))
	}},
	{Pattern: "GET /gallery/break", Access: web.Anyone, Handler: func(http.ResponseWriter, *web.Request) error {
		panic("13800138000")
	}},
}

func familyParts(p lang.Printer, errs ui.Errors) templ.Component {
	qr, err := ui.NewQR("https://wardfold.example/receipt/check", "核对回执的二维码")
	if err != nil {
		return templ.ComponentFunc(func(context.Context, io.Writer) error { return err })
	}
	return all(
		ui.Step(p, 2, 4),
		el("h1", "", "填写报名信息"),
		in(ui.Notice(ui.Info, ""), el("p", "", "只收下面四项。不同意也可以，前台会告诉你别的办法。")),
		in(ui.Card(), form(
			ui.Field(p, ui.Input{Name: "learner.name", Label: "孩子姓名", Hint: "和户口本上一样", Value: "陈小明", Max: 40}),
			ui.Field(p, ui.Input{Name: "learner.birth_month", Label: "出生年月", Hint: "六位数字，例如201603", Type: ui.Month, Value: "201603"}),
			ui.Field(p, ui.Input{Name: "guardian.phone", Label: "家长手机号", Type: ui.Tel, Error: errs.For("guardian.phone")}),
			ui.Field(p, ui.Input{Name: "code", Label: "验证码", Hint: "短信里的六位数字", Type: ui.Code, Error: errs.For("code")}),
			ui.Field(p, ui.Input{Name: "note", Label: "备注", Optional: true}),
			in(ui.Fieldset("optional", "另外几件事，默认都不做", "关着也不影响报名。", ""),
				ui.Switch(ui.Check{Name: "photo", Label: "照片上墙", Hint: "照片会贴在教室里，课程结束取下。"}),
				ui.Switch(ui.Check{Name: "survey", Label: "参加问卷", On: true}),
				ui.Checkbox(ui.Check{Name: "read", Label: "我已经看过说明", On: true})),
			ui.Radios(p, ui.Choice{Name: "who", Label: "谁来上课", Options: []ui.Option{{Value: "a", Text: "孩子自己来"}, {Value: "b", Text: "家长接送", Hint: "可以告诉我们接送人"}}, Value: "b"}),
			ui.Pair(ui.Button{Text: "同意并继续", Name: "answer", Value: "yes"}, ui.Button{Text: "不同意", Name: "answer", Value: "no"}),
		)),
		ui.LabelCard(p, ui.Label{Title: "信息清单", AsOf: "2026年11月22日10:32自动核对", Facts: []ui.Fact{
			{Icon: "doc", Name: "有什么", Text: "姓名、出生年月、家长姓名、联系方式，共4项"},
			{Icon: "eye", Name: "谁在看", Text: "最近30天，前台看过2次，老师看过1次"},
			{Icon: "clock", Name: "到什么时候", Text: "课程结束后30天内删除"},
			{Icon: "lock", Name: "给过别人吗", Text: "没有"},
		}}),
		in(ui.Card(), el("h2", "", "谁看过"), ui.Timeline([]ui.Moment{
			{When: "2026年11月22日10:32", Title: "前台张*看了联系方式", Detail: "为了上课联系", Kind: ui.Info},
			{When: "2026年11月20日09:05", Title: "你停止了照片上墙", Kind: ui.Success},
			{When: "2026年11月18日16:40", Title: "有人想看，被拦下了", Detail: "没有批准", Kind: ui.Danger},
		})),
		ui.Receipt(p, ui.Ticket{Title: "同意回执", Number: "WF-7K3M-29QX", When: "2026年11月22日10:32", QR: &qr, Check: "用手机扫一扫，谁都可以核对这张回执。",
			Rows: []ui.Row{{Key: "机构", Value: "小苗艺术静安店"}, {Key: "用途", Value: "报名上课、上课联系"}, {Key: "保存到", Value: "课程结束后30天"}}}),
		div("actions", ui.Copy(p, "WF-7K3M-29QX"), ui.Confirm(p, "stop", "/gallery", "停止使用照片？", "照片会在3天内取下。上课不受影响。", ui.Button{Text: "停止使用", Kind: ui.Danger})),
		in(ui.Fold("法律原文"), el("p", "", "处理不满十四周岁未成年人个人信息的，应当取得未成年人的父母或者其他监护人的同意。")),
		in(ui.Notice(ui.Success, "已经停止使用"), el("p", "", "照片会在3天内取下。")),
		in(ui.Notice(ui.Warning, "还差一步"), el("p", "", "孩子满14岁，还要孩子本人确认。")),
	)
}

func staffParts(p lang.Printer) templ.Component {
	find := func(mask string, state ui.Kind, words, until string) []ui.Cell {
		return []ui.Cell{{Text: mask}, {Part: ui.Tag(state, words)}, {Text: until},
			{Part: ui.Hide(p, ui.Reveal{Label: "监护人电话", Value: "138****5678", Action: "/gallery", Fields: []ui.Hidden{{Name: "field", Value: "guardian.phone"}}})}}
	}
	qr, err := ui.NewQR("https://wardfold.example/e/4f9d1c", "给家长扫的二维码")
	if err != nil {
		return templ.ComponentFunc(func(context.Context, io.Writer) error { return err })
	}
	return all(
		el("h1", "", "查找家庭"),
		ui.Tabs("查找方式", []ui.Tab{{Href: "/a", Text: "按手机号", Current: true}, {Href: "/b", Text: "按回执编号"}}),
		in(ui.Filter(p, "/gallery"), ui.Select(p, ui.Choice{Name: "purpose", Label: "用途", Options: []ui.Option{{Value: "a", Text: "上课联系"}, {Value: "b", Text: "培训服务"}}, Optional: true})),
		ui.FilterBox(p, "families"),
		ui.Grid(ui.Table{ID: "families", Caption: "本店的家庭", Heads: []ui.Head{{Text: "孩子"}, {Text: "同意"}, {Text: "到期"}, {Text: "联系"}}, Rows: [][]ui.Cell{
			find("陈*明", ui.Success, "已同意", "2027年1月31日"), find("欧阳*", ui.Warning, "快到期", "2026年12月1日"), find("阿依*", ui.Danger, "已停止", "—"),
		}}),
		ui.Pages(p, ui.Pager{Total: 12345, Newer: "/a", Older: "/b"}),
		ui.Shown(p, ui.Clear{Label: "监护人电话", Value: "13800005678", Mask: "138****5678", Mark: "仅供前台李四查看，2026年11月22日10:32", Seconds: 60}),
		div("columns",
			in(ui.Card(), el("h2", "", "新报名"), div("qr-big", ui.Draw(qr)), ui.Poll(p, "/gallery/state", "/gallery/staff", "等家长扫码", 3)),
			in(ui.Card(), el("h2", "", "申请材料"), ui.TaskList([]ui.Task{
				{Text: "用途", Href: "/a", Status: "已完成", Kind: ui.Success}, {Text: "信息和范围", Hint: "同类申请通常只用3项", Href: "/b", Status: "未开始", Kind: ui.Plain}, {Text: "提交", Status: "还不能开始", Kind: ui.Plain}}))),
		in(ui.Card(), el("h2", "", "核对"), ui.SummaryList(p, []ui.Row{{Key: "谁", Value: "前台李四", Change: "/a"}, {Key: "用途", Value: "上课联系", Change: "/b"}, {Key: "看哪些", Value: "家长手机号", Change: "/c"}}),
			form(ui.TextArea(p, ui.Input{Name: "why", Label: "为什么要用", Hint: "写清楚是哪一件事。"}), ui.File(p, ui.Input{Name: "roster", Label: "名单", Hint: "xlsx或csv，10MB以内。", Accept: ".xlsx,.csv", Max: 10 << 20, Optional: true}),
				div("actions", ui.Press(ui.Button{Text: "提交申请"}), ui.Press(ui.Button{Text: "存为草稿", Kind: ui.Plain}), ui.Press(ui.Button{Text: "删除", Kind: ui.Danger}), ui.Wait(p, ui.Button{Text: "重发验证码", Kind: ui.Plain}, 60)))),
		ui.SealBox(p, "单位盖章"),
		in(ui.Nothing(ui.Empty{Title: "还没有申请", Text: "要用家庭信息时，从这里写一份申请。"}), ui.Go("/a", "写申请", ui.Primary)),
		ui.Grid(ui.Table{Caption: "各店情况", Hidden: true, Heads: []ui.Head{{Text: "门店"}, {Text: "家庭", Number: true}, {Text: "查看次数", Number: true}}, Rows: [][]ui.Cell{ui.Words("静安店", "1,204", "35"), ui.Words("徐汇店", "866", "12")}}),
		in(ui.Notice(ui.Danger, "导入被拦下"), el("p", "", "没有来源材料。请补上后再导入。"), ui.Link("/a", "查看要求")),
	)
}
