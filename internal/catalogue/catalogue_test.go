package catalogue_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"pgregory.net/rapid"
)

var at = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// S3-04 and S3-05: seven categories of identity, nine of activity.
func TestEveryFieldHasAClassS3_04(t *testing.T) { // S3-04, S3-05
	classes := map[catalogue.Class]int{}
	for _, c := range []catalogue.Category{
		catalogue.Name, catalogue.BirthDate, catalogue.NationalID, catalogue.Biometric, catalogue.Address,
		catalogue.Contact, catalogue.BankAccount, catalogue.Communication, catalogue.Password, catalogue.Property,
		catalogue.Credit, catalogue.Track, catalogue.Lodging, catalogue.Health, catalogue.Transaction, catalogue.Grade,
	} {
		classes[c.Class()]++
	}
	if classes[catalogue.Identity] != 7 || classes[catalogue.Activity] != 9 {
		t.Errorf("got %v", classes)
	}
	say := lang.For("zh-CN")
	for _, f := range catalogue.Fields {
		if f.Category == "" || !say.Has("field."+f.Code) {
			t.Errorf("field %s lacks a category or words", f.Code)
		}
	}
}

// S3-54: everything of the under-14 is sensitive; at 14 only the categories are.
func TestSensitivityIsAFunctionOfCategoryAndAgeTodayS3_54(t *testing.T) { // S3-54
	name, err := catalogue.FieldByCode("learner.name")
	if err != nil {
		t.Fatal(err)
	}
	birth := civil.BornIn(civil.MustDate(2012, 6, 1).YearMonth())
	for day, want := range map[string]bool{"2026-05-31": true, "2026-06-30": true, "2026-07-01": false} {
		on, err := civil.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if got := name.Sensitive(birth.Band(on)); got != want {
			t.Errorf("on %s a learner's name is sensitive: %v, want %v", day, got, want)
		}
	}
	health, _ := catalogue.FieldByCode("learner.health")
	phone, _ := catalogue.FieldByCode("guardian.phone")
	if !health.Sensitive(civil.Adult) || phone.Sensitive(civil.Under14) {
		t.Error("health is sensitive at every age, a guardian's phone at none")
	}
}

func purpose(change func(*catalogue.Purpose)) catalogue.Purpose {
	p := catalogue.DefaultPurposes()[0]
	change(&p)
	return p
}

