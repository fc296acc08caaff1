package law_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// define defines a purpose over the pledge's schema as the officer does.
func define(f *housetest.Fixture, p catalogue.Purpose) error {
	p.Retention, p.AfterExpiry, p.Schema = civil.Period{N: 3, Unit: civil.Months}, catalogue.Delete, catalogue.Minimal
	p.Fields = []string{subject.LearnerName, subject.GuardianPhone}
	return f.DB.Update(f.T.Context(), f.Institution, func(tx *db.Tx) error {
		return f.Catalogue.DefinePurpose(tx, f.Institution, f.Staff[actor.Officer].ID, p)
	})
}

// S3-08, S3-14, S3-15, S3-16, S3-17, S3-18, S2-07: in the house a purpose
// without a basis, or whose basis lacks its reference, cannot be defined; with
// it, it can.
func TestAPurposeNeedsItsBasisAndReference(t *testing.T) {
	f := housetest.New(t)
	if err := define(f, catalogue.Purpose{Code: "extra"}); fault.CodeOf(err) != "catalogue.basis" {
		t.Errorf("no basis: %v", err)
	}
	for basis, ref := range map[catalogue.Basis]string{
		catalogue.Contract: "contract 2026/1", catalogue.Statutory: "MNR art. 36", catalogue.News: "editor's record 7",
		catalogue.Published: "https://www.example.test/list", catalogue.OtherLaw: "UMPL art. 11", catalogue.Emergency: "flood",
	} {
		p := catalogue.Purpose{Code: "extra." + string(basis), Basis: basis, Until: f.Now().Add(time.Hour)}
		if err := define(f, p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s without reference: %v", basis, err)
		}
		p.Reference = ref
		if basis == catalogue.Published {
			p.Snapshot = strings.Repeat("0a", 32)
		}
		if err := define(f, p); err != nil {
			t.Errorf("%s with reference: %v", basis, err)
		}
	}
	late := catalogue.Purpose{Code: "extra.late", Basis: catalogue.Emergency, Reference: "flood", Until: f.Now().Add(73 * time.Hour)}
	if err := define(f, late); fault.CodeOf(err) != "catalogue.emergency" {
		t.Errorf("an emergency of 73 hours: %v", err)
	}
}

// S3-18: what was lawfully public is used until the person refuses, and from
// that very moment not any more.
func TestARefusalEndsTheUseOfPublicInformationAtOnce(t *testing.T) {
	f := housetest.New(t)
	p := catalogue.Purpose{Code: "alumni", Basis: catalogue.Published, Reference: "https://www.example.test/list", Snapshot: strings.Repeat("0a", 32)}
	must(t, define(f, p))
	active := func() (on bool) {
		f.View(func(tx *db.Tx) error {
			p, err := f.Catalogue.Purpose(tx, f.Institution, "alumni")
			on = p.Active(tx.Now())
			return err
		})
		return on
	}
	if !active() {
		t.Fatal("the purpose is not in force")
	}
	// A child of 15 that never spoke about it: it is used. The child refuses, and
	// from that moment it is not; another child's stays in use. Under 14 what is
	// public is no ground at all without the guardian.
	f.Grant(actor.Clerk, "alumni", subject.LearnerName)
	ctx, clerk := t.Context(), f.As(actor.Clerk)
	first, second, young := grown(t, f, 1), grown(t, f, 2), f.Enrol(3, ten)
	reveal := func(child id.Subject) error {
		_, err := f.Desk.Reveal(ctx, clerk, child, subject.LearnerName, "alumni")
		return err
	}
	must(t, reveal(first))
	if err := reveal(young.Child); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("a child of ten: %v", err)
	}
	_, err := f.Family.Withdraw(ctx, f.Child(first), first, "alumni")
	must(t, err)
	if err := reveal(first); fault.KindOf(err) != fault.Denied || !slices.Contains(rulesOf(err), "R-106") {
		t.Errorf("after the refusal: %v", err)
	}
	must(t, reveal(second))
	// The source as such is taken back: it ends for all.
	p.Refused = true
	if err := define(f, p); fault.CodeOf(err) != "catalogue.refused" {
		t.Errorf("a refused source is defined anew: %v", err)
	}
	must(t, f.DB.Update(t.Context(), f.Institution, func(tx *db.Tx) error {
		return f.Catalogue.EndPurpose(tx, f.Institution, f.Staff[actor.Officer].ID, "alumni")
	}))
	if active() {
		t.Error("the purpose is still in force")
	}
}

