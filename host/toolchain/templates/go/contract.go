// Reports texts that shout.
package main

import tollgate "tollgate.dev/sdk"

// Config is the configuration, set by the operator.
type Config struct {
	// Max is the number of exclamation marks that a text may have.
	Max uint32 `json:"max"`
}

// Judges one text.
func judge(config *Config, subject *tollgate.Subject) (*tollgate.Report, error) {
	text, err := subject.Text()
	if err != nil {
		return nil, err
	}
	report := &tollgate.Report{}
	marks := uint32(0)
	for at, character := range text {
		if character != '!' {
			continue
		}
		if marks++; marks > config.Max {
			report.Add(tollgate.Error("shouting", "one exclamation mark too many").At(at, at+1).Fix("."))
		}
	}
	report.Measure("exclamation-marks", float64(marks))
	return report, nil
}

func init() { tollgate.Register(judge) }

// The host calls the contract's exports, so main does nothing.
func main() {}
