// Says when a text shouts.
package main

import tollgate "tollgate.dev/sdk"

// Config is what the operator sets.
type Config struct {
	// Max is how many exclamation marks a text may have.
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

// A contract is called by its host and has nothing to do of its own.
func main() {}
