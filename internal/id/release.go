package id

type export struct{}

func (export) prefix() string { return "exp" }

// Export is a file that leaves under an application.
type Export = ID[export]
