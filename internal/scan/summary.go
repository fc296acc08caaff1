package scan

import (
	"maps"

	"github.com/wardfold/wardfold/detect"
)

func newSummary(h Head) Summary {
	return Summary{Target: h.Target, Kind: h.Kind, Started: h.Started, Kinds: make(map[detect.Kind]Count)}
}

// take counts one line of a journal.
func (s *Summary) take(l Line, j *Job) {
	switch {
	case l.Finding != nil && l.Finding.Planted != "":
		s.Planted++
		s.result(false, detect.Certain, l.Finding.Accepted, 1, j)
	case l.Finding != nil:
		s.result(l.Finding.Masked, l.Finding.Level, l.Finding.Accepted, 1, j)
	case l.Over != nil:
		s.result(false, l.Over.Level, l.Over.Accepted, l.Over.Count, j)
	case l.Column != nil && l.Column.Alone:
		s.result(false, l.Column.Level, l.Column.Accepted, l.Column.Valid-l.Column.Masked, j)
	case l.People != nil:
		s.People = s.People.plus(l.People.Heads)
	case l.Party != nil:
		if l.Party.How == "form" && !l.Party.Known {
			s.Parties++
		}
	case l.Problem != nil && l.Problem.Skipped:
		s.Skipped++
	case l.Problem != nil:
		s.Problems++
	case l.Done != nil:
		s.Items++
		s.Bytes += l.Done.Bytes
		s.Under14 += l.Done.Under14
		s.From14To17 += l.Done.From14To17
		s.Sampled += l.Done.Sampled
		for k, c := range l.Done.Counts {
			s.Kinds[k] = s.Kinds[k].plus(c)
		}
	}
}

func (s *Summary) result(masked bool, level detect.Level, accepted *Accepted, n int64, j *Job) {
	switch {
	case masked || level < j.Least:
	case accepted != nil && !accepted.Expired:
		s.Accepted += n
	default:
		s.Found += n
	}
}

// Plus adds the figures of another target.
func (s Summary) Plus(o Summary) Summary {
	sum := s
	sum.Target, sum.Ended = s.Target+", "+o.Target, o.Ended
	if s.Kind != o.Kind {
		sum.Kind = "several"
	}
	sum.Items, sum.Bytes, sum.Found, sum.Accepted = s.Items+o.Items, s.Bytes+o.Bytes, s.Found+o.Found, s.Accepted+o.Accepted
	sum.Under14, sum.From14To17 = s.Under14+o.Under14, s.From14To17+o.From14To17
	sum.People = s.People.plus(o.People)
	sum.Problems, sum.Skipped, sum.Parties = s.Problems+o.Problems, s.Skipped+o.Skipped, s.Parties+o.Parties
	sum.Sampled = s.Sampled + o.Sampled
	sum.Planted, sum.Stopped = s.Planted+o.Planted, s.Stopped || o.Stopped
	sum.Kinds = maps.Clone(s.Kinds)
	for k, c := range o.Kinds {
		sum.Kinds[k] = sum.Kinds[k].plus(c)
	}
	return sum
}

func (h Heads) plus(o Heads) Heads {
	return Heads{h.Persons + o.Persons, h.Under14 + o.Under14, h.From14To17 + o.From14To17, h.About || o.About}
}

// All is how much was found of all kinds, masked values excepted.
func (s Summary) All() (n int64) {
	for _, c := range s.Kinds {
		n += c.All()
	}
	return n
}
