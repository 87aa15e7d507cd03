package tollgate

// The exports of `tollgate:contract/judge@0.1.0` under the canonical ABI.

import (
	"runtime/debug"

	"tollgate.dev/sdk/internal/wire"
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
	return wire.Lend(make([]byte, wire.ResultSize))
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
	case wire.ContentText:
		return Text(text)
	case wire.ContentJSON:
		return JSON(text)
	case wire.ContentAction:
		return Action{Tool: text, Arguments: wire.TakeString(second, secondLength)}
	default:
		panic("the host passed an unknown kind of content")
	}
}

func refused(err error) uint32 {
	refusal := refusal(err)
	result := make(wire.Record, wire.ResultSize)
	result.Byte(wire.ResultTag, 1)
	result.Byte(wire.ResultRefusalTag, uint8(refusal.Kind))
	switch refusal.Kind {
	case KindBadConfig:
		result.String(wire.ResultRefusalBadConfigPointer, string(refusal.Pointer))
		result.String(wire.ResultRefusalBadConfigReason, refusal.Reason)
	case KindNotApplicable:
		result.String(wire.ResultRefusalNotApplicable, refusal.Reason)
	default:
		result.String(wire.ResultRefusalBroken, refusal.Reason)
	}
	return wire.Lend(result)
}

func reported(report *Report) uint32 {
	findings := make(wire.Record, len(report.Findings)*wire.FindingSize)
	for i := range report.Findings {
		writeFinding(findings[i*wire.FindingSize:], &report.Findings[i])
	}
	measures := make(wire.Record, len(report.Measures)*wire.MeasureSize)
	for i, measure := range report.Measures {
		measures.String(i*wire.MeasureSize+wire.MeasureName, measure.Name)
		measures.Float(i*wire.MeasureSize+wire.MeasureValue, measure.Value)
	}
	result := make(wire.Record, wire.ResultSize)
	result.Byte(wire.ResultReportOutcome, uint8(report.Outcome))
	result.List(wire.ResultReportFindings, findings, len(report.Findings))
	result.List(wire.ResultReportMeasures, measures, len(report.Measures))
	return wire.Lend(result)
}

func writeFinding(to wire.Record, finding *Finding) {
	to.String(wire.FindingRule, finding.Rule)
	to.Byte(wire.FindingSeverity, uint8(finding.Severity))
	to.String(wire.FindingMessage, finding.Message)
	switch place := finding.Place.(type) {
	case Span:
		to.Byte(wire.FindingPlaceTag, wire.PlaceSpan)
		to.Word(wire.FindingPlaceSpanStart, uint32(place.Start))
		to.Word(wire.FindingPlaceSpanEnd, uint32(place.End))
	case Pointer:
		to.Byte(wire.FindingPlaceTag, wire.PlacePointer)
		to.String(wire.FindingPlacePointer, string(place))
	default:
		to.Byte(wire.FindingPlaceTag, wire.PlaceWhole)
	}
	if finding.Replacement != nil {
		to.Byte(wire.FindingFixTag, 1)
		to.String(wire.FindingFixSome, *finding.Replacement)
	}
	if finding.Sure != nil {
		to.Byte(wire.FindingConfidenceTag, 1)
		to.Float(wire.FindingConfidenceSome, *finding.Sure)
	}
}
