//go:build wasm && !tollgate_stream

package tollgate

const exportsStream = false
