package policy

import (
	"maps"
	"slices"
)

// Act is what somebody wants to do: a closed vocabulary.
type Act string

// The acts of the life of one record.
const (
	EnrolStart    Act = "enrol.start"    // show a QR code for a new enrolment
	EnrolOpen     Act = "enrol.open"     // the family opens it
	EnrolComplete Act = "enrol.complete" // the family hands in the promised fields
	EnrolCancel   Act = "enrol.cancel"

	ConsentGive     Act = "consent.give"
	ConsentRefuse   Act = "consent.refuse"
	ConsentWithdraw Act = "consent.withdraw"
	ConsentInform   Act = "consent.inform"   // record that the guardian was told (child of 14 or more)
	ConsentHandover Act = "consent.handover" // authority passes to the child

	SubjectSearch   Act = "subject.search"
	SubjectView     Act = "subject.view" // masked
	FieldReveal     Act = "field.reveal" // in clear
	MessageSend     Act = "message.send" // without seeing the number
	CallConnect     Act = "call.connect" // by a relay, without seeing the number
	CallForward     Act = "call.forward" // of somebody who dialled the alias of a file
	PhoneSet        Act = "phone.set"    // where the relay reaches oneself
	SubjectCorrect  Act = "subject.correct"
	SubjectCopy     Act = "subject.copy"
	SubjectErase    Act = "subject.erase"
	SubjectRestrict Act = "subject.restrict" // stop all but storage and security
	CapacityAssess  Act = "capacity.assess"  // record who may speak for a child that cannot alone
	AccessView      Act = "access.view"      // who looked

	NoticePublish Act = "notice.publish"
	PurposeDefine Act = "purpose.define"
	SchemaSign    Act = "schema.sign"
	SchemaExtend  Act = "schema.extend"
	ImportUpload  Act = "import.upload"
	ImportRelease Act = "import.release" // out of quarantine
	ImportApply   Act = "import.apply"
	ImportReport  Act = "import.report"  // the file back, with its problems
	ImportDiscard Act = "import.discard" // destroy what was brought

	GrantRequest Act = "grant.request"
	GrantApprove Act = "grant.approve"
	GrantEnd     Act = "grant.end"
	StaffAdd     Act = "staff.add"
	StaffRemove  Act = "staff.remove"
	RoleAppoint  Act = "role.appoint"
	StoreAdd     Act = "store.add"
	ChargeAccept Act = "charge.accept" // take charge of a data set that one was named for

	ApplicationSubmit   Act = "application.submit"   // ask in writing for a use
	ApplicationDecide   Act = "application.decide"   // agree or refuse as one of its steps
	ApplicationWithdraw Act = "application.withdraw" // one's own
	CapsuleState        Act = "capsule.state"        // a helper's word: returned or deleted
	CapsuleClose        Act = "capsule.close"
	GlassBreak          Act = "glass.break" // life or health cannot wait
	GlassReview         Act = "glass.review"
	AlarmHandle         Act = "alarm.handle"
	DutyDelegate        Act = "duty.delegate" // let somebody stand in
	SystemDefine        Act = "system.define" // a business system and who answers for it

	ExportPrepare Act = "export.prepare" // register a file that will leave
	ExportCollect Act = "export.collect" // make it and hand it over
	ExportHand    Act = "export.hand"    // record that another body has it

	CompartmentSeclude Act = "compartment.seclude" // hide a child's record from everybody at work
	CompartmentList    Act = "compartment.list"    // the files, by number and case
	CompartmentAsk     Act = "compartment.ask"     // to open a file, or to let it out
	CompartmentAgree   Act = "compartment.agree"   // as the second officer
	CompartmentOpen    Act = "compartment.open"    // one field, for as long as the agreement lasts
	CompartmentRelease Act = "compartment.release" // let the record out

	AuditSearch     Act = "audit.search"
	AuditVerify     Act = "audit.verify"
	EvidenceExport  Act = "evidence.export"  // a file that proves what was done
	ScanStart       Act = "scan.start"       // look for personal information in an allowed folder
	ScanRead        Act = "scan.read"        // what was found, under masks
	LeakReceive     Act = "leak.receive"     // take in a list that was found outside
	LeakTrace       Act = "leak.trace"       // compare it with every record, and find where it comes from
	LeakRead        Act = "leak.read"        // what came of it; no person's data
	LeakClose       Act = "leak.close"       // destroy the list
	PublishDraw     Act = "publish.draw"     // take that list from the records, under a grant
	PublishPrepare  Act = "publish.prepare"  // hand in a list that shall be public
	PublishRead     Act = "publish.read"     // what is prepared, and what became of it
	PublishApprove  Act = "publish.approve"  // make it public, as the second person
	PublishWithdraw Act = "publish.withdraw" // take it down, or give it up
	ResearchDraw    Act = "research.draw"    // take those data from the records, under a grant
	ResearchPropose Act = "research.propose" // hand in data that shall be made anonymous
	ResearchRun     Act = "research.run"     // make them anonymous and try the result
	ResearchApprove Act = "research.approve" // let the result go, as the second person
	ResearchCollect Act = "research.collect" // hand it over, once
	ResearchEnd     Act = "research.end"     // destroy the data
	ResearchBudget  Act = "research.budget"  // what may be given away about a population
	ResearchCount   Act = "research.count"   // counts of it, with noise
	StoreView       Act = "store.view"       // figures, no person
	MatrixView      Act = "matrix.view"      // who may do what
	APIKeyMake      Act = "apikey.make"
	APIKeyRevoke    Act = "apikey.revoke"
	KeyRotate       Act = "key.rotate"
	BackupMake      Act = "backup.make"
)

