package id

type (
	sealedFile struct{}
	unsealing  struct{}
)

func (sealedFile) prefix() string { return "cmp" }
func (unsealing) prefix() string  { return "uns" }

type (
	SealedFile = ID[sealedFile] // one file of the sealed compartment; it names nobody
	Unsealing  = ID[unsealing]  // one request to open such a file, or to let it out
)
