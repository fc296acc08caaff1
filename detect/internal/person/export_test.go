package person

// ReadSingly makes the finder read every line by itself.
func (f *Finder) ReadSingly() { f.most = 1 }