// grown enrols a child of 15 that agrees itself.
func grown(t *testing.T, f *housetest.Fixture, n int) id.Subject {
	t.Helper()
	r := f.Enrol(n, "2011-03")
	_, err := f.House.Enrol.ConfirmChild(t.Context(), f.ChildLink(r), enrol.Answer{Agree: true, Language: "zh-CN", Screen: [32]byte{1}})
	must(t, err)
	return r.Child
}

func rulesOf(err error) []string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Rules
	}
	return nil
}

// S2-07, S2-08, S3-07: after a day of work every entry of an operation on
// personal information names one of the eight, who is in charge and who handled
// it; one that does not cannot be written.
func TestEveryEntryNamesOperationOwnerAndHandler(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, ten)
	_, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
	must(t, err)
	_, err = f.Family.Withdraw(ctx, f.Guardian(r.Guardian), r.Child, "contact.class")
	must(t, err)
	_, err = f.Family.Erase(ctx, f.Guardian(r.Guardian), r.Child)
	must(t, err)
	seen := map[ledger.Operation]int{}
	for _, e := range entries(t, f, ledger.Filter{}) {
		if e.Op == "" {
			continue
		}
		seen[e.Op]++
		if e.InCharge == "" || e.HandledBy == "" {
			t.Errorf("entry %d of type %s names %q in charge and %q as handler", e.Index, e.Type, e.InCharge, e.HandledBy)
		}
	}
	if seen[ledger.Collect] == 0 || seen[ledger.Use] == 0 || seen[ledger.Process] == 0 || seen[ledger.Delete] == 0 {
		t.Errorf("operations seen: %v", seen)
	}
	for _, e := range []ledger.Event{
		{Type: ledger.Reveal, Op: ledger.Use, Allow: true, Purpose: "contact.class", InCharge: "officer"},
		{Type: ledger.Reveal, Op: ledger.Use, Allow: true, Purpose: "contact.class", HandledBy: "clerk"},
		{Type: ledger.Reveal, Op: "browse", Allow: true, Purpose: "contact.class", InCharge: "officer", HandledBy: "clerk"},
		{Type: ledger.Reveal, Op: ledger.Use, Allow: true, InCharge: "officer", HandledBy: "clerk"}, // no basis
	} {
		err := f.DB.Update(ctx, f.Institution, func(tx *db.Tx) error { ledger.Append(tx, e); return nil })
		if fault.CodeOf(err) != "ledger.bad_event" {
			t.Errorf("%+v is written: %v", e, err)
		}
	}
}

// S3-11, S3-10: another store's children do not exist for a clerk, and a right to
// see is no right to change or to take a copy.
func TestAnothersChildrenDoNotExistAndSeeingIsNotChanging(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, ten)
	stranger := f.Hire("stranger", f.Other, actor.Clerk)
	must(t, f.Instruct(ctx, f.Institution, stranger.ID, f.Now().AddDate(1, 0, 0), [32]byte{1}))
	a := actor.Actor{Institution: f.Institution, Store: f.Other, Staff: stranger.ID, Role: actor.Clerk, ProvedAt: f.Now()}
	if _, err := f.Desk.View(ctx, a, r.Child, "contact.class"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another store's clerk: %v", err)
	}
	if _, err := f.Family.Correct(ctx, f.As(actor.Teacher), r.Child, subject.LearnerName, secret.NewText("新示例")); fault.KindOf(err) == "" {
		t.Error("a teacher corrects a name")
	}
	if _, _, err := f.Family.Copy(ctx, f.As(actor.Clerk), r.Child); fault.KindOf(err) == "" {
		t.Error("a clerk takes a copy")
	}
}

// S3-24: what is held, by kind and count, for what, and who read it, in a log of
// a thousand entries, within a second.
func TestAFamilyIsAnsweredWithinASecond(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, ten)
	clerk := f.As(actor.Clerk)
	for range 300 {
		_, err := f.Desk.Reveal(ctx, clerk, r.Guardian, subject.GuardianPhone, "contact.class")
		must(t, err)
	}
	parent := f.Guardian(r.Guardian)
	start := time.Now()
	c, err := f.Family.Child(ctx, parent, r.Child)
	must(t, err)
	looks, err := f.Family.Looks(ctx, parent, r.Guardian, 0)
	must(t, err)
	if took := time.Since(start); took > time.Second {
		t.Errorf("the answer took %v", took)
	}
	kinds := map[catalogue.Category]int{}
	for _, code := range c.Held {
		field, err := catalogue.FieldByCode(code)
		must(t, err)
		kinds[field.Category]++
	}
	if kinds[catalogue.Name] != 2 || kinds[catalogue.BirthDate] != 1 || kinds[catalogue.Contact] != 1 || len(c.Standings) == 0 {
		t.Errorf("held %v, %d purposes", kinds, len(c.Standings))
	}
	if len(looks.Entries) != 50 || looks.Next == 0 || looks.Entries[0].Actor != clerk.ID() || looks.Entries[0].Purpose == "" {
		t.Errorf("%d looks", len(looks.Entries))
	}
}

