package detect

// eachTerm calls fn with every term of the word list of medicine.
func eachTerm(fn func(string)) {}
