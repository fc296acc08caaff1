package catalogue

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
)

// Basis is a legal basis: exactly the seven of PIPL art. 13(1), in its order.
type Basis string

// The seven.
const (
	Consent   Basis = "consent"   // (1)
	Contract  Basis = "contract"  // (2) contract with the person, or HR management: needs its reference
	Statutory Basis = "duty"      // (3) duty by law: needs the article
	Emergency Basis = "emergency" // (4) health emergency, life and property: at most 72 hours
	News      Basis = "news"      // (5) reporting in reasonable range: needs the editor's record
	Published Basis = "public"    // (6) lawfully public already: needs the address
	OtherLaw  Basis = "law"       // (7) other cases of law and regulation: needs the article
)

// Bases lists all seven.
var Bases = []Basis{Consent, Contract, Statutory, Emergency, News, Published, OtherLaw}

// emergencyLife is how long a purpose may stand on an emergency without being
// defined anew.
const emergencyLife = 72 * time.Hour

// AfterExpiry says what happens to the information when its time is over
// (Children's Provisions art. 10(2); NDR art. 21).
type AfterExpiry string

// The two outcomes.
const (
	Delete    AfterExpiry = "delete"
	Anonymise AfterExpiry = "anonymise"
)

// Banned lists the purposes that nobody may define or name, owner and emergency
// included (I4). Sources: 18-department Measures art. 15; MNR art. 24(3); a
// university's PI measures arts 9(1) and 11(6).
var Banned = []string{
	"label", "publicity.traffic", "fundraising", "livestream.sales", "marketing.auto", "personal",
}

// Purpose is one reason to use some fields.
type Purpose struct {
	Code        string       `json:"code"`     // words in lang under "purpose."+Code
	Required    bool         `json:"required"` // the service cannot be given without it; otherwise optional and off
	Basis       Basis        `json:"basis"`
	Reference   string       `json:"reference"`          // the contract, article, record or address behind the basis
	Snapshot    string       `json:"snapshot,omitempty"` // for Published: SHA-256, in hexadecimal, of the source as it was kept
	Refused     bool         `json:"refused"`            // for Published: the person refused, which ends it at once (S3-18)
	Until       time.Time    `json:"until,omitzero"`     // for Emergency: when it ends
	Retention   civil.Period `json:"retention"`          // counted from the end of the course
	AfterExpiry AfterExpiry  `json:"after_expiry"`
	Schema      string       `json:"schema"` // code of the budget that its fields come from
	Fields      []string     `json:"fields"`
	AdultsOnly  bool         `json:"adults_only"` // never for a minor, whoever agrees
	Ended       bool         `json:"ended"`       // no longer in use
}

// Active reports whether the purpose may be used at a moment.
func (p Purpose) Active(at time.Time) bool { return !p.Ended && p.Check(at) == nil }

// Check returns nil if a purpose may stand at a moment. It fails with
// fault.Denied for a banned purpose (catalogue.banned) and for marketing to
// minors or with the pledge's items (catalogue.marketing), and otherwise with
// fault.Invalid: catalogue.purpose_code, basis, basis_reference (S3-14…18),
// snapshot (S3-18), refused, emergency, retention, purpose_fields or field_unknown.
func (p Purpose) Check(at time.Time) error {
	switch {
	case slices.Contains(Banned, p.Code):
		return fault.New(fault.Denied, "catalogue.banned", p.Code)
	case !validCode(p.Code):
		return fault.At("code", "catalogue.purpose_code")
	case !slices.Contains(Bases, p.Basis):
		return fault.At("basis", "catalogue.basis") // S3-08: no basis, no processing
	case p.Retention.N <= 0 || p.AfterExpiry != Delete && p.AfterExpiry != Anonymise:
		return fault.At("retention", "catalogue.retention")
	case len(p.Fields) == 0 || p.Schema == "":
		return fault.At("fields", "catalogue.purpose_fields")
	case isMarketing(p.Code) && (!p.AdultsOnly || p.Schema == Minimal):
		return fault.New(fault.Denied, "catalogue.marketing", p.Code)
	}
	for _, code := range p.Fields {
		if _, err := FieldByCode(code); err != nil {
			return err
		}
	}
	return p.checkBasis(at)
}

func (p Purpose) checkBasis(at time.Time) error {
	if p.Basis != Consent && p.Reference == "" {
		return fault.At("reference", "catalogue.basis_reference", string(p.Basis))
	}
	switch p.Basis {
	case Published:
		if u, err := url.Parse(p.Reference); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return fault.At("reference", "catalogue.basis_reference", string(p.Basis))
		}
		if !isDigest(p.Snapshot) {
			return fault.At("snapshot", "catalogue.snapshot")
		}
		if p.Refused {
			return fault.New(fault.Denied, "catalogue.refused", p.Code)
		}
	case Emergency:
		if !p.Until.After(at) || p.Until.After(at.Add(emergencyLife)) {
			return fault.At("until", "catalogue.emergency")
		}
	}
	return nil
}

// isDigest accepts the 64 hexadecimal digits of a SHA-256, in lower case.
func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// isMarketing reports whether a purpose sells. It may use neither the pledge's
// four items (S0-04) nor anything of minors (MNR art. 24).
func isMarketing(code string) bool {
	return code == "marketing" || strings.HasPrefix(code, "marketing.")
}

// Allows reports whether the purpose covers a field.
func (p Purpose) Allows(field string) bool { return slices.Contains(p.Fields, field) }

// Sensitive reports whether the purpose touches a sensitive field of a learner
// in the given band. For the under-14 every purpose with a learner's field does.
func (p Purpose) Sensitive(learner civil.Band) bool {
	return slices.ContainsFunc(p.Fields, func(code string) bool {
		f, err := FieldByCode(code)
		return err != nil || f.Sensitive(learner)
	})
}

// NeedsConsent reports whether somebody must consent: because that is the
// basis, or because the law asks for consent besides the contract for the
// under-14 (PIPL art. 31) and for sensitive information (art. 29).
func (p Purpose) NeedsConsent(learner civil.Band) bool {
	switch p.Basis {
	case Consent:
		return true
	case Contract, News, Published:
		return learner == civil.Under14 || p.Sensitive(learner)
	}
	return false
}

// MayMarkMandatory reports whether a form may mark a field of this purpose as
// mandatory: not if consent is the basis, because consent is free (S3-19).
func (p Purpose) MayMarkMandatory() bool { return p.Basis != Consent }

// validCode accepts dotted lower-case words, such as "learner.manage".
func validCode(s string) bool {
	if s == "" || len(s) > 40 || s[0] == '.' || s[len(s)-1] == '.' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' {
			return false
		}
	}
	return true
}
