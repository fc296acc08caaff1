package slab

import (
	"sync"

	"github.com/wardfold/wardfold/internal/db/abi"
)

// pool gives out slots from one stretch of addresses. The zero pool has none.
type pool struct {
	start, end uintptr

	mu    sync.Mutex
	next  uintptr // from here on no slot was ever given out
	ready uintptr // up to here there is memory
	back  uintptr // a slot that came back; its first word leads to another
}

// holds reports whether p is a slot of the pool, given out or not.
func (l *pool) holds(p uintptr) bool { return l.start <= p && p < l.end }

// take returns a slot, whatever it held before, or 0 if there is none.
func (l *pool) take() uintptr {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.back; p != 0 {
		l.back = *(*uintptr)(abi.At(p))
		return p
	}
	for l.next+slot > l.ready {
		if l.ready == l.end || equip(l.ready, step) != nil {
			return 0
		}
		l.ready += step
	}
	p := l.next
	l.next += slot
	return p
}

// give takes a slot back.
func (l *pool) give(p uintptr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*(*uintptr)(abi.At(p)) = l.back
	l.back = p
}
