package id

type survey struct{}

func (survey) prefix() string { return "scn" }

// Survey is one scan of an allowed folder that somebody ordered.
type Survey = ID[survey]
