package detect

// Category is which of the two classes of personal information of a minor a kind
// belongs to: what tells who somebody is, or what somebody does.
// Source: 民法典 art. 1034 and GB/T 35273 annex A, as the rules of S3-04 and S3-05
// class them.
type Category uint8

// The categories.
const (
	Identity Category = 1 + iota // name, birth, numbers, biometrics, address, contact, account
	Activity                     // health, whereabouts, marks
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
const activity Kinds = 1<<Health | 1<<Location | 1<<Marks | 1<<Rank

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
