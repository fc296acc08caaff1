package canary_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/keys/file"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// atLeast is how many kinds of value the test plan asks for.
const atLeast = 40

// I3, I1, B12: whatever is typed, made or refused, no trace of it is in a log
// line, an error, a leaf, the served log, a file of the database or a backup.
func TestNoValueLeavesTheHouseByAnotherWayI3(t *testing.T) {
	x := begin(t)
	ctx := t.Context()
	for _, scene := range []func(context.Context){x.accounts, x.keys, x.families, x.desks, x.grants, x.rosters, x.accidents, x.served} {
		scene(ctx)
	}
	x.traces(ctx, "before")
	x.erasure(ctx)
	x.traces(ctx, "after")
	x.ok("close", x.House.Close())
	x.files(t, x.dir)
	x.said()
	if len(x.kinds) < atLeast {
		t.Errorf("%d kinds of canary, %d are wanted", len(x.kinds), atLeast)
	}
	if last := x.places[len(x.places)-1]; len(x.places[len(x.places)-2].data)+len(last.data) == 0 {
		t.Error("the standard streams were not caught")
	}
	if x.fails < 60 || len(x.places) < 500 {
		t.Errorf("only %d refusals and %d traces: the scenes did not play", x.fails, len(x.places))
	}
	leaks := x.report()
	for i, leak := range leaks {
		if i == 40 {
			t.Errorf("… and %d more", len(leaks)-i)
			break
		}
		t.Error(leak)
	}
	t.Logf("%d kinds × %d encodings (%d needles) in %d traces of %d acts, %d of them refused: %d hits",
		len(x.kinds), len(encodings), newSearcher(x.kinds).count, len(x.places), x.acts, x.fails, len(leaks))
}

// accounts: passwords, one-time secrets, invitations, sessions.
func (x *life) accounts(ctx context.Context) {
	inst, acc := x.Founded.Institution, x.Accounts
	operator := actor.Actor{Institution: inst, Role: actor.System}
	login, pw := x.kept("login", "login-m4x8q2"), x.canary("password", "641fw4gs8j78jbmjnwk5zp")
	s, _, err := acc.AddStaff(ctx, operator, account.NewStaff{Login: login, Name: x.kept("staff name", "司徒鹡鹟鹪"),
		Store: x.Store, Roles: []actor.Role{actor.Clerk}, Password: text(pw)})
	x.ok("hire", err, s)
	_, _, err = acc.AddStaff(ctx, operator, account.NewStaff{Login: x.canary("bad login", "王小丫 的 login"), Name: "示例",
		Roles: []actor.Role{actor.Clerk}, Store: x.Store, Password: text(x.canary("weak password", "pw9k2"))})
	x.refused("hire with a bad login", err)
	try := account.Attempt{Login: login, Password: text(pw), Device: x.kept("device", "phone-of-z8k4m1")}
	in, err := acc.SignIn(ctx, inst, try)
	x.ok("sign in", err, in, try)
	x.token("session", in.Token.Expose())
	for name, bad := range map[string]account.Attempt{
		"unknown login": {Login: x.canary("phone as login", "15473860042"), Password: text(pw)},
		"bad password":  {Login: login, Password: text(x.canary("wrong password", "kfkvjpjv0907bv1q61d72f"))},
		"wrong code":    {Login: login, Password: text(pw), Code: text(x.canary("wrong one-time code", "h8s5kqv2"))},
		"wrong role":    {Login: login, Password: text(pw), Role: actor.Role(x.canary("role typed", "kxx5wp1k06658j"))},
	} {
		e, err := acc.SignIn(ctx, inst, bad)
		x.try("sign in with "+name, err, e)
	}
	uri, err := acc.BeginOneTime(ctx, in.Actor)
	x.ok("begin one-time codes", err, uri)
	_, after, _ := strings.Cut(uri.Expose(), "secret=")
	totp, _, _ := strings.Cut(after, "&")
	x.canary("one-time secret", totp)
	e, err := acc.ConfirmOneTime(ctx, in.Token, text(x.canary("bad one-time code", "w2k1qzn7")))
	x.refused("confirm one-time codes", err, e)
	next, err := acc.SetPassword(ctx, in.Token, text(pw), secret.Text{}, text(x.canary("new password", "r635jv9hs61pd64rtr4d4h")))
	x.ok("set password", err, next)
	x.token("second session", next.Token.Expose())
	_, err = acc.Actor(ctx, in.Token)
	x.refused("old session", err)
	_, err = acc.Actor(ctx, text(x.canary("made-up session", "0bd8j0rg1mq0qv")))
	x.refused("made-up session", err)
	invited, invite, err := acc.AddStaff(ctx, operator, account.NewStaff{Login: "invited", Name: "示例", Store: x.Store, Roles: []actor.Role{actor.Teacher}})
	x.ok("invite", err, invited, invite)
	x.token("invitation", invite.Expose())
	i, err := acc.Invitation(ctx, invite)
	x.ok("read invitation", err, i)
	x.refused("accept weakly", acc.Accept(ctx, invite, text(x.canary("weak choice", "aaaa-k3")), secret.Text{}))
	x.ok("accept", acc.Accept(ctx, invite, text(x.canary("chosen password", "hgbgz9t61g070v2qgxxgbb")), secret.Text{}))
	_, err = acc.Invitation(ctx, invite)
	x.refused("read invitation again", err)
	_, err = acc.StepUp(ctx, next.Token, text(x.canary("bad step-up", "b5n1vkq8zz")), secret.Text{})
	x.refused("step up", err)
	x.ok("sign out", acc.SignOut(ctx, next.Token))
}

