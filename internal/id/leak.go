package id

type leak struct{}

func (leak) prefix() string { return "lek" }

// Leak is one case of a list that was found outside.
type Leak = ID[leak]
