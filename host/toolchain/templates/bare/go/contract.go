// Says what is wrong with a text.
package main

import tollgate "tollgate.dev/sdk"

// Config is the configuration, set by the operator. It has no keys yet.
type Config struct{}

// Judges one text.
func judge(_ *Config, subject *tollgate.Subject) (*tollgate.Report, error) {
	if _, err := subject.Text(); err != nil {
		return nil, err
	}
	return &tollgate.Report{}, nil
}

func init() { tollgate.Register(judge) }

// The host calls the contract's exports, so main does nothing.
func main() {}