// keys: API keys, the key file and its passphrase.
func (x *life) keys(ctx context.Context) {
	manager, officer := x.As(actor.Manager), x.As(actor.Officer)
	req := account.KeyRequest{Label: x.kept("key label", "label-p2v7x4"), Store: x.Store, Purposes: []string{"contact.class"},
		Fields: []string{subject.GuardianPhone}, QuotaPerDay: 10, Expires: x.Now().AddDate(0, 1, 0)}
	key, err := x.Accounts.AskKey(ctx, manager, req)
	x.ok("ask for a key", err)
	x.refused("approve one's own key", x.Accounts.ApproveKey(ctx, manager, key))
	x.ok("approve key", x.Accounts.ApproveKey(ctx, officer, key))
	whole, err := x.Accounts.CollectKey(ctx, manager, key)
	x.ok("collect key", err, whole)
	x.token("API key", whole.Expose())
	x.token("secret of the API key", whole.Expose()[len(whole.Expose())-40:])
	a, err := x.Accounts.KeyActor(ctx, whole)
	x.ok("use key", err, a)
	_, err = x.Accounts.KeyActor(ctx, text(whole.Expose()[:len(whole.Expose())-12]+"canaryqzx000"))
	x.refused("use a wrong key", err)
	_, err = x.Accounts.KeyActor(ctx, text(x.canary("made-up key", "ff8vtvvndgf4p4")))
	x.refused("use a made-up key", err)
	req.Purposes = []string{x.canary("purpose of a key", "鹋鶚rcdx鵠鹶齔")}
	_, err = x.Accounts.AskKey(ctx, manager, req)
	x.try("ask for a key with a strange purpose", err)

	f := file.File{Path: filepath.Join(x.t.TempDir(), "keys.age"), Now: x.Now, WorkFactor: 10}
	pass := text(x.canary("passphrase", "4h2k horse vqz zebra"))
	ring, err := f.Create(pass)
	x.ok("create the key file", err, ring)
	_, err = f.Open(text(x.canary("wrong passphrase", "9d3s mouse wkk tiger")))
	x.refused("open the key file", err)
	ring, err = f.Add(pass)
	x.ok("add a root key", err, ring, ring.Keys())
	x.ok("change the passphrase", f.ChangePassphrase(pass, text(x.canary("new passphrase", "1m7n goose pxx otter"))))
}

