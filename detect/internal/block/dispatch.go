package block

func classify(m *Map, b []byte, count int) { portable(m, b, 0, count) }
