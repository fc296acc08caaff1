package matrix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// bodies are well-formed requests, so that what refuses them is who asks.
var bodies = map[string]string{
	"enrolment-start": `{}`, "enrolment-cancel": ``,
	"subject-search":   `{"phone":"15400000001","purpose":"contact.class"}`,
	"subject-reveal":   `{"field":"guardian.phone","purpose":"contact.class"}`,
	"subject-message":  `{"template":"call","purpose":"contact.class"}`,
	"subject-call":     `{"purpose":"contact.class"}`,
	"alias-dialled":    `{"number":"17000000001","extension":"0042","leg":"call-7"}`,
	"phone-set":        `{"phone":"010-8888 0000"}`,
	"subject-correct":  `{"field":"learner.name","value":"欧阳示例"}`,
	"subject-withdraw": `{"purpose":"survey"}`,
	"notice-publish":   ``,
	"schema-propose":   `{"code":"enrolment.more","items":[{"field":"learner.name","necessity":"上课时叫得出孩子，登记和考勤要用"}]}`,
	"schema-approve":   `{}`,
	"purpose-define": `{"code":"course.report","required":false,"basis":"consent","retention":{"n":6,"unit":"month"},
		"after_expiry":"delete","schema":"enrolment.minimal","fields":["learner.name"],"adults_only":false}`,
	"change-ask":      `{"field":"learner.name","value":"欧阳示例","ref":"P-1"}`,
	"assessment-ask":  `{"finding":"unable","by":"区残联评定组","basis":"评定书118","on":"2026-10-01","ref":"P-1"}`,
	"change-decide":   `{"answer":"yes","again":"欧阳示例"}`,
	"export-hand":     `{"way":"courier","receipt":"5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c"}`,
	"leak-receive":    "电话\n13800001234\n",
	"dataset-propose": "姓名,年级\n王小明,三年级\n", "dataset-try": `{"k":2}`,
	"dataset-approve": `{"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}`,
	"dataset-count":   `{"columns":["年级"],"epsilon":"0.1"}`, "population-set": `{"name":"示例学生","people":100,"total":"1"}`,
	"sealed-ask": `{"kind":"open","fields":["learner.name"],"case":"2026-7号"}`, "sealed-open": `{"field":"learner.name"}`,
	"staff-appoint": `{"role":"teacher"}`, "staff-confirm": `{"role":"teacher"}`, "staff-dismiss": `{"role":"clerk"}`,
}

// request makes the path and the body of an operation on fresh things: a family
// just enrolled, a grant just asked for, an account just added.
func (w *world) request(t *testing.T, op api.Operation, of family, store id.Store) (path, body string) {
	t.Helper()
	body = bodies[op.ID]
	target := ""
	switch {
	case strings.HasPrefix(op.Path, "/v1/subjects/{id}"):
		target = of.guardian.String()
		if op.Noun == "families" || op.Noun == "changes" || op.ID == "subject-get" {
			target = of.child.String()
		}
	case strings.HasPrefix(op.Path, "/v1/changes/{id}"):
		target = w.change(t, of).String()
	case strings.HasPrefix(op.Path, "/v1/grants/{id}"):
		target = w.grant(t, op.ID == "grant-end").String()
	case strings.HasPrefix(op.Path, "/v1/enrolments/{id}"):
		link, err := w.House.Enrol.Start(t.Context(), w.As(actor.Clerk), "")
		w.must(t, err)
		target = link.ID.String()
	case strings.HasPrefix(op.Path, "/v1/keys/{id}"):
		target = w.asked(t, op.ID == "key-collect").String()
	case strings.HasPrefix(op.Path, "/v1/staff/{id}"):
		target = w.hired(t, op.ID == "staff-confirm").String()
	case strings.HasPrefix(op.Path, "/v1/imports/{id}"):
		target = w.roster(t).String()
	case strings.HasPrefix(op.Path, "/v1/stores/{id}"):
		target = store.String()
	case strings.HasPrefix(op.Path, "/v1/notices/{id}"):
		target = w.Notice.ID.String()
	case strings.HasPrefix(op.Path, "/v1/datasets/{id}"):
		target = w.dataset(t).String()
	case strings.HasPrefix(op.Path, "/v1/compartment/"):
		target = w.sealed(t, op)
	}
	if x := w.approvalTarget(t, op, of) + w.releaseTarget(t, op, of); x != "" {
		target = x
	}
	if b := w.approvalBody(t, op, of); b != "" {
		body = b
	}
	w.n++
	switch op.ID {
	case "enrolment-complete":
		body = w.Enrolment(w.n, "2016-03")
	case "grant-ask":
		body = fmt.Sprintf(`{"role":"clerk","purpose":"contact.class","fields":["guardian.phone"],"from":%q,"until":%q,"reason":"front_desk","store":%q}`,
			w.Now().Format("2006-01-02T15:04:05Z"), w.Now().AddDate(0, 1, 0).Format("2006-01-02T15:04:05Z"), store)
	case "key-ask":
		body = fmt.Sprintf(`{"label":"x","purposes":["contact.class"],"fields":["guardian.phone"],"per_day":5,"expires":%q}`,
			w.Now().AddDate(0, 1, 0).Format("2006-01-02T15:04:05Z"))
	case "staff-add":
		body = fmt.Sprintf(`{"login":"new%d","name":"示例新人","roles":["clerk"],"store":%q}`, w.n, store)
	case "notice-publish":
		body = w.notice(t)
	case "import-upload":
		body = w.sheet(t)
	case "sealed-seclude":
		body = fmt.Sprintf(`{"child":%q,"case":"2026-7号"}`, of.child)
	case "export-prepare":
		body = fmt.Sprintf(`{"application":%q,"format":"csv"}`, w.use(t, "decide", of))
	}
	path = strings.NewReplacer("{id}", target, "{code}", "enrolment.minimal", "{version}", "1", "{index}", "1").Replace(op.Path)
	switch op.ID {
	case "subject-get":
		path += "?purpose=contact.class"
	case "dataset-propose":
		path += "?purpose=study&recipient=university&population=" + w.population(t).String()
	case "import-upload":
		path += "?kind=paper_consent&basis=consent&store=" + store.String()
	}
	return path, body
}

