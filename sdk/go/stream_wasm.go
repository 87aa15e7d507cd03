//go:build tollgate_stream

package tollgate

// The exports of `tollgate:contract/judge-stream@0.1.0`, in addition to those of boundary_wasm.go.
// They are in a separate file so that contracts without streaming do not contain this code.

import "tollgate.dev/sdk/internal/wire"

// The subject is flattened as for `judge`, and its content is an empty text.
//
//go:wasmexport tollgate:contract/judge-stream@0.1.0#begin
func exportBegin(_, _, _, _, _,
	prompted, name, nameLength, version, versionLength, digest, digestLength,
	context, contextLength uint32) uint32 {
	subject := Subject{Content: Text(""), Context: wire.TakeString(context, contextLength)}
	if prompted != 0 {
		subject.Prompt = &Prompt{
			Name:    wire.TakeString(name, nameLength),
			Version: wire.TakeString(version, versionLength),
			Digest:  wire.TakeString(digest, digestLength),
		}
	}
	if err := begin(&subject); err != nil {
		return refused(err)
	}
	return wire.Lend(make([]byte, wire.ResultSize))
}

//go:wasmexport tollgate:contract/judge-stream@0.1.0#push
func exportPush(part, length uint32) uint32 {
	progress, err := push(wire.TakeString(part, length))
	if err != nil {
		return refused(err)
	}
	findings := make(wire.Record, len(progress.Findings)*wire.FindingSize)
	for i := range progress.Findings {
		writeFinding(findings[i*wire.FindingSize:], &progress.Findings[i])
	}
	result := make(wire.Record, wire.ResultSize)
	result.Word(wire.ResultProgressSettled, uint32(progress.Settled))
	result.List(wire.ResultProgressFindings, findings, len(progress.Findings))
	return wire.Lend(result)
}

//go:wasmexport tollgate:contract/judge-stream@0.1.0#finish
func exportFinish() uint32 {
	report, err := finish()
	if err != nil {
		return refused(err)
	}
	return reported(report)
}

//go:wasmexport cabi_post_tollgate:contract/judge-stream@0.1.0#begin
func exportBegun(uint32) { wire.Returned() }

//go:wasmexport cabi_post_tollgate:contract/judge-stream@0.1.0#push
func exportPushed(uint32) { wire.Returned() }

//go:wasmexport cabi_post_tollgate:contract/judge-stream@0.1.0#finish
func exportFinished(uint32) { wire.Returned() }