// S3-25, S3-29, I5: a correction reaches every copy in the same transaction. The
// copies are the sealed value and, for a phone, its search index; the old value
// does not open even if the database's owner puts it back.
func TestACorrectionReachesEveryCopy(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, ten)
	var old []byte
	f.View(func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT ciphertext FROM sealed_field WHERE institution_id = $1 AND subject_id = $2 AND field = $3`,
			f.Institution, r.Child, subject.LearnerName).Scan(&old)
	})
	parent := f.Guardian(r.Guardian)
	out, err := f.Family.Correct(ctx, parent, r.Child, subject.LearnerName, secret.NewText("欧阳新例"))
	must(t, err)
	if e := newest(t, f, ledger.Correct); e.Index != out.Index() || len(e.Fields) != 1 || e.Fields[0] != subject.LearnerName {
		t.Errorf("the entry of the correction: %+v", e.Event)
	}
	rev, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Child, subject.LearnerName, "contact.class")
	must(t, err)
	if rev.Value.Expose() != "欧阳新例" {
		t.Error("staff read the old name")
	}
	f.Update(func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE sealed_field SET ciphertext = $1 WHERE institution_id = $2 AND subject_id = $3 AND field = $4`,
			old, f.Institution, r.Child, subject.LearnerName)
		return err
	})
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Child, subject.LearnerName, "contact.class"); err == nil {
		t.Error("the former value opens in the place of the new one")
	}
}

// S3-28, S3-30: a teacher cannot begin to collect, by a form or a file of their
// own, and the purpose "personal" is banned for every role.
func TestNobodyOpensAFormOfTheirOwn(t *testing.T) {
	f := housetest.New(t)
	for _, role := range []actor.Role{actor.Teacher, actor.Auditor, actor.SysAdmin, actor.Owner} {
		if _, err := f.House.Enrol.Start(t.Context(), f.As(role), "my own list"); fault.KindOf(err) == "" {
			t.Errorf("%s begins to collect", role)
		}
	}
	for _, role := range actor.Roles {
		d := f.Policy.Decide(policy.Request{Role: role, Act: policy.ImportUpload, Purpose: "learner.manage",
			Facts: policy.Facts{SameInstitution: true, OwnStore: true, PersonalAccount: true, SourceDocument: true, SecondPerson: true, StepUpFresh: true}})
		if d.Allow {
			t.Errorf("%s imports on a personal account", role)
		}
	}
}

// S3-42, S3-43: no pledge, no grant; a vendor needs an end as well.
func TestNoPledgeNoGrant(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	fresh := f.Hire("fresh", f.Store, actor.Clerk)
	a := actor.Actor{Institution: f.Institution, Store: f.Store, Staff: fresh.ID, Role: actor.Clerk, ProvedAt: f.Now()}
	app := grant.Application{Who: fresh.ID, Role: actor.Clerk, Purpose: "contact.class", Fields: []string{subject.GuardianPhone},
		Store: f.Store, From: f.Now(), Until: f.Now().AddDate(0, 1, 0), Reason: "front_desk"}
	g, err := f.Grants.Ask(ctx, a, app)
	must(t, err)
	if _, err := f.Grants.Approve(ctx, f.As(actor.Manager), g.ID); fault.CodeOf(err) != "grant.unpledged" {
		t.Errorf("a grant without a pledge: %v", err)
	}
	must(t, f.Instruct(ctx, f.Institution, fresh.ID, f.Now().AddDate(1, 0, 0), [32]byte{1}))
	_, err = f.Grants.Approve(ctx, f.As(actor.Manager), g.ID)
	must(t, err)
	operator := actor.Actor{Institution: f.Institution, Role: actor.System}
	_, _, err = f.Accounts.AddStaff(ctx, operator, account.NewStaff{Login: "vendor", Name: "示例外包", Store: f.Store,
		Roles: []actor.Role{actor.Vendor}, Password: secret.NewText(housetest.Password)})
	if fault.CodeOf(err) != "staff.ends_missing" {
		t.Errorf("a vendor without an end: %v", err)
	}
}

