package tollgate

// The exports of `tollgate:contract/judge@0.1.0` under the canonical ABI. Every number below is
// an offset or a size of a record in contract.wit.

import (
	"runtime/debug"

	"tollgate.dev/sdk/internal/wire"
)

const (
	resultSize  = 24
	findingSize = 64
	measureSize = 16
)

// A sandbox lives for one judgement, so collecting garbage is wasted time until the heap reaches
// half of the memory that the host allows by default.
const collectFromBytes = 64 << 20

func init() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(collectFromBytes)
}

//go:wasmexport tollgate:contract/judge@0.1.0#configure
func exportConfigure(config, length uint32) uint32 {
	if err := configure(wire.TakeString(config, length)); err != nil {
		return refused(err)
	}
	return wire.Lend(make([]byte, resultSize))
}

// The parameters are a flattened subject: the content's kind with the four words that it may
// need, whether there is a prompt, its three strings, and the context.
//
//go:wasmexport tollgate:contract/judge@0.1.0#judge
func exportJudge(kind, first, firstLength, second, secondLength,
	prompted, name, nameLength, version, versionLength, digest, digestLength,
	context, contextLength uint32) uint32 {
	subject := Subject{Content: content(kind, first, firstLength, second, secondLength)}
	if prompted != 0 {
		subject.Prompt = &Prompt{
			Name:    wire.TakeString(name, nameLength),
			Version: wire.TakeString(version, versionLength),
			Digest:  wire.TakeString(digest, digestLength),
		}
	}
	subject.Context = wire.TakeString(context, contextLength)
	report, err := judge(&subject)
	if err != nil {
		return refused(err)
	}
	return reported(report)
}

//go:wasmexport cabi_post_tollgate:contract/judge@0.1.0#judge
func exportJudged(uint32) { wire.Returned() }

func content(kind, first, firstLength, second, secondLength uint32) Content {
	text := wire.TakeString(first, firstLength)
	switch kind {
	case 0:
		return Text(text)
	case 1:
		return JSON(text)
	default:
		return Action{Tool: text, Arguments: wire.TakeString(second, secondLength)}
	}
}

func refused(err error) uint32 {
	refusal := refusal(err)
	result := make(wire.Record, resultSize)
	result.Byte(0, 1)
	result.Byte(4, uint8(refusal.Kind))
	if refusal.Kind == KindBadConfig {
		result.String(8, string(refusal.Pointer))
		result.String(16, refusal.Reason)
	} else {
		result.String(8, refusal.Reason)
	}
	return wire.Lend(result)
}

func reported(report *Report) uint32 {
	findings := make(wire.Record, len(report.Findings)*findingSize)
	for i := range report.Findings {
		writeFinding(findings[i*findingSize:], &report.Findings[i])
	}
	measures := make(wire.Record, len(report.Measures)*measureSize)
	for i, measure := range report.Measures {
		measures.String(i*measureSize, measure.Name)
		measures.Float(i*measureSize+8, measure.Value)
	}
	result := make(wire.Record, resultSize)
	result.Byte(4, uint8(report.Outcome))
	result.List(8, findings, len(report.Findings))
	result.List(16, measures, len(report.Measures))
	return wire.Lend(result)
}

func writeFinding(to wire.Record, finding *Finding) {
	to.String(0, finding.Rule)
	to.Byte(8, uint8(finding.Severity))
	to.String(12, finding.Message)
	switch place := finding.Place.(type) {
	case Span:
		to.Byte(20, 1)
		to.Word(24, uint32(place.Start))
		to.Word(28, uint32(place.End))
	case Pointer:
		to.Byte(20, 2)
		to.String(24, string(place))
	}
	if finding.Replacement != nil {
		to.Byte(32, 1)
		to.String(36, *finding.Replacement)
	}
	if finding.Sure != nil {
		to.Byte(48, 1)
		to.Float(56, *finding.Sure)
	}
}