// families: the four items in every shape, right and wrong.
func (x *life) families(ctx context.Context) {
	good := x.form("first ", "欧阳鹮鸼鹬", "2016-03", "司马鹭鸶鹂", "15473918264")
	var wrong []enrol.Form
	for name, spoil := range map[string]func(*enrol.Form, string){
		"name with digits": func(f *enrol.Form, s string) { f.LearnerName = text(s + "7X8Y9") },
		"name with emoji":  func(f *enrol.Form, s string) { f.GuardianName = text(s + "😀鸰") },
		"formula":          func(f *enrol.Form, s string) { f.LearnerName = text("=HYPERLINK(\"" + s + "\")") },
		"over-long name":   func(f *enrol.Form, s string) { f.LearnerName = text(strings.Repeat(s, 20_000)) },
		"impossible month": func(f *enrol.Form, s string) { f.Birth = text("2016-13-" + s) },
		"future month":     func(f *enrol.Form, s string) { f.Birth = text("2093-07 " + s) },
		"phone with words": func(f *enrol.Form, s string) { f.Phone = text("154" + s) },
		"control sign":     func(f *enrol.Form, s string) { f.GuardianName = text("陈\x00\x1b" + s) },
		"private use":      func(f *enrol.Form, s string) { f.LearnerName = text("\ue863" + s) },
	} {
		f := good
		spoil(&f, x.canary(name, fmt.Sprintf("鸨%c鹱%x", 0x9E10+rune(len(wrong))*7, name)))
		wrong = append(wrong, f)
	}
	strange := good
	strange.Phone = text(x.canary("another phone", "15473917777"))
	strange.Language = x.kept("language", "zq-w5kd82mv")
	wrong = append(wrong, strange)
	r, _, browser := x.enrolment(ctx, "first ", good, wrong)
	x.Advance(2 * time.Minute)
	rare := x.form("rare ", "𠮷𬎆𫟼", "2017-05", "阿卜杜拉·买买提鹱", "15473912096")
	x.enrolment(ctx, "rare ", rare, nil)
	x.Advance(2 * time.Minute)
	teen := x.form("teen ", "端木鹈鹕鸧", "2011-02", "端木鸧鹈鹕", "15473914455")
	rt, link, b := x.enrolment(ctx, "teen ", teen, nil)
	own, err := x.House.Enrol.ChildLink(ctx, link.Token, b)
	x.ok("child's link", err)
	x.token("child's link", own.String())
	l, err := x.House.Enrol.LookChild(ctx, own)
	x.ok("child looks", err, l)
	_, err = x.House.Enrol.ConfirmChild(ctx, own, enrol.Answer{Agree: true, Language: "zh-CN", Screen: [32]byte{1}, Optional: []string{x.canary("optional typed", "鴗默qhfv鴼鷟鸦")}})
	x.ok("child confirms", err)
	_, err = x.House.Enrol.ConfirmChild(ctx, own, enrol.Answer{Agree: true, Language: "zh-CN"})
	x.refused("child confirms again", err)
	_, err = enrol.ParseToken(x.canary("made-up link", "mv73hwbjwqg3xb"))
	x.refused("made-up link", err)
	x.rights(ctx, r, rt, browser, good)
}

func (x *life) form(tag, learner, birth, guardian, phone string) enrol.Form {
	f := housetestForm(birth)
	f.LearnerName, f.GuardianName = text(x.canary(tag+"learner", learner)), text(x.canary(tag+"guardian", guardian))
	f.Phone = text(phone)
	x.canary(tag+"phone", "+86"+phone)
	x.canary(tag+"phone as typed", phone)
	return f
}

func housetestForm(birth string) enrol.Form {
	return enrol.Form{Birth: secret.NewText(birth), Agree: true, Optional: []string{"photo.wall"}, Language: "zh-CN", Screen: [32]byte{1}}
}

