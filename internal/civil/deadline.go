package civil

// Unit is what a period counts.
type Unit string

// The units of statutory periods (Civil Code art. 200).
const (
	Days        Unit = "days"
	WorkingDays Unit = "working_days"
	Months      Unit = "months"
	Years       Unit = "years"
)

// Period is a length of time as a rule states it, such as 15 working days.
type Period struct {
	N    int
	Unit Unit
}

// Step is one line of a computation, in words of package lang: the key is
// "civil.step." and Kind, the arguments are dates and counts.
type Step struct {
	Kind string
	Args []any
}

// Deadline is the result of a computation and how it came about.
type Deadline struct {
	Due   Date   // the last day; the period is over at Due.End()
	Trace []Step // in order, for people
}

func (d *Deadline) step(kind string, args ...any) {
	d.Trace = append(d.Trace, Step{kind, args})
}

// natural returns the last day of a period counted without a calendar.
func (p Period) natural(start Date) Date {
	switch p.Unit {
	case Months:
		return start.AddMonths(p.N)
	case Years:
		return start.AddYears(p.N)
	}
	return start.AddDays(p.N)
}

// After returns the last day of a period that starts on a day, which itself is
// not counted (Civil Code art. 201). A period of months or years ends on the
// corresponding day or, if there is none, on the last of the month (art. 202).
// The calendar may be nil unless the unit is WorkingDays; then it fails like
// Calendar.IsWorkingDay.
func After(start Date, p Period, c *Calendar) (Deadline, error) {
	due := p.natural(start)
	if p.Unit == WorkingDays {
		var err error
		if due, err = c.AddWorkingDays(start, p.N); err != nil {
			return Deadline{}, err
		}
	}
	return p.traced(start, due), nil
}

func (p Period) traced(start, due Date) Deadline {
	d := Deadline{Due: due}
	d.step("start", start)
	d.step(string(p.Unit), p.N, due)
	if (p.Unit == Months || p.Unit == Years) && due.Day() != start.Day() {
		d.step("month_end", due)
	}
	return d
}

// RollOver moves a deadline that ends on a rest day to the next working day
// (Civil Code art. 203). It is a step of its own because not every rule has it.
// It fails like Calendar.IsWorkingDay.
func (d Deadline) RollOver(c *Calendar) (Deadline, error) {
	due, err := c.NextWorkingDay(d.Due)
	if err != nil {
		return Deadline{}, err
	}
	out := Deadline{Due: d.Due, Trace: append([]Step(nil), d.Trace...)}
	if due == d.Due {
		out.step("no_roll_over", due)
		return out, nil
	}
	out.step("roll_over", d.Due, due)
	out.Due = due
	return out, nil
}

// The two floors under the retention of logs: a university's log rule counts
// days (S3-44), the Cybersecurity Law art. 23(3) counts months. Six months are
// 181 to 184 days, so 180 days alone would break the law.
var logFloors = []Period{{180, Days}, {6, Months}}

// LogFloor returns the last day on which a log entry written on a day must still
// be kept: the latest of 180 days, six months and the institution's own periods,
// which lengthen but never shorten. A purge before Due.End() is refused. Working
// days count as days here.
func LogFloor(written Date, own ...Period) Deadline {
	var latest Deadline
	for _, p := range append(logFloors[:len(logFloors):len(logFloors)], own...) {
		if due := p.natural(written); due.After(latest.Due) {
			latest = p.traced(written, due)
		}
	}
	latest.step("latest", latest.Due)
	return latest
}
