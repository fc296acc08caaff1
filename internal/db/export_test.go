package db

// The inside, for tests.
var (
	SoundSQLite = soundSQLite
	QueueLimit  = queueLimit
)

// Refusals returns "UPDATE event" and so on: what I11 forbids.
func Refusals() (list []string, err error) {
	rights, err := refusals()
	for _, r := range rights {
		list = append(list, r.verb+" "+r.table)
	}
	return list, err
}