// rights: what a family does with its own record.
func (x *life) rights(ctx context.Context, r, teen enrol.Receipt, browser account.Browser, form enrol.Form) {
	inst, parent := x.Founded.Institution, x.Guardian(r.Guardian)
	try := account.FamilyAttempt{Browser: browser, Phone: form.Phone, Code: text("000000"), Device: x.kept("family device", "tablet-of-c6v9")}
	x.Advance(2 * time.Minute)
	x.ok("ask for a code", x.Accounts.RequestCode(ctx, inst, browser, form.Phone, account.ToSignIn))
	e, err := x.Accounts.SignInFamily(ctx, inst, try)
	x.try("sign in by a wrong code", err, e, try)
	try.Code = x.codeFor(form.Phone.Expose())
	x.canary("sign-in code", try.Code.Expose())
	e, err = x.Accounts.SignInFamily(ctx, inst, try)
	x.ok("sign in by code", err, e)
	x.token("family session", e.Token.Expose())
	for name, who := range map[string]actor.Actor{"own": parent, "a stranger's": x.Guardian(teen.Guardian), "a clerk's": x.As(actor.Clerk)} {
		home, err := x.Family.Home(ctx, who)
		x.try("home as "+name, err, home)
		c, err := x.Family.Child(ctx, who, r.Child)
		x.try("child as "+name, err, c)
		_, err = x.Family.Looks(ctx, who, r.Child, 0)
		x.try("looks as "+name, err)
		_, err = x.Family.Proof(ctx, who, r.Child, 3)
		x.try("proof as "+name, err)
		_, err = x.Family.Correct(ctx, who, r.Child, subject.LearnerName, text(x.canary("corrected to by "+name, "欧阳鸻"+string([]rune("鹍鹎鹏")[len(name)%3])+"鸼鸻")))
		x.try("correct as "+name, err)
	}
	for field, typed := range map[string]string{
		subject.LearnerName: "1鸴鸳QW", subject.LearnerBirth: "2016年31月鸳鸴", subject.GuardianPhone: "15473919090",
		x.canary("field typed", "鴻鼇jcds麬鵇鷶"): "鸾鹀鹁",
	} {
		_, err := x.Family.Correct(ctx, parent, r.Child, field, text(x.canary("correction of "+field[:3], typed)))
		x.refused("correct wrongly", err)
	}
	_, err = x.Family.Withdraw(ctx, parent, r.Child, "photo.wall")
	x.ok("withdraw", err)
	_, err = x.Family.Withdraw(ctx, parent, r.Child, x.canary("purpose withdrawn", "鵜鼴sczf鷤龅龂"))
	x.try("withdraw a strange purpose", err)
	_, err = x.Family.Give(ctx, parent, r.Child, x.canary("purpose given", "齔鴿zzrc鷢鴯鼺"), "zh-CN", [32]byte{})
	x.try("give a strange purpose", err)
	_, out, err := x.Family.Copy(ctx, parent, r.Child)
	x.ok("copy", err, out)
}

