package detect

import (
	"iter"
	"math/bits"
)

// Kind is what a finding is. The vocabulary is closed; the zero Kind means none.
type Kind uint8

// The kinds.
const (
	None Kind = iota

	// Numbers that identify a person.
	ResidentID       // 居民身份证: 18 characters, or the 15 of before 1999
	ResidencePermit  // 港澳台居民居住证: 18 characters, 810000, 820000, 830000
	HomePermit       // 港澳居民来往内地通行证: H or M and 8 digits
	TaiwanPermit     // 台湾居民来往大陆通行证: 8 digits
	TravelPermit     // 往来港澳通行证, 往来台湾通行证: C, W, L, T
	ForeignerPermit  // 外国人永久居留身份证, old (15) and new (18)
	Passport         // Chinese passports; foreign ones beside their name
	MachineZone      // machine readable zone of a travel document (ICAO 9303)
	StudentNumber    // 学籍号 with G, J or L; 学号 beside its name
	BirthCertificate // 出生医学证明编号

	// Numbers that reach a person or what a person owns.
	Mobile
	Landline
	BankCard
	Plate // 号牌
	VIN   // vehicle identification number
	Email
	WeChat
	QQ

	// What describes a person.
	BirthDate
	Age
	PersonName
	Address
	Location // coordinates that are precise
	Guardian // the relation of a guardian
	School
	Class
	Grade // 年级
	Marks // 成绩
	Rank  // 名次
	Health
	Religion
	Biometric
	Difficulty // 困境, 留守, 低保 … of a person

	// What a column of a table, or a label, announces.
	Password
	Messages    // 通信记录
	Property    // 财产
	Credit      // 征信
	Lodging     // 住宿
	Transaction // 交易, 消费

	kinds // how many
)

var slugs = [kinds]string{
	"", "resident_id", "residence_permit", "home_permit", "taiwan_permit", "travel_permit", "foreigner_permit",
	"passport", "machine_zone", "student_number", "birth_certificate",
	"mobile", "landline", "bank_card", "plate", "vin", "email", "wechat", "qq",
	"birth_date", "age", "person_name", "address", "location", "guardian", "school", "class", "grade", "marks", "rank",
	"health", "religion", "biometric", "difficulty",
	"password", "messages", "property", "credit", "lodging", "transaction",
}

// String is the stable name of the kind in lower case, such as resident_id; it
// is empty for None and for what is no kind.
func (k Kind) String() string {
	if k >= kinds {
		return ""
	}
	return slugs[k]
}

// MarshalText writes the stable name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote; an unknown name is an error.
func (k *Kind) UnmarshalText(text []byte) error {
	kind, ok := ParseKind(string(text))
	if !ok {
		return errKind
	}
	*k = kind
	return nil
}

// ParseKind is the inverse of String.
func ParseKind(slug string) (Kind, bool) {
	for k := None + 1; k < kinds; k++ {
		if slugs[k] == slug {
			return k, true
		}
	}
	return None, false
}

// Kinds is a set of kinds. The zero set is empty.
type Kinds uint64

// Of makes a set.
func Of(list ...Kind) Kinds {
	var s Kinds
	for _, k := range list {
		s |= 1 << k
	}
	return s
}

// Sets that are often wanted.
const (
	// Numbers are the kinds that prove themselves by their own digits. Scanning
	// for these alone is an order of magnitude faster than for everything.
	Numbers Kinds = 1<<ResidentID | 1<<ResidencePermit | 1<<HomePermit | 1<<TaiwanPermit | 1<<TravelPermit |
		1<<ForeignerPermit | 1<<Passport | 1<<MachineZone | 1<<StudentNumber | 1<<BirthCertificate |
		1<<Mobile | 1<<Landline | 1<<BankCard | 1<<Plate | 1<<VIN | 1<<Email
	// Beside are the kinds that describe, and count beside somebody only.
	Beside = beside
	// Every is every kind.
	Every Kinds = 1<<kinds - 2
)

// Has reports whether k is in the set.
func (s Kinds) Has(k Kind) bool { return s>>k&1 != 0 }

// Len is the number of kinds in the set.
func (s Kinds) Len() int { return bits.OnesCount64(uint64(s)) }

// All yields the kinds of the set in their order.
func (s Kinds) All() iter.Seq[Kind] {
	return func(yield func(Kind) bool) {
		for s &= Every; s != 0; s &= s - 1 {
			if !yield(Kind(bits.TrailingZeros64(uint64(s)))) {
				return
			}
		}
	}
}
