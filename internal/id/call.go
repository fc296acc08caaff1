package id

type call struct{}

func (call) prefix() string { return "cal" }

// Call is one call to a family that a relay was asked to connect.
type Call = ID[call]