func (w *world) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// grant is one that the clerk asked for, approved if it is to be ended.
func (w *world) grant(t *testing.T, approved bool) id.Grant {
	t.Helper()
	g, err := w.Grants.Ask(t.Context(), w.As(actor.Clerk), grant.Application{Who: w.Staff[actor.Clerk].ID, Role: actor.Clerk,
		Purpose: "course.deliver", Fields: []string{subject.LearnerName}, Store: w.Store, From: w.Now(),
		Until: w.Now().AddDate(0, 1, 0), Reason: "front_desk"})
	w.must(t, err)
	if approved {
		_, err = w.Grants.Approve(t.Context(), w.As(actor.Manager), g.ID)
		w.must(t, err)
	}
	return g.ID
}

// change is a correction that the clerk of the family's store wrote down.
func (w *world) change(t *testing.T, of family) id.Change {
	t.Helper()
	var c subject.Change
	w.must(t, w.DB.Update(t.Context(), w.Institution, func(tx *db.Tx) (err error) {
		row, err := subject.Load(tx, w.Institution, of.child)
		if err != nil {
			return err
		}
		c, err = subject.AskChange(tx, w.Vault, w.Institution, subject.Change{Child: of.child, Store: row.Store, Ref: "P-1", AskedBy: w.Staff[actor.Clerk].ID},
			subject.Values{"of": secret.NewText(of.child.String()), "field": secret.NewText(subject.LearnerName), "value": secret.NewText("欧阳示例")})
		return err
	}))
	return c.ID
}

// asked is a key that the manager asked for, approved if it is to be collected.
func (w *world) asked(t *testing.T, approved bool) id.APIKey {
	t.Helper()
	key, err := w.Accounts.AskKey(t.Context(), w.As(actor.Manager), account.KeyRequest{Label: "m", Store: w.Store,
		Purposes: []string{"contact.class"}, Fields: []string{"guardian.phone"}, QuotaPerDay: 5, Expires: w.Now().AddDate(0, 1, 0)})
	w.must(t, err)
	if approved {
		w.must(t, w.Accounts.ApproveKey(t.Context(), w.As(actor.Officer), key))
	}
	return key
}

// hired is a clerk of the store, with a second role that waits if asked for.
func (w *world) hired(t *testing.T, waits bool) id.Staff {
	t.Helper()
	w.n++
	s := w.Hire(fmt.Sprint("hired", w.n), w.Store, actor.Clerk)
	if waits {
		w.must(t, w.Accounts.Appoint(t.Context(), w.As(actor.Manager), s.ID, actor.Teacher))
	}
	return s.ID
}

// notice is the notice in force, as a new version.
func (w *world) notice(t *testing.T) string {
	t.Helper()
	var n map[string]any
	w.Bearer(w.key).Get("/v1/notices").Into(t, &n)
	for _, own := range []string{"id", "version", "published", "hashes", "warnings"} {
		delete(n, own)
	}
	return marshal(t, n)
}

// sheet is a roster with one line.
func (w *world) sheet(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	w.must(t, w.Intake.Template(&b, "csv", lang.For("zh-CN")))
	return b.String()
}

// roster is one that the officer brought, with its document.
func (w *world) roster(t *testing.T) id.Batch {
	t.Helper()
	file := w.sheet(t)
	b, err := w.Intake.Upload(t.Context(), w.As(actor.Officer), intake.Source{Kind: intake.PaperConsent, Basis: catalogue.Consent,
		Store: w.Store, Document: intake.Document{Code: "A-1", Hash: [32]byte{1}}}, strings.NewReader(file), int64(len(file)))
	w.must(t, err)
	return b.ID
}
