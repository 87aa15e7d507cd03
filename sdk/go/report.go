package tollgate

// Writing a report.

// Outcome is what a contract says of a subject.
type Outcome uint8

// A contract that cannot tell says Unsure, and a human looks.
const (
	Pass Outcome = iota
	Fail
	Unsure
)

// Severity is how bad a finding is.
type Severity uint8

// SeverityError and SeverityCritical say that the subject does not pass.
const (
	SeverityInfo Severity = iota
	SeverityWarning
	SeverityError
	SeverityCritical
)

// Report is what a contract says. A new one is a pass without findings.
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

// Finding is one reason. Without a place it is about the whole subject.
type Finding struct {
	Rule     string
	Severity Severity
	Message  string
	// Place is nil, a [Span] or a [Pointer].
	Place Place
	// Replacement is what could stand there instead, and Sure how sure the rule is, from
	// 0 to 1; nil where there is none.
	Replacement *string
	Sure        *float64
}

// Place is where a finding applies: a [Span] or a [Pointer].
type Place interface{ place() }

// Span is bytes of a text, as strings.Index and regexp count them, end excluded.
type Span struct{ Start, End int }

func (Span) place()    {}
func (Pointer) place() {}

// Add adds findings. One that is an error or worse turns a pass into a fail.
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

// Info is worth knowing; passes.
func Info(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityInfo, Message: message}
}

// Warning is worth changing; passes.
func Warning(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityWarning, Message: message}
}

// Error must change; fails.
func Error(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityError, Message: message}
}

// Critical must never go out; fails.
func Critical(rule, message string) Finding {
	return Finding{Rule: rule, Severity: SeverityCritical, Message: message}
}

// At says which bytes of the text it is about.
func (f Finding) At(start, end int) Finding {
	f.Place = Span{start, end}
	return f
}

// AtPointer says which place in the JSON it is about.
func (f Finding) AtPointer(pointer Pointer) Finding {
	f.Place = pointer
	return f
}

// Fix says what could stand there instead.
func (f Finding) Fix(replacement string) Finding {
	f.Replacement = &replacement
	return f
}

// Confidence says how sure the rule is, from 0 to 1.
func (f Finding) Confidence(sure float64) Finding {
	f.Sure = &sure
	return f
}