// S3-44 (fixture: written 2026-03-01): 180 days end on 2026-08-28, six months on
// 2026-09-01; a purge on 2026-08-29 is refused, and there is no purge at all.
func TestAPurgeBeforeSixMonthsIsRefused(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02", s, civil.Zone)
		must(t, err)
		return at
	}
	for on, refused := range map[string]bool{"2026-08-28": true, "2026-08-29": true, "2026-09-01": true, "2026-09-02": false} {
		if err := ledger.MayPurge(day("2026-03-01"), day(on)); (fault.CodeOf(err) == "ledger.retained") != refused {
			t.Errorf("on %s: %v", on, err)
		}
	}
}

// S3-54, B1: what is of no sensitive kind is sensitive exactly as long as a
// guardian has a say: it drops on the day authority passes to the child, never
// earlier. It is computed anew each day, for every day of the year of turning
// 14, with a day of birth and without.
func TestSensitivityEndsTheDayAuthorityPasses(t *testing.T) {
	name, err := catalogue.FieldByCode(subject.LearnerName)
	must(t, err)
	for _, birth := range []string{"2012-06", "2012-02", "2012-12", "2012-06-15", "2012-02-29"} {
		b, err := civil.ParseBirth(birth, civil.DateOf(time.Date(2026, 11, 22, 0, 0, 0, 0, civil.Zone)))
		must(t, err)
		for at := time.Date(2025, 12, 1, 12, 0, 0, 0, civil.Zone); at.Year() < 2028; at = at.AddDate(0, 0, 1) {
			on := civil.DateOf(at)
			whose := consent.Authority(b, on, consent.Able)
			if sensitive := name.Sensitive(b.Band(on)); sensitive != (whose != consent.Child) {
				t.Fatalf("born %s, on %s: sensitive %v, %s decides", birth, on, sensitive, whose)
			}
		}
	}
	health, err := catalogue.FieldByCode("learner.health")
	must(t, err)
	if !health.Sensitive(civil.Adult) {
		t.Error("health is sensitive at every age")
	}
}

// S3-48, I4: to a teacher, or anybody, as a private person: denied for all roles,
// under every flag that somebody could bring about.
func TestNothingGoesToAPrivatePerson(t *testing.T) {
	f := housetest.New(t)
	for _, role := range actor.Roles {
		for _, act := range policy.Acts() {
			d := f.Policy.Decide(policy.Request{Role: role, Act: act, Purpose: "contact.class", Facts: policy.Facts{
				SameInstitution: true, OwnStore: true, OwnChild: true, OwnSelf: true, RecipientNaturalPerson: true, Emergency: true,
				PurposeActive: true, Basis: policy.BasisLaw, Consent: policy.ConsentLive, AgeBand: policy.Adult, Authority: policy.AuthorityBoth,
				FieldsInSchema: true, GrantLive: true, GrantCoversPurpose: true, GrantCoversFields: true, GrantCoversSubject: true,
				SecondPerson: true, Undertaking: true, Trained: true, StepUpFresh: true, QuotaLeft: true, SourceDocument: true}})
			if d.Allow {
				t.Errorf("%s may %s to a private person", role, act)
			}
		}
	}
}

// S3-55, S0-05, S3-19: one tick for two sensitive purposes, a tick that is on
// before anybody touched it, and a mandatory mark on what is free are refused
// when the notice is published.
func TestANoticeThatBundlesPresumesOrForcesIsNotPublished(t *testing.T) {
	f := housetest.New(t)
	var good catalogue.Notice
	f.View(func(tx *db.Tx) (err error) {
		good, err = f.Catalogue.CurrentNotice(tx, f.Institution, catalogue.EnrolmentNotice)
		return err
	})
	for name, spoil := range map[string]func(*catalogue.Ask){
		"one tick for two sensitive purposes": func(a *catalogue.Ask) { a.Purposes = append(a.Purposes, "survey") },
		"on by default":                       func(a *catalogue.Ask) { a.DefaultOn = true },
		"mandatory, though free":              func(a *catalogue.Ask) { a.Mandatory = a.Fields },
	} {
		n := good
		n.ID, n.Asks = id.Notice{}, append([]catalogue.Ask(nil), good.Asks...)
		for i := range n.Asks { // the ask of an optional purpose
			if n.Asks[i].Purposes[0] == "photo.wall" {
				a := n.Asks[i]
				a.Purposes = append([]string(nil), a.Purposes...)
				spoil(&a)
				n.Asks[i] = a
			}
		}
		err := f.DB.Update(t.Context(), f.Institution, func(tx *db.Tx) error {
			_, _, err := f.Catalogue.PublishNotice(tx, f.Institution, f.Staff[actor.Officer].ID, n)
			return err
		})
		if fault.CodeOf(err) != "catalogue.lint" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
