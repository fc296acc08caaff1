package id

type publication struct{}

func (publication) prefix() string { return "pub" }

// Publication is one public notice, from its draft to its end.
type Publication = ID[publication]
