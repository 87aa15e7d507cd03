;; Makes two builds of the same contract behave the same.
;;
;; Python draws a random hash seed when it starts, which is while the component is built. The
;; order of a `set` would then differ between builds. This library is linked beside the
;; interpreter, runs before it, and sets `PYTHONHASHSEED=0`. `componentize-py` has no option for
;; that, but links every library that it finds on the Python path.
(module
  (@dylink.0 (mem-info (memory 17 0)) (needed "libc.so"))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "setenv" (func $setenv (param i32 i32 i32) (result i32)))
  (data (global.get $base) "PYTHONHASHSEED\000\00")
  (func (export "__wasm_call_ctors")
    (drop
      (call $setenv
        (global.get $base)
        (i32.add (global.get $base) (i32.const 15))
        (i32.const 1)))))
