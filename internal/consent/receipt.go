package consent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gowebpki/jcs"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// ReceiptVersion names the shape of a receipt: the fields of an ISO/IEC TS
// 27560:2023 consent record, in English snake case, with what Chinese law adds
// under "x-cn".
const ReceiptVersion = "wardfold-receipt-1 (ISO/IEC TS 27560:2023)"

// Receipt is what a family keeps. It holds no personal information: identifiers,
// codes, hashes and times; whoever finds it learns that somebody agreed.
type Receipt struct {
	SchemaVersion string       `json:"schema_version"`
	RecordID      id.Consent   `json:"record_id"`
	ReceiptID     string       `json:"receipt_id"`
	PrincipalID   id.Subject   `json:"pii_principal_id"`
	Processing    []Processing `json:"pii_processing"`
	Parties       []PartyInfo  `json:"party_identification"`
	Events        []Entry      `json:"events"`
	China         China        `json:"x-cn"`
}

// Processing is one purpose of a receipt.
type Processing struct {
	NoticeID      id.Notice             `json:"privacy_notice"`
	NoticeVersion int                   `json:"privacy_notice_version"`
	NoticeHash    string                `json:"privacy_notice_sha256"` // of the text as shown
	Language      string                `json:"language"`
	Purpose       string                `json:"purpose"`
	Basis         catalogue.Basis       `json:"lawful_basis"`
	BasisRef      string                `json:"lawful_basis_reference"`
	Items         []DataItem            `json:"pii_information"`
	Controller    string                `json:"pii_controller"`
	Collection    string                `json:"collection_method"`
	Operations    []string              `json:"processing_methods"`
	Storage       []string              `json:"storage_locations"`
	Retention     civil.Period          `json:"retention_period"`
	AfterExpiry   catalogue.AfterExpiry `json:"retention_end"`
	Jurisdiction  string                `json:"jurisdiction"`
	Recipients    []string              `json:"recipient_third_parties"`
	Withdrawal    string                `json:"withdrawal_method"`
	Rights        []string              `json:"privacy_rights"`
	Optional      bool                  `json:"pii_optional"`
}

// DataItem is one field of a purpose.
type DataItem struct {
	Field     string             `json:"pii_attribute_id"`
	Category  catalogue.Category `json:"pii_type"`
	Sensitive bool               `json:"sensitive_pii_category"`
}

// PartyInfo is one party of a receipt.
type PartyInfo struct {
	ID      string `json:"party_id"`
	Role    string `json:"party_role"`
	Name    string `json:"party_name,omitempty"`
	Contact string `json:"party_contact,omitempty"`
}

// Entry is one event of a receipt.
type Entry struct {
	ID       id.Consent `json:"event_id"`
	At       time.Time  `json:"event_time"` // UTC, to the millisecond
	Entity   id.Subject `json:"entity_id,omitzero"`
	Party    Party      `json:"entity_type"`
	Kind     Kind       `json:"event_type"`
	Purposes []string   `json:"purposes"`
	Proof    Proof      `json:"proof,omitempty"`
	Screen   string     `json:"screen_sha256,omitempty"`
}

// China holds what the law of China adds.
type China struct {
	Separate   bool             `json:"separate"`                      // PIPL art. 29: each sensitive purpose by itself
	Refusable  bool             `json:"refusal_offered"`               // Children's Provisions art. 10
	AgeBand    civil.Band       `json:"age_band"`                      // at the time of the receipt
	Needs      []string         `json:"consent_needs"`                 // who had to speak
	ValidUntil string           `json:"valid_until"`                   // an event, not a date: a date would be the birth month
	States     map[string]State `json:"states"`                        // by purpose, at the time of the receipt
	Schema     string           `json:"field_budget_sha256"`           // of the signed schema
	Assessment string           `json:"capacity_assessment,omitempty"` // identifier of the assessment that the authority stands on (S2-20†)
}

// ReceiptFor is what a receipt is made of.
type ReceiptFor struct {
	Number      string // the receipt number that people read to each other
	Institution id.Institution
	Subject     id.Subject
	Band        civil.Band
	Consent     id.Consent
	Notice      catalogue.Notice
	Purposes    []catalogue.Purpose // of the catalogue, all or more than were agreed to
	Budget      catalogue.Budget
	Events      []Event  // of the subject, all
	Storage     []string // where the information is kept
	Recipients  []string // third parties; usually none
	Withdrawal  string   // how to stop
}

// The eight operations less providing and disclosing, which need more than this.
var operations = []string{"collect", "store", "use", "process", "transmit", "delete"}

// Sources: PIPL arts 44 to 50; MNR art. 34.
var rights = []string{"access", "copy", "correct", "supplement", "delete", "port", "withdraw", "complain"}