// Acts that are banned for everybody. They have names so that an attempt can be
// refused by its rule and written down.
const (
	Label             Act = "label"
	PublicityTraffic  Act = "publicity.traffic"
	Fundraising       Act = "fundraising"
	LivestreamSales   Act = "livestream.sales"
	MarketingAuto     Act = "marketing.auto" // to minors
	ProvideIndividual Act = "provide.individual"
	CollectPersonal   Act = "collect.personal"
	PublishGrades     Act = "publish.grades"
	PublishSensitive  Act = "publish.sensitive"
	ForeignDisclosure Act = "foreign.disclosure"
)

// nature is what the rules need to know about an act.
type nature struct {
	operation Operation
	groups    []string // the groups of Action that the rules name
}

// The groups. processing = reading + writing; consented: consent must be live;
// opening: a sealed value is opened for staff; personal: about one person's
// record; placed: done at a store; speaking: speaks for the child; weighty:
// changes the rules or carries lists out, and waits for a witness.
var acts = map[Act]nature{
	EnrolStart:    {Collect, []string{"placed"}},
	EnrolOpen:     {Collect, nil},
	EnrolComplete: {Collect, []string{"writing", "consented", "placed"}},
	EnrolCancel:   {Delete, []string{"placed"}},

	ConsentGive:     {Collect, []string{"personal", "speaking"}},
	ConsentRefuse:   {Collect, []string{"personal", "speaking"}},
	ConsentWithdraw: {Process, []string{"personal", "speaking"}},
	ConsentInform:   {Provide, []string{"placed"}},
	ConsentHandover: {Process, nil},

	SubjectSearch:   {Use, []string{"reading", "placed"}},
	SubjectView:     {Use, []string{"reading", "consented", "personal", "placed"}},
	FieldReveal:     {Use, []string{"reading", "consented", "opening", "personal", "placed"}},
	MessageSend:     {Use, []string{"reading", "consented", "opening", "personal", "placed"}},
	CallConnect:     {Use, []string{"reading", "consented", "opening", "personal", "placed"}},
	CallForward:     {Use, []string{"reading", "consented", "opening", "personal", "placed"}},
	PhoneSet:        {Store, []string{"placed"}},
	SubjectCorrect:  {Process, []string{"writing", "consented", "personal", "placed"}},
	SubjectCopy:     {Provide, []string{"personal"}},
	SubjectErase:    {Delete, []string{"personal", "speaking"}},
	SubjectRestrict: {Process, []string{"personal"}},
	CapacityAssess:  {Process, []string{"personal", "placed"}},
	AccessView:      {Provide, []string{"personal"}},

	NoticePublish: {Process, []string{"weighty"}},
	PurposeDefine: {Process, []string{"weighty"}},
	SchemaSign:    {Process, []string{"weighty"}},
	SchemaExtend:  {Process, []string{"weighty"}},
	ImportUpload:  {Collect, nil},
	ImportRelease: {Process, []string{"placed"}},
	ImportApply:   {Store, []string{"writing"}},
	ImportReport:  {Use, []string{"reading"}},
	ImportDiscard: {Delete, []string{"placed"}},

	GrantRequest: {Process, []string{"placed"}},
	GrantApprove: {Process, []string{"placed"}},
	GrantEnd:     {Process, []string{"placed"}},
	StaffAdd:     {Process, []string{"placed"}},
	StaffRemove:  {Process, []string{"placed"}},
	RoleAppoint:  {Process, []string{"placed"}},
	StoreAdd:     {Process, nil},
	ChargeAccept: {Process, nil},

	ApplicationSubmit:   {Process, []string{"placed"}},
	ApplicationDecide:   {Process, []string{"placed"}},
	ApplicationWithdraw: {Process, nil},
	CapsuleState:        {Process, nil},
	CapsuleClose:        {Process, []string{"placed"}},
	GlassBreak:          {Use, []string{"personal", "placed"}},
	GlassReview:         {Process, []string{"placed"}},
	AlarmHandle:         {Process, []string{"placed"}},
	DutyDelegate:        {Process, nil},
	SystemDefine:        {Process, nil},

	ExportPrepare: {Provide, []string{"placed"}},
	ExportCollect: {Provide, []string{"reading", "opening", "placed"}},
	ExportHand:    {Provide, []string{"placed"}},

	CompartmentSeclude: {Process, nil},
	CompartmentList:    {Use, nil},
	CompartmentAsk:     {Process, nil},
	CompartmentAgree:   {Process, nil},
	CompartmentOpen:    {Use, []string{"reading", "personal"}},
	CompartmentRelease: {Process, nil},

	AuditSearch:     {Use, []string{"placed"}},
	AuditVerify:     {Use, nil},
	EvidenceExport:  {Provide, nil},
	ScanStart:       {Use, nil},
	ScanRead:        {Use, nil},
	LeakReceive:     {Store, nil},
	LeakTrace:       {Process, nil},
	LeakRead:        {Use, nil},
	LeakClose:       {Delete, nil},
	PublishDraw:     {Use, []string{"reading", "opening", "placed"}},
	PublishPrepare:  {Store, nil},
	PublishRead:     {Use, nil},
	PublishApprove:  {Disclose, []string{"weighty"}},
	PublishWithdraw: {Delete, nil},
	ResearchDraw:    {Use, []string{"reading", "opening", "placed"}},
	ResearchPropose: {Store, nil},
	ResearchRun:     {Process, nil},
	ResearchApprove: {Provide, []string{"weighty"}},
	ResearchCollect: {Provide, nil},
	ResearchEnd:     {Delete, nil},
	ResearchBudget:  {Process, nil},
	ResearchCount:   {Provide, nil},
	StoreView:       {Use, []string{"placed"}},
	MatrixView:      {Use, nil},
	APIKeyMake:      {Process, nil},
	APIKeyRevoke:    {Process, nil},
	KeyRotate:       {Store, nil},
	BackupMake:      {Store, nil},

	Label:             {Process, nil},
	PublicityTraffic:  {Use, nil},
	Fundraising:       {Use, nil},
	LivestreamSales:   {Use, nil},
	MarketingAuto:     {Use, nil},
	ProvideIndividual: {Provide, nil},
	CollectPersonal:   {Collect, nil},
	PublishGrades:     {Disclose, nil},
	PublishSensitive:  {Disclose, nil},
	ForeignDisclosure: {Provide, nil},
}

// actGroups are the groups of acts; reading and writing make up processing.
var actGroups = map[string][]string{
	"processing": nil,
	"reading":    {"processing"},
	"writing":    {"processing"},
	"consented":  nil,
	"opening":    nil,
	"personal":   nil,
	"placed":     nil,
	"speaking":   nil,
	"weighty":    nil,
}

// Weighty reports whether the act waits for a witness of the log.
func (a Act) Weighty() bool { return slices.Contains(acts[a].groups, "weighty") }

// Acts returns the vocabulary, sorted.
func Acts() []Act { return slices.Sorted(maps.Keys(acts)) }

// Operation returns which of the eight operations the act is, or "" for an act
// outside the vocabulary.
func (a Act) Operation() Operation { return acts[a].operation }
