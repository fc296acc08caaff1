package id

type (
	application struct{}
	delegation  struct{}
	alarm       struct{}
)

func (application) prefix() string { return "app" }
func (delegation) prefix() string  { return "dlg" }
func (alarm) prefix() string       { return "alm" }

// The kinds of identifier that approvals need.
type (
	Application = ID[application] // a use application; a capsule is one too
	Delegation  = ID[delegation]  // who stands in for whom
	Alarm       = ID[alarm]       // more people opened on one day than is usual
)
