// Package survey is how an officer has the institution's own folders scanned for
// personal information (package scan): which folders may be, is written in the
// configuration; who started, who read, and what came of it, in the log. One
// survey of a folder runs at a time; one that a restart broke off goes on from
// its journal.
//
// A survey opens no sealed record and shows no value: journals and reports hold
// masks. They say where to look all the same, so reading one is an act of the
// gate.
package survey

import (
	"context"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/seal"
)

// Root is a folder that may be scanned.
type Root struct {
	Name string // as people call it: 共享盘
	Path string
	// Institution is whose folder it is; zero is that of everyone in this house.
	Institution id.Institution
}

// State is where a survey stands.
type State string

// The states; words under "survey.state."+state.
const (
	Running State = "running"
	Done    State = "done"
	Stopped State = "stopped" // by a person
	Failed  State = "failed"
)

// Survey is one scan of a folder.
type Survey struct {
	ID          id.Survey
	Institution id.Institution
	Root        string
	By          id.Staff
	State       State
	Started     time.Time
	Ended       time.Time
	Figures     Figures
}

// Figures are what the list of surveys shows.
type Figures struct {
	Items, Bytes, Found, Under14, From14To17, Problems, Skipped int64
}

// Most is how many surveys a list shows, the newest first.
const Most = 50

// Service runs surveys. Fill in the exported fields, then use it; Close it before
// the database is closed.
type Service struct {
	Gate  *gate.Gate
	Facts *facts.Gatherer
	Roots []Root
	// Folder is where journals are kept, readable by this program only; "" offers
	// no surveys.
	Folder string
	// Cache is for compiled code of the PDF reader; may be "".
	Cache string

	mu     sync.Mutex
	live   map[id.Survey]*work
	closed bool
	all    sync.WaitGroup
}

// work is a survey that runs.
type work struct {
	stop    context.CancelCauseFunc
	mu      sync.Mutex
	reached scan.Progress
}

func (w *work) progress(p scan.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reached = p
}

// who gathers the facts about the actor.
func (s *Service) who(tx *db.Tx, c *gate.Case) error {
	s.Facts.Place(c)
	return s.Facts.Who(tx, c)
}

// Offered are the folders that an institution may scan.
func (s *Service) Offered(inst id.Institution) (out []Root) {
	if s == nil || s.Folder == "" {
		return nil
	}
	for _, r := range s.Roots {
		if r.Institution.IsZero() || r.Institution == inst {
			out = append(out, r)
		}
	}
	return out
}

func (s *Service) root(inst id.Institution, name string) (Root, error) {
	for _, r := range s.Offered(inst) {
		if r.Name == name {
			return r, nil
		}
	}
	return Root{}, fault.At("root", "survey.root")
}

// Start begins a survey of a folder that is offered. Errors: fault.Invalid
// survey.root; fault.Conflict survey.running; what the gate refuses.
func (s *Service) Start(ctx context.Context, a actor.Actor, root string) (Survey, error) {
	var v Survey
	know := func(tx *db.Tx, c *gate.Case) error {
		if _, err := s.root(a.Institution, root); err != nil {
			return err
		}
		return s.who(tx, c)
	}
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ScanStart}, know, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		busy, err := running(tx, a.Institution, root)
		if err != nil {
			return err
		}
		if busy {
			return fault.New(fault.Conflict, "survey.running")
		}
		v = Survey{ID: id.Make[id.Survey](tx.Now()), Institution: a.Institution, Root: root, By: a.Staff, State: Running, Started: tx.Now()}
		c.Ref = v.ID.String()
		return insert(tx, v)
	})
	if err != nil {
		return Survey{}, err
	}
	return v, s.begin(v)
}

// Stop ends a survey before its time; what it found stays. Errors: NotFound
// survey.unknown; Conflict survey.over; what the gate refuses.
func (s *Service) Stop(ctx context.Context, a actor.Actor, which id.Survey) error {
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ScanStart}, s.who, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		v, err := load(tx, a.Institution, which)
		if err != nil {
			return err
		}
		if v.State != Running {
			return fault.New(fault.Conflict, "survey.over")
		}
		c.Ref = v.ID.String()
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.live[which]; w != nil {
		w.stop(errStopped)
	}
	return nil
}

// List gives the newest surveys of an institution: figures only, no entry.
// Errors: Denied for roles that may never read one.
func (s *Service) List(ctx context.Context, a actor.Actor) (list []Survey, err error) {
	if !s.Gate.Policy.MayEver(a.Role, policy.ScanRead) {
		return nil, fault.New(fault.Denied, "survey.denied")
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		list, err = newest(tx, a.Institution)
		return err
	})
	return list, err
}

// Look is one survey and how far it got. Errors: as List; NotFound
// survey.unknown.
func (s *Service) Look(ctx context.Context, a actor.Actor, which id.Survey) (v Survey, reached scan.Progress, err error) {
	if !s.Gate.Policy.MayEver(a.Role, policy.ScanRead) {
		return v, reached, fault.New(fault.Denied, "survey.denied")
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		v, err = load(tx, a.Institution, which)
		return err
	})
	s.mu.Lock()
	w := s.live[which]
	s.mu.Unlock()
	if w != nil {
		w.mu.Lock()
		reached = w.reached
		w.mu.Unlock()
	}
	return v, reached, err
}

// Report opens what a survey found. The entry is durable before it returns.
// Close the journal. Errors: as Look; Conflict survey.still while it runs;
// NotFound survey.gone if its journal is not there any more; what the gate
// refuses.
func (s *Service) Report(ctx context.Context, a actor.Actor, which id.Survey) (*scan.Journal, scan.Summary, error) {
	var v Survey
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ScanRead}, s.who, func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
		if v, err = load(tx, a.Institution, which); err != nil {
			return err
		}
		if v.State == Running {
			return fault.New(fault.Conflict, "survey.still")
		}
		c.Ref, c.Count = v.ID.String(), int(v.Figures.Found)
		return nil
	})
	if err != nil {
		return nil, scan.Summary{}, err
	}
	j, err := scan.ReadJournal(s.path(which))
	if err != nil {
		return nil, scan.Summary{}, fault.New(fault.NotFound, "survey.gone").Because(err)
	}
	sum, err := j.Summary(v.Ended)
	return j, sum, err
}