// S3-07…S3-18: a purpose stands on one of exactly seven bases, with its proof.
func TestAPurposeNeedsABasisAndItsReferenceS3_14(t *testing.T) { // S3-08, S3-09, S3-14, S3-15, S3-16, S3-17, S3-18
	if len(catalogue.Bases) != 7 {
		t.Errorf("PIPL art. 13 has seven bases, the list %d", len(catalogue.Bases))
	}
	for _, c := range []struct {
		name, code string
		kind       fault.Kind
		change     func(*catalogue.Purpose)
	}{
		{"as shipped", "", "", func(*catalogue.Purpose) {}},
		{"no basis", "catalogue.basis", fault.Invalid, func(p *catalogue.Purpose) { p.Basis = "" }},
		{"an eighth basis", "catalogue.basis", fault.Invalid, func(p *catalogue.Purpose) { p.Basis = "legitimate_interest" }},
		{"contract without reference", "catalogue.basis_reference", fault.Invalid, func(p *catalogue.Purpose) { p.Reference = "" }},
		{"duty without article", "catalogue.basis_reference", fault.Invalid, func(p *catalogue.Purpose) { p.Basis, p.Reference = catalogue.Statutory, "" }},
		{"duty with article", "", "", func(p *catalogue.Purpose) { p.Basis, p.Reference = catalogue.Statutory, "UMPL art. 11" }},
		{"news without editor", "catalogue.basis_reference", fault.Invalid, func(p *catalogue.Purpose) { p.Basis, p.Reference = catalogue.News, "" }},
		{"public without address", "catalogue.basis_reference", fault.Invalid, func(p *catalogue.Purpose) { p.Basis, p.Reference = catalogue.Published, "seen somewhere" }},
		{"public with address", "", "", func(p *catalogue.Purpose) {
			p.Basis, p.Reference, p.Snapshot = catalogue.Published, "https://example.cn/list", strings.Repeat("0a", 32)
		}},
		{"public without snapshot", "catalogue.snapshot", fault.Invalid, func(p *catalogue.Purpose) { p.Basis, p.Reference = catalogue.Published, "https://example.cn/list" }},
		{"public, then refused", "catalogue.refused", fault.Denied, func(p *catalogue.Purpose) {
			p.Basis, p.Reference, p.Snapshot, p.Refused = catalogue.Published, "https://example.cn/list", strings.Repeat("0a", 32), true
		}},
		{"emergency without end", "catalogue.emergency", fault.Invalid, func(p *catalogue.Purpose) { p.Basis = catalogue.Emergency }},
		{"emergency of 73 hours", "catalogue.emergency", fault.Invalid, func(p *catalogue.Purpose) {
			p.Basis, p.Until = catalogue.Emergency, at.Add(73*time.Hour)
		}},
		{"emergency of 72 hours", "", "", func(p *catalogue.Purpose) { p.Basis, p.Until = catalogue.Emergency, at.Add(72*time.Hour) }},
		{"kept for ever", "catalogue.retention", fault.Invalid, func(p *catalogue.Purpose) { p.Retention = civil.Period{} }},
		{"no fate at expiry", "catalogue.retention", fault.Invalid, func(p *catalogue.Purpose) { p.AfterExpiry = "" }},
		{"no field", "catalogue.purpose_fields", fault.Invalid, func(p *catalogue.Purpose) { p.Fields = nil }},
		{"unknown field", "catalogue.field_unknown", fault.Invalid, func(p *catalogue.Purpose) { p.Fields = []string{"learner.iq"} }},
		{"odd code", "catalogue.purpose_code", fault.Invalid, func(p *catalogue.Purpose) { p.Code = "Learner Manage" }},
	} {
		err := purpose(c.change).Check(at)
		if fault.CodeOf(err) != c.code || fault.KindOf(err) != c.kind {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

// I4, S0-04, S2-02, S2-03, S2-04: some purposes nobody can define.
func TestBannedPurposesCannotBeDefinedI4(t *testing.T) { // I4, S2-01, S2-02, S2-03, S2-04, S3-30
	for _, code := range catalogue.Banned {
		err := purpose(func(p *catalogue.Purpose) { p.Code, p.AdultsOnly, p.Schema = code, true, "other" }).Check(at)
		if !errors.Is(err, fault.Denied) || fault.CodeOf(err) != "catalogue.banned" {
			t.Errorf("%s: got %v", code, err)
		}
		if !lang.For("zh-CN").Has("purpose.banned." + code) {
			t.Errorf("%s has no words", code)
		}
	}
}

func TestMarketingCannotUseThePledgedItemsS0_04(t *testing.T) { // S0-04
	market := func(adults bool, schema string) error {
		return purpose(func(p *catalogue.Purpose) {
			p.Code, p.Basis, p.AdultsOnly, p.Schema, p.Fields = "marketing", catalogue.Consent, adults, schema, []string{"guardian.phone"}
		}).Check(at)
	}
	for name, err := range map[string]error{
		"on the four items":  market(true, catalogue.Minimal),
		"open to minors too": market(false, "marketing.adult"),
	} {
		if fault.CodeOf(err) != "catalogue.marketing" || !errors.Is(err, fault.Denied) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := market(true, "marketing.adult"); err != nil {
		t.Errorf("to adults on a schema of its own: %v", err)
	}
	for _, p := range catalogue.DefaultPurposes() {
		if p.Code == "marketing" {
			t.Error("marketing is among the default purposes")
		}
	}
}

func TestConsentIsNeededBesidesTheContractBefore14(t *testing.T) { // S2-16, S3-13
	p := purpose(func(*catalogue.Purpose) {})
	if !p.NeedsConsent(civil.Under14) || p.NeedsConsent(civil.From14) {
		t.Error("a contract needs consent besides it exactly for the under-14")
	}
	p.Basis = catalogue.Statutory
	if p.NeedsConsent(civil.Under14) {
		t.Error("a duty by law does not wait for consent")
	}
}

// S0-01, I7: the pledge's schema has exactly four fields, whoever asks.
func TestThePledgedSchemaHasExactlyFourFieldsS0_01(t *testing.T) { // S0-01, I7, B5
	s := catalogue.MinimalSchema()
	if err := s.Check(); err != nil || len(s.Items) != 4 {
		t.Fatalf("%d fields, %v", len(s.Items), err)
	}
	wide, narrow := s, s
	wide.Items = append(slices.Clone(s.Items), catalogue.Item{Field: "learner.school", Necessity: "知道孩子在哪个学校上学比较方便"})
	narrow.Items = s.Items[:3]
	for name, x := range map[string]catalogue.Schema{"a fifth": wide, "only three": narrow} {
		if err := x.Check(); fault.CodeOf(err) != "catalogue.minimal" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// The same five under another name need a reason for each.
	wide.Code = "enrolment.wide"
	if err := wide.Check(); err != nil {
		t.Errorf("a schema of its own: %v", err)
	}
	wide.Items[4].Necessity = "方便"
	if err := wide.Check(); fault.CodeOf(err) != "catalogue.necessity" {
		t.Errorf("a field without a real reason: got %v", err)
	}
}

// I7, I8: only a schema approved by a second person is a budget.
func TestABudgetNeedsTwoPeopleI8(t *testing.T) { // I7, I8
	clerk, officer := id.Make[id.Staff](at), id.Make[id.Staff](at)
	for name, s := range map[string]catalogue.Schema{
		"unapproved":  {ProposedBy: clerk},
		"by the same": {ProposedBy: clerk, ApprovedBy: clerk, ApprovedAt: at},
		"by nobody":   {ProposedBy: clerk, ApprovedAt: at},
	} {
		s.Code, s.Items = catalogue.Minimal, catalogue.MinimalSchema().Items
		if _, err := s.Budget(); !errors.Is(err, fault.ApprovalNeeded) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	s := catalogue.MinimalSchema()
	s.ProposedBy, s.ApprovedBy, s.ApprovedAt = clerk, officer, at
	b, err := s.Budget()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range catalogue.Fields {
		inside := slices.Contains(b.Fields(), f.Code)
		if err := b.Admit(f.Code); (err == nil) != inside || !inside && fault.CodeOf(err) != "catalogue.outside_budget" {
			t.Errorf("%s: got %v", f.Code, err)
		}
		if err := (catalogue.Budget{}).Admit(f.Code); err == nil {
			t.Errorf("the zero budget admits %s", f.Code)
		}
	}
	b.Fields()[0] = "learner.health"
	if b.Admit("learner.health") == nil {
		t.Error("a caller widened the budget")
	}
}

// The fingerprint is what associations sign, so it is fixed for ever.
func TestTheFingerprintOfThePledgeIsKnown(t *testing.T) { // S0-01
	const want = "1b5bb641cc6eb81736016db794d66ca25af9cc996a6f38a4b28c48bc54d6285c"
	f := catalogue.MinimalSchema().Fingerprint()
	if got := hex.EncodeToString(f[:]); got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
}

func TestAFingerprintDependsOnFieldsAndReasonsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := catalogue.MinimalSchema()
		f := s.Fingerprint()
		p := s
		p.Items = rapid.Permutation(s.Items).Draw(t, "order")
		p.Version, p.ApprovedAt = 7, at
		if p.Fingerprint() != f {
			t.Fatal("order or version changed it")
		}
		i := rapid.IntRange(0, 3).Draw(t, "i")
		p.Items = slices.Clone(s.Items)
		p.Items[i].Necessity += "。"
		if p.Fingerprint() == f {
			t.Fatal("a changed reason went unnoticed")
		}
	})
}

func TestAnAssociationSignsTheFingerprint(t *testing.T) { // S0-01
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public := key.Public().(ed25519.PublicKey)
	s := catalogue.MinimalSchema()
	if s.SignedBy(public) {
		t.Error("an unsigned schema verifies")
	}
	s.Signature = ed25519.Sign(key, s.SigningInput())
	if !s.SignedBy(public) || s.SignedBy(nil) {
		t.Error("the signature does not verify, or verifies under no key")
	}
	s.Items[0].Necessity += "。"
	if s.SignedBy(public) {
		t.Error("the signature survives a change")
	}
}
