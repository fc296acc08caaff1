package db

// The inside, for tests.
var (
	SoundSQLite = soundSQLite
	QueueLimit  = queueLimit
)
