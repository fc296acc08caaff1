package publish

import "github.com/wardfold/wardfold/detect"

// Rule is a rule of publication. Its words are in package lang under
// "publish.rule."+ID.
type Rule struct {
	ID     string
	Source string // as people cite it; law is cited in Chinese
}

// The rules and where they come from.
var (
	// Nothing is published without an article that wants it so.
	byLaw = Rule{"by-law", "高校个人信息保护管理办法 第十二条"}
	// No complete record; the smallest combination that serves the notice.
	smallest = Rule{"smallest", "高校个人信息保护管理办法 第十二条"}
	// What stands on no notice about aid, by name: ID number, home address, phone,
	// birth date, bank card.
	noContact = Rule{"no-contact", "教财厅函〔2017〕28号"}
	// Sensitive personal information is never published directly.
	noSensitive = Rule{"no-sensitive", "个人信息保护法 第二十八条"}
	// Marks and ranks are told to the student and the parents, not published.
	noMarks = Rule{"no-marks", "未成年人学校保护规定 第十条"}
	// Awards, aid and donations must not tell about the child or the family.
	noNeed = Rule{"no-need", "困境儿童个人信息保护工作办法"}
	// Everything about a child under 14 is sensitive.
	young = Rule{"young", "个人信息保护法 第三十一条"}
	// A shown row must fit enough people.
	floor = Rule{"floor", "个人信息保护法 第五十一条"}
	// A notice comes down when its days are over.
	days = Rule{"days", "教财厅函〔2017〕28号"}
)

// never are the kinds that stand on no list, and by which rule.
var never = map[detect.Kind]Rule{
	detect.ResidentID: noContact, detect.ResidencePermit: noContact, detect.HomePermit: noContact,
	detect.TaiwanPermit: noContact, detect.TravelPermit: noContact, detect.ForeignerPermit: noContact,
	detect.Passport: noContact, detect.MachineZone: noContact, detect.BirthCertificate: noContact,
	detect.Mobile: noContact, detect.Landline: noContact, detect.BankCard: noContact, detect.Plate: noContact,
	detect.VIN: noContact, detect.Email: noContact, detect.WeChat: noContact, detect.QQ: noContact,
	detect.BirthDate: noContact, detect.Address: noContact, detect.Location: noContact,
	detect.Age: smallest, detect.Guardian: smallest,
	detect.Marks: noMarks, detect.Rank: noMarks,
	detect.Health: noSensitive, detect.Religion: noSensitive, detect.Biometric: noSensitive,
	detect.Difficulty: noNeed,
	detect.Password:   smallest, detect.Messages: smallest, detect.Property: smallest, detect.Credit: smallest,
	detect.Lodging: smallest, detect.Transaction: smallest,
}

// hidden reports whether a list shows notice numbers instead of people, and by
// which rule.
func (n *Notice) hidden(ages Ages) (Rule, bool) {
	switch {
	case n.Occasion.ByNumber():
		return noNeed, true
	case ages == Young:
		return young, true
	}
	return Rule{}, false
}

// treat says what becomes of a column.
func (n *Notice) treat(c Column, ages Ages) (Treatment, Rule) {
	if r, ok := never[c.Kind]; ok {
		return Drop, r
	}
	rule, hide := n.hidden(ages)
	switch c.Kind {
	case detect.PersonName:
		if hide {
			return Number, rule
		}
		return Mask, smallest
	case detect.StudentNumber:
		if hide {
			return Drop, rule
		}
		return Mask, smallest
	}
	return Keep, Rule{}
}
