package detect

// Category is which of the two classes of personal information a kind belongs to:
// what identifies a person by itself, or what reflects what a person does.
// Source: GB/T 35273-2020, 3.1 and annex A.
type Category uint8

// The categories.
const (
	Identity Category = 1 + iota // name, birth, numbers, biometrics, address, contact, account
	Activity                     // messages, passwords, property, credit, whereabouts, lodging, health, transactions, marks
)

// String is the stable name of the category; it is empty for none.
func (c Category) String() string {
	switch c {
	case Identity:
		return "identity"
	case Activity:
		return "activity"
	}
	return ""
}

// activity are the kinds that tell what somebody does.
const activity Kinds = 1<<Health | 1<<Location | 1<<Marks | 1<<Rank |
	1<<Password | 1<<Messages | 1<<Property | 1<<Credit | 1<<Lodging | 1<<Transaction

// Category is the category of a kind; it is 0 for None.
func (k Kind) Category() Category {
	switch {
	case k == None || k >= kinds:
		return 0
	case activity.Has(k):
		return Activity
	}
	return Identity
}
