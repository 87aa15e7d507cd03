//go:build !wasm || tollgate_stream

package tollgate

// exportsStream is whether `judge-stream` is exported, which `tollgate build` decides by
// contract.toml. Outside WebAssembly it is true, so that tests can register sessions.
const exportsStream = true
