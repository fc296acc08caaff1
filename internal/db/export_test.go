package db

// SoundSQLite is the version rule of Open.
var SoundSQLite = soundSQLite