// desks: searching, masking, revealing, messages.
func (x *life) desks(ctx context.Context) {
	for _, role := range []actor.Role{actor.Clerk, actor.Teacher, actor.Auditor, actor.SysAdmin, actor.Owner} {
		who := x.As(role)
		for name, q := range map[string]desk.Query{
			"a phone": {Phone: text("15473918264")}, "an unknown phone": {Phone: text(x.canary("phone searched", "15473915151"))},
			"a bad phone": {Phone: text(x.canary("bad phone searched", "黥鵂cnzt鸣麋鹣"))}, "a receipt": {Receipt: x.canary("receipt searched", "鹁鹜qvzt鵆鵟鸔")},
		} {
			cards, err := x.Desk.Find(ctx, who, q, "contact.class")
			x.try("find by "+name, err, cards)
			for _, c := range cards {
				rev, err := x.Desk.Reveal(ctx, who, c.Guardian, subject.GuardianPhone, "contact.class")
				x.try("reveal", err, rev)
				_, err = x.Desk.Message(ctx, who, c.Guardian, "code", "contact.class")
				x.try("message", err)
				_, err = x.Desk.Message(ctx, who, c.Guardian, x.canary("template typed", "鶈鸨sgxf齈鸻鼽"), "contact.class")
				x.try("message by a strange template", err)
				_, err = x.Desk.Reveal(ctx, who, c.Guardian, x.canary("field revealed", "鶹鵩zzjq鵣鼰鵀"), "contact.class")
				x.try("reveal a strange field", err)
				for _, purpose := range []string{"livestream.sales", "marketing", x.canary("purpose named", "齁鴽jvxs鹁黜齗"), x.canary("Latin name as a purpose", "zhuge.qiaomei")} {
					_, err = x.Desk.Reveal(ctx, who, c.Guardian, subject.GuardianPhone, purpose)
					x.refused("reveal for "+fmt.Sprint(len(purpose)), err)
				}
				_, err = x.Desk.Reveal(ctx, who, c.Guardian, x.canary("Latin name as a field", "sima.qiaoling"), "contact.class")
				x.refused("reveal a Latin name", err)
				v, err := x.Desk.View(ctx, who, c.Child, "learner.manage")
				x.try("view", err, v)
			}
		}
	}
}

// grants: codes that are no codes.
func (x *life) grants(ctx context.Context) {
	app := grant.Application{Who: x.Staff[actor.Teacher].ID, Role: actor.Teacher, Purpose: "contact.class",
		Fields: []string{subject.LearnerName}, Store: x.Store, From: x.Now(), Until: x.Now().AddDate(0, 1, 0), Reason: "front_desk"}
	for _, spoil := range []func(*grant.Application){
		func(a *grant.Application) {
			a.Reason = grant.Reason(x.canary("reason typed", "黐鹲nkhk鵓齌鸳"))
		},
		func(a *grant.Application) { a.Purpose = x.canary("purpose asked for", "鼙黺ptnd鵸鼌麬") },
		func(a *grant.Application) { a.Fields = []string{x.canary("field asked for", "鶨鹞gvsc鵏鼻齊")} },
		func(a *grant.Application) { a.Purpose = x.canary("Latin purpose asked for", "shangguan.wanxia") },
		func(a *grant.Application) { a.Role = actor.Role(x.canary("role asked for", "6k7r46kjwvq4bb")) },
	} {
		bad := app
		spoil(&bad)
		_, err := x.Grants.Ask(ctx, x.As(actor.Teacher), bad)
		x.try("ask strangely", err)
	}
	g, err := x.Grants.Ask(ctx, x.As(actor.Manager), app)
	x.ok("ask", err)
	_, err = x.Grants.Approve(ctx, x.As(actor.Manager), g.ID)
	x.refused("approve one's own", err)
}

// rosters: cells of a sheet, read and refused.
func (x *life) rosters(context.Context) {
	schema, err := roster.SchemaFor([]string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone})
	x.ok("schema", err)
	name, number := x.canary("cell: name", "皇甫鹔鹕鹙"), x.canary("cell: phone", "15473913030")
	for what, sheet := range map[string]string{
		"whole":           "学员姓名,出生年月,监护人姓名,联系电话\n" + name + ",2016-03,李鹙鹔鹕," + number + "\n",
		"wrong cells":     "学员姓名,出生年月,监护人姓名,联系电话\n" + x.canary("cell: bad name", "鷬鶚dhgk鷮鴌黰") + "," + "2016-" + x.canary("cell: bad month", "鶄鷽rrvd鶪黋麛") + ",=" + x.canary("cell: formula", "齛鶺mnbg麭鼣鹺") + ",154" + x.canary("cell: bad phone", "鼲鸜gsxm麩鹯麅") + "\n",
		"an extra column": "学员姓名,出生年月,监护人姓名,联系电话," + x.kept("header typed", "身份证鹫鹬号") + "\n" + name + ",2016-03,李鹙鹔鹕," + number + "," + x.canary("cell: extra", "麗麘rfvr鴿鷃鵄") + "\n",
		"a broken line":   "学员姓名,出生年月,监护人姓名,联系电话\n\"" + x.canary("cell: broken", "齰齃pgwc黓鼼麑") + ",2016-03\n" + name + "\n",
		"no header":       name + "," + number + "\n",
	} {
		s, err := roster.Open(strings.NewReader(sheet), int64(len(sheet)), roster.Options{
			Schema: schema, Today: x.Now(), Phone: func(s string) (secret.Text, error) { return phone.Normalise(text(s)) }})
		if what != "an extra column" { // the refusal names the column, so that a person finds it
			x.try("open a sheet with "+what, err)
		}
		if err != nil {
			continue
		}
		for row, err := range s.Rows(0) {
			x.try("read a sheet with "+what, err, row)
		}
	}
}

