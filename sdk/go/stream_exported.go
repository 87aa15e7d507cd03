//go:build !wasm || tollgate_stream

package tollgate

// Whether `judge-stream` is exported: `tollgate build` takes it from contract.toml. Outside
// WebAssembly nothing is, and tests may call what they like.
const exportsStream = true
