package tollgate

import "tollgate.dev/sdk/internal/wire"

// Reports, findings and measures.

// Outcome is the verdict of a contract on a subject.
type Outcome uint8

// The outcomes. With Unsure, a human decides.
const (
	Pass   Outcome = wire.OutcomePass
	Fail   Outcome = wire.OutcomeFail
	Unsure Outcome = wire.OutcomeUnsure
)

// Severity is the severity of a finding.
type Severity uint8

// The severities. With SeverityError or SeverityCritical, the subject does not pass.
const (
	SeverityInfo     Severity = wire.SeverityInfo
	SeverityWarning  Severity = wire.SeverityWarning
	SeverityError    Severity = wire.SeverityError
	SeverityCritical Severity = wire.SeverityCritical
)

// Report is the result of judging a subject. The zero value is a pass without findings.
type Report struct {
	Outcome  Outcome
	Findings []Finding
	Measures []Measure
}

// Measure is a finite number worth watching over time.
type Measure struct {
	Name  string
	Value float64
}

// Finding is one finding. Without a place it is about the whole subject.
type Finding struct {
	Rule     string
	Severity Severity
	Message  string
	// Place is nil, a [Span] or a [Pointer].
	Place Place
	// Replacement is a text for the place, and Sure is the confidence of the rule, from 0 to 1.
	// Both may be nil.
	Replacement *string
	Sure        *float64
}

// Place is the place of a finding: a [Span] or a [Pointer].
type Place interface{ place() }

// Span is bytes of a text, as strings.Index and regexp count them, end excluded.
type Span struct{ Start, End int }

func (Span) place()    {}
func (Pointer) place() {}

// Add adds findings. An error or worse turns a pass into a fail.
func (r *Report) Add(findings ...Finding) {
	for _, finding := range findings {
		if finding.Severity >= SeverityError && r.Outcome == Pass {
			r.Outcome = Fail
		}
	}
	r.Findings = append(r.Findings, findings...)
}

// Measure adds a number worth watching over time.
func (r *Report) Measure(name string, value float64) {
	r.Measures = append(r.Measures, Measure{name, value})
}

// Info returns a finding that is worth knowing and passes.
func Info(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityInfo, Message: message}
}

// Warning returns a finding that is worth changing and passes.
func Warning(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityWarning, Message: message}
}

// Error returns a finding that must be changed and fails.
func Error(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityError, Message: message}
}

// Critical returns a finding that must never go out and fails.
func Critical(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityCritical, Message: message}
}

// At returns the finding with bytes of the text as its place.
func (f Finding) At(start, end int) Finding {
	f.Place = Span{start, end}
	return f
}

// AtPointer returns the finding with a place in the JSON.
func (f Finding) AtPointer(pointer Pointer) Finding {
	f.Place = pointer
	return f
}

// Fix returns the finding with a replacement for its place.
func (f Finding) Fix(replacement string) Finding {
	f.Replacement = &replacement
	return f
}

// Confidence returns the finding with the confidence of its rule, from 0 to 1.
func (f Finding) Confidence(sure float64) Finding {
	f.Sure = &sure
	return f
}
