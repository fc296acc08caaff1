package id

type dataset struct{}
type population struct{}
type tally struct{}

func (dataset) prefix() string    { return "dst" }
func (population) prefix() string { return "pop" }
func (tally) prefix() string      { return "tly" }

// Identifiers of research releases.
type (
	Dataset    = ID[dataset]    // data that shall be made anonymous for research
	Population = ID[population] // people of whom something is released
	Tally      = ID[tally]      // counts of them, with noise
)
