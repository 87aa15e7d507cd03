// Package host is what a contract may ask of its host. Calling one of these functions makes
// the component import its capability: the manifest has to declare it with a reason, and
// the operator to grant it. None answers while the contract is configured.
//
// In tests, [Give] says what they answer.
package host

import "time"

// Level is how urgent a line is.
type Level uint8

// The levels of the run's record.
const (
	Debug Level = iota
	Info
	Warn
	Err
)

// Log writes a line for the run's record.
func Log(level Level, message string) { writeLog(level, message) }

// Now is the one moment of the run. Go's own time.Now only counts calls.
func Now() time.Time { return time.UnixMilli(int64(now())).UTC() }

// Lookup finds the value that stands beside a key in one of the operator's tables.
func Lookup(table, key string) (value string, found bool, err error) { return lookup(table, key) }

// ContainsAny says for each key whether the table has it.
func ContainsAny(table string, keys []string) ([]bool, error) { return containsAny(table, keys) }

// PromptText is the text of the pinned prompt, where there is one.
func PromptText() (text string, pinned bool) { return promptText() }

// NotGranted is the error of a table that this contract may not read.
type NotGranted struct{ Table string }

func (NotGranted) Error() string { return "not granted" }

// Unavailable is the error of a table that was granted and does not answer.
type Unavailable struct{ Reason string }

func (u Unavailable) Error() string { return u.Reason }
