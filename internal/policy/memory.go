package policy

import "sync"

// remembered bounds the memory: about 400 bytes each, so 2 MB. A working day
// meets a few hundred different questions.
const remembered = 4096

// memory keeps decisions. Decide is a pure function of the question, so a kept
// decision never becomes wrong; it only takes room.
type memory struct {
	mu   sync.RWMutex
	kept map[question]Decision
}

func (m *memory) recall(q question) (Decision, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	d, ok := m.kept[q]
	return d, ok
}

// keep forgets everything when the room is full: simpler than choosing, and
// whoever floods the memory only slows decisions to Cedar's own speed.
func (m *memory) keep(q question, d Decision) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= remembered {
		m.kept = make(map[question]Decision)
	}
	m.kept[q] = d
}