// Encode returns the receipt as canonical JSON (RFC 8785), the same bytes
// whoever makes it. It fails with fault.NotFound (consent.unknown) if the
// consent is not among the events.
func (r ReceiptFor) Encode() ([]byte, error) {
	first, entries := r.entries()
	if first.ID.IsZero() {
		return nil, fault.New(fault.NotFound, "consent.unknown")
	}
	budget := r.Budget.Fingerprint()
	out := Receipt{
		SchemaVersion: ReceiptVersion, RecordID: r.Consent, ReceiptID: r.Number, PrincipalID: r.Subject,
		Parties: []PartyInfo{
			{ID: r.Institution.String(), Role: "pii_controller", Name: r.Notice.Controller, Contact: r.Notice.Contact},
			{ID: r.Institution.String(), Role: "children_pii_officer", Contact: r.Notice.Officer},
			{ID: first.By.String(), Role: string(first.Party)},
		},
		Events: entries,
		China: China{
			Separate: true, Refusable: true, AgeBand: r.Band, Needs: first.Needs.words(),
			ValidUntil: "withdrawal, end of retention, or handover at 14",
			States:     map[string]State{}, Schema: hex.EncodeToString(budget[:]), Assessment: first.assessment(),
		},
	}
	for _, s := range Fold(r.Events) {
		if s.Consent == r.Consent {
			out.China.States[s.Purpose] = s.State
		}
	}
	for _, p := range r.Purposes {
		if slices.Contains(first.Purposes, p.Code) {
			out.Processing = append(out.Processing, r.processing(first, p))
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, wrap("encode receipt", err)
	}
	b, err = jcs.Transform(b)
	return b, wrap("encode receipt", err)
}

// assessment is the identifier of the assessment that a consent stands on.
func (e Event) assessment() string {
	if strings.HasPrefix(e.Ref, "chg_") {
		return e.Ref
	}
	return ""
}

// entries returns the first event of the consent and all that belong to it or
// ended one of its purposes.
func (r ReceiptFor) entries() (first Event, out []Entry) {
	for _, e := range r.Events {
		if e.ID == r.Consent {
			first = e
		}
	}
	for _, e := range r.Events {
		if e.root() == r.Consent || !first.ID.IsZero() && !e.At.Before(first.At) && e.Kind != Given && slices.ContainsFunc(first.Purposes, e.concerns) {
			out = append(out, Entry{e.ID, e.At.UTC(), e.By, e.Party, e.Kind, e.Purposes, e.Proof, hashWord(e.Screen)})
		}
	}
	return first, out
}

func (r ReceiptFor) processing(e Event, p catalogue.Purpose) Processing {
	out := Processing{
		NoticeID: e.Notice, NoticeVersion: r.Notice.Version, NoticeHash: hashWord(e.Hash), Language: e.Language,
		Purpose: p.Code, Basis: p.Basis, BasisRef: p.Reference, Controller: r.Notice.Controller,
		Collection: "typed in by the family", Operations: operations, Storage: r.Storage,
		Retention: p.Retention, AfterExpiry: p.AfterExpiry, Jurisdiction: "CN",
		Recipients: append([]string{}, r.Recipients...), Withdrawal: r.Withdrawal, Rights: rights, Optional: !p.Required,
	}
	for _, code := range p.Fields {
		if f, err := catalogue.FieldByCode(code); err == nil {
			out.Items = append(out.Items, DataItem{f.Code, f.Category, f.Sensitive(r.Band)})
		}
	}
	return out
}

func (p Parts) words() []string {
	out := []string{}
	for _, w := range []struct {
		part Parts
		word string
	}{{ByGuardian, "guardian"}, {ByChild, "child"}, {Informed, "guardian_informed"}} {
		if p&w.part != 0 {
			out = append(out, w.word)
		}
	}
	return out
}

// ReadReceipt parses a receipt. It fails with fault.Invalid (consent.receipt) if
// the bytes are not a canonical receipt of this version: one changed space and
// it is another document. The digest of the bytes is what the ledger holds.
func ReadReceipt(b []byte) (Receipt, [32]byte, error) {
	canonical, err := jcs.Transform(b)
	if err != nil || !bytes.Equal(canonical, b) {
		return Receipt{}, [32]byte{}, fault.New(fault.Invalid, "consent.receipt")
	}
	var r Receipt
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil || r.SchemaVersion != ReceiptVersion || r.RecordID.IsZero() {
		return Receipt{}, [32]byte{}, fault.New(fault.Invalid, "consent.receipt")
	}
	return r, sha256.Sum256(b), nil
}

func hashWord(h [32]byte) string {
	if h == ([32]byte{}) {
		return ""
	}
	return hex.EncodeToString(h[:])
}
