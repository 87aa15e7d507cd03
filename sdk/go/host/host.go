// Package host has the capabilities of the host. Calling one of these functions makes the component
// import its capability: the manifest has to declare it with a reason, and the operator has to grant
// it. None can be called while the contract is configured.
//
// In tests, [Give] sets their answers.
package host

import (
	"time"

	"tollgate.dev/sdk/internal/wire"
)

// Level is the level of a log line.
type Level uint8

// The levels of log lines.
const (
	Debug Level = wire.LogLevelDebug
	Info  Level = wire.LogLevelInfo
	Warn  Level = wire.LogLevelWarn
	Err   Level = wire.LogLevelError
)

// Log writes a line into the record of the run.
func Log(level Level, message string) { writeLog(level, message) }

// Now returns the time of the run, which is the same for all calls. Go's time.Now only counts calls.
func Now() time.Time { return time.UnixMilli(int64(now())).UTC() }

// Lookup returns the value of a key in one of the operator's tables.
func Lookup(table, key string) (value string, found bool, err error) { return lookup(table, key) }

// ContainsAny returns for each key whether the table has it.
func ContainsAny(table string, keys []string) ([]bool, error) { return containsAny(table, keys) }

// PromptText returns the text of the pinned prompt, if the gate pins one.
func PromptText() (text string, pinned bool) { return promptText() }

// NotGranted is the error of a table that this contract may not read.
type NotGranted struct{ Table string }

func (NotGranted) Error() string { return "not granted" }

// Unavailable is the error of a table that was granted but cannot be read.
type Unavailable struct{ Reason string }

func (u Unavailable) Error() string { return u.Reason }