// accidents: panics, broken gateways, errors that quote what they were given.
func (x *life) accidents(ctx context.Context) {
	inst, secretText := x.Founded.Institution, x.canary("value in a panic", "令狐鸥鸣鸦15473916262")
	x.refused("panic in a transaction", x.DB.Update(ctx, inst, func(*db.Tx) error { panic(secretText) }))
	x.refused("panic in a view", x.DB.View(ctx, inst, func(*db.Tx) error { panic(errors.New(secretText)) }))
	req := gate.Request{Actor: x.As(actor.Clerk), Act: policy.AuditVerify, Purpose: "learner.manage"}
	_, err := x.Gate.Do(ctx, req, nil, func(*db.Tx, seal.Permit, *gate.Case) error { panic(text(secretText)) })
	x.refused("panic in the gate", err)
	x.refused("a value that is no column", x.DB.Update(ctx, inst, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO store (institution_id, store_id, name, address, created_at) VALUES ($1, $2, $3, $4, $5)`,
			inst, id.Make[id.Store](x.Now()), x.canary("refused column", "鸞黣mjqt鹥鹵鵒"), nil, 0)
		return err
	}))
	x.Outbox.Gateway = brokenGateway{}
	number := text(x.canary("phone at a broken gateway", "15473911919"))
	browser, err := x.Accounts.NewBrowser()
	x.ok("new browser", err)
	x.ok("ask for a code", x.Accounts.RequestCode(ctx, inst, browser, number, account.ToProve))
	x.try("deliver to a broken gateway", x.Outbox.Deliver(ctx, inst))
	x.Outbox.Gateway = x.Post
}

// served: what the log's handler answers, also to addresses that hold a value.
func (x *life) served(ctx context.Context) {
	x.ok("step", x.House.Log.Step(ctx, x.Founded.Institution))
	h := x.House.Log.Handler()
	base := "/" + x.Founded.Institution.String()
	for _, path := range []string{base + "/checkpoint", base + "/witnessed", base + "/key", base + "/tile/0/000", base + "/tile/entries/000",
		base + "/tile/entries/000.p/20", base + "/tile/" + x.canary("path asked for", "jthfp0cfbzgxfq"), "/" + x.canary("institution asked for", "5wn18d38mwqhq5") + "/key"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
		x.keep("the answer of the log", w.Body.Bytes())
		x.keep("the header of the log", fmt.Append(nil, w.Header()))
	}
}

// erasure: nothing is left of whom it was.
func (x *life) erasure(ctx context.Context) {
	cards, err := x.Desk.Find(ctx, x.As(actor.Clerk), desk.Query{Phone: text("15473918264")}, "contact.class")
	x.ok("find", err)
	if len(cards) != 1 {
		x.t.Fatalf("%d families", len(cards))
	}
	cert, err := x.Family.Erase(ctx, x.Guardian(cards[0].Guardian), cards[0].Child)
	x.ok("erase", err, cert)
	_, err = x.Desk.Reveal(ctx, x.As(actor.Clerk), cards[0].Guardian, subject.GuardianPhone, "contact.class")
	x.refused("reveal after erasure", err)
}
